package mapping

import (
	"fmt"
	"math"

	"lowres/quant"
)

// columnRange bounds what one output channel's accumulator and sum can hold,
// for every input and at every step.
//
// A cell with weight w and activation a adds w·a − NegativeWeight(w). With a in
// inputLow … inputHigh, and zero among those or in the padding, the partial
// sums lie in Σmin(w·a, 0) − correction … Σmax(w·a, 0), whatever the order. The
// sum that is requantised is the true one, bias + Σ w·a.
type columnRange struct {
	low, high  int64 // Σ min(w·a, 0), Σ max(w·a, 0)
	correction int64 // Σ NegativeWeight
}

// add extends the range by weight v with digitCount digits in the array.
func (r *columnRange) add(v, digitCount, inputLow, inputHigh int) {
	a, b := int64(v*inputLow), int64(v*inputHigh)
	r.low += min(a, b, 0)
	r.high += max(a, b, 0)
	r.correction += int64(quant.NegativeWeight(v, digitCount))
}

// bits is the accumulator width that a column with this bias needs, for its
// partial sums, its corrected bias and its sum.
func (r *columnRange) bits(bias int32) int {
	b := int64(bias)
	low := min(r.low-r.correction, r.low+b, b+r.correction)
	high := max(r.high, r.high+b, b+r.correction)
	return quant.SignedBits(max(high, -low-1, 0))
}

// check returns ErrFit if the column needs more than have bits, or its
// corrected bias more than 32.
func (r *columnRange) check(l *layer, output int, bias int32, have int) error {
	if need := r.bits(bias); need > have {
		return fmt.Errorf("%w: layer %s: output %d needs an accumulator of %d bits, the design has %d; raise array.accumulator_bits (at most 32) or split the layer",
			ErrFit, l.name, output, need, have)
	}
	if b := int64(bias) + r.correction; b > math.MaxInt32 {
		return fmt.Errorf("%w: layer %s: output %d: bias %d with correction %d: want at most %d", ErrFit, l.name, output, bias, r.correction, math.MaxInt32)
	}
	return nil
}
