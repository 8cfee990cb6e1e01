package quant

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestDigitCount(t *testing.T) {
	for _, c := range []struct{ level, want int }{
		{1, 1}, {2, 1}, {3, 2}, {4, 2}, {8, 2}, {10, 2}, {11, 3}, {42, 3}, {43, 4}, {128, 4},
	} {
		require.Equal(t, c.want, custom(t, -c.level, c.level).DigitCount(), "level %d", c.level)
	}
}

func TestDigitsOfEveryLevel(t *testing.T) {
	for v := -MaxLevel; v <= MaxLevel; v++ {
		if v == 0 {
			continue
		}
		count := custom(t, -abs(v), abs(v)).DigitCount()
		digits, mirror := make([]int, count), make([]int, count)
		Digits(digits, v)
		Digits(mirror, -v)
		sum, unit := 0, 1
		for d := range digits {
			require.LessOrEqual(t, abs(digits[d]), MaxDigit, "level %d", v)
			require.Equal(t, -digits[d], mirror[d], "level %d", v)
			sum, unit = sum+unit*digits[d], unit*4
		}
		require.Equal(t, v, sum)
	}
}

func TestDigitsOfAFewLevels(t *testing.T) {
	for _, c := range []struct {
		v    int
		want []int
	}{
		{0, []int{0, 0}}, {2, []int{2, 0}}, {3, []int{-1, 1}}, {-3, []int{1, -1}}, {6, []int{2, 1}}, {7, []int{-1, 2}},
		{8, []int{0, 2}}, {-8, []int{0, -2}}, {10, []int{2, 2}}, {127, []int{-1, 0, 0, 2}}, {-128, []int{0, 0, 0, -2}},
	} {
		got := make([]int, len(c.want))
		Digits(got, c.v)
		require.Equal(t, c.want, got, "level %d", c.v)
	}
}

// invertingCell multiplies as the hardware does: per digit 0, a or 2a, inverted
// bit by bit for a negative digit.
func invertingCell(a, v, digitCount int) int {
	digits := make([]int, digitCount)
	Digits(digits, v)
	product := 0
	for d, digit := range digits {
		part := a * abs(digit)
		if digit < 0 {
			part = ^part
		}
		product += part << (2 * d)
	}
	return product
}

func TestAColumnIsShortByTheSumOfNegativeWeight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := anySet().Draw(t, "levels")
		count := l.DigitCount()
		want, got, short := 0, 0, 0
		for range rapid.IntRange(1, 30).Draw(t, "lanes") {
			a := rapid.IntRange(-128, 127).Draw(t, "a")
			v := l.Value(rapid.IntRange(0, l.N()-1).Draw(t, "code"))
			want += a * v
			got += invertingCell(a, v, count)
			short += NegativeWeight(v, count)
		}
		require.Equal(t, want, got+short)
	})
}
