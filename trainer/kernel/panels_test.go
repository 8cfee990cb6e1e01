package kernel

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestEverySetCutsRowsIntoPanels(t *testing.T) {
	for _, s := range All() {
		rapid.Check(t, func(t *rapid.T) {
			rows, columns := rapid.IntRange(1, 9).Draw(t, "rows"), rapid.IntRange(1, 200).Draw(t, "columns")
			srcRow, step := columns+rapid.IntRange(0, 9).Draw(t, "gap"), Columns*rows+rapid.SampledFrom([]int{0, 16, 32, 7}).Draw(t, "dGap")
			src := numbers(1, rows*srcRow)
			dst := numbers(2, (columns-1)/Columns*step+(rows-1)*Columns+(columns-1)%Columns+1)
			want := slices.Clone(dst)
			for r := range rows {
				for c := range columns {
					want[c/Columns*step+r*Columns+c%Columns] = src[r*srcRow+c]
				}
			}
			s.Panels(dst, step, src, srcRow, rows, columns)
			require.Equal(t, want, dst)
			require.Panics(t, func() { s.Panels(dst[:len(dst)-1], step, src, srcRow, rows, columns) })
		})
	}
}
