package fit

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"

	"lowres/internal/simtest"
	"lowres/sim/arch"
)

// Draw is a legal design of lanes and columns of 4 to 2^size, the same for the same seed
// and index. Each field is drawn by its name, so a new one changes no other.
func Draw(seed, index uint64, size int) *arch.Design {
	s := simtest.LegalSpec(size, func(name string, lo, hi int) int {
		h := fnv.New64a()
		h.Write([]byte(name))
		return lo + rand.New(rand.NewPCG(seed<<32|index, h.Sum64())).IntN(hi-lo+1)
	})
	s.Name = fmt.Sprintf("drawn_%d_%d", seed, index)
	d, err := arch.New(s)
	if err != nil {
		panic(err) // LegalSpec draws no other
	}
	return d
}
