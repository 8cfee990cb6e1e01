package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"lowres/internal/needs"
)

// The whole path that a user takes, on real pictures.
func TestTheWholePathOnRealPictures(t *testing.T) {
	data := needs.Pictures(t)
	needs.Tools(t, "verilator", "g++", "make", "iverilog", "vvp")
	dir := t.TempDir()
	checkpoint, lrn := dir+"/net.ckpt", dir+"/net.lrn"

	must(t, "train", "--model", "cvnn-small", "--nvalues", "3", "--data", data, "--train-images", "20000",
		"--recipe", "quick", "--epochs", "3", "--batch", "64", "-o", checkpoint)

	var q quantiseResult
	o := must(t, "quantise", checkpoint, "--data", data, "-o", lrn, "--json")
	require.NoError(t, json.Unmarshal([]byte(o.out), &q))
	assert.Equal(t, 10000, q.TestImages)
	assert.Greater(t, q.LowBitAccuracy, 0.4, "chance is 0.1")
	assert.InDelta(t, q.LowBitAccuracy, q.IntegerAccuracy, 0.02, "int8 activations cost little")

	var s simulateResult
	o = must(t, "simulate", lrn, "--design", smallDesign, "--data", data, "--image", "7", "--json")
	require.NoError(t, json.Unmarshal([]byte(o.out), &s))
	assert.Positive(t, s.Report.Energy.Total.TypicalPJ)

	for simulator, images := range map[string]string{"verilator": "10", "icarus": "1"} {
		var v verifyResult
		o = must(t, "verify", lrn, "--design", smallDesign, "--data", data, "--simulators", simulator, "--images", images, "--json")
		require.NoError(t, json.Unmarshal([]byte(o.out), &v))
		assert.True(t, v.Agree)
		assert.Equal(t, s.Report.Cycles, v.Cycles, "every picture takes the same cycles")
	}
}
