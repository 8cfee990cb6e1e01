package power_test

import (
	"context"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/network"
	"lowres/quant"
	"lowres/sim/arch"
	"lowres/sim/cost"
	"lowres/sim/energy"
	"lowres/sim/energy/gate"
	"lowres/sim/energy/liberty"
	"lowres/sim/energy/power"
	"lowres/sim/machine"
	"lowres/sim/mapping"
)

// least is a core of few gates.
func least(t *testing.T) *arch.Design {
	t.Helper()
	s := arch.DefaultSpec()
	s.Name, s.Levels, s.Counters = "least", []int{3}, arch.CountCycles
	s.Array.Lanes, s.Array.Cols, s.Array.Hold, s.Array.AccumulatorBits, s.Array.Requantisers = 4, 4, 2, 16, 1
	s.Array.WeightTiles, s.Array.SumBlocks = 1, 1
	s.Buffers = arch.Buffers{Activation: 1024, Weight: 1024, Parameter: 256, Output: 512, Table: s.Buffers.Table}
	s.Program = arch.Depths{Load: 32, Compute: 32, Store: 32}
	s.Memory.WidthBits, s.Memory.Outstanding = 64, 2
	d, err := arch.New(s)
	require.NoError(t, err)
	return d
}

// A whole core, synthesised to the library that LOWRES_LIBERTY names (plain text), does what the Verilog does at every
// port in every cycle of a run; its registers are those of the model; and each part costs energy.
func TestACoreFollowsItsVerilogAndEachPartCostsEnergy(t *testing.T) {
	path := os.Getenv("LOWRES_LIBERTY")
	if path == "" {
		t.Skip("LOWRES_LIBERTY names no library")
	}
	d := least(t)
	g, err := network.ParseModel("least", []byte(`
input: [4, 4, 4]
layers:
  - {name: conv1, kind: conv, out: 4, kernel: 3, pad: 1, relu: true}
  - {name: pool1, kind: maxpool, kernel: 2}
  - {name: fc1, kind: dense, out: 4}
`))
	require.NoError(t, err)
	three, err := quant.ForN(3)
	require.NoError(t, err)
	net, err := network.Uniform(g, slices.Repeat([]quant.Levels{three}, len(g.Layers)), true, 1)
	require.NoError(t, err)
	p, err := mapping.Map(net, d)
	require.NoError(t, err)
	timing, err := machine.Time(d, p)
	require.NoError(t, err)
	lib, err := liberty.Read(path)
	require.NoError(t, err)
	b := &power.Bench{Library: lib, LibPath: path, Conditions: gate.Conditions{SlewS: lib.TypicalSlewS()}, Progress: t.Logf}
	cycles := int(timing.Counters.Cycles)
	m, err := b.Measure(context.Background(), d, p, cost.Input(g, 1), cycles, power.Sampling{Windows: 12, Length: 16})
	require.NoError(t, err)
	require.Equal(t, cycles, m.Cycles)
	require.Len(t, m.Windows, 12)
	for _, part := range energy.Parts() {
		sum := 0.0
		for w := range m.Windows {
			sum += m.EnergyJ(part, w)
		}
		require.Positive(t, sum, part)
	}
	flipFlops := energy.FlipFlops(d)
	for _, part := range []energy.Part{energy.DotProducts, energy.Sums, energy.WeightTiles} {
		require.Equal(t, flipFlops[part], m.FlipFlopsOf(part), part)
	}
	require.InEpsilon(t, m.FlipFlopsOf(energy.Control), flipFlops[energy.Control], 0.05)
	active := 0
	for _, w := range m.Windows {
		active += w.Events[power.ArrayActive]
	}
	require.Positive(t, active)
}

// measured is two windows of ten cycles of a run of a hundred.
func measured() *power.Measured {
	return &power.Measured{Library: "made", Cycles: 100, Length: 10,
		Modules:   []string{"", "column[0].accumulate", "column[0].dot.tree[0]", "decoder.n3_word[0].decode", "drain", "drain.unit[0].requantiser", "weights"},
		FlipFlops: []int{10, 20, 30, 0, 4, 5, 6}, Cells: []int{1, 2, 3, 4, 5, 6, 7}, AreasUM2: make([]float64, 7), CriticalS: 1e-9,
		Windows: []power.MeasuredWindow{{EnergyJ: []float64{1e-12, 2e-12, 3e-12, 4e-12, 5e-12, 6e-12, 7e-12}},
			{First: 50, EnergyJ: []float64{3e-12, 2e-12, 3e-12, 4e-12, 5e-12, 6e-12, 7e-12}}}}
}

func TestComparisonsScaleWindowsToTheRun(t *testing.T) {
	tech, err := energy.Load("sg13g2")
	require.NoError(t, err)
	d := least(t)
	counts := &machine.Counts{}
	counts[machine.ClockCycle] = 100
	c, err := power.Compare(measured(), tech, d, counts)
	require.NoError(t, err)
	require.Len(t, c.Parts, len(energy.Parts()))
	for _, p := range c.Parts {
		want := map[energy.Part]float64{energy.DotProducts: 30, energy.Sums: 20, energy.WeightTiles: 70, energy.Decoders: 40, energy.Requantisers: 60, energy.Control: 70}[p.Part]
		require.InDelta(t, want, p.GatePJ, 1e-9, p.Part)
		wantError := 0.0
		if p.Part == energy.Control {
			wantError = 10 // of means of 6 and 8 pJ: a standard deviation of √2, by √2, ten times
		}
		require.InDelta(t, wantError, p.StandardErrorPJ, 1e-9, p.Part)
		require.InDelta(t, p.Simulated.TypicalPJ/p.GatePJ-1, p.Off, 1e-9)
	}
	require.InDelta(t, 290, c.Total.GatePJ, 1e-9)
	require.Equal(t, 75, c.Total.FlipFlops)
	require.Equal(t, 28, c.Total.Cells)
	report, err := energy.Evaluate(tech, d, counts)
	require.NoError(t, err)
	require.InDelta(t, report.Part(energy.Clock).TypicalPJ, c.Total.Simulated.TypicalPJ, 1e-6*c.Total.Simulated.TypicalPJ, "nothing but the clock ran")
}

func TestATechnologyOfAnotherLibraryIsRefused(t *testing.T) {
	tech, err := energy.Load("sg13g2")
	require.NoError(t, err)
	b := &power.Bench{Library: &liberty.Library{Name: "made"}}
	require.ErrorIs(t, b.Fits(tech), power.ErrPower)
	b.Library.Name = "sg13g2_stdcell_typ_1p20V_25C"
	require.ErrorContains(t, b.Fits(tech), "want wires 0 fF a pin, or another --wire")
	b.Conditions.WireF = 1e-15
	require.NoError(t, b.Fits(tech))
	horowitz, err := energy.Load("horowitz45")
	require.NoError(t, err)
	require.ErrorContains(t, b.Fits(horowitz), "prices operations")
}
