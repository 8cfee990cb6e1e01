package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// numbers returns n values in (-1, 1) that depend on seed alone.
func numbers(seed uint64, n int) []float32 {
	r := rand.New(rand.NewPCG(seed, 1))
	v := make([]float32, n)
	for i := range v {
		v[i] = 2*r.Float32() - 1
	}
	return v
}

// drawProduct draws any small product whose rows of C do not overlap.
func drawProduct(t *rapid.T) Product {
	small := func(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, name) }
	p := Product{Rows: small("rows", 1, MaxRows), Tiles: small("tiles", 1, 3), ReLU: rapid.Bool().Draw(t, "relu"),
		Narrow: rapid.Bool().Draw(t, "narrow")}
	p.ARow, p.ATile = small("aRow", 0, 9), small("aTile", 0, 40)
	p.CRow = small("cRow", p.columns(), Columns+20)
	p.CTile = p.Rows*p.CRow + small("cGap", 0, 5)
	p.MaskRow, p.MaskTile = small("maskRow", 0, 40), small("maskTile", 0, 40)
	for i := range p.Count {
		p.Count[i] = small("count", 1, 5)
		p.AStep[i], p.BStep[i] = small("aStep", 0, 30), small("bStep", 0, 70)
	}
	seed := rapid.Uint64().Draw(t, "seed")
	p.A = numbers(seed, 1+2*p.ATile+11*p.ARow+4*(p.AStep[0]+p.AStep[1]+p.AStep[2]))
	p.B = numbers(seed+1, Columns+4*(p.BStep[0]+p.BStep[1]+p.BStep[2]))
	p.C = numbers(seed+2, 3*p.CTile+Columns)
	p.Start = Start(small("start", 0, 2))
	if p.Start == FromBias {
		p.Bias = numbers(seed+3, Columns)
	}
	p.Next = numbers(seed+5, small("next", 0, 100))
	if rapid.Bool().Draw(t, "masked") {
		p.Mask = numbers(seed+4, Columns+2*p.MaskTile+11*p.MaskRow)
	}
	return p
}

// bound is the stated distance between two sets: both err by at most terms·2⁻²³ of the sum of the terms'
// magnitudes, here at most 1 each plus the start.
func bound(p *Product) float64 {
	terms := float64(p.Count[0]*p.Count[1]*p.Count[2] + 1)
	return terms * terms * math.Pow(2, -23)
}

func TestEverySetComputesTheProductOfPlainGo(t *testing.T) {
	for _, s := range All() {
		t.Run(s.Name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				p := drawProduct(t)
				want := p
				want.C = slices.Clone(p.C)
				want.add()
				s.Run(&p)
				for i := range p.C {
					require.InDelta(t, want.C[i], p.C[i], bound(&p), "C[%d]", i)
				}
			})
		})
	}
}

// Products as gonum takes them: rows of A or of its transpose that do not overlap.
func TestPlainGoMultipliesMatricesLikeTermByTerm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProduct(t)
		p.Count[2] = rapid.IntRange(4, 9).Draw(t, "terms")
		if rapid.Bool().Draw(t, "transposed") {
			p.ARow, p.AStep[2] = 1, MaxRows*3+rapid.IntRange(0, 9).Draw(t, "gap")
		} else {
			p.ARow, p.AStep[2] = p.Count[2]+rapid.IntRange(0, 9).Draw(t, "gap"), 1
		}
		if rapid.Bool().Draw(t, "joined") {
			p.ATile, p.CTile, p.Mask = p.Rows*p.ARow, p.Rows*p.CRow, nil
		}
		p.BStep[2] = Columns + rapid.IntRange(0, 9).Draw(t, "bGap")
		p.A = numbers(5, 1+2*p.ATile+11*p.ARow+4*(p.AStep[0]+p.AStep[1])+9*p.AStep[2])
		p.B = numbers(6, Columns+4*(p.BStep[0]+p.BStep[1])+9*p.BStep[2])
		_, _, _, ok := p.asMatrices()
		require.True(t, ok)
		want := p
		want.C = slices.Clone(p.C)
		want.add()
		runGo(&p)
		require.InDeltaSlice(t, want.C, p.C, bound(&p))
	})
}

