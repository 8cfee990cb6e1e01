package quant

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// equations is a literal transcription of equations 1 to 4 for −h … h, with
// zero where odd. It also returns x.
func equations(w []float32, h int, odd bool) (q []int, x []float64) {
	sum := 0.0
	for _, v := range w {
		sum += math.Abs(float64(v))
	}
	m := sum / float64(len(w)) // equation 1
	for _, v := range w {
		wn := float64(v) / m                                       // equation 2
		xi := Alpha * float64(h) * wn                              // equation 3
		level := max(min(math.Round(xi), float64(h)), -float64(h)) // equation 4, N odd
		if !odd {
			level = max(1, min(math.Ceil(math.Abs(xi)), float64(h)))
			if xi < 0 {
				level = -level
			}
		}
		q, x = append(q, int(level)), append(x, xi)
	}
	return q, x
}

// nearest is the level nearest to x, away from zero (or positive) in a tie.
func nearest(l Levels, x float64) int {
	best := l.Value(0)
	for _, v := range l.Values() {
		d, least := math.Abs(float64(v)-x), math.Abs(float64(best)-x)
		if d < least || d == least && (abs(v) > abs(best) || v > 0 && abs(v) == abs(best)) {
			best = v
		}
	}
	return best
}

func abs(v int) int { return max(v, -v) }

// onEdge reports whether x is so close to a multiple of one half that float32
// and float64 may fall on different sides.
func onEdge(x float64) bool { return math.Abs(2*x-math.Round(2*x)) < 1e-4 }

func TestQuantiseEqualsTheEquations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := paper(t, rapid.SampledFrom(PaperN()).Draw(t, "N"))
		w := rapid.SliceOfN(rapid.Float32Range(-3, 3), 1, 60).Draw(t, "w")
		if MeanAbs(w) < 1e-20 {
			t.Skip("no weights")
		}
		got := make([]int16, len(w))
		scale := l.Quantise(got, w)
		want, x := equations(w, l.Max(), l.HasZero())
		for i := range w {
			if !onEdge(x[i]) {
				require.Equal(t, want[i], int(got[i]), "x = %g", x[i])
			}
		}
		require.InEpsilon(t, MeanAbs(w)/(Alpha*float64(l.Max())), scale, 1e-6)
	})
}

func TestQuantiseTakesTheNearestLevelOfACustomSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := anySet().Draw(t, "levels")
		if l.isPaperEven() {
			t.Skip("rounds away from zero")
		}
		w := rapid.SliceOfN(rapid.Float32Range(-3, 3), 1, 60).Draw(t, "w")
		if MeanAbs(w) < 1e-20 {
			t.Skip("no weights")
		}
		got := make([]int16, len(w))
		l.Quantise(got, w)
		inv, _ := l.Scale(w)
		for i := range w {
			if x := float64(w[i]) * inv; !onEdge(x) {
				require.Equal(t, nearest(l, x), int(got[i]), "x = %g", x)
			}
		}
	})
}

// exact quantises weights whose x is exactly xs: a last weight makes the mean
// of |w| equal to α·h, so that inv = 1.
func exact(t *testing.T, l Levels, xs ...float32) []int16 {
	sum := 0.0
	for _, x := range xs {
		sum += math.Abs(float64(x))
	}
	target := Alpha * float64(l.Max())
	n := max(len(xs)+1, int(math.Ceil(sum/target)))
	w := make([]float32, n)
	copy(w, xs)
	w[n-1] += float32(float64(n)*target - sum)
	inv, _ := l.Scale(w)
	require.InDelta(t, 1, inv, 0, "the weights of the test are wrong")
	got := make([]int16, n)
	l.Quantise(got, w)
	return got[:len(xs)]
}

func TestQuantiseOnTheEdges(t *testing.T) {
	negativeZero := float32(math.Copysign(0, -1))
	for name, c := range map[string]struct {
		levels Levels
		x      []float32
		want   []int16
	}{
		"N=2 sends both zeros to +1":          {paper(t, 2), []float32{0, negativeZero, -1e-30, 1e-30}, []int16{1, 1, -1, 1}},
		"N=3 rounds halves away from zero":    {paper(t, 3), []float32{0.5, -0.5, 0.4921875, -0.4921875}, []int16{1, -1, 0, 0}},
		"N=3 clips":                           {paper(t, 3), []float32{9, -9}, []int16{1, -1}},
		"N=4 keeps the level itself":          {paper(t, 4), []float32{1, -1, 1.0625, -1.0625}, []int16{1, -1, 2, -2}},
		"N=4 sends zero to +1":                {paper(t, 4), []float32{0, negativeZero}, []int16{1, 1}},
		"N=4 rounds small values up to ±1":    {paper(t, 4), []float32{0.0078125, -0.0078125}, []int16{1, -1}},
		"N=5 rounds halves away from zero":    {paper(t, 5), []float32{1.5, -1.5, 0.5, -0.5, 2.5}, []int16{2, -2, 1, -1, 2}},
		"N=8 takes the ceiling of |x|":        {paper(t, 8), []float32{2, 2.25, -3, -3.25, 8}, []int16{2, 3, -3, -4, 4}},
		"N=17 reaches its largest level":      {paper(t, 17), []float32{7.5, -7.5, 7.25, 20}, []int16{8, -8, 7, 8}},
		"powers of two take the farther":      {custom(t, -4, -2, -1, 0, 1, 2, 4), []float32{3, -3, 1.5, 2.75}, []int16{4, -4, 2, 2}},
		"a gap around zero goes to +":         {custom(t, -4, -2, 2, 4), []float32{0, negativeZero, -0.5}, []int16{2, 2, -2}},
		"six neighbours follow the even rule": {custom(t, -3, -2, -1, 1, 2, 3), []float32{2, 2.25, -1, -1.25}, []int16{2, 3, -1, -2}},
	} {
		require.Equal(t, c.want, exact(t, c.levels, c.x...), name)
	}
}

