package kernel

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEverySetReadsEveryPixel(t *testing.T) {
	src, want := make([]uint8, 300), make([]float32, 300)
	for i := range src {
		src[i] = uint8(i)
		want[i] = (float32(src[i]) - 128) / 128
	}
	for _, s := range All() {
		for _, n := range []int{0, 1, 15, 16, 300} {
			got := make([]float32, n)
			s.Pixels(got, src)
			require.Equal(t, want[:n], got, "%s, %d pixels", s.Name, n)
		}
	}
}

func TestEverySetWidensPixelsToPanels(t *testing.T) {
	const rows, row, step = 5, 150, 5*Columns + 3
	src := make([]uint8, rows*row)
	for i := range src {
		src[i] = uint8(i * 7)
	}
	for _, s := range All() {
		for _, columns := range []int{1, 31, 32, 33, 128, 150} {
			want, got := make([]float32, 5*step), make([]float32, 5*step)
			for r := range rows {
				for c := range columns {
					want[c/Columns*step+r*Columns+c%Columns] = (float32(src[r*row+c]) - 128) / 128
				}
			}
			s.PixelPanels(got, step, src, row, rows, columns)
			require.Equal(t, want, got, "%s, %d columns", s.Name, columns)
		}
	}
}

func TestPanelsOfPixelsOutsideTheirMemoryPanic(t *testing.T) {
	for _, s := range All() {
		widen := func(dst, step, src, row, rows, columns int) func() {
			return func() { s.PixelPanels(make([]float32, dst), step, make([]uint8, src), row, rows, columns) }
		}
		require.NotPanics(t, widen(160, 96, 104, 36, 3, 32), s.Name)
		require.NotPanics(t, widen(96+65, 96, 105, 36, 3, 33), s.Name)
		for name, f := range map[string]func(){
			"a short source":       widen(160, 96, 103, 36, 3, 32),
			"a short destination":  widen(95, 96, 104, 36, 3, 32),
			"a short second panel": widen(96+64, 96, 105, 36, 3, 33),
			"panels that overlap":  widen(200, 95, 105, 36, 3, 33),
			"no rows":              widen(160, 96, 104, 36, 0, 32),
			"no columns":           widen(160, 96, 104, 36, 3, 0),
			"rows that go back":    widen(160, 96, 104, -1, 3, 32),
		} {
			require.Panics(t, f, "%s: %s", s.Name, name)
		}
	}
}
