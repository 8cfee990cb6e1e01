package calibrate

import (
	"context"
	"io/fs"
	"os"

	"lowres/hdl"
	"lowres/sim/energy/gate"
	"lowres/sim/energy/liberty"
)

// Bench is where parts are measured.
type Bench struct {
	Library    *liberty.Library
	LibPath    string // plain text, for Yosys
	Conditions gate.Conditions
}

// Part is what was measured of a part.
type Part struct {
	Samples   []Sample
	FlipFlops int
	Cells     int
	AreaUM2   float64
	LeakageW  float64
	CycleS    float64 // of the clock in the simulation
}

// inputs are the ports that the measured modules of the library take their rows at, but for the clock.
var inputs = map[string][]string{
	"dot_product":  {"act_i", "digits_i"},
	"accumulator":  {"valid_i", "first_i", "addr_i", "sum_i", "negative_i", "drain_addr_i"},
	"weight_tile":  {"we_i", "digits_i", "swap_i"},
	"requantise":   {"acc_i", "bias_i", "mult_i", "shift_i", "relu_i", "wide_i", "plane_i"},
	"table_column": {"we_i", "wbank_i", "windex_i", "wdata_i", "bank_i", "codes_i"},
	"table_fill":   {"rst_i", "valid_i", "bank_i", "index_i", "act_i", "digits_i"},
}

// clock is the first event of every part: cycles × flip-flops.
const clock = 0

// measure simulates rows of inputs, those of the samples one after the other, and
// adds the energy and the first event, cycles × flip-flops, to the samples.
func (b *Bench) measure(ctx context.Context, m gate.Module, inputs []string, rows [][]byte, samples []Sample) (*Part, error) {
	part := &Part{Samples: samples}
	err := in(func(dir string) error {
		netlist, err := gate.Synthesise(ctx, dir, m, b.Library, b.LibPath)
		if err != nil {
			return err
		}
		timed, err := gate.NewTimed(netlist, b.Library, b.Conditions)
		if err != nil {
			return err
		}
		part.FlipFlops, part.Cells, part.AreaUM2, part.LeakageW = netlist.FlipFlops(), len(netlist.Instances), netlist.AreaUM2(), netlist.LeakageW()
		part.CycleS = 4 * timed.CriticalS
		var owner []int // of each cycle
		for s := range samples {
			samples[s].Events[clock] = float64(part.FlipFlops * samples[s].Cycles)
			for range samples[s].Cycles {
				owner = append(owner, s)
			}
		}
		owner = owner[1:] // inputs change in the cycle before the edge that takes them
		stimulus := &gate.Stimulus{Clock: "clk_i", Inputs: inputs, Rows: rows, CycleS: part.CycleS}
		return timed.Simulate(ctx, dir, stimulus, func(cycle int, e gate.Energy) {
			if cycle >= 0 && cycle < len(owner) {
				samples[owner[cycle]].EnergyJ += e.TotalJ()
			}
		})
	})
	return part, err
}

// in runs a measurement in a folder of its own.
func in(f func(dir string) error) error {
	dir, err := os.MkdirTemp("", "lowres-calibrate-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	return f(dir)
}

// library is the text of the Verilog library: Yosys takes what a part needs.
func library() (sources []gate.Source, err error) {
	names, err := fs.Glob(hdl.Files, "*.v")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		text, err := hdl.Files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		sources = append(sources, gate.Source{Name: name, Text: text})
	}
	return sources, nil
}
