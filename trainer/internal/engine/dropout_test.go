package engine

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/trainer/kernel"
)

func TestDropoutKeepsItsPartAndTheMean(t *testing.T) {
	for _, rate := range []float64{0.1, 0.5, 0.9} {
		l, w := &dropout{layer: 4, rate: rate}, &Worker{noise: 3, set: kernel.Best()}
		factors, ones := make([]float32, 100001), slices.Repeat([]float32{1}, 100001)
		w.set.Drop(factors, ones, l.ofImage(w, 9))
		kept := 0
		for _, f := range factors {
			if f != 0 {
				require.InEpsilon(t, 1/(1-rate), f, 1e-6)
				kept++
			}
		}
		require.InDelta(t, 1-rate, float64(kept)/float64(len(factors)), 0.01)
		require.InDelta(t, 1, mean(factors), 0.05)
		other := make([]float32, len(factors))
		w.set.Drop(other, ones, l.ofImage(w, 10))
		for k := range factors {
			factors[k] *= other[k]
		}
		require.InDelta(t, 1, mean(factors), 0.15, "two images are independent")
	}
}

func mean(x []float32) float64 {
	sum := 0.0
	for _, v := range x {
		sum += float64(v)
	}
	return sum / float64(len(x))
}
