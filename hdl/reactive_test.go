package hdl_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/hdl"
	"lowres/internal/needs"
)

// An environment drives a module by what it answers: a Verilog bench of testdata, which prints
// what happens, an event a line.
type environment struct {
	module     string
	bench      string // "" for the module's name
	sources    []string
	parameters map[string]int
	files      map[string]string // what the bench reads
}

// events simulates the bench in Icarus. With plant, a text of the module is replaced by another
// first, by which the bench must notice.
func (e environment) events(t *testing.T, plant ...string) []string {
	t.Helper()
	needs.Tools(t, "iverilog", "vvp")
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		return path
	}
	top := e.module + "_tb"
	if e.bench != "" {
		top = e.bench + "_tb"
	}
	bench, err := filepath.Abs("testdata/" + top + ".v")
	require.NoError(t, err)
	args := []string{"-g2005", "-Wall", "-Wno-timescale", "-s", top, "-o", filepath.Join(dir, "bench.vvp"), bench}
	for name, value := range e.parameters {
		args = append(args, fmt.Sprintf("-P%s.%s=%d", top, name, value))
	}
	for _, name := range append(e.sources, e.module+".v") {
		text, err := hdl.Files.ReadFile(name)
		require.NoError(t, err)
		source := string(text)
		if len(plant) > 0 && name == e.module+".v" {
			require.Contains(t, source, plant[0])
			source = strings.Replace(source, plant[0], plant[1], 1)
		}
		args = append(args, write(name, source))
	}
	for name, text := range e.files {
		write(name, text)
	}
	out, err := exec.Command("iverilog", args...).CombinedOutput()
	require.NoError(t, err, string(out))
	if len(plant) == 0 {
		require.Empty(t, string(out))
	}
	cmd := exec.Command("vvp", "-n", filepath.Join(dir, "bench.vvp"))
	cmd.Dir = dir
	out, err = cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// hexWords are words for $readmemh.
func hexWords(words []uint32) string {
	var b strings.Builder
	for _, w := range words {
		fmt.Fprintf(&b, "%08x\n", w)
	}
	return b.String()
}
