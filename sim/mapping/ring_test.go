package mapping

import (
	"testing"

	"pgregory.net/rapid"
)

// A span may be overwritten only after the last instruction that used it:
// alloc's answer is the greatest used of all spans that share a byte with the
// new one.
func TestRingFreesWhatItOverwrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := ring{size: rapid.IntRange(1, 40).Draw(t, "size")}
		owner := make([]int, r.size) // byte → used of its span, as told
		free := 0
		for used := 1; used < 30; used++ {
			bytes := rapid.IntRange(1, r.size).Draw(t, "bytes")
			s, got := r.alloc(bytes)
			want := 0
			for i := range bytes {
				want = max(want, owner[(r.address(s)+i)%r.size])
			}
			free = max(free, got)
			if got < want && free < want {
				t.Fatalf("span of %d bytes at %d: free after %d, want %d", bytes, r.address(s), got, want)
			}
			s.used = used
			for i := range bytes {
				owner[(r.address(s)+i)%r.size] = used
			}
		}
	})
}
