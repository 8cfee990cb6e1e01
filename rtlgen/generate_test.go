package rtlgen

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/hdl"
	"lowres/quant"
	"lowres/sim/arch"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// tiny is the design of the golden files.
func tiny(t *testing.T) *arch.Design {
	t.Helper()
	d, err := arch.ReadFile("../examples/tiny.yaml")
	require.NoError(t, err)
	return d
}

func TestEmittedTextOfTheTinyDesignIsGolden(t *testing.T) {
	files, err := Folder(tiny(t))
	require.NoError(t, err)
	folder := filepath.Join("testdata", "tiny")
	for _, f := range files {
		if _, err := hdl.Files.ReadFile(f.Name); err == nil {
			continue // a library module, not generated
		}
		path := filepath.Join(folder, f.Name)
		if *update {
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
			require.NoError(t, os.WriteFile(path, f.Text, 0o644))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err, "run go test ./rtlgen -update")
		require.Equal(t, string(want), string(f.Text), path)
	}
}

func TestLinesOfEmittedTextFitAHundredColumns(t *testing.T) {
	for i, levels := range [][]int{{2}, {3, 5}, {2, 3, 4, 5, 8, 9, 16, 17}, {9}, {17}, {17, 5}} {
		s := tiny(t).Spec
		s.Levels = levels
		s.Weights = arch.Weights{Packing: quant.Packings()[i%3], Decode: []arch.DecodePlace{arch.DecodeAtArray, arch.DecodeAtLoad}[i/3]}
		d, err := arch.New(s)
		require.NoError(t, err)
		files, err := Generate(d)
		require.NoError(t, err)
		for _, f := range files {
			for i, line := range strings.Split(string(f.Text), "\n") {
				require.LessOrEqual(t, len(line), 100, "%s:%d: %s", f.Name, i+1, line)
				require.Equal(t, strings.TrimRight(line, " "), line, "%s:%d: trailing blanks", f.Name, i+1)
			}
		}
	}
}

func TestAnotherClockChangesNoHardwareText(t *testing.T) {
	s := tiny(t).Spec
	a, err := arch.New(s)
	require.NoError(t, err)
	s.ClockMHz = 51
	b, err := arch.New(s)
	require.NoError(t, err)
	first, err := Generate(a)
	require.NoError(t, err)
	second, err := Generate(b)
	require.NoError(t, err)
	for i := range first {
		require.Equal(t, withoutHash(first[i].Text), withoutHash(second[i].Text))
	}
}

// withoutHash drops the line of the header that names the design's hash.
func withoutHash(text []byte) string {
	var kept []string
	for line := range strings.SplitSeq(string(text), "\n") {
		if !strings.Contains(line, "sha256:") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}
