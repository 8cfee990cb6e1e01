package quant

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestThePapersTable3HoldsButForThreeSlips(t *testing.T) {
	slips := map[int][]string{}
	var all []int
	for _, r := range PaperTable3() {
		all = append(all, r.N)
		if s := r.Slips(); len(s) > 0 {
			slips[r.N] = s
		}
	}
	require.Equal(t, PaperN(), all)
	require.Equal(t, map[int][]string{
		2:  {"1 by byte: 8 of 2 levels fit, 2^8 = 256"},
		3:  {"1.5 bits: log2 3 is 1.58"},
		17: {"4.08 bits: log2 17 is 4.09"},
	}, slips)
}

func TestEveryWrongNumberOfATableIsFound(t *testing.T) {
	require.Empty(t, PaperRow{9, "3.17", 2, 8}.Slips())
	require.Equal(t, []string{"3.16 bits: log2 9 is 3.17"}, PaperRow{9, "3.16", 2, 8}.Slips())
	require.Equal(t, []string{"3 by byte: 2 of 9 levels fit, 9^2 = 81"}, PaperRow{9, "3.2", 3, 8}.Slips())
	require.Equal(t, []string{"a reduction of 12: 2 weights in a byte are one of 8"}, PaperRow{9, "3.17", 2, 12}.Slips())
	require.Len(t, PaperRow{6, "2.58", 3, 12}.Slips(), 1)
}

// The densest that each N is promised to be, and what the packed bytes of many weights really take.
func TestDensityIsWhatPackedWeightsTake(t *testing.T) {
	promised := map[int]float64{5: 2.371, 9: 3.2, 17: 4.267}
	for _, n := range PaperN() {
		for _, p := range Packings() {
			l := paper(t, n)
			d := l.Density(p)
			packed, err := l.Pack(nil, p, make16(l, 100*d.Codes))
			require.NoError(t, err)
			require.InDelta(t, 8*float64(len(packed))/float64(100*d.Codes), d.Bits, 1e-12, "%v %s", l, p)
			require.InDelta(t, 32/d.Bits, d.Reduction, 1e-12)
			require.GreaterOrEqual(t, d.Bits, math.Log2(float64(n))-1e-12)
			if most, ok := promised[n]; ok && p == Word {
				require.LessOrEqual(t, d.Bits, most, "%v", l)
			}
		}
	}
	require.Equal(t, 32.0, Levels{}.Log2N())
}

// make16 is n weights that take every level in turn.
func make16(l Levels, n int) []int16 {
	w := make([]int16, n)
	for i := range w {
		w[i] = int16(l.Value(i % l.N()))
	}
	return w
}
