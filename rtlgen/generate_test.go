package rtlgen

import (
	"flag"
	"fmt"
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
	files, err := Generate(tiny(t))
	require.NoError(t, err)
	folder := filepath.Join("testdata", "tiny")
	for _, f := range files {
		if _, err := hdl.Files.ReadFile(f.Name); err == nil {
			continue // a library module, not generated
		}
		path := filepath.Join(folder, f.Name)
		if *update {
			require.NoError(t, os.MkdirAll(folder, 0o755))
			require.NoError(t, os.WriteFile(path, f.Text, 0o644))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err, "run go test ./rtlgen -update")
		require.Equal(t, string(want), string(f.Text), path)
	}
}

func TestLinesOfEmittedTextFitAHundredColumns(t *testing.T) {
	for _, levels := range [][]int{{2}, {3, 5}, {2, 3, 4, 5, 8, 9, 16, 17}} {
		s := tiny(t).Spec
		s.Levels = levels
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

func TestDecoderTablesAgreeWithUnpackForEveryByte(t *testing.T) {
	for _, n := range quant.PaperN() {
		t.Run(fmt.Sprintf("N=%d", n), func(t *testing.T) {
			s := tiny(t).Spec
			s.Levels = []int{n}
			d, err := arch.New(s)
			require.NoError(t, err)
			view := newSetView(d, 0)
			table := map[int]string{}
			for _, c := range view.Cases {
				table[c.Byte] = c.Bits
			}
			levels := make([]int16, d.Sets[0].CodesPerByte())
			for b := range 256 {
				err := d.Sets[0].Unpack(levels, quant.Byte, []byte{byte(b)})
				bits, known := table[b]
				require.Equal(t, err == nil, known, "byte %d: %v", b, err)
				if known {
					require.Equal(t, levels, levelsOf(bits, d.DigitCount()), "byte %d", b)
				}
			}
		})
	}
}

// levelsOf reads a decoder's output back: the slow way round.
func levelsOf(bits string, digits int) []int16 {
	var levels []int16
	parts := strings.Split(bits, "_")
	for i := len(parts) - 1; i >= 0; i -= digits {
		level, unit := 0, 1
		for d := range digits {
			p := parts[i-d]
			value := int(p[1]-'0')*2 + int(p[2]-'0')
			if p[0] == '1' {
				value = -value
			}
			level += value * unit
			unit *= 4
		}
		levels = append(levels, int16(level))
	}
	return levels
}
