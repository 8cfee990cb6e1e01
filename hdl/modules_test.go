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

func TestABurstWalkVisitsEveryBurstOfARange(t *testing.T) {
	for _, burst := range []uint64{1, 8, 256} {
		t.Run(fmt.Sprintf("of %d beats", burst), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(5, burst))
			b := bench{
				module: "burst_walk", params: fmt.Sprintf(".MemW(128), .Burst(%d), .BeatsW(11)", burst), sources: []string{"burst_walk.v"}, latency: 1,
				inputs:  []port{{"start_i", 1}, {"base_i", 32}, {"offset_i", 32}, {"beats_i", 11}, {"next_i", 1}},
				outputs: []port{{"addr_o", 32}, {"len_o", 8}, {"last_o", 1}},
			}
			for range 150 {
				beat, left := rng.Uint64N(1<<28), 1+rng.Uint64N(min(4*burst, 1024))
				base, beats := rng.Uint64N(1<<32), left
				offset := (beat*16 - base) & 0xffffffff
				for range 2 { // until the sum is there, all that came before may go
					b.rows = append(b.rows, []uint64{rng.Uint64N(2), base, offset, rng.Uint64N(1 << 11), rng.Uint64N(2), free, free, free})
				}
				start, next := uint64(1), uint64(0)
				for ; left > 0; start, next = 0, 1 {
					n := min(left, burst-beat%burst)
					row := []uint64{start, rng.Uint64N(1 << 32), rng.Uint64N(1 << 32), beats, next, beat * 16 & 0xffffffff, n - 1, bit(n == left)}
					b.rows = append(b.rows, row)
					if rng.IntN(3) == 0 { // nothing moves
						b.rows = append(b.rows, append([]uint64{0, rng.Uint64N(1 << 32), rng.Uint64N(1 << 32), rng.Uint64N(1 << 11), 0}, row[5:]...))
					}
					beat, left = beat+n, left-n
				}
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
