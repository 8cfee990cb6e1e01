package quant

import (
	"fmt"
	"math"
	"math/bits"
)

// Limits of a requantiser.
const (
	MultBits = 16 // width of Mult, unsigned
	MaxShift = 47 // largest Shift
)

// Activation range: int8, zero point 0.
const (
	MinActivation = math.MinInt8
	MaxActivation = math.MaxInt8
)

// Requantiser maps an accumulator to an int8 activation:
//
//	y = clamp((acc·Mult + 2^(Shift−1)) >> Shift)
//
// where >> is the arithmetic shift (rounds towards −∞, so halves round up) and
// clamp is to −128 … 127, or to 0 … 127 with ReLU. Mult 0 gives y = 0 always.
// The RTL twin is hdl/requantise.v.
type Requantiser struct {
	Mult  uint16
	Shift uint8 // 1 … MaxShift
	ReLU  bool
}

// NewRequantiser returns the Requantiser nearest to y = scale·acc. Mult is in
// 2^15 … 2^16−1, so Scale is within a factor 1 ± 2^-16 of scale; below 2^-32,
// where no int32 gives more than 0.5, Shift stays at MaxShift, Mult falls short
// and Scale is within 2^-48. It returns an error unless 0 < scale < 2^14.
func NewRequantiser(scale float64, relu bool) (Requantiser, error) {
	if !(scale > 0) || scale >= 1<<(MultBits-2) {
		return Requantiser{}, fmt.Errorf("requantisation scale %g: want above 0 and below %d; calibrate the layer's range", scale, 1<<(MultBits-2))
	}
	frac, exp := math.Frexp(scale) // scale = frac·2^exp, frac in [0.5, 1)
	mult := math.RoundToEven(frac * (1 << MultBits))
	shift := MultBits - exp
	if mult == 1<<MultBits {
		mult, shift = mult/2, shift-1
	}
	if shift > MaxShift {
		mult, shift = math.RoundToEven(scale*(1<<MaxShift)), MaxShift
	}
	return Requantiser{Mult: uint16(mult), Shift: uint8(shift), ReLU: relu}, nil
}

// Apply is the activation of one accumulator; any int32 is legal.
func (r Requantiser) Apply(acc int32) int8 {
	low := int64(MinActivation)
	if r.ReLU {
		low = 0
	}
	y := (int64(acc)*int64(r.Mult) + 1<<(r.Shift-1)) >> r.Shift
	return int8(min(max(y, low), MaxActivation))
}

// Scale is the real factor that r stands for, Mult/2^Shift.
func (r Requantiser) Scale() float64 { return math.Ldexp(float64(r.Mult), -int(r.Shift)) }

// Validate returns an error unless Shift is in 1 … MaxShift.
func (r Requantiser) Validate() error {
	if r.Shift < 1 || r.Shift > MaxShift {
		return fmt.Errorf("requantiser shift %d: want 1 to %d", r.Shift, MaxShift)
	}
	return nil
}

// SignedBits is the width in bits of the narrowest two's complement number that
// holds every integer in −limit … limit, for limit ≥ 0.
func SignedBits(limit int64) int { return bits.Len64(uint64(limit)) + 1 }
