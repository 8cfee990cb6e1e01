package quant

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// paper returns the paper's set with n levels.
func paper(t require.TestingT, n int) Levels {
	l, err := ForN(n)
	require.NoError(t, err)
	return l
}

// custom returns a custom set.
func custom(t require.TestingT, values ...int) Levels {
	l, err := Custom(values)
	require.NoError(t, err)
	return l
}

// testSets are the paper's sets and custom ones at the limits.
func testSets(t require.TestingT) []Levels {
	var sets []Levels
	for _, n := range PaperN() {
		sets = append(sets, paper(t, n))
	}
	widest := make([]int, 0, MaxLevels)
	for v := -MaxLevel; v <= MaxLevel; v += 8 {
		widest = append(widest, v)
	}
	return append(sets, custom(t, widest...), custom(t, -128, 128), custom(t, -4, -2, -1, 0, 1, 2, 4),
		custom(t, -3, -2, -1, 1, 2, 3), custom(t, -7, -2, 2, 7))
}

// anySet draws a level set: one of the paper's or a custom one.
func anySet() *rapid.Generator[Levels] {
	return rapid.Custom(func(t *rapid.T) Levels {
		if rapid.Bool().Draw(t, "paper") {
			return paper(t, rapid.SampledFrom(PaperN()).Draw(t, "N"))
		}
		positive := rapid.SliceOfNDistinct(rapid.IntRange(1, MaxLevel), 1, MaxLevels/2, rapid.ID).Draw(t, "positive")
		var values []int
		for _, v := range positive {
			values = append(values, -v, v)
		}
		if rapid.Bool().Draw(t, "zero") {
			values = append(values, 0)
		}
		slices.Sort(values)
		return custom(t, values...)
	})
}

func TestThePapersLevels(t *testing.T) {
	for n, want := range map[int][]int{
		2:  {-1, 1},
		3:  {-1, 0, 1},
		4:  {-2, -1, 1, 2},
		5:  {-2, -1, 0, 1, 2},
		8:  {-4, -3, -2, -1, 1, 2, 3, 4},
		9:  {-4, -3, -2, -1, 0, 1, 2, 3, 4},
		16: {-8, -7, -6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6, 7, 8},
		17: {-8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8},
	} {
		l := paper(t, n)
		require.Equal(t, want, l.Values())
		require.Equal(t, n, l.N())
		require.Equal(t, n/2, l.Max())
		require.Equal(t, n%2 == 1, l.HasZero())
		require.Equal(t, fmt.Sprintf("N=%d", n), l.String())
	}
}

func TestForNRefusesOtherResolutions(t *testing.T) {
	for _, n := range []int{-1, 0, 1, 6, 7, 33} {
		_, err := ForN(n)
		require.ErrorIs(t, err, ErrLevels)
		require.ErrorContains(t, err, fmt.Sprintf("nvalues %d: want one of [2 3 4 5 8 9 16 17]", n))
	}
}

func TestCustomNamesEveryBrokenRule(t *testing.T) {
	for name, c := range map[string]struct {
		values []int
		want   []string
	}{
		"an empty set":             {nil, []string{"0 levels: want 2 to 33"}},
		"a single level":           {[]int{0}, []string{"1 levels"}},
		"34 levels":                {make([]int, 34), []string{"34 levels"}},
		"a level above 128":        {[]int{-129, 129}, []string{"level -129: want", "level 129: want"}},
		"levels in falling order":  {[]int{1, -1}, []string{"level -1 after 1: want rising order"}},
		"a level twice":            {[]int{-1, 0, 0, 1}, []string{"level 0 after 0"}},
		"a set without mirror":     {[]int{-2, 0, 1}, []string{"level -2: want its negative 2 at the mirrored place, have 1"}},
		"several faults in one go": {[]int{200, -1}, []string{"level 200: want", "rising order", "mirrored"}},
	} {
		_, err := Custom(c.values)
		require.ErrorIs(t, err, ErrLevels, name)
		for _, want := range c.want {
			require.ErrorContains(t, err, want, name)
		}
	}
}

func TestCustomKeepsItsOwnCopy(t *testing.T) {
	values := []int{-1, 1}
	l := custom(t, values...)
	values[0] = 7
	l.Values()[1] = 7
	require.Equal(t, []int{-1, 1}, l.Values())
}

func TestTheZeroValueIsFloat32(t *testing.T) {
	var l Levels
	require.True(t, l.IsZero())
	require.Equal(t, "float32", l.String())
	require.Equal(t, 32, l.Bits())
	require.Zero(t, l.Max())
	require.True(t, l.Equal(Levels{}))
	require.False(t, l.Equal(paper(t, 2)))
}

func TestCodesAreTheIndicesOfTheLevels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := anySet().Draw(t, "levels")
		for v := -MaxLevel - 1; v <= MaxLevel+1; v++ {
			code, ok := l.Code(v)
			require.Equal(t, slices.Contains(l.Values(), v), ok)
			if ok {
				require.Equal(t, v, l.Value(code))
			}
		}
		require.LessOrEqual(t, l.N(), 1<<l.Bits())
		require.Greater(t, l.N(), 1<<(l.Bits()-1))
	})
}

func TestACustomSetEqualToAPapersSetIsTheSame(t *testing.T) {
	require.True(t, custom(t, -1, 0, 1).Equal(paper(t, 3)))
	require.Equal(t, "N=3", custom(t, -1, 0, 1).String())
	require.Equal(t, "[-3 0 3]", custom(t, -3, 0, 3).String())
}
