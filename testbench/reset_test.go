package testbench

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/internal/needs"
	"lowres/rtlgen"
	"lowres/sim/arch"
)

// eager runs a host that does not wait for the end of the reset on the wrapper of tiny,
// with a change of its text.
func eager(t *testing.T, from, to string) string {
	t.Helper()
	needs.Tools(t, "make", "iverilog", "vvp")
	d, err := arch.ReadFile("../examples/tiny.yaml")
	require.NoError(t, err)
	files, err := rtlgen.Generate(d)
	require.NoError(t, err)
	dir := t.TempDir()
	args := []string{"-g2005", "-s", "reset_tb", "-o", "t.vvp", "reset_tb.v"}
	for _, f := range files {
		if strings.HasSuffix(f.Name, ".v") && !strings.Contains(f.Name, "/") {
			text := f.Text
			if f.Name == "tiny_axi.v" && from != "" {
				require.Contains(t, string(text), from)
				text = bytes.ReplaceAll(text, []byte(from), []byte(to))
			}
			put(t, dir, []File{{Name: f.Name, Text: text}})
			args = append(args, f.Name)
		}
	}
	bench, err := os.ReadFile("testdata/reset/reset_tb.v")
	require.NoError(t, err)
	put(t, dir, []File{{Name: "reset_tb.v", Text: bench}})
	output(t, dir, "iverilog", args...)
	return strings.TrimSpace(output(t, dir, "vvp", "-n", "t.vvp"))
}

func TestAHostThatDoesNotWaitForTheResetLosesNothing(t *testing.T) {
	require.Equal(t, "pass", eager(t, "", ""))
}

func TestALostWriteInResetIsNoticed(t *testing.T) {
	require.Contains(t, eager(t, "ready & {3{!rst}}", "ready"), "handshakes in reset")
	require.Contains(t, eager(t, "valid & {5{!rst}}", "valid"), "handshakes in reset")
}
