package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A transformer trains, and is told from what the hardware runs.
func TestATransformerTrainsAndHasNoIntegerForm(t *testing.T) {
	dir := t.TempDir()
	model := filepath.Join(dir, "tiny.yaml")
	require.NoError(t, os.WriteFile(model, []byte(`
input: [32, 32, 3]
layers:
  - {name: patches, kind: patches, kernel: 8, out: 16}
  - {name: attention, kind: attention, heads: 2}
  - {name: feedforward, kind: feedforward}
  - {name: norm, kind: layernorm}
  - {name: dropout, kind: dropout, rate: 0.5}
  - {name: fc1, kind: dense, out: 16, gelu: true}
  - {name: fc2, kind: dense, out: 10}
`), 0o644))
	o := must(t, "train", "--model", model, "--nvalues", "5,last=17", "--data", "builtin", "--train-images", "300",
		"--test-images", "50", "--epochs", "1", "-o", dir+"/tiny.ckpt")
	assert.Contains(t, o.out, "tiny, N=5, N=5, N=5, N=17, 1 epochs")
	o = lowres("quantise", "--data", "builtin", "--calibration-images", "50", "-o", dir+"/tiny.lrn", dir+"/tiny.ckpt")
	assert.Equal(t, exitInput, o.code)
	assert.Contains(t, o.err, "layer patches: unsupported layer: kind patches: an integer network has")
}

func TestLayersThatDoNotTrainAreNamed(t *testing.T) {
	dir := t.TempDir()
	for layers, want := range map[string]string{
		"[{name: c, kind: conv, out: 3, kernel: 32}, {name: d, kind: dense, out: 3, from: input}, {name: a, kind: add, with: c}, {name: f, kind: dense, out: 10}]": "layer d: from: a dense layer trains only behind the layer that it reads",
		"[{name: c, kind: conv, out: 10, kernel: 1}, {name: m, kind: avgpool}]":                                                                                    "the last layer must be dense or conv",
	} {
		require.NoError(t, os.WriteFile(dir+"/m.yaml", []byte("input: [32, 32, 3]\nlayers: "+layers+"\n"), 0o644))
		o := lowres("train", "--model", dir+"/m.yaml", "--data", "builtin", "--train-images", "20", "--test-images", "10", "-o", dir+"/m.ckpt")
		assert.Equal(t, exitInput, o.code)
		assert.Contains(t, o.err, want)
		assert.NoFileExists(t, dir+"/m.ckpt")
	}
}
