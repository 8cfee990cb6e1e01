package mapping

import (
	"fmt"
	"math"

	"lowres/quant"
)

// columnRange bounds what one output channel's accumulator and sum can hold,
// for every input and at every step.
//
// A cell with weight w and activation a adds w·a − NegativeWeight(w), a table the sum of
// its weights less quant.SumTable.Missing, which may be below 0. With a in
// inputLow … inputHigh, and zero among those or in the padding, the partial sums lie in
// Σmin(w·a, 0) − Σmax(missing, 0) … Σmax(w·a, 0) + over, whatever the order. The
// sum that is requantised is the true one, bias + Σ w·a.
type columnRange struct {
	low, high  int64 // Σ min(w·a, 0), Σ max(w·a, 0)
	correction int64 // Σ of what cells or tables are short of
	over       int64 // … of what any of them gives too much
}

// add extends the range by weight v.
func (r *columnRange) add(v, inputLow, inputHigh int) {
	a, b := int64(v*inputLow), int64(v*inputHigh)
	r.low += min(a, b, 0)
	r.high += max(a, b, 0)
}

// short extends the range by a cell or a table that gives so much too little.
func (r *columnRange) short(missing int) {
	r.correction += int64(missing)
	r.over += int64(max(-missing, 0))
}

// bits is the accumulator width that a column with this bias needs, for its
// partial sums, its corrected bias and its sum.
func (r *columnRange) bits(bias int32) int {
	b := int64(bias)
	low := min(r.low-r.correction-r.over, r.low+b, b+r.correction)
	high := max(r.high+r.over, r.high+b, b+r.correction)
	return quant.SignedBits(max(high, -low-1, 0))
}

// check returns ErrFit if the column needs more than have bits, or its
// corrected bias more than 32.
func (r *columnRange) check(l *layer, output int, bias int32, have int) error {
	if need := r.bits(bias); need > have {
		return fmt.Errorf("%w: layer %s: output %d needs an accumulator of %d bits, the design has %d; raise array.accumulator_bits (at most 32) or split the layer",
			ErrFit, l.name, output, need, have)
	}
	if b := int64(bias) + r.correction; b > math.MaxInt32 || b < math.MinInt32 {
		return fmt.Errorf("%w: layer %s: output %d: bias %d with correction %d: want %d to %d", ErrFit, l.name, output, bias, r.correction, math.MinInt32, math.MaxInt32)
	}
	return nil
}
