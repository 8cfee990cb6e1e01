package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"lowres/sim/energy"
)

func TestCostComparesEveryN(t *testing.T) {
	dir := toy(t)
	args := []string{"cost", "--model", "testdata/toy.yaml", "--nvalues", "5,3", "--trained", "3=" + dir + "/toy.lrn", "--svg", dir + "/cost.svg"}
	o := must(t, args...)
	assert.Contains(t, o.out, "T  3  1.600")
	assert.Contains(t, read(t, dir+"/cost.svg"), "<svg")
	assert.Contains(t, must(t, append(args, "--csv")...).out, "\n5,N=5,2.66667,false,")

	var r costResult
	require.NoError(t, json.Unmarshal([]byte(must(t, append(args, "--json")...).out), &r))
	require.Len(t, r.Rows, 2)
	assert.NotNil(t, r.Rows[0].Accuracy)
	assert.NotNil(t, r.Rows[0].Energy)
	assert.Nil(t, r.Rows[1].Accuracy)
	assert.Equal(t, [2]int{3, 5}, [2]int{r.Rows[0].N, r.Rows[1].N})

	for want, args := range map[string][]string{
		"--model: none given":   {"cost"},
		"cnn8, resnet18":        {"cost", "--model", "cvnn9"},
		`--nvalues: "6"`:        {"cost", "--model", "cnn8", "--nvalues", "6"},
		"--trained: \"4=x\"":    {"cost", "--model", "cnn8", "--nvalues", "3", "--trained", "4=x"},
		"are not those of cnn8": {"cost", "--model", "cnn8", "--trained", "3=" + dir + "/toy.lrn"},
		"want N=5":              {"cost", "--model", "testdata/toy.yaml", "--trained", "5=" + dir + "/toy.lrn"},
	} {
		o := lowres(args...)
		assert.Equal(t, exitInput, o.code, o.err)
		assert.Contains(t, o.err, want)
	}
}

func TestSimulateTakesShapesAlone(t *testing.T) {
	figures := t.TempDir()
	o := must(t, "simulate", "--model", "testdata/toy.yaml", "--design", tinyDesign, "--roofline", figures+"/r.svg", "--gantt", figures+"/g.svg")
	assert.Contains(t, read(t, figures+"/r.svg"), "MACs per cycle")
	assert.Contains(t, read(t, figures+"/g.svg"), "compute")
	assert.Contains(t, o.out, "Energy by")
	assert.Contains(t, o.out, "The weights are drawn")
	var exact, fast, trained simulateResult
	dir := toy(t)
	for r, args := range map[*simulateResult][]string{
		&exact:   {"simulate", "--model", "testdata/toy.yaml", "--nvalues", "3", "--design", tinyDesign, "--json"},
		&fast:    {"simulate", "--model", "testdata/toy.yaml", "--fast", "--design", tinyDesign, "--json"},
		&trained: {"simulate", dir + "/toy.lrn", "--fast", "--design", tinyDesign, "--json"},
	} {
		require.NoError(t, json.Unmarshal([]byte(must(t, args...).out), r))
	}
	assert.Equal(t, exact.Report.Counters, fast.Report.Counters)
	assert.Equal(t, trained.Report.Counters, fast.Report.Counters)

	for want, args := range map[string][]string{
		"--image":            {"simulate", "--model", "cnn8", "--image", "1", "--design", tinyDesign},
		"--nvalues: a .lrn":  {"simulate", dir + "/toy.lrn", "--nvalues", "3", "--design", tinyDesign},
		"want flags only":    {"simulate", "--model", "cnn8", dir + "/toy.lrn", "--design", tinyDesign},
		"unsupported layer":  {"simulate", "--model", "vit1", "--design", tinyDesign},
		"does not fit":       {"simulate", "--model", "cvnn2", "--design", tinyDesign},
		"--model: SCALE-Sim": {"simulate", "--model", "cnn8", "--scalesim", "a", "b"},
		"level set":          {"simulate", "--model", "testdata/toy.yaml", "--nvalues", "6", "--design", tinyDesign},
	} {
		o := lowres(args...)
		assert.Equal(t, exitInput, o.code, o.err)
		assert.Contains(t, o.err, want)
	}
}

// A model of several graphs is the sum of their reports.
func TestSimulateAddsGraphsUp(t *testing.T) {
	const model = "../../sim/scalesim/testdata/cnn8-gemm.csv"
	design := filepath.Join(t.TempDir(), "d.yaml")
	require.NoError(t, os.WriteFile(design, []byte("name: d\nlevels: [3]\nprogram: {load: 4096, compute: 4096, store: 4096}\n"), 0o600))
	var r simulateResult
	require.NoError(t, json.Unmarshal([]byte(must(t, "simulate", "--model", model, "--design", design, "--json").out), &r))
	var c costResult
	require.NoError(t, json.Unmarshal([]byte(must(t, "cost", "--model", model, "--design", design, "-n", "3", "--json").out), &c))
	assert.Equal(t, c.Rows[0].Cycles, r.Report.Cycles)
	assert.Equal(t, c.Rows[0].MACs, r.Report.Total.MACs)
	assert.InEpsilon(t, c.Rows[0].Energy.TypicalPJ, r.Report.Energy.Total.TypicalPJ, 1e-9)
	assert.Len(t, r.Report.Layers, 8)
	sum := int64(0)
	for _, l := range r.Report.Layers {
		sum += l.Cycles
	}
	assert.Equal(t, r.Report.Cycles, sum)
	assert.Equal(t, energy.Expected, r.Report.Energy.Activity)
	o := lowres("simulate", "--model", model, "--design", design, "--gantt", t.TempDir()+"/g.svg")
	assert.Equal(t, exitInput, o.code)
	assert.Contains(t, o.err, "--gantt: cnn8-gemm is 8 graphs")
}
