package trainer

import (
	"bytes"
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"lowres/network"
	"lowres/quant"
	"lowres/trainer/dataset"
)

func levelsOf(t testing.TB, n int) quant.Levels {
	t.Helper()
	if n == 0 {
		return quant.Levels{}
	}
	l, err := quant.ForN(n)
	require.NoError(t, err)
	return l
}

// smallConfig trains cvnn-small for a few short epochs whose last batch is not full.
func smallConfig(t testing.TB) Config {
	t.Helper()
	g, err := network.Model("cvnn-small")
	require.NoError(t, err)
	train, test := dataset.Builtin(3, 300, 100)
	r := QuickRecipe(4)
	r.Batch, r.Augment = 128, PaperAugment()
	return Config{Graph: g, Levels: levelsOf(t, 3), Recipe: r, Train: train, Test: test, Workers: 2}
}

// bytesOf is the checkpoint file of a finished run.
func bytesOf(t testing.TB, c Config) []byte {
	t.Helper()
	c.Checkpoint = filepath.Join(t.TempDir(), "run.ckpt")
	_, err := Train(context.Background(), c)
	require.NoError(t, err)
	data, err := os.ReadFile(c.Checkpoint)
	require.NoError(t, err)
	return data
}

func TestAnyNumberOfWorkersGivesTheSameBytes(t *testing.T) {
	c := smallConfig(t)
	want := bytesOf(t, c)
	for _, workers := range []int{1, 3, 7} {
		c.Workers = workers
		require.True(t, bytes.Equal(want, bytesOf(t, c)), "%d workers", workers)
	}
	c.Recipe.Seed++
	require.False(t, bytes.Equal(want, bytesOf(t, c)), "another seed")
}

func TestStoppedRunContinuesToTheSameBytes(t *testing.T) {
	c := smallConfig(t)
	want := bytesOf(t, c)
	for _, stop := range []struct{ epoch, step int }{{1, 2}, {2, 1}, {3, 2}} {
		c := c
		c.Checkpoint = filepath.Join(t.TempDir(), "stopped.ckpt")
		ctx, cancel := context.WithCancel(context.Background())
		c.Progress = func(p Progress) {
			if p.Epoch == stop.epoch+1 && p.Step == stop.step {
				cancel()
			}
		}
		_, err := Train(ctx, c)
		require.ErrorIs(t, err, context.Canceled)
		c.From, err = LoadCheckpoint(c.Checkpoint)
		require.NoError(t, err)
		require.GreaterOrEqual(t, c.From.Epoch(), stop.epoch)
		before := c.From.clone()
		require.True(t, bytes.Equal(want, bytesOf(t, c)), "stopped in epoch %d", stop.epoch+1)
		require.Equal(t, before, c.From, "the checkpoint that a run starts from stays as it was")
	}
}

func TestRunStartsFromAnotherNetworkWithLevelsOfItsOwn(t *testing.T) {
	c := smallConfig(t)
	first, err := Train(context.Background(), c)
	require.NoError(t, err)
	c.Start = first.Net.Clone()
	c.Start.Levels[0], c.Start.Levels[2] = levelsOf(t, 0), levelsOf(t, 17)
	second, err := Train(context.Background(), c)
	require.NoError(t, err)
	require.Equal(t, c.Start.Levels, second.Net.Levels)
	require.Equal(t, first.Net.Weights, c.Start.Weights, "the start stays as it was")
	require.Less(t, second.History[0].TrainCost, first.History[0].TrainCost)
}

func TestTheBestEpochIsKept(t *testing.T) {
	c := smallConfig(t)
	c.Recipe.Epochs, c.Best = 6, filepath.Join(t.TempDir(), "best.ckpt")
	result, err := Train(context.Background(), c)
	require.NoError(t, err)
	best, err := LoadCheckpoint(c.Best)
	require.NoError(t, err)
	top := slices.MaxFunc(result.History, func(a, b Epoch) int { return cmp.Compare(a.TestAccuracy, b.TestAccuracy) })
	require.Equal(t, result.History[:top.Number], best.History, "the first of the best")
}

func TestSmoothedLabelsKeepTheNetworkFromCertainty(t *testing.T) {
	c := smallConfig(t)
	plain, err := Train(context.Background(), c)
	require.NoError(t, err)
	c.Recipe.Smoothing = 0.8
	smooth, err := Train(context.Background(), c)
	require.NoError(t, err)
	require.Greater(t, smooth.History[3].TrainCost, plain.History[3].TrainCost)
}

func TestCancelledRunStopsAtTheNextStep(t *testing.T) {
	c := smallConfig(t)
	ctx, cancel := context.WithCancel(context.Background())
	steps := 0
	c.Progress = func(Progress) { steps++; cancel() }
	_, err := Train(ctx, c)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorContains(t, err, "epoch 1 of 4")
	require.Equal(t, 1, steps)
}

