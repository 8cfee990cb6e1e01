package arch

import (
	"fmt"
	"math/bits"

	"lowres/quant"
)

// Cell is what multiplies: how the array is built and in which order it works.
type Cell string

// The cells.
const (
	CellSelect     Cell = "select"         // activation × weight in every lane; weights stay while positions pass
	CellTableLUT   Cell = "table_lutram"   // tables of sums; activations stay while the weights of column groups pass
	CellTableBlock Cell = "table_blockram" // … in block RAM, addressed by packed bytes
)

// cells lists the cells.
var cells = []Cell{CellSelect, CellTableLUT, CellTableBlock}

// SumTables is the shape of an array whose cells are tables, the same for every level set
// of the design: a column has Count tables, each of the sums of Group lanes.
type SumTables struct {
	Group     int  // lanes of a table
	Count     int  // tables of a column: lanes/Group, rounded up
	IndexBits int  // of an entry's number
	Half      bool // a code is a sign above an index, see quant.SumTable
	Block     bool // in block RAM
	ValueBits int  // of an entry
	Sets      []*quant.SumTable
}

// codeBits is the width of a cell's codes: 32 sums, or 256.
func (c Cell) codeBits() int {
	if c == CellTableBlock {
		return 8
	}
	return 5
}

// CodeBits is the width of the code of a table's weights.
func (t *SumTables) CodeBits() int {
	if t.Half {
		return t.IndexBits + 1
	}
	return t.IndexBits
}

// Fill is the cycles in which the tables of an activation word are written for set i, an
// entry a cycle, at least 2.
func (t *SumTables) Fill(i int) int { return max(t.Sets[i].Entries(), 2) }

// GroupLanes is Group as a dot product has it: a power of two, at least 2.
func (t *SumTables) GroupLanes() int { return max(1<<log2(t.Group), 2) }

// tables checks what a design of tables needs beside the ranges of its fields.
func (c *checker) tables(s *Spec) {
	field := fmt.Sprintf("array.cell %s", s.Array.Cell)
	for i, values := range s.Custom { // the paper's sets are smaller
		if most := 1 << s.Array.Cell.codeBits(); len(values) > most {
			c.fail(fmt.Sprintf("custom_levels[%d]", i), values, fmt.Sprintf("at most %d levels with %s: a weight alone addresses a table", most, field))
		}
	}
	if s.Weights.Packing != quant.Byte {
		c.fail("weights.packing", s.Weights.Packing, fmt.Sprintf("%s with %s: weights stand in memory as addresses of tables", quant.Byte, field))
	}
	if s.Weights.Decode != DecodeAtArray {
		c.fail("weights.decode", s.Weights.Decode, fmt.Sprintf("%s with %s: there is no decoder", DecodeAtArray, field))
	}
	if s.Array.Pixels != 1 {
		c.fail("array.pixels", s.Array.Pixels, fmt.Sprintf("1 with %s: a table holds the sums of one position", field))
	}
	if s.Array.LevelsPerStage != 1 {
		c.fail("array.tree_levels_per_stage", s.Array.LevelsPerStage, fmt.Sprintf("1 with %s", field))
	}
	if s.Target != Portable {
		c.fail("target", s.Target, fmt.Sprintf("%s with %s: no target has cells for tables", Portable, field))
	}
}

// skewed checks what sums in two halves need: adders that settle signs before them, each with
// a register behind it.
func (c *checker) skewed(s *Spec) {
	if s.Target != ICE40 { // which has no tables
		c.fail("array.skewed_sums", true, fmt.Sprintf("false with target %s: halves are made for the carry chains of %s", s.Target, ICE40))
	}
	if s.Array.LevelsPerStage != 1 {
		c.fail("array.skewed_sums", true, fmt.Sprintf("false with array.tree_levels_per_stage %d: each adder needs a register", s.Array.LevelsPerStage))
	}
}

// sumTables is the shape of the tables of a sound design.
func sumTables(s *Spec, sets []quant.Levels, digits int) *SumTables {
	width := s.Array.Cell.codeBits()
	t := &SumTables{Group: s.Array.Lanes, IndexBits: width, Block: s.Array.Cell == CellTableBlock}
	if t.Half = !t.Block; t.Half {
		t.IndexBits--
	}
	for _, l := range sets {
		t.Group = min(t.Group, l.TableGroup(width))
	}
	t.Count = (s.Array.Lanes + t.Group - 1) / t.Group
	for _, l := range sets {
		set := l.SumTable(t.Group, width, t.Half)
		t.Sets = append(t.Sets, set)
		t.ValueBits = max(t.ValueBits, set.ValueBits(digits))
	}
	return t
}

// log2 is ceil(log2 n) for n ≥ 1.
func log2(n int) int { return bits.Len(uint(n - 1)) }
