package quant

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestSumTablesHoldAsManyWeightsAsTheirCodesTell(t *testing.T) {
	for n, want := range map[int][2]int{2: {5, 8}, 3: {3, 5}, 4: {2, 4}, 5: {2, 3}, 8: {1, 2}, 9: {1, 2}, 16: {1, 2}, 17: {1, 1}} {
		l := paper(t, n)
		require.Equal(t, want, [2]int{l.TableGroup(5), l.TableGroup(8)}, "N=%d", n)
	}
	l := paper(t, 3)
	require.Equal(t, 14, l.SumTable(3, 5, true).Entries())
	require.Equal(t, 243, l.SumTable(5, 8, false).Entries())
	require.Equal(t, 10, l.SumTable(3, 5, true).ValueBits(1))
	require.Equal(t, 11, l.SumTable(5, 8, false).ValueBits(1))
}

func TestTheCodeOfAWholeTableIsThePackedByte(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawSet(t)
		group := l.TableGroup(8)
		w := drawWeights(t, l, group)
		packed, err := l.Pack(nil, Byte, w)
		require.NoError(t, err)
		code, ok := l.SumTable(group, 8, false).Code(w)
		require.True(t, ok)
		require.Equal(t, []byte{byte(code)}, packed)
	})
}

// Every combination has one code; an entry or its inverse, and what is missing, is the sum.
func TestATableAnswersTheSumOfItsCodesWeights(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, half := drawSet(t), rapid.Bool().Draw(t, "half")
		group := rapid.IntRange(1, l.TableGroup(8)).Draw(t, "group")
		table, digits := l.SumTable(group, 9, half), l.DigitCount()
		w := drawWeights(t, l, group)
		code, ok := table.Code(w)
		require.True(t, ok)
		back := make([]int16, group)
		require.True(t, table.Decode(back, code))
		require.Equal(t, w, back)

		entry := make([]int16, group)
		index := code & 255
		if !half {
			index = code
		}
		table.Weights(entry, index)
		want, got := 0, 0
		for g := range group {
			a := rapid.IntRange(-128, 127).Draw(t, "activation")
			want += a * int(w[g])
			got += a*int(entry[g]) - NegativeWeight(int(entry[g]), digits)
		}
		require.LessOrEqual(t, SignedBits(int64(max(got, -got-1))), table.ValueBits(digits))
		if half && code>>8 == 1 {
			got = ^got
		}
		require.Equal(t, want, got+table.Missing(code, digits))
	})
}

func TestACodeBeyondTheTableIsNone(t *testing.T) {
	l := paper(t, 3)
	half, whole := l.SumTable(3, 5, true), l.SumTable(5, 8, false)
	dst := make([]int16, 5)
	for _, code := range []int{14, 15, 30, 31} {
		require.False(t, half.Decode(dst, code), code)
	}
	require.False(t, whole.Decode(dst, 243))
	require.True(t, whole.Decode(dst, 242))
}

func drawSet(t *rapid.T) Levels {
	if rapid.Bool().Draw(t, "custom") {
		l, err := Custom(rapid.SampledFrom([][]int{{-4, -2, -1, 0, 1, 2, 4}, {-128, 128}, {-7, 0, 7}}).Draw(t, "levels"))
		require.NoError(t, err)
		return l
	}
	l, err := ForN(rapid.SampledFrom(PaperN()).Draw(t, "N"))
	require.NoError(t, err)
	return l
}

func drawWeights(t *rapid.T, l Levels, n int) []int16 {
	w := make([]int16, n)
	for i := range w {
		w[i] = int16(rapid.SampledFrom(l.Values()).Draw(t, fmt.Sprintf("w%d", i)))
	}
	return w
}
