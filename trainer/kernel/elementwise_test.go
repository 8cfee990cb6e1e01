package kernel

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// few returns n values out of a few, so that equal maxima are frequent.
func few(seed uint64, n int) []float32 {
	v := numbers(seed, n)
	for i := range v {
		v[i] = float32(int(v[i]*3)) / 2
	}
	return v
}

func drawPool(t *rapid.T) Pool {
	draw := func(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, name) }
	p := Pool{Windows: draw("windows", 1, 5), Channels: rapid.SampledFrom([]int{1, 3, 8, 16, 24, 32, 48}).Draw(t, "channels"),
		ReLU: rapid.Bool().Draw(t, "relu")}
	p.InPixel, p.DInPixel = p.Channels+draw("gap", 0, 9), p.Channels+draw("dGap", 0, 9)
	p.InStep, p.DInStep = 2*p.InPixel, 2*p.DInPixel
	p.InRow, p.DInRow = p.Windows*p.InStep, p.Windows*p.DInStep
	p.OutStep, p.DOutStep = p.Channels+draw("outGap", 0, 9), p.Channels+draw("dOutGap", 0, 9)
	seed := rapid.Uint64().Draw(t, "seed")
	p.In, p.Out = few(seed, 2*p.InRow), make([]float32, p.Windows*p.OutStep)
	p.DIn, p.DOut = numbers(seed+1, 2*p.DInRow), numbers(seed+2, p.Windows*p.DOutStep)
	return p
}

func TestEverySetPoolsLikePlainGo(t *testing.T) {
	for _, s := range All() {
		t.Run(s.Name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				p := drawPool(t)
				want := p
				want.Out, want.DIn = slices.Clone(p.Out), slices.Clone(p.DIn)
				maxPoolGo(&want)
				maxPoolBackGo(&want)
				s.MaxPool(&p)
				require.Equal(t, want.Out, p.Out)
				s.MaxPoolBack(&p)
				require.Equal(t, want.DIn, p.DIn)
			})
		})
	}
}

func TestPoolGradientGoesToTheFirstMaximum(t *testing.T) {
	cases := map[string]struct {
		in   []float32
		relu bool
		want []float32
	}{
		"the only maximum":         {[]float32{1, 2, 0, -1}, false, []float32{0, 5, 0, 0}},
		"the first of two":         {[]float32{1, 2, 2, -1}, false, []float32{0, 5, 0, 0}},
		"all equal":                {[]float32{3, 3, 3, 3}, true, []float32{5, 0, 0, 0}},
		"lost in a clamped window": {[]float32{0, 0, 0, 0}, true, []float32{0, 0, 0, 0}},
		"kept where no relu is":    {[]float32{-3, -1, -2, -4}, false, []float32{0, 5, 0, 0}},
	}
	for name, k := range cases {
		p := Pool{In: k.in, Out: make([]float32, 1), DIn: make([]float32, 4), DOut: []float32{5}, Windows: 1, Channels: 1,
			InStep: 2, InRow: 2, InPixel: 1, DInStep: 2, DInRow: 2, DInPixel: 1, OutStep: 1, DOutStep: 1, ReLU: k.relu}
		maxPoolGo(&p)
		maxPoolBackGo(&p)
		assert.Equal(t, k.want, p.DIn, name)
	}
}

func TestPoolOutsideItsSlicesPanics(t *testing.T) {
	for _, s := range All() {
		p := Pool{In: make([]float32, 63), Out: make([]float32, 16), Windows: 1, Channels: 16, InStep: 32, InRow: 32, InPixel: 16, OutStep: 16}
		assert.Panics(t, func() { s.MaxPool(&p) }, s.Name)
		p.In = make([]float32, 64)
		assert.NotPanics(t, func() { s.MaxPool(&p) }, s.Name)
		assert.Panics(t, func() { s.MaxPoolBack(&p) }, s.Name)
	}
}

func TestEverySetDescendsAndAddsToTheLastBitOfPlainGo(t *testing.T) {
	for _, s := range All() {
		rapid.Check(t, func(t *rapid.T) {
			n := rapid.IntRange(0, 100).Draw(t, "n")
			seed := rapid.Uint64().Draw(t, "seed")
			w, v, g := numbers(seed, n), numbers(seed+1, n), numbers(seed+2, n)
			step := Step{Rate: 0.1, Momentum: 0.92, Decay: rapid.SampledFrom([]float32{0, 0.01}).Draw(t, "decay")}
			w2, v2 := slices.Clone(w), slices.Clone(v)
			descendGo(w2, v2, g, step)
			s.Descend(w, v, g, step)
			require.Equal(t, w2, w)
			require.Equal(t, v2, v)
			addGo(w2, g)
			s.Add(w, g)
			require.Equal(t, w2, w)
		})
	}
}

func TestDescendIsMomentumWithDecay(t *testing.T) {
	w, v := []float32{2}, []float32{1}
	descendGo(w, v, []float32{4}, Step{Rate: 0.5, Momentum: 0.25, Decay: 0.5})
	assert.Equal(t, float32(0.25*1-0.5*(4+0.5*2)), v[0])
	assert.Equal(t, float32(2-2.25), w[0])
}

func TestNamedFindsWhatAllLists(t *testing.T) {
	for _, s := range All() {
		require.Equal(t, s.Name, Named(s.Name).Name)
	}
	require.Equal(t, All()[0].Name, Best().Name)
	require.Nil(t, Named("abacus"))
}
