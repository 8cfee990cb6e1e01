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

	"lowres/quant"
)

// drawFilter draws a filter; its weights reach the ends of ±most.
func drawFilter(t *rapid.T, rng *rand.Rand) *Filter {
	f := &Filter{Out: rapid.IntRange(1, 70).Draw(t, "out"), H: rapid.IntRange(1, 4).Draw(t, "h"),
		W: rapid.IntRange(1, 4).Draw(t, "w"), C: rapid.IntRange(1, 40).Draw(t, "c")}
	f.Pitch = (f.C + 3) / 4 * 4
	most := rapid.SampledFrom([]int{1, 2, 4, 8, 16, 17, 64, 65, 127, 128}).Draw(t, "most")
	f.Weights, f.Bias = make([]int16, f.Out*f.H*f.W*f.C), make([]int32, f.Out)
	for i := range f.Weights {
		f.Weights[i] = int16(corner(rng, -most, most))
	}
	for o := range f.Bias {
		f.Bias[o] = rng.Int32() - 1<<30
	}
	return f
}

// corner is one of the ends of a range in two of three cases.
func corner(rng *rand.Rand, lo, hi int) int {
	switch rng.IntN(3) {
	case 0:
		return lo
	case 1:
		return hi
	}
	return lo + rng.IntN(hi-lo+1)
}

// drawProduct draws a product of f's first panels, with room behind every line.
func drawProduct(t *rapid.T, rng *rand.Rand, f *Filter) Product {
	p := Product{Rows: rapid.IntRange(1, 40).Draw(t, "rows"), ARow: rapid.IntRange(0, 9).Draw(t, "row"),
		ALine: rapid.IntRange(0, 50).Draw(t, "line"), Panel: rapid.IntRange(0, (f.Out-1)/Columns).Draw(t, "panel")}
	p.A = make([]uint8, (p.Rows-1)*p.ARow+(f.H-1)*p.ALine+f.run())
	for i := range p.A {
		p.A[i] = uint8(corner(rng, 0, 255))
	}
	p.C = make([]int32, p.Rows*Columns+5)
	for i := range p.C {
		p.C[i] = rng.Int32() // what must be overwritten, or left alone at the end
	}
	return p
}

// naive is the equation of Product, term by term.
func naive(p *Product, f *Filter) []int32 {
	c := slices.Clone(p.C)
	for m := range p.Rows {
		for n := range Columns {
			o, sum := p.Panel*Columns+n, int32(0)
			if o < f.Out {
				sum = f.Bias[o]
				for i := range f.H * f.W * f.C {
					y, x, ch := i/f.C/f.W, i/f.C%f.W, i%f.C
					sum += int32(f.Weights[o*f.H*f.W*f.C+i]) * (int32(p.A[m*p.ARow+y*p.ALine+x*f.Pitch+ch]) - Zero)
				}
			}
			c[m*Columns+n] = sum
		}
	}
	return c
}

func TestEverySetComputesTheProduct(t *testing.T) {
	for _, s := range All() {
		t.Run(s.Name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
				f := drawFilter(t, rng)
				p := drawProduct(t, rng, f)
				p.Weights = s.Pack(f)
				want := naive(&p, f)
				s.Multiply(&p)
				require.Equal(t, want, p.C)
			})
		})
	}
}

func TestEverySetIsExactAtTheEndsOfTheBytes(t *testing.T) {
	for _, s := range All() {
		for _, w := range []int16{-128, -65, -64, -1, 1, 64, 127, 128} {
			for _, a := range []uint8{0, 1, 127, 128, 255} {
				f := &Filter{Out: 1, H: 1, W: 1, C: 4096, Pitch: 4096, Weights: slices.Repeat([]int16{w}, 4096), Bias: []int32{math.MinInt32 / 4}}
				p := Product{A: slices.Repeat([]uint8{a}, 4096), C: make([]int32, Columns), Rows: 1, Weights: s.Pack(f)}
				s.Multiply(&p)
				require.Equal(t, f.Bias[0]+4096*int32(w)*(int32(a)-128), p.C[0], "%s, weights %d, bytes %d", s.Name, w, a)
			}
		}
	}
}

