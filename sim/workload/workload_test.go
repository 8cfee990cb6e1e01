package workload_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"lowres/sim/workload"
)

// ResNet-18 has 11,689,512 parameters, of which 4,800 are gains of normalisations that
// folding removes, and 1,814,073,344 multiply-accumulates.
func TestBuiltInWorkloadsHaveTheirPublishedSizes(t *testing.T) {
	for name, macs := range map[string]int64{"cnn8": 39_160_320, "resnet18": 1_814_073_344,
		"bitnet-decode": 2_084_044_800, "bitnet-prefill": 512 * 2_084_044_800, "cvnn1": 40_043_776} {
		w, err := workload.Open(name)
		require.NoError(t, err, name)
		assert.Equal(t, macs, w.MACs(), name)
		assert.Contains(t, workload.Names(), name)
	}
	w, err := workload.Open("resnet18")
	require.NoError(t, err)
	assert.Equal(t, 11_689_512-4_800, w.Parts[0].Graph.Parameters())
}

// A layer's weights: 2·2560² + 2·2560·640 + 3·2560·6912, in 30 layers.
func TestBitNetHasItsWeightsOnce(t *testing.T) {
	for name, pairs := range map[string]int64{"bitnet-decode": 513, "bitnet-prefill": 512 * 513 / 2} {
		w, err := workload.Open(name)
		require.NoError(t, err)
		weights := 0
		for _, p := range w.Parts {
			weights += p.Copies * p.Graph.Layers[0].WeightCount()
		}
		assert.Equal(t, 30*69_468_160, weights, name)
		require.Len(t, w.Apart, 1)
		assert.Equal(t, 30*2*2560*pairs, w.Apart[0].MACs, name)
	}
}

func TestTopologiesKeepTheirLayers(t *testing.T) {
	for _, name := range []string{"cnn8.csv", "cnn8-gemm.csv"} {
		w, err := workload.Open("../scalesim/testdata/" + name)
		require.NoError(t, err)
		assert.Equal(t, int64(39_160_320), w.MACs(), name)
		assert.Len(t, w.Parts, 8)
		assert.Equal(t, "conv1", w.Parts[0].Graph.Name)
	}
}

func TestFaultsNameTheLayer(t *testing.T) {
	dir := t.TempDir()
	for text, want := range map[string]string{
		"h\nfirst, 9, 9, 3, 1, 4, 4, 1,\n": `layer "first": shape: filter of 3 × 1`,
		"h\nDP1, 9, 9, 3, 3, 4, 2, 1,\n":   "2 filters a channel",
		"h\nfirst, 9, 9\n":                 "line 2",
		"h\nbig, 16777215, 5, 5,\n":        "too large",
		"h\nbig, 5000, 5, 3, 3, 1, 1, 1":   "4096",
	} {
		path := filepath.Join(dir, "t.csv")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		_, err := workload.Open(path)
		assert.ErrorContains(t, err, want)
	}
	_, err := workload.Open("cvnn9")
	assert.ErrorContains(t, err, "cnn8, resnet18")
}
