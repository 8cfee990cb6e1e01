package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"lowres/network"
	"lowres/trainer/dataset"
	"lowres/verify"
)

// evaluated runs lowres evaluate --json on the toy network.
func evaluated(t *testing.T, dir string, more ...string) (r evaluateResult) {
	t.Helper()
	o := must(t, append([]string{"evaluate", dir + "/toy.lrn", "--data", "builtin", "--json"}, more...)...)
	require.NoError(t, json.Unmarshal([]byte(o.out), &r))
	return r
}

func TestEvaluate(t *testing.T) {
	dir := toy(t)
	t.Run("it counts what the reference answers", func(t *testing.T) { evaluateCountsWhatTheReferenceAnswers(t, dir) })
	t.Run("it says what quantise said", func(t *testing.T) { evaluateSaysWhatQuantiseSaid(t, dir) })
	t.Run("wrong input is refused", func(t *testing.T) { evaluateRefuses(t, dir) })
	t.Run("it stops when interrupted", func(t *testing.T) { evaluateStopsWhenInterrupted(t, dir) })
	t.Run("a check names the first wrong logit", func(t *testing.T) { aCheckNamesTheFirstWrongLogit(t, dir) })
}

func evaluateCountsWhatTheReferenceAnswers(t *testing.T, dir string) {
	const pictures = 60
	r := evaluated(t, dir, "--images", fmt.Sprint(pictures), "--check", "7", "--workers", "1")
	f, err := network.ReadFile(dir + "/toy.lrn")
	require.NoError(t, err)
	hash, err := f.Network.Hash()
	require.NoError(t, err)
	_, set := dataset.Builtin(builtinSeed, 0, builtinTest)
	want := make([]classScore, len(set.Classes))
	for k := range want {
		want[k] = classScore{Class: set.Classes[k], TakenFor: make([]int, len(set.Classes))}
	}
	right := 0
	for i, label := range set.Labels[:pictures] {
		_, logits, err := f.Network.Run(network.Input(set.Image(i)))
		require.NoError(t, err)
		best := network.Argmax(logits)
		want[label].Pictures++
		want[label].TakenFor[best]++
		if best == int(label) {
			right++
			want[label].Right++
		}
	}
	assert.Equal(t, want, r.Classes)
	assert.Equal(t, right, r.Right)
	assert.Equal(t, float64(right)/pictures, r.Accuracy)
	assert.Equal(t, pictures, r.Pictures)
	assert.Equal(t, 7, r.Checked)
	assert.Equal(t, 1, r.Workers)
	assert.Equal(t, fmt.Sprintf("%x", hash), r.NetworkHash)
	assert.Positive(t, r.Rate)
}

func evaluateSaysWhatQuantiseSaid(t *testing.T, dir string) {
	r := evaluated(t, dir, "--check", "0")
	f, err := network.ReadFile(dir + "/toy.lrn")
	require.NoError(t, err)
	assert.Equal(t, f.Info["integer_accuracy"], fmt.Sprintf("%.4f", r.Accuracy))
	assert.Equal(t, f.Info["test_images"], fmt.Sprint(r.Pictures))
	assert.Equal(t, r.Classes, evaluated(t, dir, "--workers", "3").Classes, "the workers do not matter")

	o := must(t, "evaluate", "--data", "builtin", dir+"/toy.lrn")
	assert.Contains(t, o.out, "most mistakes for")
	assert.Contains(t, o.out, "toy on builtin-test: ")
	assert.Contains(t, o.out, "all logits of 4 pictures equal the reference's")
	assert.Contains(t, o.err, "comparing 4 pictures")
	o = must(t, "evaluate", "--data", "builtin", "--check=0", dir+"/toy.lrn")
	assert.NotContains(t, o.out+o.err, "reference", "nothing was compared")
}

func evaluateRefuses(t *testing.T, dir string) {
	text := read(t, dir+"/toy.lrn")
	require.NoError(t, os.WriteFile(dir+"/cut.lrn", []byte(text[:len(text)/2]), 0o644))
	for _, part := range []string{"train", "test"} { // one pixel, two classes
		for _, class := range []string{"a", "b"} {
			folder := filepath.Join(dir, "small", part, class)
			require.NoError(t, os.MkdirAll(folder, 0o755))
			var picture bytes.Buffer
			require.NoError(t, png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 1, 1))))
			require.NoError(t, os.WriteFile(folder+"/0.png", picture.Bytes(), 0o644))
		}
	}
	for args, want := range map[string]string{
		"DIR/toy.lrn": "--data: none given",
		"DIR/toy.lrn --data builtin --images 2001": "--images: 2001 pictures of builtin-test: want 1 to 2000",
		"DIR/toy.lrn --data builtin --images -1":   "--images: -1",
		"DIR/toy.lrn --data builtin --check -1":    "--check: -1",
		"DIR/toy.lrn --data builtin --workers -2":  "--workers: -2",
		"DIR/toy.lrn --data DIR/small":             "pictures of 1x1x3",
		"DIR/cut.lrn --data builtin":               "offset",
		"DIR/none.lrn --data builtin":              "none.lrn",
		"DIR/toy.ckpt --data builtin":              "toy.ckpt",
		"--data builtin":                           "want one, the .lrn file",
	} {
		o := lowres(strings.Fields("evaluate " + strings.ReplaceAll(args, "DIR", dir))...)
		assert.Equal(t, exitInput, o.code, "%s: %s", args, o.err)
		assert.Empty(t, o.out)
		assert.Contains(t, o.err, want, args)
	}
}

func evaluateStopsWhenInterrupted(t *testing.T, dir string) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	o := lowresUntil(ctx, "evaluate", dir+"/toy.lrn", "--data", "builtin")
	assert.Equal(t, exitInterrupted, o.code)
	assert.Contains(t, o.err, "interrupted")
}

func aCheckNamesTheFirstWrongLogit(t *testing.T, dir string) {
	f, err := network.ReadFile(dir + "/toy.lrn")
	require.NoError(t, err)
	_, set := dataset.Builtin(builtinSeed, 0, builtinTest)
	e := &evaluation{net: f.Network, set: set.Slice(0, 5)}
	require.NoError(t, e.run(func(int) error { return nil }))
	require.NoError(t, e.check(t.Context(), 5))
	e.picture(3)[2]++
	require.NoError(t, e.check(t.Context(), 3))
	err = e.check(t.Context(), 5)
	require.ErrorIs(t, err, verify.ErrMismatch)
	assert.Contains(t, err.Error(), "picture 3 of builtin-test: logit 2")
	assert.Equal(t, exitMismatch, exitCode(err))
}
