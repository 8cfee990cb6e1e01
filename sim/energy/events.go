package energy

import (
	"math/bits"

	"lowres/quant"
	"lowres/sim/arch"
	"lowres/sim/machine"
)

// Events are energies of what registers and cells do, a bit at a time: the form of
// calibrated technologies. Its counts are those of machine.Options.Toggles.
type Events struct {
	Columns          []Column       `yaml:"columns"`           // by hardware
	TileClockBit     *Value         `yaml:"tile_clock_bit"`    // a flip-flop of a weight tile, a cycle
	TileToggleBit    *Value         `yaml:"tile_toggle_bit"`   // a bit of a weight that changes, behind and in place
	SumClockBit      *Value         `yaml:"sum_clock_bit"`     // a flip-flop of the partial sums, a cycle
	SumAddress       *Value         `yaml:"sum_address"`       // a bit of a column's address that changes
	SumAddressBit    *Value         `yaml:"sum_address_bit"`   // … for each of its sums' flip-flops, beside the above
	SumReadBit       *Value         `yaml:"sum_read_bit"`      // a bit that changes between the sums that are read
	SumDrainBit      *Value         `yaml:"sum_drain_bit"`     // a sum that the drain reads, for each of the column's flip-flops
	Decoders         []LevelDecoder `yaml:"decoders"`          // by level set
	Requantise       *Value         `yaml:"requantise"`        // a sum
	RequantiserClock *Value         `yaml:"requantiser_clock"` // a requantiser, a cycle
	ControlClockBit  *Value         `yaml:"control_clock_bit"` // a flip-flop of all that is no part of these, a cycle
	ControlPosition  *Value         `yaml:"control_position"`  // what that takes more to issue a position
	ControlDrain     *Value         `yaml:"control_drain"`     // … in a cycle in which the drain reads sums
	Tables           *TableEvents   `yaml:"tables,omitempty"`  // of designs whose cells are tables
}

// Column is the energy of a column's dot product, whose hardware follows from the
// digits of a weight and the bits of a cell.
type Column struct {
	Digits        int    `yaml:"digits"`
	CellBits      int    `yaml:"cell_bits"`
	ClockBit      *Value `yaml:"clock_bit"`      // a flip-flop, a cycle
	ActivationBit *Value `yaml:"activation_bit"` // a bit that changes, in one column
	WeightBit     *Value `yaml:"weight_bit"`
	SignBit       *Value `yaml:"sign_bit"` // of a weight, beside weight_bit: it inverts what the adders see
	ProductBit    *Value `yaml:"product_bit"`
	TreeBit       *Value `yaml:"tree_bit"`
}

// LevelDecoder is the energy to decode one weight.
type LevelDecoder struct {
	Levels int    `yaml:"levels"`
	Weight *Value `yaml:"weight"`
}

// columnFor is the column of a design's hardware: that with as many digits and the
// same cells, else the next wider one; scaled says that it is another's.
func (e *Events) columnFor(s machine.ArrayShape) (c *Column, scaled bool) {
	for i := range e.Columns {
		c = &e.Columns[i]
		if c.Digits >= s.Digits && c.CellBits >= s.CellBits {
			return c, c.Digits != s.Digits || c.CellBits != s.CellBits
		}
	}
	return c, true
}

// decoderFor is the most expensive decoder of a design's level sets; scaled says that a set has
// none of its own, or that words are packed otherwise than the decoders that were measured, by
// byte. Plain codes stand side by side: they take what the next power of two levels takes in bytes.
func (e *Events) decoderFor(d *arch.Design) (v *Value, scaled bool) {
	scaled = d.Weights.Packing != quant.Byte
	for _, l := range d.Sets {
		levels := l.N()
		if d.Weights.Packing == quant.Plain {
			levels = 1 << bits.Len(uint(levels-1))
		}
		own := e.decoderOf(levels)
		if own == nil {
			own = e.decoderOf(l.N())
		}
		if own == nil {
			own, scaled = e.Decoders[len(e.Decoders)-1].Weight, true
		}
		if v == nil || own.Value > v.Value {
			v = own
		}
	}
	return v, scaled
}

// decoderOf is the decoder of so many levels, nil if none was measured.
func (e *Events) decoderOf(levels int) *Value {
	for _, decoder := range e.Decoders {
		if decoder.Levels == levels {
			return decoder.Weight
		}
	}
	return nil
}

