package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/urfave/cli/v2"

	"lowres/network"
	"lowres/trainer"
)

func TestTrainWritesCheckpointAndHistory(t *testing.T) {
	dir := t.TempDir()
	o := trainToy(t, filepath.Join(dir, "new", "folder"), "--json")
	var r trainResult
	require.NoError(t, json.Unmarshal([]byte(o.out), &r))
	assert.Equal(t, "toy", r.Model)
	assert.Equal(t, 3, r.NValues)
	assert.Len(t, r.History, 2)
	assert.FileExists(t, r.Checkpoint)
	history := strings.Split(read(t, r.CSV), "\n")
	assert.Equal(t, "epoch,train_cost,train_accuracy,test_cost,test_accuracy", history[0])
	assert.Len(t, history, 4)
	assert.Contains(t, o.err, "epoch 2/2")
}

func TestTrainGivesEveryLayerItsLevels(t *testing.T) {
	dir := t.TempDir()
	o := trainToy(t, dir, "--json", "--nvalues", "3,last=17")
	var r trainResult
	require.NoError(t, json.Unmarshal([]byte(o.out), &r))
	assert.Equal(t, []string{"N=3", "N=17"}, r.Levels)
	assert.Zero(t, r.NValues, "they differ")
	o = trainToy(t, dir, "--resume", "--nvalues", "3,17", "--epochs", "3")
	assert.Contains(t, o.out, "toy, N=3, N=17, 3 epochs")
	o = must(t, "quantise", "--data", "builtin", "--calibration-images", "50", "-o", dir+"/toy.lrn", dir+"/toy.ckpt")
	assert.Contains(t, o.out, "N=3, N=17")
}

func TestTrainAsksBeforeItOverwrites(t *testing.T) {
	dir := t.TempDir()
	trainToy(t, dir)
	before := read(t, dir+"/toy.ckpt")
	o := lowres(toyTraining(dir)...)
	assert.Equal(t, exitInput, o.code)
	assert.Contains(t, o.err, "--force starts again")
	assert.Equal(t, before, read(t, dir+"/toy.ckpt"))
	trainToy(t, dir, "--force")
	assert.Equal(t, before, read(t, dir+"/toy.ckpt"), "the same run gives the same bytes")
}

func TestAResumedRunIsAnUninterruptedOne(t *testing.T) {
	whole, parts := t.TempDir(), t.TempDir()
	trainToy(t, whole, "--recipe", "paper", "--epochs", "3")
	trainToy(t, parts, "--recipe", "paper", "--epochs", "1")
	trainToy(t, parts, "--recipe", "paper", "--epochs", "3", "--resume")
	assert.Equal(t, read(t, whole+"/toy.ckpt"), read(t, parts+"/toy.ckpt"))
	assert.Equal(t, read(t, whole+"/toy.csv"), read(t, parts+"/toy.csv"))
}

func TestAResumedRunKeepsItsRecipe(t *testing.T) {
	dir := t.TempDir()
	trainToy(t, dir)
	for flag, want := range map[string]string{
		"--lr=0.3": "--lr", "--epochs=1": "want as many or more", "--model=cvnn1": "holds toy", "--nvalues=5": "with N=3", "--nvalues=3,last=5": "with N=3",
	} {
		o := lowres(append(toyTraining(dir), "--resume", flag)...)
		assert.Equal(t, exitInput, o.code, o.err)
		assert.Contains(t, o.err, want)
	}
}

func TestAnInterruptedRunSaysHowToGoOn(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	o := lowresUntil(ctx, toyTraining(dir)...)
	assert.Equal(t, exitInterrupted, o.code)
	assert.Contains(t, o.err, "nothing to resume")
	trainToy(t, dir)
	o = lowresUntil(ctx, append(toyTraining(dir), "--resume", "--epochs", "9")...)
	assert.Equal(t, exitInterrupted, o.code)
	assert.Contains(t, o.err, "the same command with --resume")
}

func TestCtrlCEndsTheProcessWithItsCode(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0], append(toyTraining(dir), "--epochs", "100000")...)
	cmd.Env = append(os.Environ(), asCommand+"=1")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() bool { _, err := os.Stat(dir + "/toy.ckpt"); return err == nil }, time.Minute, 10*time.Millisecond)
	require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
	var exit *exec.ExitError
	require.True(t, errors.As(cmd.Wait(), &exit))
	assert.Equal(t, exitInterrupted, exit.ExitCode())
	assert.Contains(t, stderr.String(), "--resume")
}

