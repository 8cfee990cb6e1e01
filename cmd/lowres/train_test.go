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
