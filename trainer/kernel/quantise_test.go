package kernel

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lowres/quant"
)

func TestEverySetQuantisesLikePackageQuant(t *testing.T) {
	sets := []quant.Levels{}
	for _, n := range quant.PaperN() {
		l, err := quant.ForN(n)
		require.NoError(t, err)
		sets = append(sets, l)
	}
	custom, err := quant.Custom([]int{-4, -2, -1, 0, 1, 2, 4})
	require.NoError(t, err)
	sets = append(sets, custom)
	for _, s := range All() {
		rapid.Check(t, func(t *rapid.T) {
			l := rapid.SampledFrom(sets).Draw(t, "levels")
			w := numbers(rapid.Uint64().Draw(t, "seed"), rapid.IntRange(1, 200).Draw(t, "n"))
			inverse, scale := l.Scale(w)
			for i := range w { // some on an edge
				if i%3 == 0 {
					w[i] = float32(math.Round(4*float64(w[i])*inverse) / 4 / inverse)
				}
			}
			codes, got := make([]int16, len(w)), make([]float32, len(w))
			l.Assign(codes, w, inverse)
			table := Table{Edges: l.AppendEdges(nil, inverse)}
			for _, v := range l.Values() {
				table.Values = append(table.Values, scale*float32(v))
			}
			s.Quantise(got, w, table)
			levels := make([]int8, len(w))
			for _, v := range l.Values() {
				table.Levels = append(table.Levels, int32(v))
			}
			s.Codes(levels, len(w), w, len(w), 1, len(w), table)
			expanded := make([]float32, len(w))
			s.Expand(expanded, levels, scale)
			require.Equal(t, got, expanded, s.Name)
			for i, q := range codes {
				require.Equal(t, scale*float32(q), got[i], "%s, weight %d", s.Name, i)
			}
		})
	}
}

func TestCodesOfRowsAreThoseOfEachRow(t *testing.T) {
	table := Table{Edges: []float32{-0.5, 0.3}, Levels: []int32{-1, 0, 1}}
	for _, s := range All() {
		rapid.Check(t, func(t *rapid.T) {
			rows, columns := rapid.IntRange(1, 5).Draw(t, "rows"), rapid.IntRange(1, 150).Draw(t, "columns")
			dstRow, wRow := columns+rapid.IntRange(0, 9).Draw(t, "dGap"), columns+rapid.IntRange(0, 9).Draw(t, "gap")
			w, got := numbers(1, rows*wRow), make([]int8, rows*dstRow)
			want := slices.Clone(got)
			for r := range rows {
				for c := range columns {
					switch v := w[r*wRow+c]; {
					case v < -0.5:
						want[r*dstRow+c] = -1
					case v >= 0.3:
						want[r*dstRow+c] = 1
					}
				}
			}
			s.Codes(got, dstRow, w, wRow, rows, columns, table)
			require.Equal(t, want, got, s.Name)
			require.Panics(t, func() { s.Codes(got[:(rows-1)*dstRow+columns-1], dstRow, w, wRow, rows, columns, table) }, s.Name)
		})
	}
}

func TestEverySetExpandsFoursOfRows(t *testing.T) {
	for _, s := range All() {
		for blocks := range 4 {
			codes := make([]int8, blocks*4*Columns)
			for i := range codes {
				codes[i] = int8(i*37 - 128)
			}
			got := make([]float32, len(codes))
			s.ExpandFours(got, codes, 0.3)
			for i := range blocks {
				for j := range 4 {
					for n := range Columns {
						require.Equal(t, float32(0.3)*float32(codes[(i*Columns+n)*4+j]), got[(4*i+j)*Columns+n], s.Name)
					}
				}
			}
		}
		require.Panics(t, func() { s.ExpandFours(make([]float32, 100), make([]int8, 128), 1) }, s.Name)
	}
}

func TestEverySetAddsMagnitudesLikePackageQuant(t *testing.T) {
	for _, s := range All() {
		for n := range 200 {
			x := numbers(uint64(n), n)
			require.Equal(t, quant.SumAbs(x), s.SumAbs(x), "%s, %d values", s.Name, n)
		}
	}
}

func TestEverySetTransposes(t *testing.T) {
	for _, s := range All() {
		rapid.Check(t, func(t *rapid.T) {
			rows, columns := rapid.IntRange(1, 50).Draw(t, "rows"), rapid.IntRange(1, 50).Draw(t, "columns")
			srcRow, dstRow := columns+rapid.IntRange(0, 9).Draw(t, "gap"), rows+rapid.IntRange(0, 9).Draw(t, "dGap")
			src, dst := numbers(1, rows*srcRow), numbers(2, columns*dstRow)
			want := slices.Clone(dst)
			for r := range rows {
				for c := range columns {
					want[c*dstRow+r] = src[r*srcRow+c]
				}
			}
			s.Transpose(dst, dstRow, src, srcRow, rows, columns)
			require.Equal(t, want, dst)
			require.Panics(t, func() { s.Transpose(dst[:(columns-1)*dstRow+rows-1], dstRow, src, srcRow, rows, columns) })
		})
	}
}

func BenchmarkQuantise(b *testing.B) {
	for _, s := range All() {
		for _, n := range []int{3, 17} {
			l, _ := quant.ForN(n)
			w, dst := numbers(1, 4096), make([]float32, 4096)
			t := Table{Edges: l.AppendEdges(nil, 3), Values: make([]float32, n)}
			b.Run(fmt.Sprintf("%s/N=%d", s.Name, n), func(b *testing.B) {
				b.SetBytes(4 * 4096)
				for b.Loop() {
					s.Quantise(dst, w, t)
				}
			})
		}
		x := numbers(1, 4096)
		b.Run(s.Name+"/sum", func(b *testing.B) {
			b.SetBytes(4 * 4096)
			for b.Loop() {
				s.SumAbs(x)
			}
		})
		y := make([]float32, 4096)
		b.Run(s.Name+"/transpose", func(b *testing.B) {
			b.SetBytes(4 * 4096)
			for b.Loop() {
				s.Transpose(y, 32, x, 128, 32, 128)
			}
		})
	}
}
