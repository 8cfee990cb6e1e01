package arch

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"lowres/quant"
)

// checker gathers the faults of a Spec.
type checker struct{ faults []error }

func (c *checker) fail(field string, value any, want string) {
	c.faults = append(c.faults, fmt.Errorf("%w: %s: %v: want %s", ErrSpec, field, value, want))
}

func (c *checker) between(field string, v, lo, hi int) {
	if v < lo || v > hi {
		c.fail(field, v, fmt.Sprintf("%d to %d", lo, hi))
	}
}

// powerOfTwo reports whether v is as it must be.
func (c *checker) powerOfTwo(field string, v, lo, hi int) bool {
	ok := v >= lo && v <= hi && bits.OnesCount(uint(v)) == 1
	if !ok {
		c.fail(field, v, fmt.Sprintf("a power of two from %d to %d", lo, hi))
	}
	return ok
}

// buffer checks the size of a buffer of words of some bytes, 0 for a word that is at
// fault: word addresses have 16 bits.
func (c *checker) buffer(field string, size, word int) {
	if limit := MaxWords * word; c.powerOfTwo(field, size, 256, 1<<20) && word > 0 && size > limit {
		c.fail(field, size, fmt.Sprintf("at most %d: word addresses have 16 bits", limit))
	}
}

// holds checks that the buffers hold what any program needs at once: a tile of weights of
// every set, and the parameters of two column groups, one in use and one on its way. It
// fills in how many weights a beat holds. Where other fields are at fault it is silent.
func (c *checker) holds(d *Design) {
	if len(c.faults) > 0 {
		return
	}
	for i, l := range d.Sets {
		if o := l.Layout(d.Weights.Packing); d.Tables == nil {
			d.codesPerBeat = append(d.codesPerBeat, o.Codes*d.Memory.WidthBits/o.WordBits)
		} else {
			d.codesPerBeat = append(d.codesPerBeat, d.Memory.WidthBits/d.Tables.CodeBits())
		}
		if least := d.TileWords(i) * d.MemoryBytes(); d.Buffers.Weight < least {
			c.fail("buffers.weight_bytes", d.Buffers.Weight, fmt.Sprintf("at least %d: a tile of %d × %d weights of %v", least, d.Array.Lanes, d.Array.Cols, l))
		}
	}
	if least := 2 * d.ParameterGroupBytes(); d.Buffers.Parameter < least {
		c.fail("buffers.parameter_bytes", d.Buffers.Parameter, fmt.Sprintf("at least %d: the parameters of two groups of %d columns, in whole beats", least, d.Array.Cols))
	}
}

func (c *checker) name(s string) {
	ok := s != "" && len(s) <= 40 && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_')
	}) && (s[0] < '0' || s[0] > '9')
	if !ok {
		c.fail("name", fmt.Sprintf("%q", s), "1 to 40 of a-z, 0-9 and _, not starting with a digit")
	}
}

// levels returns the sets that a design runs, the paper's first.
func (c *checker) levels(ns []int, custom [][]int) []quant.Levels {
	var sets []quant.Levels
	seen := map[int]bool{}
	for i, n := range ns {
		l, err := quant.ForN(n)
		if err != nil || seen[n] {
			c.fail(fmt.Sprintf("levels[%d]", i), n, fmt.Sprintf("one of %v, each once", quant.PaperN()))
			continue
		}
		seen[n] = true
		sets = append(sets, l)
	}
	for i, values := range custom {
		l, err := quant.Custom(values)
		switch {
		case err != nil:
			c.faults = append(c.faults, fmt.Errorf("%w: custom_levels[%d]: %w", ErrSpec, i, err))
		case slices.ContainsFunc(sets, l.Equal):
			c.fail(fmt.Sprintf("custom_levels[%d]", i), values, "a set that levels and those before do not have")
		default:
			sets = append(sets, l)
		}
	}
	if len(ns)+len(custom) == 0 {
		c.fail("levels", ns, fmt.Sprintf("at least one of %v, or custom_levels", quant.PaperN()))
	}
	if len(custom) > maxCustom {
		c.fail("custom_levels", len(custom), fmt.Sprintf("at most %d sets", maxCustom))
	}
	return sets
}

// maxCustom is the most custom level sets; DESIGN1 counts them, and a load instruction names a set in 6 bits.
const maxCustom = 15

func (c *checker) err() error { return errors.Join(c.faults...) }
