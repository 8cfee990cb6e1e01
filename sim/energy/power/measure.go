// Package power measures the energy of a whole core at gate level, on a picture: the
// core synthesised to a cell library, its run recorded at the ports, and windows of
// it simulated with the library's delays.
package power

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"lowres/rtlgen"
	"lowres/sim/arch"
	"lowres/sim/energy/gate"
	"lowres/sim/energy/liberty"
	"lowres/sim/program"
)

// ErrPower is returned for a run that the netlist does not follow.
var ErrPower = errors.New("power")

// Bench is a cell library with what it does not say.
type Bench struct {
	Library    *liberty.Library
	LibPath    string // plain text, for Yosys
	Conditions gate.Conditions
	Progress   func(format string, a ...any)
}

// Sampling says which cycles of a run are simulated with delays: Windows of Length
// cycles, at equal distances over the run.
type Sampling struct{ Windows, Length int }

// Measured is the energy of some windows of a run.
type Measured struct {
	Library   string
	Cycles    int       // of the whole run
	Modules   []string  // in alphabetical order; path of each in the core
	FlipFlops []int     // [module]
	Cells     []int     // [module]
	AreasUM2  []float64 // [module]
	CriticalS float64
	Length    int
	Windows   []MeasuredWindow
}

// MeasuredWindow is the energy of some cycles of a run, and what its engines did.
type MeasuredWindow struct {
	First   int
	EnergyJ []float64 // [module]
	Events  [EventCount]int
}

// eventsWire is the core's wire of what its counters count.
const eventsWire = "events"

// EventCount is the number of the core's events: see the counters in docs/register-map.md.
const EventCount = 17

