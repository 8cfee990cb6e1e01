// Package quant holds the arithmetic of low-resolution networks: level sets,
// the quantiser, codes and their packing, digits, and the integer
// requantisation that reference, simulator and Verilog share to the last bit.
package quant

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"
)

// Limits of a level set.
const (
	MinLevels = 2   // fewest levels
	MaxLevels = 33  // most levels
	MaxLevel  = 128 // largest absolute level
)

// ErrLevels is returned for a level set that lowres cannot use.
var ErrLevels = errors.New("level set")

// Levels is an immutable set of integer weight levels in rising order,
// symmetric about zero. A weight is stored as its code, the index of its level.
// The zero value stands for float32 weights, that is, no quantisation.
type Levels struct {
	values []int
}

// paperSets are the paper's eight resolutions; the even ones leave zero out.
var paperSets = map[int]int{2: 1, 3: 1, 4: 2, 5: 2, 8: 4, 9: 4, 16: 8, 17: 8}

// PaperN lists the resolutions of the paper (Nvalues) in rising order.
func PaperN() []int { return []int{2, 3, 4, 5, 8, 9, 16, 17} }

// ForN returns the paper's level set with n levels: −h … h, without zero when
// n is even, where h = floor(n/2). It returns ErrLevels for any other n.
func ForN(n int) (Levels, error) {
	h, ok := paperSets[n]
	if !ok {
		return Levels{}, fmt.Errorf("%w: nvalues %d: want one of %v", ErrLevels, n, PaperN())
	}
	values := make([]int, 0, n)
	for v := -h; v <= h; v++ {
		if v != 0 || n%2 == 1 {
			values = append(values, v)
		}
	}
	return Levels{values}, nil
}

// Custom returns the level set with the given values, which must be distinct,
// in rising order, symmetric about zero, 2 to 33 in number and within ±128.
// It returns ErrLevels with every rule that is broken.
func Custom(values []int) (Levels, error) {
	var errs []error
	fail := func(format string, a ...any) { errs = append(errs, fmt.Errorf(format, a...)) }
	if n := len(values); n < MinLevels || n > MaxLevels {
		fail("%d levels: want %d to %d", n, MinLevels, MaxLevels)
	}
	for i, v := range values {
		if v < -MaxLevel || v > MaxLevel {
			fail("level %d: want −%d to %d", v, MaxLevel, MaxLevel)
		}
		if i > 0 && values[i-1] >= v {
			fail("level %d after %d: want rising order", v, values[i-1])
		}
		if mirror := values[len(values)-1-i]; mirror != -v {
			fail("level %d: want its negative %d at the mirrored place, have %d", v, -v, mirror)
		}
	}
	if len(errs) > 0 {
		return Levels{}, fmt.Errorf("%w %v: %w", ErrLevels, values, errors.Join(errs...))
	}
	return Levels{slices.Clone(values)}, nil
}

// IsZero reports whether l is the zero value: float32, not quantised.
func (l Levels) IsZero() bool { return len(l.values) == 0 }

// N is the number of levels (the paper's Nvalues), 0 for float32.
func (l Levels) N() int { return len(l.values) }

// Max is the largest level h, 0 for float32.
func (l Levels) Max() int {
	if l.IsZero() {
		return 0
	}
	return l.values[len(l.values)-1]
}

// Value is the level of a code, which must be in 0 … N−1.
func (l Levels) Value(code int) int { return l.values[code] }

// Values returns a copy of the levels in rising order.
func (l Levels) Values() []int { return slices.Clone(l.values) }

// HasZero reports whether zero is a level.
func (l Levels) HasZero() bool { return slices.Contains(l.values, 0) }

// Code is the code of a level, and whether v is a level of the set.
func (l Levels) Code(v int) (code int, ok bool) { return slices.BinarySearch(l.values, v) }

// Bits is ceil(log2 N), the width of one code stored alone.
func (l Levels) Bits() int {
	if l.IsZero() {
		return 32
	}
	return bits.Len(uint(l.N() - 1))
}

// Equal reports whether both sets hold the same levels.
func (l Levels) Equal(m Levels) bool { return slices.Equal(l.values, m.values) }

// String is "N=3" for a set of the paper, the list of levels otherwise.
func (l Levels) String() string {
	switch p, err := ForN(l.N()); {
	case l.IsZero():
		return "float32"
	case err == nil && p.Equal(l):
		return fmt.Sprintf("N=%d", l.N())
	default:
		return fmt.Sprint(l.values)
	}
}
