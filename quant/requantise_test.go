package quant

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// slowApply computes floor((acc·mult + 2^(shift−1)) / 2^shift) with big integers.
func slowApply(r Requantiser, acc int32) int8 {
	y := new(big.Int).Mul(big.NewInt(int64(acc)), big.NewInt(int64(r.Mult)))
	y.Add(y, new(big.Int).Exp(big.NewInt(2), big.NewInt(int64(r.Shift)-1), nil))
	unit := new(big.Int).Exp(big.NewInt(2), big.NewInt(int64(r.Shift)), nil)
	y.Div(y, unit) // Euclidean: floor for a positive divisor
	switch {
	case r.ReLU && y.Sign() < 0:
		return 0
	case y.Cmp(big.NewInt(127)) > 0:
		return 127
	case y.Cmp(big.NewInt(-128)) < 0:
		return -128
	}
	return int8(y.Int64())
}

func TestApplyEqualsBigIntegersInTheCorners(t *testing.T) {
	for _, mult := range []uint16{0, 1, 2, 32767, 32768, 65535} {
		for shift := uint8(1); shift <= MaxShift; shift++ {
			for _, acc := range []int32{math.MinInt32, math.MinInt32 + 1, -129, -128, -3, -2, -1, 0, 1, 2, 3, 127, 128, math.MaxInt32 - 1, math.MaxInt32} {
				for _, relu := range []bool{false, true} {
					r := Requantiser{Mult: mult, Shift: shift, ReLU: relu}
					require.NoError(t, r.Validate())
					require.Equal(t, slowApply(r, acc), r.Apply(acc), "%+v of %d", r, acc)
				}
			}
		}
	}
}

func TestApplyEqualsBigIntegers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Requantiser{
			Mult:  rapid.Uint16().Draw(t, "mult"),
			Shift: rapid.Uint8Range(1, MaxShift).Draw(t, "shift"),
			ReLU:  rapid.Bool().Draw(t, "relu"),
		}
		acc := rapid.Int32().Draw(t, "acc")
		require.Equal(t, slowApply(r, acc), r.Apply(acc))
	})
}

func TestApplyRoundsHalvesUp(t *testing.T) {
	half := Requantiser{Mult: 1, Shift: 1}
	for acc, want := range map[int32]int8{-3: -1, -2: -1, -1: 0, 0: 0, 1: 1, 2: 1, 3: 2} {
		require.Equal(t, want, half.Apply(acc), "%d / 2", acc)
	}
	half.ReLU = true
	require.Equal(t, int8(0), half.Apply(-3))
	require.Equal(t, int8(2), half.Apply(3))
}

func TestNewRequantiserIsAccurate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scale := math.Ldexp(rapid.Float64Range(0.5, 1).Draw(t, "fraction"), rapid.IntRange(-60, 13).Draw(t, "exponent"))
		relu := rapid.Bool().Draw(t, "relu")
		r, err := NewRequantiser(scale, relu)
		require.NoError(t, err)
		require.NoError(t, r.Validate())
		require.Equal(t, relu, r.ReLU)
		if scale >= math.Ldexp(1, -32) {
			require.GreaterOrEqual(t, r.Mult, uint16(1<<15))
			require.LessOrEqual(t, math.Abs(r.Scale()-scale), scale*math.Ldexp(1, -16))
		} else {
			require.LessOrEqual(t, math.Abs(r.Scale()-scale), math.Ldexp(1, -48))
		}
	})
}

func TestApplyIsWithinHalfAStepOfTheRealScale(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scale := math.Ldexp(rapid.Float64Range(0.5, 1).Draw(t, "fraction"), rapid.IntRange(-24, 0).Draw(t, "exponent"))
		r, err := NewRequantiser(scale, false)
		require.NoError(t, err)
		acc := rapid.Int32().Draw(t, "acc")
		want := max(-128, min(127, float64(acc)*scale))
		require.LessOrEqual(t, math.Abs(float64(r.Apply(acc))-want), 0.5+128.0/(1<<16)+1e-9)
	})
}

func TestNewRequantiserAtTheLimits(t *testing.T) {
	for name, c := range map[string]struct {
		scale float64
		want  Requantiser
	}{
		"one":                               {1, Requantiser{Mult: 1 << 15, Shift: 15}},
		"just below one rounds up to one":   {math.Nextafter(1, 0), Requantiser{Mult: 1 << 15, Shift: 15}},
		"just below the largest rounds up":  {math.Nextafter(1<<14, 0), Requantiser{Mult: 1 << 15, Shift: 1}},
		"2^-32 is the last of full width":   {math.Ldexp(1, -32), Requantiser{Mult: 1 << 15, Shift: 47}},
		"2^-40 is short":                    {math.Ldexp(1, -40), Requantiser{Mult: 1 << 7, Shift: 47}},
		"the smallest number gives nothing": {math.SmallestNonzeroFloat64, Requantiser{Mult: 0, Shift: 47}},
		"a half with a short fraction":      {0.375, Requantiser{Mult: 3 << 14, Shift: 17}},
	} {
		got, err := NewRequantiser(c.scale, false)
		require.NoError(t, err, name)
		require.Equal(t, c.want, got, name)
	}
}

func TestNewRequantiserRefuses(t *testing.T) {
	for _, scale := range []float64{0, -1, 1 << 14, math.Inf(1), math.Inf(-1), math.NaN()} {
		_, err := NewRequantiser(scale, false)
		require.ErrorContains(t, err, "want above 0 and below 16384")
	}
	require.EqualError(t, Requantiser{}.Validate(), "requantiser shift 0: want 1 to 47")
	require.Error(t, Requantiser{Shift: MaxShift + 1}.Validate())
}

func TestSignedBits(t *testing.T) {
	for limit, want := range map[int64]int{0: 1, 1: 2, 7: 4, 8: 5, 127: 8, 128: 9, math.MaxInt32: 32} {
		require.Equal(t, want, SignedBits(limit), "±%d", limit)
	}
}
