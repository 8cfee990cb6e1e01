package engine

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestExponentialIsExactToAFewUnitsOfTheLastPlace(t *testing.T) {
	for x := float32(lowest); x < 88; x += 0.0137 {
		require.InEpsilon(t, math.Exp(float64(x)), exponential(x), 3e-7, "%v", x)
	}
	require.Equal(t, float32(1), exponential(0))
}

func TestGELUAndItsSlopeEqualTheirFormulas(t *testing.T) {
	out, slope := make([]float32, 1), make([]float32, 1)
	for x := -30.0; x < 30; x += 0.0173 {
		v := float64(float32(x))
		geluRow(out, slope, []float32{float32(v)})
		require.InDelta(t, v*normal(v), float64(out[0]), 3e-7*math.Max(1, math.Abs(v)), "%v", v)
		require.InDelta(t, normal(v)+v*density(v), float64(slope[0]), 6e-7, "%v", v)
	}
}

func TestSoftmaxOfLargeValuesAddsUpToOne(t *testing.T) {
	values := []float32{1e30, -1e30, 1e30, 0, float32(math.Inf(-1))}
	softmax(values, 0.25)
	require.Equal(t, []float32{0.5, 0.5}, []float32{values[0], values[2]})
	require.InDelta(t, 0, values[1]+values[3]+values[4], 1e-30)
}

func TestSumAndDotTakeAnyLength(t *testing.T) {
	for n := range 13 {
		x, y, s, d := make([]float32, n), make([]float32, n), float32(0), float32(0)
		for k := range x {
			x[k], y[k] = float32(k+1), float32(3*k-5)
			s += x[k]
			d += x[k] * y[k]
		}
		require.Equal(t, s, sum(x))
		require.Equal(t, d, dot(x, y))
	}
}

func TestDropoutKeepsItsPartAndTheMean(t *testing.T) {
	for _, rate := range []float64{0.1, 0.5, 0.9} {
		l, factors := &dropout{layer: 4, rate: rate}, make([]float32, 100001)
		l.draw(&Worker{noise: 3}, 9, factors)
		kept := 0
		for _, f := range factors {
			if f != 0 {
				require.InEpsilon(t, 1/(1-rate), f, 1e-6)
				kept++
			}
		}
		require.InDelta(t, 1-rate, float64(kept)/float64(len(factors)), 0.01)
		require.InDelta(t, 1, sum(factors)/float32(len(factors)), 0.05)
		other := make([]float32, len(factors))
		l.draw(&Worker{noise: 3}, 10, other)
		require.InDelta(t, 1, dot(factors, other)/float32(len(factors)), 0.15, "two images are independent")
	}
}