func TestVectorSetsAgreeToTheLastBit(t *testing.T) {
	wide, narrow := Named("avx512"), Named("avx2")
	if wide == nil || narrow == nil {
		t.Skip("needs a processor with AVX-512: both vector sets are compared")
	}
	rapid.Check(t, func(t *rapid.T) {
		p := drawProduct(t)
		q := p
		q.C = slices.Clone(p.C)
		wide.Run(&p)
		narrow.Run(&q)
		require.Equal(t, p.C, q.C)
	})
}

func TestRunRowsCoversEveryRowOnce(t *testing.T) {
	for _, s := range All() {
		for rows := 1; rows <= 40; rows++ {
			a, b := numbers(1, 4*rows), numbers(2, 4*Columns)
			p := Product{A: a, B: b, C: make([]float32, rows*Columns), Next: b, ARow: 4, CRow: Columns,
				Count: [3]int{1, 1, 4}, AStep: [3]int{0, 0, 1}, BStep: [3]int{0, 0, Columns},
				Mask: numbers(3, rows*Columns), MaskRow: Columns}
			want := make([]float32, rows*Columns)
			for i := range want {
				for k := range 4 {
					want[i] += a[i/Columns*4+k] * b[k*Columns+i%Columns]
				}
				if p.Mask[i] <= 0 {
					want[i] = 0
				}
			}
			s.RunRows(&p, rows)
			assert.InDeltaSlice(t, want, p.C, 1e-5, "%s, %d rows", s.Name, rows)
		}
	}
}

func TestProductOutsideItsSlicesPanics(t *testing.T) {
	good := func() Product {
		return Product{A: make([]float32, 10), B: make([]float32, 10*Columns), C: make([]float32, Columns), Rows: 1, Tiles: 1,
			Count: [3]int{1, 1, 10}, AStep: [3]int{0, 0, 1}, BStep: [3]int{0, 0, Columns}}
	}
	cases := map[string]func(p *Product){
		"A one short":            func(p *Product) { p.A = p.A[1:] },
		"B one short":            func(p *Product) { p.B = p.B[1:] },
		"C one short":            func(p *Product) { p.C = p.C[1:] },
		"an empty loop":          func(p *Product) { p.Count[1] = 0 },
		"a negative stride":      func(p *Product) { p.AStep[2] = -1 },
		"no rows":                func(p *Product) { p.Rows = 0 },
		"too many rows":          func(p *Product) { p.Rows = MaxRows + 1 },
		"a bias that is missing": func(p *Product) { p.Start = FromBias },
		"a mask one short":       func(p *Product) { p.Mask = make([]float32, Columns-1) },
	}
	for _, s := range All() {
		for name, spoil := range cases {
			p := good()
			assert.NotPanics(t, func() { s.Run(&p) }, s.Name)
			spoil(&p)
			assert.Panics(t, func() { s.Run(&p) }, "%s: %s", s.Name, name)
		}
	}
}

func TestProductAllocatesNothing(t *testing.T) {
	for _, s := range All() {
		p := convProduct(8, 64)
		assert.Zero(t, testing.AllocsPerRun(10, func() { s.RunRows(&p, 8) }), s.Name)
	}
}

// convProduct is one row of width pixels of a 3×3 convolution over channels channels.
func convProduct(width, channels int) Product {
	pitch := channels + 16
	row := (width + 2) * pitch
	return Product{A: numbers(1, 3*row), B: numbers(2, 9*channels*Columns), C: make([]float32, width*Columns),
		ARow: pitch, CRow: Columns, Count: [3]int{3, 3, channels}, AStep: [3]int{row, pitch, 1},
		BStep: [3]int{3 * channels * Columns, channels * Columns, Columns}}
}

func BenchmarkProduct(b *testing.B) {
	for _, s := range All() {
		for _, width := range []int{4, 8, 9, 10, 11, 12} {
			for _, channels := range []int{64, 128} {
				b.Run(fmt.Sprintf("%s/3x3x%d/%d-pixels", s.Name, channels, width), func(b *testing.B) {
					p := convProduct(width, channels)
					b.ReportAllocs()
					for b.Loop() {
						s.RunRows(&p, width)
					}
					flop := 2 * float64(b.N) * float64(width*9*channels*Columns)
					b.ReportMetric(flop/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
				})
			}
		}
	}
}
