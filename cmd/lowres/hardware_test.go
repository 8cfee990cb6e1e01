package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"lowres/internal/needs"
	"lowres/sim/energy"
)

func TestSimulateChecksItsLogits(t *testing.T) {
	dir := toy(t)
	o := must(t, "simulate", dir+"/toy.lrn", "--design", tinyDesign, "--image", "3")
	assert.Contains(t, o.out, "All 10 logits equal the integer network's.")
	var r simulateResult
	require.NoError(t, json.Unmarshal([]byte(must(t, "simulate", "--json", dir+"/toy.lrn", "--design", tinyDesign).out), &r))
	assert.Len(t, r.Picture.Logits, 10)
	assert.Positive(t, r.Actions["cell_active"])

	t.Run("its JSON is as the schema says", func(t *testing.T) {
		text, err := os.ReadFile("../../docs/simulate.schema.json")
		require.NoError(t, err)
		schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		require.NoError(t, err)
		c := jsonschema.NewCompiler()
		require.NoError(t, c.AddResource("schema.json", schema))
		s, err := c.Compile("schema.json")
		require.NoError(t, err)
		for _, more := range []string{"--fast", "--image=3"} {
			doc, err := jsonschema.UnmarshalJSON(strings.NewReader(must(t, "simulate", "--json", more, dir+"/toy.lrn", "--design", tinyDesign).out))
			require.NoError(t, err)
			require.NoError(t, s.Validate(doc), more)
		}
	})
	t.Run("Parquet has every layer", func(t *testing.T) {
		must(t, "simulate", "--fast", "--parquet", dir+"/layers.parquet", dir+"/toy.lrn", "--design", tinyDesign)
		rows, err := parquet.ReadFile[struct {
			Layer string `parquet:"layer"`
		}](dir + "/layers.parquet")
		require.NoError(t, err)
		assert.Len(t, rows, len(r.Report.Layers))
	})
	t.Run("the fast mode counts the same cycles", func(t *testing.T) {
		var fast simulateResult
		require.NoError(t, json.Unmarshal([]byte(must(t, "simulate", "--fast", "--json", dir+"/toy.lrn", "--design", tinyDesign).out), &fast))
		assert.Equal(t, r.Report.Counters, fast.Report.Counters)
		assert.Nil(t, fast.Picture)
		assert.Equal(t, energy.Expected, fast.Report.Energy.Activity)
		assert.Equal(t, energy.Counted, r.Report.Energy.Activity)
		assert.InEpsilon(t, r.Actions["cell_active"], fast.Actions["cell_active"], 0.5)
	})
	t.Run("a batch is checked picture by picture", func(t *testing.T) {
		var batch simulateResult
		require.NoError(t, json.Unmarshal([]byte(must(t, "simulate", "--json", "--batch", "3", dir+"/toy.lrn", "--design", tinyDesign).out), &batch))
		assert.Equal(t, 3, batch.Report.Pictures)
		assert.Equal(t, 3*r.Report.Total.MACs, batch.Report.Total.MACs)
		assert.Equal(t, r.Picture, batch.Picture)
		assert.Less(t, batch.Report.Cycles, 3*r.Report.Cycles)
		assert.InDelta(t, 3*batch.Report.ClockMHz*1e6/float64(batch.Report.Cycles), batch.Report.FPS, 1e-6)
	})
	t.Run("the layers come as CSV", func(t *testing.T) {
		lines := strings.Split(must(t, "simulate", "--csv", dir+"/toy.lrn", "--design", tinyDesign).out, "\n")
		assert.True(t, strings.HasPrefix(lines[0], "layer,macs,cycles,"), lines[0])
		assert.True(t, strings.HasPrefix(lines[1], "conv+pool,"), lines[1])
	})
	t.Run("wrong input is refused", func(t *testing.T) {
		for args, want := range map[string]string{
			"--image 2000": "want 0 to 1999", "--image 1998 --batch 3": "want 0 to 1997", "--batch 0": "--batch: 0: want 1 to 1024", "--csv --json": "want one of them", "--data " + dir: "data_batch_1.bin",
		} {
			o := lowres(append([]string{"simulate", dir + "/toy.lrn", "--design", tinyDesign}, strings.Fields(args)...)...)
			assert.Equal(t, exitInput, o.code, o.err)
			assert.Contains(t, o.err, want)
		}
	})
	t.Run("a truncated network is refused with the place", func(t *testing.T) {
		text := read(t, dir+"/toy.lrn")
		require.NoError(t, os.WriteFile(dir+"/cut.lrn", []byte(text[:len(text)/2]), 0o644))
		o := lowres("simulate", dir+"/cut.lrn", "--design", tinyDesign)
		assert.Equal(t, exitInput, o.code)
		assert.Contains(t, o.err, "offset")
	})
	t.Run("levels that the design does not have are refused", func(t *testing.T) {
		require.NoError(t, os.WriteFile(dir+"/five.yaml", []byte(strings.Replace(read(t, tinyDesign), "levels: [3]", "levels: [5]", 1)), 0o644))
		o := lowres("simulate", dir+"/toy.lrn", "--design", dir+"/five.yaml")
		assert.Equal(t, exitInput, o.code, o.err)
		assert.Contains(t, o.err, "levels")
	})
	t.Run("inspect says what is in the file", func(t *testing.T) {
		assert.Contains(t, must(t, "inspect", dir+"/toy.lrn").out, "integer accuracy")
		assert.Contains(t, must(t, "inspect", "--json", dir+"/toy.lrn").out, `"network": "toy"`)
	})
}