func TestProgressCountsStepsAndEpochs(t *testing.T) {
	c := smallConfig(t)
	c.Recipe.Epochs = 2
	var seen []Progress
	c.Progress = func(p Progress) { seen = append(seen, p) }
	result, err := Train(context.Background(), c)
	require.NoError(t, err)
	require.Len(t, seen, 2*(3+1), "three steps and one end an epoch")
	last := seen[len(seen)-1]
	assert.Equal(t, []int{2, 2, 3, 3}, []int{last.Epoch, last.Epochs, last.Step, last.Steps})
	assert.Equal(t, result.History[1], *last.Done)
	assert.Equal(t, result.History[1].TrainCost, last.Cost)
	assert.Positive(t, last.ImagesASecond)
	assert.Zero(t, last.Remaining)
	assert.Positive(t, seen[0].Remaining)
	assert.Nil(t, seen[0].Done)
}

func TestHistoryIsWrittenAsCSV(t *testing.T) {
	c := smallConfig(t)
	c.Recipe.Epochs, c.CSV = 2, filepath.Join(t.TempDir(), "history.csv")
	result, err := Train(context.Background(), c)
	require.NoError(t, err)
	data, err := os.ReadFile(c.CSV)
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	require.Len(t, lines, 3)
	require.Equal(t, "epoch,train_cost,train_accuracy,test_cost,test_accuracy", lines[0])
	require.True(t, strings.HasPrefix(lines[2], "2,"))
	var same strings.Builder
	require.NoError(t, WriteCSV(&same, result.History))
	require.Equal(t, string(data), same.String())
}

func TestTestAccuracyIsThatOfTheQuantisedNetwork(t *testing.T) {
	c := smallConfig(t)
	result, err := Train(context.Background(), c)
	require.NoError(t, err)
	low, err := Accuracy(result.Net, c.Test, true, 2)
	require.NoError(t, err)
	require.Equal(t, result.History[3].TestAccuracy, low)
	full, err := Accuracy(result.Net, c.Test, false, 1)
	require.NoError(t, err)
	require.NotEqual(t, low, full, "the float32 master weights are another network")
}

func TestWrongConfigsAreRefused(t *testing.T) {
	other, err := network.Model("fcnn1")
	require.NoError(t, err)
	other.Input = network.Shape{H: 16, W: 16, C: 3}
	require.NoError(t, other.Resolve())
	cases := map[string]struct {
		spoil func(c *Config)
		want  string
	}{
		"no pictures":               {func(c *Config) { c.Train = nil }, "training set: empty"},
		"no network":                {func(c *Config) { c.Graph = nil }, "graph: none"},
		"a start with no network":   {func(c *Config) { c.Start = &network.Float{} }, "graph: none"},
		"pictures of another size":  {func(c *Config) { c.Graph = other }, "want"},
		"no epochs":                 {func(c *Config) { c.Recipe.Epochs = 0 }, "epochs: 0: want 1"},
		"a batch of none":           {func(c *Config) { c.Recipe.Batch = 0 }, "batch: 0: want 1"},
		"a rate that is no number":  {func(c *Config) { c.Recipe.Rate = nan() }, "rate: NaN"},
		"labels all smooth":         {func(c *Config) { c.Recipe.Smoothing = 1.5 }, "smoothing: 1.5: want 0 to 1"},
		"a best without a test":     {func(c *Config) { c.Test, c.Best = nil, "x" }, "best: x: want a test set"},
		"a patience without a test": {func(c *Config) { c.Test, c.Recipe.Patience = nil, 3 }, "patience: 3: want a test set"},
		"an unknown schedule":       {func(c *Config) { c.Recipe.Schedule = "steps" }, `schedule: "steps"`},
		"a label too high":          {func(c *Config) { c.Train.Labels[5] = 10 }, "picture 5: label 10: want 0 to 9"},
		"a rate that blows up":      {func(c *Config) { c.Recipe.Rate, c.Recipe.Warmup, c.Recipe.Decay, c.Recipe.Epochs = 1e3, 0, 1, 20 }, "try a lower learning rate"},
		"a folder that is not":      {func(c *Config) { c.Checkpoint = "/no/such/folder/x" }, "/no/such/folder/x"},
		"other pictures on resume": {func(c *Config) {
			c.From = newCheckpoint(Initialise(c.Graph, c.Levels, c.Recipe.Seed), c.Recipe)
			c.From.Data = "of other pictures"
		}, "not the pictures that the checkpoint was trained on"},
		"a start that does not fit": {func(c *Config) {
			c.Start = Initialise(c.Graph, c.Levels, 1)
			c.Start.Weights[0] = c.Start.Weights[0][1:]
		}, "layer conv1: 431 weights"},
		"another recipe on resume": {func(c *Config) {
			c.From = newCheckpoint(Initialise(c.Graph, c.Levels, c.Recipe.Seed), c.Recipe)
			c.Recipe.Rate = 1
		}, "recipe:"},
	}
	for name, k := range cases {
		t.Run(name, func(t *testing.T) {
			c := smallConfig(t)
			k.spoil(&c)
			_, err := Train(context.Background(), c)
			require.ErrorContains(t, err, k.want)
		})
	}
}

func nan() float64 { zero := 0.0; return zero / zero }
