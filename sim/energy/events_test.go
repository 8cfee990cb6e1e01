package energy_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/internal/simtest"
	"lowres/network"
	"lowres/quant"
	"lowres/sim/arch"
	"lowres/sim/energy"
	"lowres/sim/machine"
	"lowres/sim/mapping"
)

// made is a technology of events in which every value is its place in the list.
func made(t *testing.T) *energy.Technology {
	t.Helper()
	at := 0.0
	v := func() *energy.Value {
		at++
		return &energy.Value{Value: at, Unit: "pJ", Low: at / 2, High: at * 2, NodeNM: 130, VoltageV: 1.2, TemperatureC: 25,
			Kind: energy.Calibrated, Source: "a \"test\"", Conditions: "none: 1"}
	}
	column := func(digits, bits int) energy.Column {
		return energy.Column{Digits: digits, CellBits: bits, ClockBit: v(), ActivationBit: v(), WeightBit: v(), SignBit: v(), ProductBit: v(), TreeBit: v()}
	}
	tech := &energy.Technology{Name: "made", About: "for a test", SRAMTable: "cacti-45-lstp", Events: &energy.Events{
		Columns:      []energy.Column{column(1, 8), column(2, 9)},
		TileClockBit: v(), TileToggleBit: v(), SumClockBit: v(), SumAddressBit: v(), SumReadBit: v(), SumDrainBit: v(),
		Decoders: []energy.LevelDecoder{{Levels: 3, Weight: v()}, {Levels: 17, Weight: v()}}, Requantise: v(), RequantiserClock: v(),
		ControlClockBit: v(), ControlPosition: v(), ControlDrain: v(), Tables: &energy.TableEvents{Words: 32, ClockBit: v(), ReadBit: v(), WriteBit: v(), FillCell: v()}, SumAddress: v()}}
	tech.DRAM64 = v()
	tech.SRAMFactor = v()
	tech.SRAMFactor.Unit = "factor"
	require.NoError(t, tech.Check())
	return tech
}

func TestTechnologiesAreWrittenAsTheyAreRead(t *testing.T) {
	small := made(t)
	small.DRAM64.Low = 1.2e-9
	for _, tech := range []*energy.Technology{small, horowitz(t)} {
		again, err := energy.Parse(tech.YAML())
		require.NoError(t, err)
		require.Equal(t, tech, again)
	}
}

func TestEventsArePricedByTheDesignsHardware(t *testing.T) {
	tech := made(t)
	narrow := tech.Costs(design(t, func(*arch.Spec) {}))
	require.InDelta(t, 5.0, narrow[machine.ProductToggle].TypicalPJ, 1e-9)
	require.Equal(t, energy.Calibrated, narrow[machine.ProductToggle].Kind)
	require.InDelta(t, 16*2.0, narrow[machine.ActivationToggle].TypicalPJ, 1e-9, "in 16 columns")
	wide := tech.Costs(design(t, func(s *arch.Spec) { s.Levels = []int{17} }))
	require.InDelta(t, 11.0, wide[machine.ProductToggle].TypicalPJ, 1e-9)
	between := tech.Costs(design(t, func(s *arch.Spec) { s.Levels = []int{3, 5} }))
	require.InDelta(t, 11.0, between[machine.ProductToggle].TypicalPJ, 1e-9)
	require.Equal(t, energy.Scaled, between[machine.ProductToggle].Kind, "other hardware than any that was measured")
	// Columns of 305 flip-flops; two tiles of 768 weights' bits; 2 x 16 sums of 24 bits;
	// four requantisers; and the control around them, see TestACoreFollowsItsVerilog in power.
	want := 16*305*1.0 + 2*768*13.0 + 16*32*24*15.0 + 4*22.0 + 4526*23.0
	require.InDelta(t, want, narrow[machine.ClockCycle].TypicalPJ, 1)
	require.InDelta(t, 30+32*24*16.0, narrow[machine.SumAddressToggle].TypicalPJ, 1e-9, "a multiplexer over all sums")
}

// Plain codes of three levels are two bits each, as those of four are in bytes.
func TestDecodersArePricedByTheirPacking(t *testing.T) {
	tech := made(t)
	three := tech.Events.Decoders[0].Weight
	four := *three
	four.Value, four.Low, four.High = 1, 0.5, 2
	tech.Events.Decoders = append(tech.Events.Decoders, energy.LevelDecoder{Levels: 4, Weight: &four})
	for _, c := range []struct {
		packing quant.Packing
		levels  int
		want    float64
		kind    energy.Kind
	}{
		{quant.Byte, 3, three.Value, energy.Calibrated},
		{quant.Byte, 4, 1, energy.Calibrated},
		{quant.Word, 3, three.Value, energy.Scaled},
		{quant.Plain, 3, 1, energy.Scaled},
		{quant.Plain, 17, tech.Events.Decoders[1].Weight.Value, energy.Scaled}, // none of 32 levels was measured
	} {
		cost := tech.Costs(design(t, func(s *arch.Spec) { s.Levels, s.Weights.Packing = []int{c.levels}, c.packing }))[machine.WeightDecode]
		require.InDelta(t, c.want, cost.TypicalPJ, 1e-9, "%s, N = %d", c.packing, c.levels)
		require.Equal(t, c.kind, cost.Kind, "%s, N = %d", c.packing, c.levels)
	}
}

