package kernel

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestEverySetDropsTheSame(t *testing.T) {
	for _, s := range All() {
		rapid.Check(t, func(t *rapid.T) {
			src := numbers(rapid.Uint64().Draw(t, "seed"), rapid.IntRange(1, 100).Draw(t, "n"))
			d := NewDropout(rapid.Float64Range(0, 0.999).Draw(t, "rate"), rapid.Uint64().Draw(t, "bits"))
			d.First = rapid.Uint32().Draw(t, "first")
			dst, want := make([]float32, len(src)), make([]float32, len(src))
			s.Drop(dst, src, d)
			for i, v := range src {
				at := d
				at.First += uint32(i)
				dropGo(want[i:][:1], []float32{v}, at)
			}
			require.Equal(t, want, dst, s.Name)
			s.Drop(src, src, d)
			require.Equal(t, want, src, "%s in place", s.Name)
		})
	}
}

// What falls away of neighbouring elements, and with keys that differ in a bit, is independent: the products of ±1 for kept
// and dropped add up to about 0.
func TestWhatIsDroppedShowsNoPattern(t *testing.T) {
	const n = 1 << 17
	signs := func(bits uint64, first uint32) []float32 {
		x := slices.Repeat([]float32{1}, n)
		d := NewDropout(0.5, bits)
		d.First = first
		Best().Drop(x, x, d)
		for i := range x {
			x[i]--
		}
		return x
	}
	x := signs(1, 0)
	others := map[string][]float32{"itself": slices.Repeat([]float32{1}, n)}
	for bit := range 64 {
		others[fmt.Sprint("a key with another bit ", bit)] = signs(1^1<<bit, 0)
	}
	for _, distance := range []uint32{1, 2, 3, 8, 16, 64, 1024, 4096} {
		others[fmt.Sprint("the next ", distance)] = signs(1, distance)
	}
	for name, y := range others {
		sum := float32(0)
		for i := range x {
			sum += x[i] * y[i]
		}
		require.InDelta(t, 0, sum/n, 5.0/362, name) // five standard deviations, 1/√n each
	}
}
