package trainer

import (
	"bytes"
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"lowres/network"
	"lowres/trainer/dataset"
)

// smallResidual trains a small network with a depthwise layer, functions, a residual with a branch and an
// average for a few short epochs.
func smallResidual(t testing.TB) Config {
	t.Helper()
	g, err := network.ParseModel("small residual", []byte(`
input: [32, 32, 3]
layers:
  - {name: stem, kind: conv, out: 16, kernel: 4, stride: 4, relu: true}
  - {name: window, kind: depthwise, kernel: 3, pad: 1}
  - {name: swish, kind: function, function: hardswish}
  - {name: point, kind: conv, out: 24, kernel: 1}
  - {name: short, kind: conv, out: 24, kernel: 1, from: stem}
  - {name: sum, kind: add, with: point, relu: true}
  - {name: mean, kind: avgpool, kernel: 2}
  - {name: head, kind: dense, out: 10}
`))
	require.NoError(t, err)
	c := smallConfig(t)
	c.Graph, c.Levels = g, levelsOf(t, 5)
	return c
}

func TestAResidualNetworkGivesTheSameBytesWithAnyWorkers(t *testing.T) {
	c := smallResidual(t)
	want := bytesOf(t, c)
	for _, workers := range []int{1, 5} {
		c.Workers = workers
		require.True(t, bytes.Equal(want, bytesOf(t, c)), "%d workers", workers)
	}
}

func TestAResidualNetworkLearnsAndBecomesIntegers(t *testing.T) {
	c := smallResidual(t)
	c.Train, c.Test = dataset.Builtin(3, 2000, 200)
	c.Recipe = QuickRecipe(6)
	c.Recipe.Batch, c.Recipe.Augment = 32, Augment{}
	result, err := Train(context.Background(), c)
	require.NoError(t, err)
	last := result.History[len(result.History)-1]
	t.Logf("training %.3f, test %.3f", last.TrainAccuracy, last.TestAccuracy)
	assert.Less(t, last.TrainCost, result.History[0].TrainCost-0.3)
	assert.Greater(t, last.TestAccuracy, 0.25)

	ranges, err := ActivationRanges(result.Net, c.Train, 200, 1)
	require.NoError(t, err)
	integer, err := network.Quantise(result.Net, ranges, network.QuantiseOptions{})
	require.NoError(t, err)
	e, err := network.NewEvaluator(integer)
	require.NoError(t, err)
	logits, right := make([]int32, 10*c.Test.Len()), 0
	require.NoError(t, e.Batch(logits, network.Input(c.Test.Images), 2))
	for i, label := range c.Test.Labels {
		if network.Argmax(logits[10*i:][:10]) == int(label) {
			right++
		}
	}
	assert.InDelta(t, last.TestAccuracy, float64(right)/float64(c.Test.Len()), 0.05)
}

func TestADepthwiseLayerStartsByItsWindow(t *testing.T) {
	net := Initialise(smallResidual(t).Graph, levelsOf(t, 5), 1)
	high := 0.0
	for _, v := range net.Weights[1] {
		high = max(high, math.Abs(float64(v)))
	}
	require.InDelta(t, math.Sqrt(6.0/(9+9)), high, 0.05)
}

func TestACheckpointOfAResidualNetworkComesBackWhole(t *testing.T) {
	c := smallResidual(t)
	state := newCheckpoint(Initialise(c.Graph, c.Levels, c.Recipe.Seed), c.Recipe)
	state.Momentum = Initialise(c.Graph, levelsOf(t, 0), 9)
	back, err := ReadCheckpoint(bytes.NewReader(encoded(t, state)))
	require.NoError(t, err)
	require.Equal(t, state.Net, back.Net)
}
