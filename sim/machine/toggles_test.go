package machine_test

import (
	"math/bits"
	"testing"

	"pgregory.net/rapid"

	"lowres/internal/simtest"
	"lowres/quant"
	"lowres/sim/arch"
	"lowres/sim/machine"
	"lowres/sim/mapping"
)

// plainArray is hdl/dot_product.v and hdl/accumulator.v, register by register.
type plainArray struct {
	d        *arch.Design
	cell     int
	digits   [][]int // [column · lane][digit]
	products map[[4]int]int
	adders   map[[5]int]int
	joined   map[[3]int]int
	read     map[[2]int]int // [pixel, column]: sum that was found last
	address  map[int]int    // by pixel
	sums     map[[4]int]int
	half     int
	counts   machine.Counts
}

func newPlainArray(d *arch.Design) *plainArray {
	a := &plainArray{d: d, cell: 8, products: map[[4]int]int{}, adders: map[[5]int]int{}, joined: map[[3]int]int{}, sums: map[[4]int]int{}, read: map[[2]int]int{}, address: map[int]int{}}
	for _, l := range d.Sets {
		if l.Max() > 1 {
			a.cell = 9
		}
	}
	a.digits = make([][]int, d.Array.Lanes*d.Array.Cols)
	for i := range a.digits {
		a.digits[i] = make([]int, d.DigitCount())
	}
	return a
}

// change counts the bits of a register of the given width that change.
func (a *plainArray) change(action machine.Action, width, from, to int) {
	a.counts[action] += int64(bits.OnesCount64(uint64(from^to) & (1<<width - 1)))
}

func digitBits(d int) int { return map[int]int{-2: 6, -1: 4, 0: 1, 1: 0, 2: 2}[d] }

// invert is what a number with an open sign stands for, and back.
func invert(negative bool, v int) int {
	if negative {
		return ^v
	}
	return v
}

func (a *plainArray) issue(i machine.Issue) {
	lanes, cols, count := a.d.Array.Lanes, a.d.Array.Cols, a.d.DigitCount()
	for s, v := range i.Tile {
		digits := make([]int, count)
		quant.Digits(digits, int(v))
		for k := range digits {
			a.change(machine.WeightToggle, 3, digitBits(a.digits[s][k]), digitBits(digits[k]))
			a.change(machine.SignToggle, 1, digitBits(a.digits[s][k])>>2, digitBits(digits[k])>>2)
		}
		a.digits[s] = digits
	}
	address := a.half<<max(1, bits.Len(uint(a.d.Array.Hold-1))) | i.Slot
	for range cols {
		a.change(machine.SumAddressToggle, 16, a.address[i.Pixel], address)
	}
	a.address[i.Pixel] = address
	for c := range cols {
		sum, pairs, open := 0, [2]int{}, [2]bool{}
		for k := range count {
			level, negative := make([]int, lanes), make([]bool, lanes)
			for l := range lanes {
				digit, v := a.digits[c*lanes+l][k], int(int8(i.Word[l]))
				level[l], negative[l] = max(digit, -digit)*v, digit < 0
				key := [4]int{i.Pixel, c, k, l}
				a.change(machine.ProductToggle, a.cell, a.products[key], level[l])
				a.products[key] = level[l]
			}
			for depth := 1; len(level) > 1; depth++ {
				next := make([]int, len(level)/2)
				for n := range next {
					next[n] = invert(negative[2*n], invert(negative[2*n], level[2*n])+invert(negative[2*n+1], level[2*n+1]))
					negative[n] = negative[2*n]
					key := [5]int{i.Pixel, c, k, depth, n}
					a.change(machine.TreeToggle, a.cell+depth, a.adders[key], next[n])
					a.adders[key] = next[n]
				}
				level = next
			}
			if k%2 == 0 {
				open[k/2] = negative[0]
			}
			sum += invert(negative[0], level[0]) << (2 * k)
			pairs[k/2] += invert(negative[0], level[0]) << (2 * (k % 2))
		}
		lane := a.cell + bits.Len(uint(lanes-1))
		type register struct{ width, value int }
		all := register{lane + 2*count - 1, invert(open[0], sum)}
		low := register{lane + 3, invert(open[0], pairs[0])}
		high := register{lane + 3*(count-3), invert(open[1], pairs[1])}
		for n, r := range [][]register{nil, nil, {all}, {all, low, high}, {all, low, high}}[count] {
			a.change(machine.TreeToggle, r.width, a.joined[[3]int{i.Pixel, c, n}], r.value)
			a.joined[[3]int{i.Pixel, c, n}] = r.value
		}
		key := [4]int{a.half, i.Slot, i.Pixel, c}
		next := sum
		if !i.First {
			next += a.sums[key]
		}
		read := [2]int{i.Pixel, c}
		a.change(machine.SumReadToggle, a.d.Array.AccumulatorBits, a.read[read], a.sums[key])
		a.read[read] = a.sums[key]
		if i.Idle {
			continue
		}
		a.change(machine.SumToggle, a.d.Array.AccumulatorBits, a.sums[key], next)
		a.sums[key] = next
	}
	if i.Ends && a.d.Array.SumBlocks == 2 {
		a.half = 1 - a.half
	}
}

// Bits that change, counted four fields in a word, are those that change one
// register at a time.
func TestTogglesAreThoseOfEveryRegister(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := simtest.Design(t)
		net := simtest.Network(t, d)
		p, err := mapping.Map(net, d)
		if err != nil {
			return
		}
		m, err := machine.New(d, p)
		if err != nil {
			t.Fatal(err)
		}
		memory := m.Memory()
		if err := p.Input().Put(memory, simtest.Input(net.Graph, 7)); err != nil {
			t.Fatal(err)
		}
		plain := newPlainArray(d)
		r, err := m.Run(memory, machine.Options{Toggles: true, Issue: plain.issue})
		if err != nil {
			t.Fatal(err)
		}
		for a := range machine.ActionCount {
			if a.Toggle() && r.Total[a] != plain.counts[a] {
				t.Fatalf("%v: %d, one register at a time %d", a, r.Total[a], plain.counts[a])
			}
		}
	})
}
