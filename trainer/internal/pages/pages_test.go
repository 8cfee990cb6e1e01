package pages

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

func TestRoomCutsZerosThatShareNoLine(t *testing.T) {
	sizes := []int{1, 16, 17, 0, 3 << 20, 5}
	total := 0
	for _, n := range sizes {
		total += Lines(n)
	}
	r, end := NewRoom(total), uintptr(0)
	for _, n := range sizes {
		x := r.Take(n)
		require.Len(t, x, n)
		require.Equal(t, n, cap(x))
		if n == 0 {
			continue
		}
		at := uintptr(unsafe.Pointer(&x[0]))
		require.Zero(t, at%64)
		require.GreaterOrEqual(t, at, end)
		end = at + uintptr(4*Lines(n))
		require.Zero(t, x[0]+x[n-1])
		for i := range x {
			x[i] = 1
		}
	}
	require.Panics(t, func() { r.Take(1) })
}

func TestMakeOfNothing(t *testing.T) { require.Empty(t, Make(0)) }
