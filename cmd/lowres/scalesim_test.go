package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"lowres/sim/scalesim"
)

func TestSimulateReadsFilesOfSCALESim(t *testing.T) {
	const folder = "../../sim/scalesim/testdata/"
	args := []string{"simulate", "--scalesim", folder + "scale.cfg", folder + "cnn8.csv"}
	o := must(t, args...)
	assert.Contains(t, o.out, "300,072")
	assert.Contains(t, o.out, "line 13: architecture_presets.Bandwidth = 10")
	assert.Contains(t, must(t, append(args, "--csv")...).out, "conv1,1024,27,32,1,884736,4,4279,")

	var r scalesim.Result
	require.NoError(t, json.Unmarshal([]byte(must(t, append(args, "--json")...).out), &r))
	assert.Equal(t, int64(300_072), r.Cycles)
	assert.Len(t, r.Unused, 8)

	bad := filepath.Join(t.TempDir(), "bad.csv")
	require.NoError(t, os.WriteFile(bad, []byte("header\nconv1, 3,\n"), 0o644))
	for want, args := range map[string][]string{
		"bad.csv: SCALE-Sim file: line 2": {"simulate", "--scalesim", folder + "scale.cfg", bad},
		"cnn8.csv: SCALE-Sim file":        {"simulate", "--scalesim", folder + "cnn8.csv", folder + "cnn8.csv"},
		"--design: SCALE-Sim's files":     append(args, "--design", tinyDesign),
		"topology":                        {"simulate", "--scalesim", folder + "scale.cfg"},
	} {
		o := lowres(args...)
		assert.Equal(t, exitInput, o.code, o.err)
		assert.Contains(t, o.err, want)
	}
}