// Tables of 32 words of ten bits: six a column, of three lanes.
func TestTablesArePricedByWhatPasses(t *testing.T) {
	tech := made(t)
	c := tech.Costs(design(t, func(s *arch.Spec) { s.Array.Cell = arch.CellTableLUT }))
	require.InDelta(t, 3*29.0, c[machine.SumTableFill].TypicalPJ, 1e-9)
	require.InDelta(t, 10*28.0, c[machine.SumTableWrite].TypicalPJ, 1e-9)
	require.InDelta(t, 10*27.0+5*14.0/2, c[machine.SumTableRead].TypicalPJ, 1e-9, "and half of a code of five bits")
	require.InDelta(t, 12*17.0+2*30.0+2*32*24*16.0, c[machine.SumAdd].TypicalPJ, 1e-9)
	require.Equal(t, []energy.Kind{energy.Calibrated, energy.Scaled}, []energy.Kind{c[machine.SumTableWrite].Kind, c[machine.SumTableRead].Kind})
	require.Zero(t, c[machine.ActivationToggle].TypicalPJ)
	require.Greater(t, c[machine.ClockCycle].TypicalPJ, 16*6*32*10*26.0, "flip-flops of the tables")
	one := tech.Costs(design(t, func(s *arch.Spec) { s.Array.Cell, s.Array.WeightTiles = arch.CellTableLUT, 1 }))
	require.InDelta(t, 10*27.0/2+5*14.0/2, one[machine.SumTableRead].TypicalPJ, 1e-9, "half as many words")
	require.Equal(t, energy.Scaled, one[machine.SumTableWrite].Kind)
	block := tech.Costs(design(t, func(s *arch.Spec) { s.Array.Cell = arch.CellTableBlock }))
	require.Less(t, block[machine.ClockCycle].TypicalPJ, 16*6*32*10*26.0, "memories that no flip-flop makes up")
	require.Positive(t, block[machine.SumTableRead].TypicalPJ)
}

func TestEventsNeedToggles(t *testing.T) {
	d := design(t, func(*arch.Spec) {})
	net, err := simtest.Model("cvnn-small", 3, 1)
	require.NoError(t, err)
	p, err := mapping.Map(net, d)
	require.NoError(t, err)
	m, err := machine.New(d, p)
	require.NoError(t, err)
	memory := m.Memory()
	require.NoError(t, p.Input().Put(memory, simtest.Input(&network.Graph{Input: p.Input().Shape}, 1)))
	plain, err := m.Run(memory, machine.Options{})
	require.NoError(t, err)
	_, err = energy.Evaluate(made(t), d, &plain.Total)
	require.ErrorIs(t, err, energy.ErrValues)
	exact, err := m.Run(memory, machine.Options{Toggles: true})
	require.NoError(t, err)
	r, err := energy.Evaluate(made(t), d, &exact.Total)
	require.NoError(t, err)
	logic := energy.Band{}
	for _, c := range []energy.Component{energy.Cells, energy.Trees, energy.Accumulators, energy.Decoder, energy.Drain, energy.Controller, energy.Clock} {
		require.Positive(t, r.Part(c).TypicalPJ, c)
		logic = logic.Plus(r.Part(c))
	}
	parts, err := energy.Logic(made(t), d, &exact.Total)
	require.NoError(t, err)
	sum := energy.Band{}
	for _, p := range energy.Parts() {
		require.Positive(t, parts[p].TypicalPJ, p)
		sum = sum.Plus(parts[p])
	}
	require.InEpsilon(t, logic.TypicalPJ, sum.TypicalPJ, 1e-9, "the same energy by part")
	require.InEpsilon(t, logic.HighPJ, sum.HighPJ, 1e-9)
	_, err = energy.Logic(horowitz(t), d, &exact.Total)
	require.ErrorIs(t, err, energy.ErrTechnology)
}

func TestMemoriesOfATable(t *testing.T) {
	tech := made(t)
	tech.SRAMFactor = nil
	cost := func(bytes, bits int) (read, write energy.Cost) {
		d := design(t, func(s *arch.Spec) { s.Buffers.Parameter, s.Memory.WidthBits = bytes, bits })
		c := tech.Costs(d)
		return c[machine.ParameterRead], c[machine.ParameterWrite]
	}
	read, write := cost(8192, 64)
	require.InDelta(t, 6.137, read.TypicalPJ, 1e-9)
	require.InDelta(t, 7.8781, write.TypicalPJ, 1e-9)
	require.Equal(t, energy.Published, read.Kind)
	below, _ := cost(4096, 64)
	require.Less(t, below.TypicalPJ, read.TypicalPJ)
	require.GreaterOrEqual(t, below.TypicalPJ, read.TypicalPJ/2)
	require.Equal(t, energy.Scaled, below.Kind, "beyond the table")
	tech.SRAMTable = "cacti-45-best"
	require.ErrorContains(t, tech.Check(), "sram_table \"cacti-45-best\": want one of cacti-22-hp")
}
