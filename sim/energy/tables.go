package energy

import (
	"fmt"

	"lowres/sim/arch"
	"lowres/sim/machine"
)

// tableCosts is the energy of filling and reading the tables of an array that has them: an
// entry is a cell a lane (its additions count as the tree's), a word of every column's
// table, which is a block RAM or, in LUTs, as many register bits.
func (t *Technology) tableCosts(d *arch.Design, c *[machine.ActionCount]Cost) {
	tables, o := d.Tables, t.Operations
	if tables == nil || o == nil {
		return
	}
	cell := priced(o.CellBit, float64(9*d.DigitCount()*tables.Group))
	write, read := priced(o.RegisterBit, float64(tables.ValueBits)), priced(o.RegisterBit, float64(tables.ValueBits))
	if tables.Block {
		bytes := (d.Array.WeightTiles << tables.IndexBits) * tables.ValueBits / 8
		write, read = t.sram(bytes, tables.ValueBits, true), t.sram(bytes, tables.ValueBits, false)
	}
	c[machine.SumTableFill] = cell.in(Cells)
	c[machine.SumTableWrite] = write.in(Cells)
	c[machine.SumTableRead] = read.in(Cells)
}

// unpriced says why a technology has no prices for a design, nil if it has.
func (t *Technology) unpriced(d *arch.Design) error {
	if d.Tables != nil && t.Events != nil {
		return fmt.Errorf("%w: technology %s prices the bits of cells that select, not of array.cell %s: take one that prices operations, such as horowitz45 or ice40up5k",
			ErrTechnology, t.Name, d.Array.Cell)
	}
	return nil
}
