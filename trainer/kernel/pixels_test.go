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
