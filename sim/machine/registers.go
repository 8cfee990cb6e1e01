package machine

import (
	"math/bits"

	"lowres/sim/arch"
)

// Registers are the flip-flops of an array's parts, as the Verilog has them.
type Registers struct {
	Trees int // cells, adder trees, and where digits are joined: without an enable
	Tiles int // weight tiles: written when a tile's beat is decoded, and when it is taken
	Sums  int // partial sums: those of the slot are written
	// Waiting is what stands beside the sums in the accumulators, without an enable: of sums in two halves what waits for
	// the upper half, of those read ahead the old sum and its address.
	Waiting int
}

// RegistersOf counts the array's flip-flops.
func RegistersOf(d *arch.Design) Registers {
	if d.Tables != nil {
		return tableRegisters(d)
	}
	a, s := d.Array, ShapeOf(d)
	levels := bits.Len(uint(a.Lanes - 1))
	tree := a.Lanes * (s.CellBits + 1) // cells and, as in every adder, their open signs
	for k := 1; k <= levels; k++ {
		if d.TreeRegister(k) {
			tree += (a.Lanes >> k) * (s.CellBits + k + 1)
		}
	}
	join := 0
	if s.Digits > 1 {
		join = (s.CellBits + levels + 2*s.Digits) * (1 + 2*((s.Digits-1)/2))
	}
	positions := 1 << max(1, bits.Len(uint(a.Hold-1)))
	columns := a.Pixels * a.Cols
	r := Registers{
		Trees: columns * (tree*s.Digits + join),
		Tiles: a.WeightTiles * 3 * s.Digits * a.Lanes * a.Cols,
		Sums:  columns * a.SumBlocks * positions * a.AccumulatorBits,
	}
	if a.SkewedSums {
		r.Trees += columns * treeSkew(s)
		r.Waiting = columns * (4 + bits.Len(uint(a.SumBlocks*positions-1))) // valid, first, sign, carry, address
	}
	if d.SumsReadAhead() {
		r.Waiting = columns * (a.AccumulatorBits + bits.Len(uint(positions-1)))
	}
	return r
}

// treeSkew is the flip-flops that a column's adders have more where they add up in two halves: at
// the cells the upper bits of both numbers, from the low half's highest on, less the
// sum's sign, which is closed; behind them that one bit of either, and whether their signs
// differ. Of a digit that is shifted up so many bits more.
func treeSkew(s ArrayShape) int {
	const top = 6 // the low half's highest bit
	cells, behind := s.Lanes/2, s.Lanes/2-1
	n := s.Digits * (cells*(2*(s.CellBits-top)-1) + behind*3)
	for pairs, shift := s.Digits/2, 2; shift < 2*s.Digits; pairs, shift = 1, 2*shift {
		n += pairs * (3 + shift)
	}
	return n
}

// tableRegisters are those of an array of tables: the columns' trees, and the dot products
// that fill; one tile of codes.
func tableRegisters(d *arch.Design) Registers {
	a, t, digits := d.Array, d.Tables, d.DigitCount()
	tree := 0
	for n, w := t.Count, t.ValueBits; ; n, w = (n+1)/2, w+1 {
		tree += n * (w + 1) // with its open sign
		if n == 1 {
			break
		}
	}
	fill := 3*t.Group*digits + t.Count*t.ValueBits
	for n, w := t.GroupLanes(), ShapeOf(d).CellBits; n > 0; n, w = n/2, w+1 {
		fill += t.Count * digits * n * (w + 1)
	}
	positions := 1 << max(1, bits.Len(uint(a.Hold-1)))
	return Registers{
		Trees: a.Cols*tree + fill,
		Tiles: a.Cols * t.Count * t.CodeBits(),
		Sums:  a.Cols * a.SumBlocks * positions * a.AccumulatorBits,
	}
}