// TestEverySetIsExactAroundWhatFitsInInt16 takes reductions that end one quad before, with and behind those
// that fit int16, at the ends of the weights and bytes, with and without a channel that fills no quad.
func TestEverySetIsExactAroundWhatFitsInInt16(t *testing.T) {
	for _, s := range All() {
		for _, h := range []int{1, 2, 3, 4, 5, 8, 9, 16, 17, 32, 63, 64, 65, 127, 128} {
			fit := math.MaxInt16 / (2 * 255 * min(h, 64))
			for _, quads := range []int{fit - 1, fit, fit + 1, 2*fit - 1, 2 * fit, 2*fit + 1} {
				for _, lines := range []int{1, 2, 3} {
					requireEnds(t, s, h, 4*max(quads, 1), lines)
					requireEnds(t, s, h, 4*max(quads, 1)-1, lines)
				}
			}
		}
	}
}

// requireEnds multiplies seven rows, of 255, 0 and both, with outputs whose weights are h, −h and both.
func requireEnds(t *testing.T, s *Set, h, channels, lines int) {
	f := &Filter{Out: 3, H: lines, W: 1, C: channels, Pitch: (channels + 3) / 4 * 4, Bias: []int32{0, math.MaxInt32 / 4, math.MinInt32 / 4}}
	for o := range 3 {
		for i := range lines * channels {
			f.Weights = append(f.Weights, int16([]int{h, -h, h - i%2*2*h}[o]))
		}
	}
	p := Product{Rows: 7, ARow: lines * f.Pitch, ALine: f.Pitch, C: make([]int32, 7*Columns), Weights: s.Pack(f)}
	for m := range 7 {
		for i := range p.ARow {
			p.A = append(p.A, []uint8{255, 0, uint8(255 * (i % 2))}[m%3])
		}
	}
	want := naive(&p, f)
	s.Multiply(&p)
	require.Equal(t, want, p.C, "%s, weights to ±%d, %d lines of %d channels", s.Name, h, lines, channels)
}

// drawRequantise draws a requantisation with as extreme values as there are.
func drawRequantise(t *rapid.T, rng *rand.Rand) Requantise {
	each := make([]quant.Requantiser, rapid.IntRange(1, 70).Draw(t, "outputs"))
	relu := rapid.Bool().Draw(t, "relu")
	for o := range each {
		each[o] = quant.Requantiser{Mult: uint16(corner(rng, 0, 1<<16-1)), Shift: uint8(corner(rng, 1, quant.MaxShift)), ReLU: relu}
	}
	r := Requantise{Window: rapid.IntRange(1, 3).Draw(t, "window"), Windows: rapid.IntRange(1, 9).Draw(t, "windows"),
		By: NewRequantisers(each), Panel: rapid.IntRange(0, (len(each)-1)/Columns).Draw(t, "panel")}
	r.Line = r.Window*r.Windows*Columns + rapid.IntRange(0, 40).Draw(t, "gap")
	r.Step = r.columns() + rapid.IntRange(0, 20).Draw(t, "step")
	r.C, r.Out = make([]int32, r.Window*r.Line), make([]uint8, r.Windows*r.Step+5)
	for i := range r.C {
		r.C[i] = int32(rng.Uint32()) >> rng.IntN(32)
		if rng.IntN(8) == 0 {
			r.C[i] = int32(corner(rng, math.MinInt32, math.MaxInt32))
		}
	}
	for i := range r.Out {
		r.Out[i] = uint8(rng.IntN(256))
	}
	return r
}

func TestEverySetRequantisesAsQuantDoes(t *testing.T) {
	for _, s := range All() {
		t.Run(s.Name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				r := drawRequantise(t, rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1)))
				want := slices.Clone(r.Out)
				for i := range r.Windows {
					for n, q := range r.By.each[r.Panel*Columns:][:r.columns()] {
						best := int8(math.MinInt8) // the pool of requantised values
						for j := range r.Window * r.Window {
							at := j/r.Window*r.Line + (i*r.Window+j%r.Window)*Columns + n
							best = max(best, q.Apply(r.C[at]))
						}
						want[i*r.Step+n] = uint8(int(best) + Zero)
					}
				}
				s.Requantise(&r)
				require.Equal(t, want, r.Out)
			})
		})
	}
}