func TestResumingAFinishedRunClaimsNoAccuracyOfOtherPictures(t *testing.T) {
	dir := t.TempDir()
	trainToy(t, dir)
	o := trainToy(t, dir, "--resume", "--test-images", "50")
	assert.Contains(t, o.out, "all 2 epochs were done before; --epochs trains more")
	assert.NotContains(t, o.out, "50 test pictures")
}

func TestTrainTakesEveryFlagOfTheRecipe(t *testing.T) {
	dir := t.TempDir()
	trainToy(t, dir, "--optimiser", "adamw", "--lr", "0.002", "--beta1", "0.8", "--beta2", "0.99", "--epsilon", "1e-6", "--decay", "0.02",
		"--clip", "2", "--smoothing", "0.1", "--schedule", "fixed", "--warmup", "0.5", "--patience", "7", "--augment", "paper", "--seed", "3")
	checkpoint, err := trainer.LoadCheckpoint(dir + "/toy.ckpt")
	require.NoError(t, err)
	assert.Equal(t, trainer.Recipe{Epochs: 2, Batch: 32, Optimiser: trainer.AdamW, Rate: 0.002, Beta1: 0.8, Beta2: 0.99, Epsilon: 1e-6, Decay: 0.02,
		Clip: 2, Smoothing: 0.1, Schedule: trainer.Fixed, Warmup: 0.5, Patience: 7, Augment: trainer.PaperAugment(), Seed: 3}, checkpoint.Recipe)
	trainToy(t, dir, "--resume", "--optimiser", "adamw", "--lr", "0.002", "--beta1", "0.8", "--beta2", "0.99", "--epsilon", "1e-6", "--decay", "0.02",
		"--clip", "2", "--smoothing", "0.1", "--schedule", "fixed", "--warmup", "0.5", "--patience", "8", "--augment", "paper", "--seed", "3", "--epochs", "3")
}

// The paper's table 1 is the default: rate and epochs by family and augmentation.
func TestThePapersRecipeFollowsTheFamily(t *testing.T) {
	for args, want := range map[string]struct {
		rate   float64
		epochs int
	}{
		"fcnn1":                       {0.001, 200},
		"cvnn2":                       {0.001, 200},
		"cvnn1 --augment none":        {0.001, 200},
		"cvnn1 --augment paper":       {0.001, 1000},
		"vit1":                        {0.01, 300},
		"vit2 --augment paper":        {0.01, 2000},
		"vit1 --lr 0.5":               {0.5, 300},
		"vit1 --epochs 7":             {0.01, 7},
		"vit1 --optimiser adam":       {0.001, 300},
		"fcnn2 --optimiser sgd --n 5": {0.001, 200},
	} {
		fields := strings.Fields(args)
		r := recipeOf(t, fields[0], fields[1:]...)
		assert.Equal(t, want.rate, r.Rate, args)
		assert.Equal(t, want.epochs, r.Epochs, args)
		assert.Equal(t, 256, r.Batch, args)
		assert.Equal(t, trainer.Fixed, r.Schedule, args)
		assert.Equal(t, strings.Contains(args, "augment paper"), r.Augment != trainer.Augment{}, args)
	}
}

// recipeOf is the recipe of a command that is stopped before its first step.
func recipeOf(t *testing.T, model string, flags ...string) (r trainer.Recipe) {
	t.Helper()
	g, err := network.Model(model)
	require.NoError(t, err)
	app := &cli.App{Flags: append(recipeFlags(), levelsFlag()), Action: func(c *cli.Context) (err error) {
		r, err = newRecipe(c, g, c.String("augment"))
		return err
	}}
	require.NoError(t, app.Run(append([]string{"lowres"}, flags...)))
	return r
}

func TestAnEarlyStopSaysSoAndGoesOnWithMorePatience(t *testing.T) {
	dir := t.TempDir()
	flags := []string{"--recipe", "paper", "--lr", "0", "--epochs", "5"}
	o := trainToy(t, dir, append(flags, "--patience", "1")...)
	assert.Contains(t, o.out, "stopped early: 1 epoch without a better test accuracy than")
	assert.Contains(t, o.out, "in epoch 1\n")
	assert.Contains(t, o.out, "toy, N=3, 2 epochs")
	o = trainToy(t, dir, append(flags, "--resume")...)
	assert.Contains(t, o.out, "stopped early after 2 epochs, before; a larger --patience than 1, or 0, trains more")
	assert.Contains(t, trainToy(t, dir, append(flags, "--resume", "--json")...).out, `"stopped_early": true`)
	o = trainToy(t, dir, append(flags, "--resume", "--patience", "0")...)
	assert.Contains(t, o.out, "toy, N=3, 5 epochs")
}
