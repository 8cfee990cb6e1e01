package trainer

import (
	"bytes"
	"context"
	"math"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"lowres/network"
	"lowres/trainer/dataset"
)

// smallTransformer trains a small vision transformer, dropout included, for a few short epochs.
func smallTransformer(t testing.TB) Config {
	t.Helper()
	g, err := network.ParseModel("small transformer", []byte(`
input: [32, 32, 3]
layers:
  - {name: patches, kind: patches, kernel: 8, out: 32}
  - {name: attention, kind: attention, heads: 4}
  - {name: feedforward, kind: feedforward}
  - {name: norm, kind: layernorm}
  - {name: dropout, kind: dropout, rate: 0.5}
  - {name: fc1, kind: dense, out: 32, gelu: true}
  - {name: fc2, kind: dense, out: 10}
`))
	require.NoError(t, err)
	c := smallConfig(t)
	c.Graph, c.Levels = g, levelsOf(t, 5)
	return c
}

func TestATransformerGivesTheSameBytesWithAnyWorkersAndAfterAStop(t *testing.T) {
	c := smallTransformer(t)
	want := bytesOf(t, c)
	for _, workers := range []int{1, 5} {
		c.Workers = workers
		require.True(t, bytes.Equal(want, bytesOf(t, c)), "%d workers", workers)
	}
	whole := c.Recipe.Epochs
	c.Recipe.Schedule = Fixed // so that the number of epochs decides nothing else
	want = bytesOf(t, c)
	c.Recipe.Epochs, c.Checkpoint = 2, filepath.Join(t.TempDir(), "half.ckpt")
	_, err := Train(context.Background(), c)
	require.NoError(t, err)
	c.From, err = LoadCheckpoint(c.Checkpoint)
	require.NoError(t, err)
	c.Recipe.Epochs = whole
	require.True(t, bytes.Equal(want, bytesOf(t, c)), "stopped after two epochs")
}

func TestATransformerLearns(t *testing.T) {
	c := smallTransformer(t)
	c.Train, c.Test = dataset.Builtin(3, 2000, 200)
	c.Recipe = QuickRecipe(6)
	c.Recipe.Rate, c.Recipe.Batch, c.Recipe.Augment = 0.02, 32, Augment{}
	result, err := Train(context.Background(), c)
	require.NoError(t, err)
	last := result.History[len(result.History)-1]
	t.Logf("training %.3f, test %.3f", last.TrainAccuracy, last.TestAccuracy)
	assert.Less(t, last.TrainCost, result.History[0].TrainCost-0.3)
	assert.Greater(t, last.TestAccuracy, 0.14)
}

func TestATransformerStartsAsItsLayersShould(t *testing.T) {
	net := Initialise(smallTransformer(t).Graph, levelsOf(t, 5), 1)
	for i := range net.Graph.Layers {
		for _, tensor := range net.Tensors(i) {
			low, high := math.Inf(1), math.Inf(-1)
			for _, v := range tensor.Values {
				low, high = min(low, float64(v)), max(high, float64(v))
			}
			bound, name := 0.0, net.Graph.Layers[i].Name+" "+tensor.Name
			switch name {
			case "attention gain", "feedforward gain", "norm gain":
				require.Equal(t, []float64{1, 1}, []float64{low, high}, name)
				continue
			case "patches weights":
				bound = math.Sqrt(6.0 / (8*8*3 + 32))
			case "patches position":
				bound = 0.05
			case "attention query weights", "attention key weights", "attention value weights", "feedforward weights":
				bound = math.Sqrt(6.0 / (32 + 32))
			case "fc1 weights":
				bound = math.Sqrt(6.0 / (16*32 + 32))
			case "fc2 weights":
				bound = math.Sqrt(6.0 / (32 + 10))
			}
			require.InDelta(t, bound, high, 0.05*bound, name)
			require.InDelta(t, -bound, low, 0.05*bound, name)
		}
	}
}

func TestACheckpointOfATransformerComesBackWhole(t *testing.T) {
	c := smallTransformer(t)
	state := newCheckpoint(Initialise(c.Graph, c.Levels, c.Recipe.Seed), c.Recipe)
	state.Momentum = Initialise(c.Graph, levelsOf(t, 0), 9)
	back, err := ReadCheckpoint(bytes.NewReader(encoded(t, state)))
	require.NoError(t, err)
	require.Equal(t, state.Net, back.Net)
	require.Equal(t, state.Momentum, back.Momentum)
}
