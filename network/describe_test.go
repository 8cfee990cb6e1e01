package network

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lowres/quant"
)

func TestDescribeTheTinyNetwork(t *testing.T) {
	all := tinyInteger(t).Describe()
	require.Equal(t, Description{Name: "pool1", Kind: MaxPool, In: Shape{2, 2, 2}, Out: Shape{1, 1, 2}}, all[1])
	fc := all[2]
	require.Equal(t, []int{0, 1, 1, 1, 1}, fc.Count)
	require.Equal(t, 4, fc.Weights)
	require.Equal(t, int64(4), fc.MACs)
	require.InDelta(t, 2, fc.Entropy, 1e-12)
	require.InDelta(t, math.Log2(5), fc.Log2N, 1e-12)
	require.Equal(t, []Packed{{quant.Byte, 2, 4, 8}, {quant.Word, 8, 16, 2}, {quant.Plain, 8, 16, 2}}, fc.Packed)
	require.Equal(t, [2]int64{-127, 264}, [2]int64{fc.MinAccum, fc.MaxAccum})
}

func TestADescriptionAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := anyInteger().Draw(t, "network")
		for _, d := range n.Describe() {
			total := 0
			for _, c := range d.Count {
				total += c
			}
			require.Equal(t, d.Weights, total)
			require.LessOrEqual(t, d.Entropy, d.Log2N+1e-9)
			for _, p := range d.Packed {
				require.GreaterOrEqual(t, p.BitsPerWeight, d.Log2N-1e-9)
			}
		}
	})
}
