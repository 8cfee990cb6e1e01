package kernel

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var kinds = []TransformKind{TransformInput, TransformOutput, TransformGradient, TransformFilter, TransformFilterGradient}

// drawTransform draws a transform whose destinations do not overlap.
func drawTransform(t *rapid.T) Transform {
	draw := func(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, name) }
	tr := Transform{Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Filter: rapid.SampledFrom([]int{3, 5}).Draw(t, "filter"), Tiles: draw("tiles", 1, 3)}
	in, out := tr.sides()
	tr.SrcTile, tr.SrcRow, tr.SrcColumn = draw("srcTile", 0, 99), draw("srcRow", 0, 99), draw("srcColumn", 0, 99)
	tr.DstColumn = Columns + draw("gap", 0, 9)
	tr.DstRow = out*tr.DstColumn + draw("gap", 0, 9)
	tr.DstTile = out*tr.DstRow + draw("gap", 0, 9)
	seed := rapid.Uint64().Draw(t, "seed")
	tr.Src = numbers(seed, 2*tr.SrcTile+(in-1)*(tr.SrcRow+tr.SrcColumn)+Columns)
	tr.Dst = numbers(seed+1, 3*tr.DstTile)
	if tr.Kind != TransformOutput {
		return tr
	}
	tr.ReLU = rapid.Bool().Draw(t, "relu")
	if rapid.Bool().Draw(t, "biased") {
		tr.Bias = numbers(seed+2, Columns)
	}
	if rapid.Bool().Draw(t, "masked") {
		tr.MaskTile, tr.MaskRow, tr.MaskColumn = draw("maskTile", 0, 99), draw("maskRow", 0, 99), draw("maskColumn", 0, 99)
		tr.Mask = numbers(seed+3, 2*tr.MaskTile+(out-1)*(tr.MaskRow+tr.MaskColumn)+Columns)
	}
	return tr
}

// Sources are below 1 in magnitude and no row of a matrix sums up to more than 8, so an intermediate is below 64;
// a result errs by a dozen roundings of such.
const transformBound = 64 * 12.0 / (1 << 23)

func TestEverySetTransformsLikePlainGo(t *testing.T) {
	for _, s := range All() {
		t.Run(s.Name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				tr := drawTransform(t)
				want := tr
				want.Dst = slices.Clone(tr.Dst)
				transformGo(&want)
				s.Transform(&tr)
				for i := range tr.Dst {
					require.InDelta(t, want.Dst[i], tr.Dst[i], transformBound, "Dst[%d]", i)
				}
			})
		})
	}
}

func TestVectorSetsTransformToTheSameBits(t *testing.T) {
	wide, narrow := Named("avx512"), Named("avx2")
	if wide == nil || narrow == nil {
		t.Skip("needs a processor with AVX-512: both vector sets are compared")
	}
	rapid.Check(t, func(t *rapid.T) {
		tr := drawTransform(t)
		other := tr
		other.Dst = slices.Clone(tr.Dst)
		wide.Transform(&tr)
		narrow.Transform(&other)
		require.Equal(t, tr.Dst, other.Dst)
	})
}

// grid returns a transform between dense tiles of 32 channels.
func grid(kind TransformKind, filter int, src, dst []float32) *Transform {
	t := &Transform{Kind: kind, Filter: filter, Src: src, Dst: dst, Tiles: 1, SrcColumn: Columns, DstColumn: Columns}
	in, out := t.sides()
	t.SrcRow, t.DstRow = in*Columns, out*Columns
	return t
}

// errorOf is the largest distance of have from want, in units of the root of the mean square of want.
func errorOf(have []float32, want []float64) float64 {
	square, top := 0.0, 0.0
	for i, w := range want {
		square += w * w
		top = max(top, math.Abs(float64(have[i])-w))
	}
	return top / math.Sqrt(square/float64(len(want)))
}

// One tile of 32 filters without a sum over channels, against the convolution in float64: outputs, and the
// gradient of the filters.
func TestTileOfWinogradIsTheConvolution(t *testing.T) {
	for _, s := range All() {
		for _, filter := range []int{3, 5} {
			output, gradient := 0.0, 0.0
			for seed := range uint64(100) {
				far, farBack := tileErrors(s, filter, seed)
				output, gradient = max(output, far), max(gradient, farBack)
			}
			t.Logf("%s, filter of %d: largest error of an output %.2g, of a filter's gradient %.2g of their root mean squares", s.Name, filter, output, gradient)
			assert.Less(t, output, 5e-6, s.Name)
			assert.Less(t, gradient, 8e-6, s.Name)
		}
	}
}

