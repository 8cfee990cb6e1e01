package kernel

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestEverySetCutsRowsIntoPanels(t *testing.T) {
	for _, s := range All() {
		checkCut(t, s.Panels, Columns)
	}
}

func TestEverySetCutsRowsIntoTiles(t *testing.T) {
	for _, s := range All() {
		checkCut(t, s.Tiles, MaxRows)
	}
}

// checkCut holds cut to what it is for panels of width columns.
func checkCut(t *testing.T, cut func(dst []float32, step int, src []float32, srcRow, rows, columns int), width int) {
	rapid.Check(t, func(t *rapid.T) {
		rows, columns := rapid.IntRange(1, 9).Draw(t, "rows"), rapid.IntRange(1, 200).Draw(t, "columns")
		srcRow, step := columns+rapid.IntRange(0, 9).Draw(t, "gap"), width*rows+rapid.SampledFrom([]int{0, 16, 32, 7}).Draw(t, "dGap")
		src := numbers(1, rows*srcRow)
		dst := numbers(2, (columns-1)/width*step+(rows-1)*width+(columns-1)%width+1)
		want := slices.Clone(dst)
		for r := range rows {
			for c := range columns {
				want[c/width*step+r*width+c%width] = src[r*srcRow+c]
			}
		}
		cut(dst, step, src, srcRow, rows, columns)
		require.Equal(t, want, dst)
		require.Panics(t, func() { cut(dst[:len(dst)-1], step, src, srcRow, rows, columns) })
	})
}