func TestGenerateLeavesOtherFilesAlone(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "rtl")
	must(t, "generate", "--design", tinyDesign, "-o", folder)
	assert.FileExists(t, folder+"/tiny.f")
	first := read(t, folder+"/tiny_core.v")
	assert.Contains(t, must(t, "generate", "--design", tinyDesign, "-o", folder, "--json").out, `"top_module": "tiny_axi"`)
	assert.Equal(t, first, read(t, folder+"/tiny_core.v"))

	require.NoError(t, os.WriteFile(folder+"/notes.txt", []byte("mine"), 0o644))
	o := lowres("generate", "--design", tinyDesign, "-o", folder)
	assert.Equal(t, exitInput, o.code)
	assert.Contains(t, o.err, "notes.txt")
	must(t, "generate", "--design", tinyDesign, "-o", folder, "--force")
	assert.Equal(t, "mine", read(t, folder+"/notes.txt"))
}

func TestVerifyLeavesARunFolder(t *testing.T) {
	needs.Tools(t, "verilator", "g++", "make", "iverilog", "vvp")
	dir := toy(t)
	args := []string{"verify", "--design", tinyDesign, "--images", "2", dir + "/toy.lrn", "-o", dir + "/run"}
	o := must(t, args...)
	assert.Contains(t, o.out, "verilator")
	assert.Contains(t, o.out, "icarus")
	for _, name := range []string{"manifest.json", "report.json", "layers.csv", "verification.json", "rtl/tiny.f", "tb/Makefile", "logs/icarus-0.log"} {
		assert.FileExists(t, filepath.Join(dir, "run", name))
	}
	assert.NoDirExists(t, dir+"/run/runs")
	files := []string{"manifest.json", "report.json", "verification.json"}
	var before []string
	for _, name := range files {
		text := read(t, filepath.Join(dir, "run", name))
		assert.NotContains(t, text, dir, "a path of this machine")
		before = append(before, text)
	}

	t.Run("again gives the same bytes", func(t *testing.T) {
		must(t, args...)
		for i, name := range files {
			assert.Equal(t, before[i], read(t, filepath.Join(dir, "run", name)))
		}
	})
	t.Run("the folder runs without lowres", func(t *testing.T) {
		out, err := exec.Command("make", "-C", dir+"/run/tb", "icarus").CombinedOutput()
		require.NoError(t, err, "%s", out)
	})
	t.Run("a folder of something else is left alone", func(t *testing.T) {
		o := lowres("verify", "--design", tinyDesign, dir+"/toy.lrn", "-o", dir)
		assert.Equal(t, exitInput, o.code)
		assert.Contains(t, o.err, "an empty folder")
	})
	t.Run("a hesitating memory changes no value", func(t *testing.T) {
		must(t, "verify", "--design", tinyDesign, "--images", "1", "--stress", "30", "--simulators", "icarus", dir+"/toy.lrn")
	})
	t.Run("a batch agrees", func(t *testing.T) {
		o := must(t, "verify", "--design", tinyDesign, "--batch", "2", "--images", "4", "--simulators", "icarus", dir+"/toy.lrn")
		assert.Contains(t, o.out, "instructions for 2 pictures")
	})
	t.Run("wrong flags are refused", func(t *testing.T) {
		for args, want := range map[string]string{
			"--images 5 --batch 2": "want a multiple of the 2 of --batch",
			"--images 0":           "want one picture or more, within 0 to", "--simulators questa": `"questa"`, "--stress 100": "0 to 99",
		} {
			o := lowres(append([]string{"verify", "--design", tinyDesign, dir + "/toy.lrn"}, strings.Fields(args)...)...)
			assert.Equal(t, exitInput, o.code, o.err)
			assert.Contains(t, o.err, want)
		}
	})
}

// A vvp that spoils one counter in the log stands for hardware that counts wrong.
func TestAMismatchHasItsOwnExitCode(t *testing.T) {
	needs.Tools(t, "iverilog", "vvp")
	dir := toy(t)
	vvp, err := exec.LookPath("vvp")
	require.NoError(t, err)
	script := "#!/bin/sh\n" + vvp + " \"$@\" || exit\n[ ! -f run.log ] || sed -i 's/^counter 0 .*/counter 0 1/' run.log\n"
	require.NoError(t, os.WriteFile(dir+"/vvp", []byte(script), 0o755))
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	o := lowres("verify", "--design", tinyDesign, "--images", "1", "--simulators", "icarus", "--json", dir+"/toy.lrn", "-o", dir+"/run")
	assert.Equal(t, exitMismatch, o.code, o.err)
	assert.Contains(t, o.err, "counter cycles")
	var r verifyResult
	require.NoError(t, json.Unmarshal([]byte(o.out), &r))
	assert.False(t, r.Agree)
	assert.Contains(t, o.err, r.Mismatch)
	assert.Contains(t, read(t, dir+"/run/verification.json"), r.Mismatch)
	assert.FileExists(t, dir+"/run/mismatch.vcd")
	assert.FileExists(t, dir+"/run/logs/icarus-0.log")
}
