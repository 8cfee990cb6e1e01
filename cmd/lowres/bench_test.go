package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBenchTrainMeasuresAModelFromAFile(t *testing.T) {
	model := filepath.Join(t.TempDir(), "tiny.yaml")
	require.NoError(t, os.WriteFile(model, []byte("input: [4, 4, 1]\nlayers:\n  - {name: fc1, kind: dense, out: 10}\n"), 0o644))
	o := must(t, "bench", "train", "--models", model, "--rounds", "1", "--seconds", "0.01", "--batch", "32")
	for _, text := range []string{"tiny", "images/CPU-s", "% of peak", "batch 32"} {
		assert.Contains(t, o.out, text)
	}
	var r struct {
		Kernel   string  `json:"kernel"`
		Peak     float64 `json:"peak_gflops"`
		Networks []struct {
			Network string  `json:"network"`
			Rate    float64 `json:"images_a_cpu_second"`
			FLOP    float64 `json:"flop_an_image"`
		} `json:"networks"`
	}
	o = must(t, "bench", "train", "--models", model, "--rounds", "1", "--seconds", "0.01", "--kernel", "go", "--json")
	require.NoError(t, json.Unmarshal([]byte(o.out), &r))
	assert.Equal(t, "go", r.Kernel)
	assert.Positive(t, r.Peak)
	require.Len(t, r.Networks, 1)
	assert.Equal(t, "tiny", r.Networks[0].Network)
	assert.Positive(t, r.Networks[0].Rate)
	assert.Equal(t, 2*2*160.0, r.Networks[0].FLOP)
}