// Measure runs a program on an input.
func (b *Bench) Measure(ctx context.Context, d *arch.Design, p *program.Program, input []int8, cycles int, s Sampling) (*Measured, error) {
	dir, err := os.MkdirTemp("", "lowres-power-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	b.Progress("synthesising %s", d.Name)
	t, err := b.netlist(ctx, dir, d)
	if err != nil {
		return nil, err
	}
	return b.measure(ctx, dir, t, d, p, input, cycles, s)
}

// netlist synthesises a core.
func (b *Bench) netlist(ctx context.Context, dir string, d *arch.Design) (*gate.Timed, error) {
	files, err := rtlgen.Generate(d)
	if err != nil {
		return nil, err
	}
	m := gate.Module{Top: rtlgen.CoreModule(d), Hierarchy: true, Keep: []string{eventsWire}}
	for _, f := range files {
		if strings.HasSuffix(f.Name, ".v") && f.Name != rtlgen.TopModule(d)+".v" {
			m.Sources = append(m.Sources, gate.Source{Name: f.Name, Text: f.Text})
		}
	}
	n, err := gate.Synthesise(ctx, dir, m, b.Library, b.LibPath)
	if err != nil {
		return nil, err
	}
	return gate.NewTimed(n, b.Library, b.Conditions)
}

// run is the state of a recorded run that the netlist follows.
type run struct {
	c        *gate.Cycles
	ports    ports
	outputs  []*gate.Port
	busy     *gate.Port
	events   []gate.Net
	s        Sampling
	distance int // of windows, cycles
	cycle    int // since the core got busy, −1 before
	rows     int
	last     *gate.Window
	windows  []*gate.Window
	measured *Measured
}

func (b *Bench) measure(ctx context.Context, dir string, t *gate.Timed, d *arch.Design, p *program.Program, input []int8, cycles int, s Sampling) (*Measured, error) {
	r := &run{ports: portsOf(t.Netlist), s: s, cycle: -1, distance: cycles / s.Windows, busy: t.Port("busy_o"), events: t.Named[eventsWire],
		measured: &Measured{Library: b.Library.Name, Cycles: cycles, Length: s.Length, CriticalS: t.CriticalS}}
	if r.distance <= s.Length {
		return nil, fmt.Errorf("%w: %d windows of %d cycles in a run of %d: want fewer or shorter ones", ErrPower, s.Windows, s.Length, cycles)
	}
	if len(r.events) != EventCount {
		return nil, fmt.Errorf("%w: the core has %d events: want %d", ErrPower, len(r.events), EventCount)
	}
	for _, name := range r.ports.outputs {
		r.outputs = append(r.outputs, t.Port(name))
	}
	var err error
	if r.c, err = gate.NewCycles(t, r.ports.inputs); err != nil {
		return nil, err
	}
	b.Progress("recording %d cycles", cycles)
	if err := r.ports.record(ctx, dir, d, p, input, r.follow); err != nil {
		return nil, err
	}
	if r.cycle < cycles || len(r.windows) < s.Windows {
		return nil, fmt.Errorf("%w: the core was busy for %d cycles: want %d", ErrPower, r.cycle, cycles)
	}
	owner := r.measured.own(t)
	b.Progress("simulating %d windows of %d cycles with delays", s.Windows, s.Length)
	err = r.c.Windows(ctx, dir, t, clock, owner, r.windows, func(window, owner int, e gate.Energy) {
		r.measured.Windows[window].EnergyJ[owner] += e.TotalJ()
	})
	return r.measured, err
}

// own finds the modules of all cells.
func (m *Measured) own(t *gate.Timed) []int {
	at := map[string]int{}
	for i := range t.Instances {
		at[t.Instances[i].Module] = 0
	}
	for name := range at {
		m.Modules = append(m.Modules, name)
	}
	slices.Sort(m.Modules)
	for i, name := range m.Modules {
		at[name] = i
	}
	m.FlipFlops, m.Cells, m.AreasUM2 = make([]int, len(m.Modules)), make([]int, len(m.Modules)), make([]float64, len(m.Modules))
	owner := make([]int, len(t.Instances))
	for i := range t.Instances {
		owner[i] = at[t.Instances[i].Module]
		m.Cells[owner[i]]++
		m.AreasUM2[owner[i]] += t.Instances[i].Cell.AreaUM2
		if t.Instances[i].Cell.State != nil {
			m.FlipFlops[owner[i]]++
		}
	}
	for i := range m.Windows {
		m.Windows[i].EnergyJ = make([]float64, len(m.Modules))
	}
	return owner
}

// follow takes a recorded cycle: the netlist must show the same outputs.
func (r *run) follow(row []byte) error {
	if r.done() {
		return nil
	}
	r.rows++
	bit := func(i int) byte { return row[len(row)-1-i] }
	inputs := make([]byte, (r.ports.in+7)/8)
	for i := range r.ports.in {
		if bit(i) == '1' {
			inputs[i/8] |= 1 << (i % 8)
		}
	}
	r.c.Settle(inputs)
	if r.rows == 1 { // the edge before the first recorded cycle, which resets all registers
		r.c.Edge()
		r.c.Settle(inputs)
	}
	at := r.ports.in
	for k, p := range r.outputs {
		for i := range p.Bits {
			if want := bit(at); want != 'x' && want != 'z' && (want == '1') != r.c.Output(p, i) {
				return fmt.Errorf("%w: row %d: %s[%d] of the netlist is %v: the Verilog says %c", ErrPower, r.rows, r.ports.outputs[k], i, r.c.Output(p, i), want)
			}
			at++
		}
	}
	if r.cycle >= 0 || r.c.Output(r.busy, 0) {
		r.cycle++
	}
	r.sample()
	r.c.Edge()
	return nil
}

// done reports that the run is over.
func (r *run) done() bool { return r.cycle >= r.measured.Cycles && r.last == nil }

// sample keeps the cycle that is settled if it is in a window: windows stand in the
// middle of equal parts of the run.
func (r *run) sample() {
	first := len(r.windows)*r.distance + (r.distance-r.s.Length)/2
	if r.last == nil && r.cycle == first && len(r.windows) < r.s.Windows {
		r.last = r.c.Window()
		r.measured.Windows = append(r.measured.Windows, MeasuredWindow{First: first})
	}
	if r.last == nil {
		return
	}
	r.c.Take(r.last)
	if len(r.last.Rows) > r.s.Length {
		r.windows, r.last = append(r.windows, r.last), nil
		return
	}
	w := &r.measured.Windows[len(r.windows)]
	for i, net := range r.events {
		if r.c.Net(net) {
			w.Events[i]++
		}
	}
}