// costs is the energy of each action of the array.
func (e *Events) costs(d *arch.Design, c *[machine.ActionCount]Cost) {
	shape := machine.ShapeOf(d)
	column, other := e.columnFor(shape)
	mark := func(cost Cost) Cost {
		if other {
			cost.Kind = cost.Kind.worse(Scaled)
		}
		return cost
	}
	cols, pixels := float64(d.Array.Cols), float64(d.Array.Pixels) // a weight goes to every pixel
	c[machine.ActivationToggle] = mark(priced(column.ActivationBit, cols)).in(Cells)
	c[machine.WeightToggle] = mark(priced(column.WeightBit, pixels)).plus(priced(e.TileToggleBit, 1)).in(Cells)
	c[machine.SignToggle] = mark(priced(column.SignBit, pixels)).in(Cells)
	c[machine.ProductToggle] = mark(priced(column.ProductBit, 1)).in(Cells)
	c[machine.TreeToggle] = mark(priced(column.TreeBit, 1)).in(Trees)
	b := registerBits(d)
	column1 := float64(b.sums / (d.Array.Cols * d.Array.Pixels)) // flip-flops of a column's sums
	c[machine.SumReadToggle] = priced(e.SumReadBit, 1).in(Accumulators)
	c[machine.SumAddressToggle] = priced(e.SumAddress, 1).plus(priced(e.SumAddressBit, column1)).in(Accumulators)
	// How much of the control around the array moves with a design's widths is not modelled.
	control := func(v *Value, n float64) Cost {
		cost := priced(v, n)
		cost.Kind = cost.Kind.worse(Scaled)
		return cost
	}
	c[machine.CellIssued] = control(e.ControlPosition, 1/float64(d.Cells())).in(Controller)
	c[machine.SumDrain] = priced(e.SumDrainBit, column1).plus(control(e.ControlDrain, 1/float64(d.Array.Requantisers))).in(Drain)
	c[machine.Requantise] = priced(e.Requantise, 1).in(Drain)
	pool := mark(priced(column.TreeBit, 8))
	pool.Kind = pool.Kind.worse(Scaled) // eight bits of an adder
	c[machine.PoolCompare] = pool.in(Drain)
	decoder, scaled := e.decoderFor(d)
	decode := priced(decoder, 1)
	if scaled {
		decode.Kind = decode.Kind.worse(Scaled)
	}
	c[machine.WeightDecode] = decode.in(Decoder)
	clock := mark(priced(column.ClockBit, float64(b.trees)))
	clock = clock.plus(priced(e.TileClockBit, float64(b.tiles))).plus(priced(e.SumClockBit, float64(b.sums+b.waiting)))
	clock = clock.plus(priced(e.RequantiserClock, requantiserClocks(d)))
	c[machine.ClockCycle] = clock.plus(control(e.ControlClockBit, float64(b.control))).in(Clock)
}

// flipFlops are a design's flip-flops by part.
type flipFlops struct{ trees, tiles, sums, waiting, control int }

// registerBits counts flip-flops as the Verilog has them: trees, tiles and sums
// exactly; control as controlBits.
func registerBits(d *arch.Design) flipFlops {
	r := machine.RegistersOf(d)
	return flipFlops{trees: r.Trees, tiles: r.Tiles, sums: r.Sums, waiting: r.Waiting, control: controlBits(d)}
}

// requantiserClocks is the requantisers' clock in those of as many that have FewStages: by their flip-flops.
func requantiserClocks(d *arch.Design) float64 {
	few := d.Spec
	few.Array.RequantiserStages = arch.FewStages
	return float64(d.Array.Requantisers) * float64(requantiserBits(d.Array)) / float64(requantiserBits(few.Array))
}

// requantiserBits counts the flip-flops of a requantiser as Yosys leaves them: those of an array
// with so many stages and bits of a sum.
func requantiserBits(a arch.Array) int {
	if a.RequantiserStages == arch.ManyStages {
		return 267 + 10*a.AccumulatorBits
	}
	return 94 + 4*a.AccumulatorBits
}

// controlBits counts the flip-flops of a core that are in no tree, tile, accumulator or
// requantiser, as Yosys leaves them, within a twentieth: instructions and their fronts,
// sequencer, engines; and what moves with a design: words on the way, notes on a
// block's positions, counters, the drain's columns.
func controlBits(d *arch.Design) int {
	const (
		instructions = 388 + 881 // in place; three fronts
		sequencer    = 500
		engines      = 113 + 124 // load, store
		drain        = 99
		fill         = 17
		note         = 48 // of a position
		counter      = 32
		counterCount = 17
		line         = 6   // of the drain, a bit for each stage of requantisers, beside the column group
		pixels       = 82  // of several, whatever their number: windows left of a row, from slot to slot
		pixel        = 103 // of each but the first: addresses, how far it lies from the first
	)
	a := d.Array
	n := instructions + sequencer + engines + drain + fill
	n += note<<max(1, log2(a.Hold)) + 8*a.Lanes + 8*a.Cols + 17*a.Requantisers + 3*d.DigitCount()*a.Lanes*a.Cols
	n += (a.RequantiserStages - arch.FewStages) * (line + log2(a.Cols/a.Requantisers))
	if d.Weights.Decode == arch.DecodeAtLoad {
		n += d.WeightBits()
	}
	if further := a.Pixels - 1; further > 0 {
		n += pixels + further*(pixel+d.SumLatency()+8*a.Lanes+1<<max(1, log2(a.Hold))) + 8*a.Cols*a.Pixels
	}
	if d.Counters == arch.CountCycles {
		return n + counter
	}
	return n + counter*counterCount
}

// check reports missing and disordered lists.
func (e *Events) check(fail func(format string, a ...any)) {
	if len(e.Columns) == 0 {
		fail("events.columns: none")
	}
	for i, c := range e.Columns {
		if c.Digits < 1 || c.Digits > 4 || c.CellBits < 8 || c.CellBits > 9 {
			fail("columns[%d]: digits %d, cell_bits %d: want 1 to 4, and 8 or 9", i, c.Digits, c.CellBits)
		}
		if i > 0 && (c.Digits < e.Columns[i-1].Digits || c.CellBits < e.Columns[i-1].CellBits) {
			fail("columns[%d]: want rising digits and cell_bits", i)
		}
	}
	if t := e.Tables; t != nil && t.Words < 2 {
		fail("tables.words: %d: want the words of the table that was measured", t.Words)
	}
	if len(e.Decoders) == 0 {
		fail("events.decoders: none")
	}
}
