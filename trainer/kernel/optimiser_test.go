package kernel

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestEverySetTakesStepsOfAdamToTheLastBitOfPlainGo(t *testing.T) {
	for _, set := range All() {
		rapid.Check(t, func(t *rapid.T) {
			n, seed := rapid.IntRange(0, 100).Draw(t, "n"), rapid.Uint64().Draw(t, "seed")
			w, m, v, g := numbers(seed, n), numbers(seed+1, n), numbers(seed+2, n), numbers(seed+3, n)
			for i := range v {
				v[i] *= v[i]
			}
			s := NewAdam(0.01, 0.9, 0.999, 1e-8, rapid.IntRange(1, 1000).Draw(t, "step"))
			s.Decay, s.Keep = rapid.SampledFrom([]float32{0, 0.01}).Draw(t, "decay"), rapid.SampledFrom([]float32{1, 0.99}).Draw(t, "keep")
			w2, m2, v2 := slices.Clone(w), slices.Clone(m), slices.Clone(v)
			adamGo(w2, m2, v2, g, s)
			set.Adam(w, m, v, g, s)
			require.Equal(t, [][]float32{w2, m2, v2}, [][]float32{w, m, v}, set.Name)
		})
	}
}

func TestEverySetSumsAndScalesToTheLastBitOfPlainGo(t *testing.T) {
	for _, set := range All() {
		rapid.Check(t, func(t *rapid.T) {
			x := numbers(rapid.Uint64().Draw(t, "seed"), rapid.IntRange(0, 100).Draw(t, "n"))
			require.Equal(t, sumSquaresGo(x), set.SumSquares(x), set.Name)
			y := slices.Clone(x)
			scaleGo(y, 0.3)
			set.Scale(x, 0.3)
			require.Equal(t, y, x, set.Name)
		})
	}
}

func TestSumSquaresIsTheSumOfSquares(t *testing.T) {
	x, want := make([]float32, 35), 0.0
	for i := range x {
		x[i] = float32(i) - 7
		want += float64(x[i] * x[i])
	}
	assert.Equal(t, want, sumSquaresGo(x))
}

// Steps of Adam as the papers write them, in float64.
func TestAdamIsThatOfItsPapers(t *testing.T) {
	const rate, beta1, beta2, epsilon, l2, decoupled = 0.01, 0.9, 0.99, 1e-3, 0.125, 0.5
	w, m, v := []float32{2}, make([]float32, 1), make([]float32, 1)
	theta, mean, square := 2.0, 0.0, 0.0
	for i, g := range []float64{4, -1, 0.5, 0, 3} {
		t1 := i + 1
		s := NewAdam(rate, beta1, beta2, epsilon, t1)
		s.Decay, s.Keep = l2, 1-rate*decoupled
		adamGo(w, m, v, []float32{float32(g)}, s)
		g += l2 * theta
		mean, square = beta1*mean+(1-beta1)*g, beta2*square+(1-beta2)*g*g
		meanHat, squareHat := mean/(1-math.Pow(beta1, float64(t1))), square/(1-math.Pow(beta2, float64(t1)))
		theta -= rate * (meanHat/(math.Sqrt(squareHat)+epsilon) + decoupled*theta)
		require.InDelta(t, theta, w[0], 1e-6, "step %d", t1)
	}
}

func BenchmarkAdam(b *testing.B) {
	const n = 1 << 14
	w, m, v, g := numbers(1, n), numbers(2, n), make([]float32, n), numbers(3, n)
	for _, set := range All() {
		b.Run(set.Name, func(b *testing.B) {
			b.SetBytes(4 * n)
			b.ReportAllocs()
			for b.Loop() {
				set.Adam(w, m, v, g, NewAdam(1e-6, 0.9, 0.999, 1e-8, 10))
			}
		})
	}
}
