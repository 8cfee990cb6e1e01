package kernel

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Which bands a processor takes must not change what it computes.
func TestBandsOfRowsDoNotChangeAStepOfWeights(t *testing.T) {
	for name, steps := range map[string]func(band int) func(p *WeightStep){"avx512": stepWeights512, "avx2": stepWeights256} {
		s := Named(name)
		if s == nil {
			t.Logf("%s: not on this processor", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				p := drawWeightStep(t)
				w, v := bySteps(s, &p)
				for _, band := range []int{1, 2 * MaxRows, math.MaxInt} {
					q := p
					q.W, q.V = slices.Clone(p.W), slices.Clone(p.V)
					steps(band)(&q)
					require.Equal(t, w, q.W, "band %d", band)
					require.Equal(t, v, q.V, "band %d", band)
				}
			})
		})
	}
}
