package energy

import (
	"fmt"
	"math"
)

// Band is an energy in picojoules with its uncertainty.
type Band struct {
	LowPJ     float64 `json:"low_pj"`
	TypicalPJ float64 `json:"typical_pj"`
	HighPJ    float64 `json:"high_pj"`
}

// band is a value's energy.
func (v *Value) band() Band { return Band{v.Low, v.Value, v.High} }

// Times is b scaled by n.
func (b Band) Times(n float64) Band { return Band{b.LowPJ * n, b.TypicalPJ * n, b.HighPJ * n} }

// Plus is the sum of both. Bounds add up too, since errors of one technology
// table go the same way.
func (b Band) Plus(c Band) Band {
	return Band{b.LowPJ + c.LowPJ, b.TypicalPJ + c.TypicalPJ, b.HighPJ + c.HighPJ}
}

// between interpolates two bands linearly, at 0 … 1 or beyond.
func between(a, b Band, at float64) Band { return a.Times(1 - at).Plus(b.Times(at)) }

// betweenLog interpolates two bands linearly in the logarithm of the energy.
func betweenLog(a, b Band, at float64) Band {
	f := func(x, y float64) float64 { return math.Exp(math.Log(x)*(1-at) + math.Log(y)*at) }
	return Band{f(a.LowPJ, b.LowPJ), f(a.TypicalPJ, b.TypicalPJ), f(a.HighPJ, b.HighPJ)}
}

// String is the typical energy with as many digits as the band supports, and
// the band: "12 µJ (8 to 17)".
func (b Band) String() string {
	unit, scale := unitOf(b.TypicalPJ)
	digits := b.digits()
	return fmt.Sprintf("%s %s (%s to %s)", significant(b.TypicalPJ/scale, digits), unit,
		significant(b.LowPJ/scale, digits), significant(b.HighPJ/scale, digits))
}

// Short is the typical energy with as many digits as the band supports.
func (b Band) Short() string {
	unit, scale := unitOf(b.TypicalPJ)
	return significant(b.TypicalPJ/scale, b.digits()) + " " + unit
}

// digits is the number of significant digits that the band supports: one more
// than those that are the same all over it, at most 4.
func (b Band) digits() int {
	if b.TypicalPJ == 0 || b.HighPJ == b.LowPJ {
		return 4
	}
	spread := (b.HighPJ - b.LowPJ) / 2 / b.TypicalPJ
	return min(max(int(math.Ceil(-math.Log10(spread)))+1, 1), 4)
}

// unitOf chooses a unit so that the number is 1 to 999.
func unitOf(pj float64) (unit string, scale float64) {
	units := []string{"fJ", "pJ", "nJ", "µJ", "mJ", "J"}
	scale = 1e-3
	for _, u := range units[:len(units)-1] {
		if pj < scale*1000 {
			return u, scale
		}
		scale *= 1000
	}
	return units[len(units)-1], scale
}

// significant prints x with n significant digits and no exponent.
func significant(x float64, n int) string {
	if x == 0 {
		return "0"
	}
	decimals := n - 1 - int(math.Floor(math.Log10(math.Abs(x))))
	unit := math.Pow(10, float64(decimals))
	return fmt.Sprintf("%.*f", max(decimals, 0), math.Round(x*unit)/unit)
}