func TestAllZeroWeightsCountAsMeanOne(t *testing.T) {
	for _, n := range PaperN() {
		l, got := paper(t, n), make([]int16, 3)
		scale := l.Quantise(got, make([]float32, 3))
		want := int16(1 - n%2)
		require.Equal(t, []int16{want, want, want}, got)
		require.InEpsilon(t, 1/(Alpha*float64(l.Max())), scale, 1e-6)
	}
	require.Zero(t, MeanAbs(nil))
}

func TestQuantiseIsTheSameForScaledWeights(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := anySet().Draw(t, "levels")
		w := rapid.SliceOfN(rapid.Float32Range(-1, 1), 1, 40).Draw(t, "w")
		scaled := make([]float32, len(w))
		for i := range w {
			if w[i] != 0 && math.Abs(float64(w[i])) < 1e-30 {
				t.Skip("subnormal")
			}
			scaled[i] = w[i] * 8
		}
		a, b := make([]int16, len(w)), make([]int16, len(w))
		l.Quantise(a, w)
		l.Quantise(b, scaled)
		require.Equal(t, a, b)
	})
}

// uniform returns n weights as Glorot initialises them.
func uniform(n int) []float32 {
	rng := rand.New(rand.NewPCG(1, 2))
	w := make([]float32, n)
	for i := range w {
		w[i] = float32(rng.Float64()*2-1) * 0.07
	}
	return w
}

func TestGlorotWeightsGiveThreeEqualThirds(t *testing.T) {
	const n = 90_000
	levels := make([]int16, n)
	paper(t, 3).Quantise(levels, uniform(n))
	count := map[int16]int{}
	for _, v := range levels {
		count[v]++
	}
	deviation := 4 * math.Sqrt(n*(1.0/3)*(2.0/3))
	for v := int16(-1); v <= 1; v++ {
		require.InDelta(t, n/3, count[v], deviation, "level %d", v)
	}
}

func TestQuantiseDoesNotAllocate(t *testing.T) {
	l, w := paper(t, 17), uniform(1000)
	dst := make([]int16, len(w))
	require.Zero(t, testing.AllocsPerRun(10, func() { l.Quantise(dst, w) }))
}

func BenchmarkQuantise(b *testing.B) {
	for _, n := range []int{2, 3, 5, 17} {
		l, w := paper(b, n), uniform(1<<20)
		dst := make([]int16, len(w))
		b.Run(l.String(), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(4 * len(w)))
			for b.Loop() {
				l.Quantise(dst, w)
			}
		})
	}
}

func TestALayerIsQuantisedInPartsAsAWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, err := ForN(rapid.SampledFrom(PaperN()).Draw(t, "N"))
		require.NoError(t, err)
		w := rapid.SliceOfN(rapid.Float32Range(-2, 2), 1, 50).Draw(t, "w")
		whole, parts := make([]int16, len(w)), make([]int16, len(w))
		l.Quantise(whole, w)
		inv, _ := l.Scale(w)
		cut := rapid.IntRange(0, len(w)).Draw(t, "cut")
		l.Assign(parts[:cut], w[:cut], inv)
		l.Assign(parts[cut:], w[cut:], inv)
		require.Equal(t, whole, parts)
	})
}

// Weights around every edge, where float32 leaves no value between them.
func TestTheCodeIsTheNumberOfEdgesThatAWeightReaches(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := anySet().Draw(t, "levels")
		inv := rapid.Float64Range(1e-30, 1e30).Draw(t, "inv")
		edges := l.AppendEdges(nil, inv)
		require.Len(t, edges, l.N()-1)
		for i, e := range edges {
			w := []float32{math.Nextafter32(e, float32(math.Inf(-1))), e, math.Nextafter32(e, float32(math.Inf(1)))}
			codes := make([]int16, 3)
			l.Assign(codes, w, inv)
			require.Equal(t, []int16{int16(l.Value(i)), int16(l.Value(i + 1)), int16(l.Value(i + 1))}, codes, "edge %d, %g", i, e)
		}
	})
}

func TestMeanAbsMayBeAddedUpBlockByBlock(t *testing.T) {
	w := make([]float32, 2*SumBlock+77)
	exact := 0.0
	for i := range w {
		w[i] = float32(math.Sin(float64(i)))
		exact += math.Abs(float64(w[i]))
	}
	blocks := SumAbs(w[:SumBlock]) + SumAbs(w[SumBlock:2*SumBlock]) + SumAbs(w[2*SumBlock:])
	require.Equal(t, blocks/float64(len(w)), MeanAbs(w))
	require.InEpsilon(t, exact/float64(len(w)), MeanAbs(w), 1e-12)
}
