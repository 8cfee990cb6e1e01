package kernel

import (
	"math"

	"lowres/quant"
)

// group is the number of outputs that are requantised together. Pixels of an activation map have room for
// whole groups.
const group = 16

// Pitch is the bytes of a pixel that Requantise can write channels channels to.
func Pitch(channels int) int { return (channels + group - 1) / group * group }

// Requantisers are the requantisers of a layer's outputs, padded to whole groups with ones that give 0.
type Requantisers struct {
	each []quant.Requantiser
	low  int64 // least activation

	// For the vector loops, of each group: mult, 2^(shift−1) and shift of its even and odd outputs, 8 each.
	table []int64
}

// NewRequantisers prepares the requantisers of all outputs, which agree on relu.
func NewRequantisers(each []quant.Requantiser) *Requantisers {
	r := &Requantisers{low: quant.MinActivation}
	if each[0].ReLU {
		r.low = 0
	}
	r.each = append(r.each, each...)
	for len(r.each) < Pitch(len(each)) {
		r.each = append(r.each, quant.Requantiser{Shift: 1})
	}
	r.table = make([]int64, len(r.each)*3)
	for o, q := range r.each {
		t := r.table[o/group*6*8+o%2*8+o%group/2:]
		t[0], t[16], t[32] = int64(q.Mult), 1<<(q.Shift-1), int64(q.Shift)
	}
	return r
}

// Requantise turns the accumulators of one panel into activations: the maximum of every window of
// Window×Window accumulators, requantised and stored as value + 128. For window i and column n,
//
//	Out[i·Step + n] = 128 + requantise(max over y, x < Window of C[y·Line + (i·Window + x)·Columns + n])
//
// Requantising never reverses an order, so this is the pool of the requantised accumulators. It writes
// whole groups of columns, as many as the layer has outputs left from the panel on.
type Requantise struct {
	C                     []int32
	Line, Window, Windows int
	Out                   []uint8
	Step                  int
	By                    *Requantisers
	Panel                 int
}

// Requantise computes r. It panics if r leaves its slices, which is a mistake in the caller's plan.
func (s *Set) Requantise(r *Requantise) {
	r.check()
	s.requantise(r)
}

// columns is the number of columns to write.
func (r *Requantise) columns() int { return min(len(r.By.each)-r.Panel*Columns, Columns) }

// check panics if the loop would leave its slices: the assembly trusts it.
func (r *Requantise) check() {
	if r.Windows < 1 || r.Window < 1 || r.Step < 0 || r.Line < 0 || r.Panel < 0 || r.columns() < 1 {
		panic("kernel: requantisation of a wrong shape")
	}
	last := (r.Window-1)*r.Line + r.Windows*r.Window*Columns
	if last > len(r.C) || (r.Windows-1)*r.Step+r.columns() > len(r.Out) {
		panic("kernel: requantisation outside its tensors")
	}
}

// requantiseGo is Requantise in plain Go.
func requantiseGo(r *Requantise) {
	by := r.By.each[r.Panel*Columns:][:r.columns()]
	for i := range r.Windows {
		out := r.Out[i*r.Step:]
		for n, q := range by {
			most := int32(math.MinInt32)
			for y := range r.Window {
				for x := range r.Window {
					most = max(most, r.C[y*r.Line+(i*r.Window+x)*Columns+n])
				}
			}
			out[n] = uint8(int(q.Apply(most)) + Zero)
		}
	}
}
