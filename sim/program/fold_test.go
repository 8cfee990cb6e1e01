package program_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/network"
	"lowres/sim/program"
)

// Pixels of a folded map hold windows: here 1 × 2 of a map of 2 × 3 pixels with 2
// channels, one column of padding at either side.
func TestAFoldedMapHoldsWindows(t *testing.T) {
	tensor := program.Tensor{Shape: network.Shape{H: 2, W: 3, C: 2}, PixelBytes: 8,
		Fold: program.Fold{Rows: 1, Cols: 2, Stride: 1, PadCols: 1, H: 2, W: 4}}
	memory := make([]byte, tensor.Bytes())
	for i := range memory {
		memory[i] = 99
	}
	require.NoError(t, tensor.Put(memory, []int8{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, -12}))
	require.Equal(t, []byte{
		0, 0, 1, 2, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0, 3, 4, 5, 6, 0, 0, 0, 0, 5, 6, 0, 0, 0, 0, 0, 0,
		0, 0, 7, 8, 0, 0, 0, 0, 7, 8, 9, 10, 0, 0, 0, 0, 9, 10, 11, 244, 0, 0, 0, 0, 11, 244, 0, 0, 0, 0, 0, 0,
	}, memory)
	_, err := tensor.Get(memory)
	require.ErrorIs(t, err, program.ErrTensor)
	require.ErrorIs(t, tensor.Put(memory[1:], make([]int8, 12)), program.ErrTensor)
}
