package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"lowres/internal/needs"
)

func TestVerifyRunsCasesOfASeed(t *testing.T) {
	needs.Tools(t, "iverilog", "vvp")
	report := t.TempDir() + "/junit.xml"
	o := must(t, "verify", "--seed", "3", "--cases", "2", "--simulators", "icarus", "--junit", report)
	assert.Contains(t, o.out, "icarus: 2 cases of seeds 3 to 3")
	assert.Contains(t, o.out, "0 failed")
	assert.Contains(t, read(t, report), `<testsuite name="seed 3" tests="2" failures="0"`)
}

// A vvp that spoils one counter in the log stands for hardware that counts wrong.
func TestVerifyReducesACaseThatFails(t *testing.T) {
	needs.Tools(t, "iverilog", "vvp")
	dir := t.TempDir()
	vvp, err := exec.LookPath("vvp")
	require.NoError(t, err)
	script := "#!/bin/sh\n" + vvp + " \"$@\" || exit\n[ ! -f run.log ] || sed -i 's/^status .*/status 00000012/' run.log\n"
	require.NoError(t, os.WriteFile(dir+"/vvp", []byte(script), 0o755))
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	o := lowres("verify", "--seed", "3", "--case", "1", "--shrink", "--tries", "8", "--simulators", "icarus", "--json", "--junit", dir+"/junit.xml", "-o", dir+"/case")
	require.Equal(t, exitMismatch, o.code, o.err)
	var r randomResult
	require.NoError(t, json.Unmarshal([]byte(o.out), &r))
	assert.False(t, r.Agree)
	require.Len(t, r.Failures, 1)
	require.NotNil(t, r.Reduced)
	assert.NotEqual(t, r.Failures[0].About, r.Reduced.About)
	assert.Contains(t, r.Reduced.Error, "STATUS is 0x00000012, want 0x00000002")
	assert.Contains(t, read(t, dir+"/junit.xml"), "<failure message=")
	for _, name := range []string{"design.yaml", "network.lrn", "rtl", "tb/Makefile", "tb/vectors/expected.log"} {
		_, err := os.Stat(dir + "/case/" + name)
		assert.NoError(t, err)
	}
}
