package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"lowres/rtlgen/synth"
)

func TestEstimateAddsBlocksUp(t *testing.T) {
	o := must(t, "estimate", "--design", tinyDesign)
	assert.Contains(t, o.out, "tiny on xilinx")
	luts := map[synth.Target]int{}
	for _, target := range synth.Targets() {
		var r estimateResult
		require.NoError(t, json.Unmarshal([]byte(must(t, "estimate", "--design", tinyDesign, "--target", string(target), "--json").out), &r))
		var sum synth.Resources
		for _, b := range r.Blocks {
			assert.Positive(t, b.Instances)
			sum.Add(b.Resources, 1)
		}
		assert.Equal(t, sum, r.Total)
		assert.Equal(t, target, r.Target)
		assert.Positive(t, r.Total.FF)
		assert.Positive(t, r.Total.BRAM)
		luts[target] = r.Total.LUT
	}
	assert.Less(t, luts[synth.Xilinx], luts[synth.ICE40], "a LUT6 holds more")
}

func TestEstimateKnowsWhatATargetMeans(t *testing.T) {
	design := filepath.Join(t.TempDir(), "d.yaml")
	require.NoError(t, os.WriteFile(design, []byte("name: d\nlevels: [3]\ntarget: ecp5\n"), 0o600))
	assert.Contains(t, must(t, "estimate", "--design", design).out, "d on ecp5")
	tables := filepath.Join(t.TempDir(), "t.yaml")
	require.NoError(t, os.WriteFile(tables, []byte("name: t\nlevels: [3]\narray: {cell: table_lutram}\n"), 0o600))
	halves := filepath.Join(t.TempDir(), "h.yaml")
	require.NoError(t, os.WriteFile(halves, []byte("name: h\nlevels: [3]\ntarget: ice40\narray: {skewed_sums: true}\n"), 0o600))
	for want, args := range map[string][]string{
		"no estimate: h: array.skewed_sums: true: adders in two halves were not fitted":              {"estimate", "--design", halves},
		`--target: "asic": want one of ice40, ecp5, xilinx`:                                          {"estimate", "--design", tinyDesign, "--target", "asic"},
		"--target: d: target: ecp5: its Verilog is for ecp5 alone":                                   {"estimate", "--design", design, "--target", "xilinx"},
		"--target: d: target: ecp5: its Verilog is for ecp5 alone: want that":                        {"synth", "--design", design, "--target", "xilinx"},
		"--target: t: array.cell: table_lutram: ice40 has no LUT RAM: want table_blockram or select": {"synth", "--design", tables, "--target", "ice40"},
		"its Verilog is for ecp5 alone: want that":                                                   {"cost", "--model", "testdata/toy.yaml", "--design", design, "--target", "ice40"},
	} {
		o := lowres(args...)
		assert.Equal(t, exitInput, o.code, o.err)
		assert.Contains(t, o.err, want)
	}
}

// A run of several pictures loads its weights once.
func TestCostOfABatch(t *testing.T) {
	var one, four costResult
	for r, batch := range map[*costResult]string{&one: "1", &four: "4"} {
		o := must(t, "cost", "--model", "testdata/toy.yaml", "--nvalues", "3", "--batch", batch, "--json")
		require.NoError(t, json.Unmarshal([]byte(o.out), r))
	}
	assert.Equal(t, 4, four.Pictures)
	a, b := one.Rows[0], four.Rows[0]
	assert.Equal(t, 4*a.MACs, b.MACs)
	assert.Less(t, b.TrafficBytes, 4*a.TrafficBytes)
	assert.Less(t, b.Cycles, 4*a.Cycles)
	assert.Greater(t, b.Cycles, a.Cycles)
	assert.Equal(t, a.Area, b.Area)
	assert.Positive(t, a.Area.LUT)
	o := lowres("cost", "--model", "testdata/toy.yaml", "--batch", "0")
	assert.Equal(t, exitInput, o.code)
	assert.Contains(t, o.err, "--batch: 0")
}