// tileErrors returns the largest error of an output and of the gradient of a filter.
func tileErrors(s *Set, filter int, seed uint64) (output, gradient float64) {
	taps, outs := filter*filter*Columns, TileOut(filter)*TileOut(filter)*Columns
	d, g, dy := numbers(seed, Frequencies*Columns), numbers(seed+1000, taps), numbers(seed+2000, outs)
	v, y, dg := make([]float32, len(d)), make([]float32, outs), make([]float32, taps)
	s.Transform(grid(TransformInput, filter, d, v))
	times := func(kind, back TransformKind, x, dst []float32) {
		u := make([]float32, len(v))
		s.Transform(grid(kind, filter, x, u))
		for i := range u {
			u[i] *= v[i]
		}
		s.Transform(grid(back, filter, u, dst))
	}
	times(TransformFilter, TransformOutput, g, y)
	times(TransformGradient, TransformFilterGradient, dy, dg)
	wantY, wantDG := make([]float64, outs), make([]float64, taps)
	eachTerm(filter, func(out, in, tap int) {
		wantY[out] += float64(d[in]) * float64(g[tap])
		wantDG[tap] += float64(d[in]) * float64(dy[out])
	})
	return errorOf(y, wantY), errorOf(dg, wantDG)
}

// eachTerm calls f for every product of a tile, all 32 channels apart.
func eachTerm(filter int, f func(out, in, tap int)) {
	side := TileOut(filter)
	for y := range side {
		for x := range side {
			for ky := range filter {
				for kx := range filter {
					for n := range Columns {
						f((y*side+x)*Columns+n, ((y+ky)*TileIn+x+kx)*Columns+n, (ky*filter+kx)*Columns+n)
					}
				}
			}
		}
	}
}

func TestTransformOutsideItsSlicesPanics(t *testing.T) {
	good := func() *Transform {
		tr := grid(TransformOutput, 3, make([]float32, 36*Columns), make([]float32, 16*Columns))
		tr.Bias, tr.Mask, tr.MaskRow, tr.MaskColumn = make([]float32, Columns), tr.Src, 4*Columns, Columns
		return tr
	}
	cases := map[string]func(tr *Transform){
		"source one short":      func(tr *Transform) { tr.Src = tr.Src[1:] },
		"destination one short": func(tr *Transform) { tr.Dst = tr.Dst[1:] },
		"no tiles":              func(tr *Transform) { tr.Tiles = 0 },
		"no such kind":          func(tr *Transform) { tr.Kind = 5 },
		"a filter of 4":         func(tr *Transform) { tr.Filter = 4 },
		"a negative step":       func(tr *Transform) { tr.SrcTile = -1 },
		"a bias one short":      func(tr *Transform) { tr.Bias = tr.Bias[1:] },
		"a mask too short":      func(tr *Transform) { tr.Mask = tr.Mask[:15*Columns] },
	}
	for _, s := range All() {
		for name, spoil := range cases {
			tr := good()
			assert.NotPanics(t, func() { s.Transform(tr) }, s.Name)
			spoil(tr)
			assert.Panics(t, func() { s.Transform(tr) }, "%s: %s", s.Name, name)
		}
		tr := good()
		assert.Zero(t, testing.AllocsPerRun(10, func() { s.Transform(tr) }), s.Name)
	}
}

func BenchmarkTransform(b *testing.B) {
	for _, s := range All() {
		for _, kind := range kinds {
			b.Run(fmt.Sprintf("%s/%d", s.Name, kind), func(b *testing.B) {
				src, dst := numbers(1, 36*(8*Columns+16)), make([]float32, 36*(8*Columns+16))
				tr := Transform{Kind: kind, Filter: 3, Src: src, Dst: dst, Tiles: 8, SrcTile: Columns, DstTile: Columns,
					SrcColumn: 8*Columns + 16, DstColumn: 8*Columns + 16}
				in, out := tr.sides()
				tr.SrcRow, tr.DstRow = in*tr.SrcColumn, out*tr.DstColumn
				for b.Loop() {
					s.Transform(&tr)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/8, "ns/tile")
			})
		}
	}
}
