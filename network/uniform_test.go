package network

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"lowres/quant"
)

func TestUniformDrawsEveryLevelAsOften(t *testing.T) {
	g, err := ParseModel("m", []byte(`input: [8, 8, 4]
layers:
  - {name: a, kind: conv, out: 64, kernel: 3, pad: 1, relu: true}
  - {name: d, kind: depthwise, kernel: 3, pad: 1}
  - {name: s, kind: add, from: d, with: a, relu: true}
  - {name: f, kind: function, function: silu}
  - {name: p, kind: avgpool}
  - {name: fc, kind: dense, out: 200}
`))
	require.NoError(t, err)
	sets, err := ParseLevels(g, "5")
	require.NoError(t, err)
	n, err := Uniform(g, sets, true, 1)
	require.NoError(t, err)
	count := map[int16]int{}
	for _, w := range n.Layers[5].Weights {
		count[w]++
	}
	for v := int16(-2); v <= 2; v++ {
		assert.InDelta(t, len(n.Layers[5].Weights)/5, count[v], 200, "level %d", v) // 4 deviations
	}
	require.Nil(t, n.Layers[5].Requant)
	again, err := Uniform(g, sets, true, 1)
	require.NoError(t, err)
	require.Equal(t, n, again)
	other, err := Uniform(g, sets, false, 2)
	require.NoError(t, err)
	require.NotEqual(t, n.Layers[0].Weights, other.Layers[0].Weights)
	require.Len(t, other.Layers[5].Requant, 200)

	input := make([]int8, g.Input.Size())
	for i := range input {
		input[i] = int8(i * 37)
	}
	maps, _, err := n.Run(input)
	require.NoError(t, err)
	seen := map[int8]bool{}
	for _, y := range maps[1] {
		seen[y] = true
	}
	assert.Greater(t, len(seen), 50, "the activations use the range of int8")
}

func TestUniformNeedsLevelsAndIntegerForms(t *testing.T) {
	g, err := Model("cvnn1")
	require.NoError(t, err)
	_, err = Uniform(g, make([]quant.Levels, len(g.Layers)), true, 1)
	require.ErrorIs(t, err, quant.ErrLevels)
	g, err = Model("vit1")
	require.NoError(t, err)
	_, err = Uniform(g, make([]quant.Levels, len(g.Layers)), true, 1)
	require.ErrorIs(t, err, ErrUnsupported)
}
