package energy

import (
	"fmt"

	"lowres/sim/arch"
	"lowres/sim/machine"
)

// TableEvents are energies of cells that are tables. Their memories in LUTs are flip-flops where a
// cell library was calibrated; those in block RAM are priced as other memories.
type TableEvents struct {
	Words    int    `yaml:"words"`     // of the table that was measured
	ClockBit *Value `yaml:"clock_bit"` // a flip-flop of tables and of the trees behind them, a cycle
	ReadBit  *Value `yaml:"read_bit"`  // a bit of a value that is read, added up in the tree
	WriteBit *Value `yaml:"write_bit"` // … written
	FillCell *Value `yaml:"fill_cell"` // a lane of an entry, an activation times a digit, added up
}

// entries lists the values.
func (e *TableEvents) entries() []entry {
	return []entry{{"tables.clock_bit", e.ClockBit}, {"tables.read_bit", e.ReadBit}, {"tables.write_bit", e.WriteBit}, {"tables.fill_cell", e.FillCell}}
}

// tableCosts is the energy of filling and reading the tables of an array that has them, by operations: an
// entry is a cell a lane (its additions count as the tree's), a word of every column's
// table, which is a block RAM or, in LUTs, as many register bits.
func (t *Technology) tableCosts(d *arch.Design, c *[machine.ActionCount]Cost) {
	tables, o := d.Tables, t.Operations
	cell := priced(o.CellBit, float64(9*d.DigitCount()*tables.Group))
	write, read := priced(o.RegisterBit, float64(tables.ValueBits)), priced(o.RegisterBit, float64(tables.ValueBits))
	if tables.Block {
		write, read = t.blockTable(d)
	}
	c[machine.SumTableFill] = cell.in(Cells)
	c[machine.SumTableWrite] = write.in(Cells)
	c[machine.SumTableRead] = read.in(Cells)
}

// tableWords is the words of a table's memory.
func tableWords(d *arch.Design) int { return d.Array.WeightTiles << d.Tables.IndexBits }

// blockTable is the energy of an access to a table in block RAM.
func (t *Technology) blockTable(d *arch.Design) (write, read Cost) {
	bytes := tableWords(d) * d.Tables.ValueBits / 8
	return t.sram(bytes, d.Tables.ValueBits, true), t.sram(bytes, d.Tables.ValueBits, false)
}

// tableEventCosts are those costs by events, in place of the ones of cells that select. The bits that
// change behind tables are not counted: weights pass in every cycle, so half of the bits of
// codes and sums are taken to change, and two of the sums' address, as it counts up.
func (t *Technology) tableEventCosts(d *arch.Design, c *[machine.ActionCount]Cost) {
	tables, e := d.Tables, t.Events
	p, digits, words := e.Tables, d.DigitCount(), tableWords(d)
	scaled := func(cost Cost) Cost {
		cost.Kind = cost.Kind.worse(Scaled)
		return cost
	}
	own := func(cost Cost) Cost { // of tables as they were measured
		if words != p.Words || digits > 1 {
			return scaled(cost)
		}
		return cost
	}
	value := float64(tables.ValueBits)
	storage := tables.Count * words * tables.ValueBits * d.Array.Cols
	write, read := own(priced(p.WriteBit, value)), own(priced(p.ReadBit, value*float64(words)/float64(p.Words)))
	if tables.Block {
		column, _ := e.columnFor(machine.ShapeOf(d))
		write, read = t.blockTable(d)
		read, storage = read.plus(scaled(priced(column.TreeBit, (value+1)/2))), 0
	}
	code := scaled(priced(e.TileToggleBit, float64(tables.CodeBits())/2))
	b := registerBits(d)
	column1 := float64(b.sums / d.Array.Cols)
	sum := scaled(priced(e.SumReadBit, float64(d.Array.AccumulatorBits)/2).plus(priced(e.SumAddress, 2)).plus(priced(e.SumAddressBit, 2*column1)))
	for _, a := range []machine.Action{machine.ActivationToggle, machine.CellIssued} {
		c[a] = Cost{}
	}
	c[machine.SumTableFill] = own(priced(p.FillCell, float64(tables.Group*digits))).in(Cells)
	c[machine.SumTableWrite] = write.in(Cells)
	c[machine.SumTableRead] = read.plus(code).in(Cells)
	c[machine.SumAdd], c[machine.SumStart] = sum.in(Accumulators), sum.in(Accumulators)
	c[machine.WeightTake] = scaled(priced(e.ControlPosition, 1)).in(Controller)
	clock := own(priced(p.ClockBit, float64(b.trees+storage))).plus(priced(e.TileClockBit, float64(b.tiles))).plus(priced(e.SumClockBit, float64(b.sums)))
	clock = clock.plus(priced(e.RequantiserClock, requantiserClocks(d)))
	c[machine.ClockCycle] = clock.plus(scaled(priced(e.ControlClockBit, float64(b.control)))).in(Clock)
}

// unpriced says why a technology has no prices for a design, nil if it has.
func (t *Technology) unpriced(d *arch.Design) error {
	if d.Tables != nil && t.Events != nil && t.Events.Tables == nil {
		return fmt.Errorf("%w: technology %s has no events.tables, for array.cell %s: calibrate it again with lowres calibrate, or take one that prices operations, such as horowitz45 or ice40up5k",
			ErrTechnology, t.Name, d.Array.Cell)
	}
	return nil
}
