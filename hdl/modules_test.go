package hdl_test

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/hdl"
)

func TestTheTableOfModulesIsComplete(t *testing.T) {
	page, err := os.ReadFile("README.md")
	require.NoError(t, err)
	sources, err := fs.Glob(hdl.Files, "*.v")
	require.NoError(t, err)
	for _, name := range sources {
		require.Equal(t, 1, strings.Count(string(page), "\n| `"+strings.TrimSuffix(name, ".v")+"` |"), name)
	}
	require.Equal(t, len(sources), strings.Count(string(page), "\n| `"))
}

// elsewhere are the modules without a bench in this folder: what drives them instead.
var elsewhere = map[string]string{
	"control_registers": "../testbench/testdata/registers/registers_tb.v",
}

func TestEveryModuleHasABench(t *testing.T) {
	tests, err := filepath.Glob("*_test.go")
	require.NoError(t, err)
	var text strings.Builder
	for _, path := range tests {
		source, err := os.ReadFile(path)
		require.NoError(t, err)
		text.Write(source)
	}
	sources, err := fs.Glob(hdl.Files, "*.v")
	require.NoError(t, err)
	for _, name := range sources {
		module := strings.TrimSuffix(name, ".v")
		benched := regexp.MustCompile(`module:\s+"` + module + `"`).MatchString(text.String())
		path, is := elsewhere[module]
		require.NotEqual(t, is, benched, "%s: want a bench here, or what drives it in elsewhere", module)
		if is {
			bench, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Contains(t, string(bench), module+" ", path)
		}
	}
}

func TestAResetIsAssertedAtOnceAndReleasedByAnEdge(t *testing.T) {
	b := bench{
		module: "reset_release", sources: []string{"reset_release.v"}, clocked: true,
		inputs:  []port{{"rst_ni", 1}},
		outputs: []port{{"rst_o", 1}},
	}
	before := uint64(0)
	for _, high := range []uint64{0, 0, 1, 1, 0, 1, 1, 1, 0, 0, 1} {
		b.rows = append(b.rows, []uint64{high, 1 ^ high&before})
		before = high
	}
	b.run(t)
}

func TestBurstCutEndsAtEveryBoundary(t *testing.T) {
	for _, burst := range []uint64{1, 8, 256} {
		t.Run(fmt.Sprintf("of %d beats", burst), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(5, burst))
			b := bench{
				module: "burst_cut", params: fmt.Sprintf(".MemW(128), .Burst(%d)", burst), sources: []string{"burst_cut.v"},
				inputs:  []port{{"addr_i", 32}, {"left_i", 32}},
				outputs: []port{{"last_o", 1}, {"len_o", 8}, {"beats_o", 9}, {"room_o", 9}, {"addr_o", 32}, {"left_o", 32}},
			}
			for range 500 {
				beat, left := rng.Uint64N(1<<28), 1+rng.Uint64N(2*burst)
				room := burst - beat%burst
				beats, last := min(left, room), uint64(0)
				if left <= room {
					last = 1
				}
				b.rows = append(b.rows, []uint64{16 * beat, left - 1, last, beats - 1, beats, room,
					(16 * (beat + room)) & 0xffffffff, (left - 1 - room) & 0xffffffff})
			}
			b.run(t)
		})
	}
}

func TestADelayLineGivesEveryWordLater(t *testing.T) {
	for _, stages := range []int{1, 2, 7} {
		t.Run(fmt.Sprintf("by %d cycles", stages), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(7, uint64(stages)))
			b := bench{
				module: "delay_line", params: fmt.Sprintf(".Width(9), .Stages(%d)", stages), sources: []string{"delay_line.v"},
				inputs:  []port{{"rst_i", 1}, {"data_i", 9}},
				outputs: []port{{"data_o", 9}},
				latency: stages,
			}
			for range 300 {
				word := rng.Uint64N(1 << 9)
				b.rows = append(b.rows, []uint64{0, word, word})
			}
			b.run(t)
		})
	}
}
