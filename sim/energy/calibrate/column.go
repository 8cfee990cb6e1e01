package calibrate

import (
	"context"
	mathbits "math/bits"

	"lowres/quant"
	"lowres/sim/energy/gate"
	"lowres/sim/machine"
)

// Class is the hardware of a column: all level sets of a class share it.
type Class struct {
	Digits, CellBits int
}

// ClassOf is the hardware for one level set.
func ClassOf(l quant.Levels) Class {
	c := Class{l.DigitCount(), 8}
	if l.Max() > 1 {
		c.CellBits = 9
	}
	return c
}

// SumBits is the width of a column's dot product of the measured lanes.
func (c Class) SumBits() int {
	w := c.CellBits + 4
	if c.Digits > 1 {
		w += 2*(c.Digits-1) + 1
	}
	return w
}

// digitBits is {negative, two, zero} of a digit −2 … 2.
func digitBits(d int) byte {
	return [5]byte{6, 4, 1, 0, 2}[d+2]
}

// bits packs numbers of some bits one after the other, lowest first.
type bits struct {
	row []byte
	at  int
}

func (b *bits) put(value uint64, width int) {
	for i := range width {
		if b.at/8 == len(b.row) {
			b.row = append(b.row, 0)
		}
		b.row[b.at/8] |= byte(value>>i&1) << (b.at % 8)
		b.at++
	}
}

// The events of a dot product, in the order of its samples.
const (
	dotClock = iota // cycles × flip-flops
	dotActivation
	dotWeight
	dotSign
	dotProduct
	dotTree
	dotEvents
)

// dotRow is what a column's dot product takes in a cycle.
func (c Class) dotRow(i *machine.Issue) []byte {
	b := &bits{}
	for _, a := range i.Word {
		b.put(uint64(a), 8)
	}
	digits := make([]int, c.Digits)
	for _, w := range i.Tile {
		quant.Digits(digits, int(w))
		for _, d := range digits {
			b.put(uint64(digitBits(d)), 3)
		}
	}
	return b.row
}

// Dot measures a column's dot product on the streams of weights of n levels, one
// after the other.
func (b *Bench) Dot(ctx context.Context, c Class, n int, streams []Stream) (*Part, error) {
	sources, err := library()
	if err != nil {
		return nil, err
	}
	m := gate.Module{Top: "dot_product", Sources: sources, Parameters: []gate.Parameter{{Name: "Lanes", Value: Lanes},
		{Name: "Digits", Value: c.Digits}, {Name: "CellW", Value: c.CellBits}, {Name: "SumW", Value: c.SumBits()}}}
	toggles := machine.NewToggles(c.shape())
	var rows [][]byte
	var samples []Sample
	var before []byte
	for _, s := range streams {
		sample := Sample{Name: s.Name, N: n, HeldOut: s.HeldOut, Cycles: len(s.Issues), Events: make([]float64, dotEvents)}
		var counts machine.Counts
		for k := range s.Issues {
			i := &s.Issues[k]
			rows = append(rows, c.dotRow(i))
			toggles.Take(i.Tile, &counts)
			toggles.Issue(i, &counts)
			sample.Events[dotActivation] += hamming(before, i.Word)
			before = i.Word
		}
		sample.Events[dotWeight] = float64(counts[machine.WeightToggle])
		sample.Events[dotSign] = float64(counts[machine.SignToggle])
		sample.Events[dotProduct] = float64(counts[machine.ProductToggle])
		sample.Events[dotTree] = float64(counts[machine.TreeToggle])
		samples = append(samples, sample)
	}
	return b.measure(ctx, m, inputs[m.Top], rows, samples)
}

// shape is the array of one column.
func (c Class) shape() machine.ArrayShape {
	return machine.ArrayShape{Lanes: Lanes, Cols: 1, Pixels: 1, Hold: Hold, SumBlocks: 2, AccumulatorBits: AccumulatorBits, Digits: c.Digits, CellBits: c.CellBits}
}

// hamming is the number of bits that differ; before may be nil, for zeros.
func hamming(before, now []byte) (n float64) {
	for i, b := range now {
		var a byte
		if before != nil {
			a = before[i]
		}
		n += float64(mathbits.OnesCount8(a ^ b))
	}
	return n
}
