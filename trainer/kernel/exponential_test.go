package kernel

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestExponentialIsExactToAFewUnitsOfTheLastPlace(t *testing.T) {
	for x := float32(lowest); x < 88; x += 0.0137 {
		require.InEpsilon(t, math.Exp(float64(x)), exponential(x), 3e-7, "%v", x)
	}
	require.Equal(t, float32(1), exponential(0))
}

// normal is Φ and density φ.
func normal(x float64) float64  { return math.Erfc(-x/math.Sqrt2) / 2 }
func density(x float64) float64 { return math.Exp(-x*x/2) / math.Sqrt(2*math.Pi) }

func TestEverySetComputesGELUAndItsSlope(t *testing.T) {
	var x []float32
	for v := -30.0; v < 30; v += 0.0173 {
		x = append(x, float32(v))
	}
	x = append(x, 0, 1e30, -1e30, 88, -88)
	for _, s := range All() {
		out, slope := make([]float32, len(x)), make([]float32, len(x))
		s.GELU(out, slope, x)
		for k := range x {
			v := float64(x[k])
			require.InDelta(t, v*normal(v), float64(out[k]), 3e-7*math.Max(1, math.Abs(v)), "%s, %v", s.Name, v)
			require.InDelta(t, normal(v)+v*density(v), float64(slope[k]), 6e-7, "%s, %v", s.Name, v)
		}
	}
}

func TestSoftmaxOfLargeValuesAddsUpToOne(t *testing.T) {
	for _, s := range All() {
		for _, columns := range []int{5, 64} {
			const rows = 5
			values := make([]float32, rows*columns)
			for c := range columns {
				for r, v := range []float32{1e30, -1e30, 1e30, 0, float32(math.Inf(-1))} {
					values[r*columns+c] = v
				}
			}
			s.Softmax(values, columns, rows, columns, 0.25)
			for k, v := range values {
				want := 0.0
				if r := k / columns; r == 0 || r == 2 {
					want = 0.5
				}
				require.InDelta(t, want, v, 1e-30, s.Name)
			}
		}
	}
}

// drawRows draws a matrix with gaps between its rows.
func drawRows(t *rapid.T) (values []float32, row, rows, columns int) {
	columns = rapid.SampledFrom([]int{1, 7, 8, 16, 24, 48, 64}).Draw(t, "columns")
	rows = rapid.IntRange(1, 9).Draw(t, "rows")
	row = columns + rapid.IntRange(0, 9).Draw(t, "gap")
	return numbers(rapid.Uint64().Draw(t, "seed"), rows*row), row, rows, columns
}

// Both directions against float64, column by column; what lies between the rows stays.
func TestEverySetComputesSoftmaxAndItsGradient(t *testing.T) {
	for _, s := range All() {
		rapid.Check(t, func(t *rapid.T) {
			values, row, rows, columns := drawRows(t)
			d := numbers(7, len(values))
			before, dBefore := slices.Clone(values), slices.Clone(d)
			s.Softmax(values, row, rows, columns, 3)
			s.SoftmaxBack(d, values, row, rows, columns, 3)
			for c := range columns {
				sum, mean := 0.0, 0.0
				for r := range rows {
					sum += math.Exp(3 * float64(before[r*row+c]))
				}
				share := func(r int) float64 { return math.Exp(3*float64(before[r*row+c])) / sum }
				for r := range rows {
					require.InEpsilon(t, share(r), values[r*row+c], 2e-6)
					mean += share(r) * float64(dBefore[r*row+c])
				}
				for r := range rows {
					require.InDelta(t, 3*share(r)*(float64(dBefore[r*row+c])-mean), d[r*row+c], 4e-6)
				}
			}
			for r := range rows - 1 {
				require.Equal(t, before[r*row+columns:(r+1)*row], values[r*row+columns:(r+1)*row])
				require.Equal(t, dBefore[r*row+columns:(r+1)*row], d[r*row+columns:(r+1)*row])
			}
		})
	}
}

// Against plain Go, which the engine's tests hold to central differences.
func TestEverySetNormalisesLikePlainGo(t *testing.T) {
	for _, s := range All() {
		rapid.Check(t, func(t *rapid.T) {
			_, _, rows, c := drawRows(t)
			seed := rapid.Uint64().Draw(t, "seed")
			row := func(name string) int { return c + rapid.IntRange(0, 9).Draw(t, name) }
			n := Normalisation{Rows: rows, Channels: c, Gain: numbers(seed, c), Shift: numbers(seed+1, c), Epsilon: 0.01,
				InRow: row("in"), OutRow: row("out"), DRow: row("d"), DInRow: row("dIn")}
			n.In, n.D = numbers(seed+2, rows*n.InRow), numbers(seed+3, rows*n.DRow)
			n.Out, n.Hat, n.Inverse = numbers(seed+4, rows*n.OutRow), numbers(seed+5, rows*c), numbers(seed+6, rows)
			n.DIn, n.DGain, n.DShift = numbers(seed+7, rows*n.DInRow), numbers(seed+8, c), numbers(seed+9, c)
			want := n
			want.Out, want.Hat, want.Inverse = slices.Clone(n.Out), slices.Clone(n.Hat), slices.Clone(n.Inverse)
			s.Norm(&n)
			normGo(&want)
			require.InEpsilonSlice(t, want.Inverse, n.Inverse, 1e-5)
			require.InDeltaSlice(t, want.Out, n.Out, 1e-4)
			require.InDeltaSlice(t, want.Hat, n.Hat, 1e-4)
			want = n
			n.Out = numbers(seed+4, rows*n.OutRow)
			s.NormAgain(&n)
			require.Equal(t, want.Out, n.Out)
			want = n
			want.D, want.DIn, want.DGain, want.DShift = slices.Clone(n.D), slices.Clone(n.DIn), slices.Clone(n.DGain), slices.Clone(n.DShift)
			s.NormBack(&n)
			normBackGo(&want)
			for k, pair := range [][2][]float32{{n.D, want.D}, {n.DIn, want.DIn}, {n.DGain, want.DGain}, {n.DShift, want.DShift}} {
				require.InDeltaSlice(t, pair[1], pair[0], 1e-4, "%d", k)
			}
			n.DIn = n.DIn[:(rows-1)*n.DInRow+c-1]
			require.Panics(t, func() { s.NormBack(&n) })
			n.Out = n.Out[:(rows-1)*n.OutRow+c-1]
			require.Panics(t, func() { s.NormAgain(&n) })
		})
	}
}

func TestEverySetMultipliesToTheLastBit(t *testing.T) {
	for _, s := range All() {
		for n := range 70 {
			a, b, dst, want := numbers(1, n), numbers(2, n), make([]float32, n), make([]float32, n)
			for k := range want {
				want[k] = a[k] * b[k]
			}
			s.Multiply(dst, a, b)
			require.Equal(t, want, dst, s.Name)
		}
	}
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
