package trainer

import (
	"bytes"
	"context"
	"math"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// adamConfig is a short run with AdamW, clipping and a rising rate.
func adamConfig(t testing.TB) Config {
	t.Helper()
	c := smallConfig(t)
	c.Recipe = c.Recipe.WithOptimiser(AdamW)
	c.Recipe.Clip, c.Recipe.Epochs, c.Recipe.Schedule = 0.5, 3, Fixed // so that the number of epochs decides nothing else
	return c
}

func TestAdamGivesTheSameBytesWithAnyWorkersAndAfterAStop(t *testing.T) {
	c := adamConfig(t)
	want := bytesOf(t, c)
	for _, workers := range []int{1, 5} {
		c.Workers = workers
		require.True(t, bytes.Equal(want, bytesOf(t, c)), "%d workers", workers)
	}
	half := c
	half.Recipe.Epochs, half.Checkpoint = 2, filepath.Join(t.TempDir(), "half.ckpt")
	_, err := Train(context.Background(), half)
	require.NoError(t, err)
	c.From, err = LoadCheckpoint(half.Checkpoint)
	require.NoError(t, err)
	before := c.From.clone()
	require.True(t, bytes.Equal(want, bytesOf(t, c)), "stopped after two epochs")
	require.Equal(t, before, c.From, "the checkpoint that a run starts from stays as it was")
}

func TestEveryFieldOfTheOptimiserChangesTheRun(t *testing.T) {
	c := adamConfig(t)
	c.Recipe.Epochs = 1
	want := bytesOf(t, c)
	for name, change := range map[string]func(r *Recipe){
		"optimiser": func(r *Recipe) { r.Optimiser = Adam },
		"beta1":     func(r *Recipe) { r.Beta1 = 0.8 },
		"beta2":     func(r *Recipe) { r.Beta2 = 0.9 },
		"epsilon":   func(r *Recipe) { r.Epsilon = 1e-4 },
		"decay":     func(r *Recipe) { r.Decay = 0.5 },
		"clip":      func(r *Recipe) { r.Clip = 0 },
	} {
		c := c
		change(&c.Recipe)
		checkpoint, err := ReadCheckpoint(bytes.NewReader(bytesOf(t, c)))
		require.NoError(t, err)
		first, err := ReadCheckpoint(bytes.NewReader(want))
		require.NoError(t, err)
		assert.NotEqual(t, first.Net.Weights, checkpoint.Net.Weights, name)
	}
}

func TestAdamLearns(t *testing.T) {
	for _, o := range []Optimiser{Adam, AdamW} {
		c := smallConfig(t)
		c.Recipe = c.Recipe.WithOptimiser(o)
		c.Recipe.Rate, c.Recipe.Epochs, c.Recipe.Batch, c.Recipe.Augment = 0.01, 8, 32, Augment{}
		result, err := Train(context.Background(), c)
		require.NoError(t, err)
		assert.Greater(t, result.History[7].TrainAccuracy, 0.5, "%s", o)
	}
}

func TestTheStepsOfAdamAreCountedOverEpochs(t *testing.T) {
	r := DefaultRecipe().WithOptimiser(Adam)
	assert.InDelta(t, 0.001/(1-0.9), r.rule(0, 1).Adam.Rate, 1e-9)
	assert.InDelta(t, 1/math.Sqrt(1-0.999), r.rule(0, 1).Adam.Root, 1e-4)
	assert.InDelta(t, 0.001/(1-math.Pow(0.9, 7)), r.rule(2, 7).Adam.Rate, 1e-9)
	w := DefaultRecipe().WithOptimiser(AdamW)
	assert.Equal(t, float32(1-0.001*0.01), w.rule(0, 1).Adam.Keep)
	assert.Zero(t, w.rule(0, 1).Adam.Decay)
	assert.Equal(t, float32(0.92), DefaultRecipe().rule(0, 1).SGD.Momentum)
}

func TestFieldsThatAnOptimiserDoesNotHaveAreRefused(t *testing.T) {
	for name, k := range map[string]struct {
		optimiser Optimiser
		change    func(r *Recipe)
		want      string
	}{
		"momentum of Adam":       {Adam, func(r *Recipe) { r.Momentum = 0.9 }, "momentum: 0.9: want 0; it has beta1 with the optimiser adam"},
		"beta1 of SGD":           {SGD, func(r *Recipe) { r.Beta1 = 0.9 }, "beta1: 0.9: want 0 with the optimiser sgd"},
		"beta2 of SGD":           {SGD, func(r *Recipe) { r.Beta2 = 0.9 }, "beta2: 0.9: want 0"},
		"epsilon of SGD":         {SGD, func(r *Recipe) { r.Epsilon = 0.9 }, "epsilon: 0.9: want 0"},
		"a beta of 1":            {AdamW, func(r *Recipe) { r.Beta2 = 1 }, "beta2: 1: want 0 to below 1"},
		"no epsilon":             {AdamW, func(r *Recipe) { r.Epsilon = 0 }, "epsilon: 0: want 1e-12 to 1"},
		"a momentum above 1":     {SGD, func(r *Recipe) { r.Momentum = 1.5 }, "momentum: 1.5: want 0 to 1"},
		"an unknown one":         {SGD, func(r *Recipe) { r.Optimiser = "lion" }, `optimiser "lion": want sgd, adam or adamw`},
		"a negative clip":        {SGD, func(r *Recipe) { r.Clip = -1 }, "clip: -1"},
		"a patience below zero":  {SGD, func(r *Recipe) { r.Patience = -1 }, "patience: -1"},
		"a clip that is no norm": {SGD, func(r *Recipe) { r.Clip = nan() }, "clip: NaN"},
	} {
		r := DefaultRecipe().WithOptimiser(k.optimiser)
		require.NoError(t, r.Validate(), name)
		k.change(&r)
		assert.ErrorContains(t, r.Validate(), k.want, name)
	}
	for _, o := range []Optimiser{SGD, Adam, AdamW} {
		parsed, err := ParseOptimiser(o.String())
		require.NoError(t, err)
		assert.Equal(t, o, parsed)
	}
}

func TestACheckpointOfAdamComesBackWhole(t *testing.T) {
	c := tinyCheckpoint(t)
	c.Recipe = c.Recipe.WithOptimiser(Adam)
	c.Second = c.Net.Clone()
	for i := range c.Net.Graph.Layers {
		c.Second.Levels[i] = levelsOf(t, 0)
		for _, tensor := range c.Second.Tensors(i) {
			for k, v := range tensor.Values {
				tensor.Values[k] = v * v
			}
		}
	}
	back, err := ReadCheckpoint(bytes.NewReader(encoded(t, c)))
	require.NoError(t, err)
	require.Equal(t, c, back)
	c.Second.Biases[2][1] = -1
	_, err = ReadCheckpoint(bytes.NewReader(encoded(t, c)))
	require.ErrorContains(t, err, "c second moment of biases[1]: -1: want 0 or more")
	c.Second = nil
	_, err = ReadCheckpoint(bytes.NewReader(encoded(t, c)))
	require.ErrorContains(t, err, "numbers:")
}

// tested is a history with these test accuracies in percent.
func tested(percent ...float64) (history []Epoch) {
	for i, p := range percent {
		history = append(history, Epoch{Number: i + 1, TestAccuracy: p / 100})
	}
	return history
}

func TestARunEndsWithItsEpochsOrItsPatience(t *testing.T) {
	for name, k := range map[string]struct {
		patience int
		history  []Epoch
		want     bool
	}{
		"not begun":                         {1, nil, false},
		"all epochs done":                   {0, tested(1, 2, 3, 4, 5, 6, 7, 8), true},
		"no patience asked":                 {0, tested(9, 8, 7, 6), false},
		"better each time":                  {1, tested(1, 2, 3), false},
		"one worse, patience of one":        {1, tested(1, 3, 2), true},
		"one worse, patience of two":        {2, tested(1, 3, 2), false},
		"two no better, patience of two":    {2, tested(1, 3, 2, 3), true},
		"better just in time":               {2, tested(3, 2, 4, 2), false},
		"better by less than a history has": {1, tested(50, 50.00004), true},
	} {
		r := QuickRecipe(8)
		r.Patience = k.patience
		assert.Equal(t, k.want, r.Ended(k.history), name)
	}
}

func TestAnEarlyStopIsTheBeginningOfTheWholeRun(t *testing.T) {
	c := smallConfig(t)
	c.Recipe.Schedule, c.Recipe.Epochs = Fixed, 12
	whole, err := Train(context.Background(), c)
	require.NoError(t, err)
	c.Recipe.Patience, c.Checkpoint = 2, filepath.Join(t.TempDir(), "early.ckpt")
	early, err := Train(context.Background(), c)
	require.NoError(t, err)
	done := len(early.History)
	require.Less(t, done, 12, "the test needs a run that is stopped")
	require.Equal(t, whole.History[:done], early.History)
	require.True(t, c.Recipe.Ended(early.History))
	require.False(t, c.Recipe.Ended(early.History[:done-1]))

	c.From, err = LoadCheckpoint(c.Checkpoint)
	require.NoError(t, err)
	again, err := Train(context.Background(), c)
	require.NoError(t, err)
	require.Equal(t, early.History, again.History, "nothing is trained any more")
	c.Recipe.Patience = 0
	rest, err := Train(context.Background(), c)
	require.NoError(t, err)
	require.Equal(t, whole.Net.Weights, rest.Net.Weights, "more patience goes on to the same network")
}