func TestLoopsOutsideTheirSlicesPanic(t *testing.T) {
	f := &Filter{Out: 1, H: 2, W: 1, C: 4, Pitch: 4, Weights: make([]int16, 8), Bias: make([]int32, 1)}
	products := map[string]func(p *Product){
		"A one short":   func(p *Product) { p.A = p.A[1:] },
		"C one short":   func(p *Product) { p.C = p.C[1:] },
		"no rows":       func(p *Product) { p.Rows = 0 },
		"no such panel": func(p *Product) { p.Panel = 1 },
		"backwards":     func(p *Product) { p.ARow = -1 },
	}
	requantisations := map[string]func(r *Requantise){
		"C one short":   func(r *Requantise) { r.C = r.C[1:] },
		"Out one short": func(r *Requantise) { r.Out = r.Out[1:] },
		"no windows":    func(r *Requantise) { r.Windows = 0 },
		"no such panel": func(r *Requantise) { r.Panel = 1 },
		"backwards":     func(r *Requantise) { r.Step = -1 },
	}
	for _, s := range All() {
		for name, spoil := range products {
			p := Product{A: make([]uint8, 30), ARow: 2, ALine: 20, C: make([]int32, 4*Columns), Rows: 4, Weights: s.Pack(f)}
			assert.NotPanics(t, func() { s.Multiply(&p) }, s.Name)
			spoil(&p)
			assert.Panics(t, func() { s.Multiply(&p) }, "%s: %s", s.Name, name)
		}
		for name, spoil := range requantisations {
			r := Requantise{C: make([]int32, 2*2*3*Columns), Line: 2 * 3 * Columns, Window: 2, Windows: 3,
				Out: make([]uint8, 3*16), Step: 16, By: NewRequantisers([]quant.Requantiser{{Shift: 1}})}
			assert.NotPanics(t, func() { s.Requantise(&r) }, s.Name)
			spoil(&r)
			assert.Panics(t, func() { s.Requantise(&r) }, "%s: %s", s.Name, name)
		}
	}
}

func TestUnpackTakesTwoSumsApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int32().Draw(t, "low"), rapid.Int32().Draw(t, "high")
		low, high := unpack(int64(a) + int64(b)<<32)
		require.Equal(t, a, low)
		require.Equal(t, b, high)
	})
}

// convolution is one line of width pixels of a 3×3 convolution over channels channels.
func convolution(s *Set, width, channels int) *Product {
	f := &Filter{Out: Columns, H: 3, W: 3, C: channels, Pitch: channels,
		Weights: make([]int16, 9*channels*Columns), Bias: make([]int32, Columns)}
	line := (width + 2) * channels
	return &Product{A: make([]uint8, 3*line), ARow: channels, ALine: line, C: make([]int32, width*Columns), Rows: width, Weights: s.Pack(f)}
}

func TestLoopsAllocateNothing(t *testing.T) {
	for _, s := range All() {
		p := convolution(s, 9, 16)
		assert.Zero(t, testing.AllocsPerRun(10, func() { s.Multiply(p) }), s.Name)
		r := Requantise{C: p.C, Window: 1, Windows: 9, Out: make([]uint8, 9*16), Step: 16, By: NewRequantisers([]quant.Requantiser{{Shift: 1}})}
		assert.Zero(t, testing.AllocsPerRun(10, func() { s.Requantise(&r) }), s.Name)
	}
}

func BenchmarkProduct(b *testing.B) {
	for _, s := range All() {
		for _, width := range []int{8, 12, 32} {
			b.Run(fmt.Sprintf("%s/3x3x128/%d-pixels", s.Name, width), func(b *testing.B) {
				p := convolution(s, width, 128)
				for b.Loop() {
					s.Multiply(p)
				}
				macs := float64(b.N) * float64(width*9*128*Columns)
				b.ReportMetric(macs/float64(b.Elapsed().Nanoseconds()), "GMAC/s")
			})
		}
	}
}

func BenchmarkRequantise(b *testing.B) {
	each := slices.Repeat([]quant.Requantiser{{Mult: 40000, Shift: 24, ReLU: true}}, Columns)
	for _, s := range All() {
		for _, window := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/window-%d", s.Name, window), func(b *testing.B) {
				r := Requantise{C: make([]int32, 2*32*Columns), Line: 32 * Columns, Window: window, Windows: 32 / window,
					Out: make([]uint8, 32*Columns), Step: Columns, By: NewRequantisers(each)}
				for b.Loop() {
					s.Requantise(&r)
				}
				b.ReportMetric(float64(b.N)*float64(r.Windows*Columns)/float64(b.Elapsed().Nanoseconds()), "activations/ns")
			})
		}
	}
}
