package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCalibrateSaysWhatItNeeds(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	wrong, output := file("wrong.lib", "cell (a) {}"), filepath.Join(dir, "cells.yaml")
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"no output":       {[]string{"--liberty", wrong}, "--output: none given"},
		"no node":         {[]string{"--liberty", wrong, "-o", output}, "--node: 0: want the library's node"},
		"no library":      {[]string{"--node", "7", "-o", output}, "--liberty: none given"},
		"not a library":   {[]string{"--node", "7", "--liberty", wrong, "-o", output}, `want library`},
		"a missing one":   {[]string{"--node", "7", "--liberty", wrong + "x", "-o", output}, "no such file"},
		"unknown levels":  {[]string{"--node", "7", "--levels", "3,6", "--liberty", wrong, "-o", output}, "nvalues 6"},
		"levels twice":    {[]string{"--node", "7", "--levels", "3,3", "--liberty", wrong, "-o", output}, "3 twice"},
		"levels of words": {[]string{"--node", "7", "--levels", "three", "--liberty", wrong, "-o", output}, `"three": want numbers`},
		"unknown memory":  {[]string{"--node", "7", "--sram", "dram", "--liberty", wrong, "-o", output}, "cacti-22-hp"},
		"wires":           {[]string{"--node", "7", "--wire", "-1", "--liberty", wrong, "-o", output}, "want 0 to 1000 fF"},
		"not a network":   {[]string{"--node", "7", "--liberty", wrong, "-o", output, wrong}, "wrong.lib"},
		"its own input":   {[]string{"--node", "7", "--liberty", wrong, "-o", wrong}, "is the input"},
	} {
		o := lowres(append([]string{"calibrate"}, c.args...)...)
		assert.Equal(t, exitInput, o.code, "%s: %s", name, o.err)
		assert.Contains(t, o.err, c.want, name)
	}
	_, err := os.Stat(output)
	require.ErrorIs(t, err, os.ErrNotExist)
}
