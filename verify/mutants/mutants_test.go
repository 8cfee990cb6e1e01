package mutants

import (
	"context"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/internal/needs"
	"lowres/sim/arch"
	"lowres/verify"
)

// planted is how many mutants the netlist holds.
const planted = 250

// TestMutantsAreCaught runs the first 25 mutants, of which runs alone must catch three quarters:
// every change of the Verilog draws other mutants, and some of them change nothing. With
// LOWRES_MUTANTS=all it runs all, with a list such as 4,46,145-250 those, has proofs look at what
// is left, and wants 97 % of those that change something caught; docs/verification.md has the figures.
func TestMutantsAreCaught(t *testing.T) {
	needs.Tools(t, "yosys", "yosys-abc", "verilator", "g++")
	tools := verify.FindTools(t.Context())
	d := smallDesign(t)
	o := Options{Design: d, Count: planted, Numbers: numbers(t, "1-25"), Tests: 24, Jobs: runtime.GOMAXPROCS(0), Tools: tools}
	switch some := os.Getenv("LOWRES_MUTANTS"); some {
	case "":
	case "all":
		o.Numbers, o.Prove = nil, true
	default:
		o.Numbers, o.Prove = numbers(t, some), true
	}
	o.Progress = func(x Outcome) {
		first, _, _ := strings.Cut(x.Reason, "\n")
		t.Logf("mutant %d (%s %s %s) %s: %s: %s", x.Number, x.Mode, x.Module, x.Where, x.Fate, x.Test, first)
	}
	all, err := Run(context.Background(), o)
	require.NoError(t, err)
	fates := map[Fate]int{}
	for _, x := range all {
		fates[x.Fate]++
	}
	t.Logf("of %d: %v", len(all), fates)
	if o.Prove {
		require.GreaterOrEqual(t, 100*fates[Caught], 97*(len(all)-fates[Equivalent]), "want 97 %% caught: %v", fates)
		return
	}
	require.GreaterOrEqual(t, 4*fates[Caught], 3*len(all), "want three quarters caught: %v", fates)
}

// numbers reads "4,46,145-250".
func numbers(t *testing.T, list string) (all []int) {
	t.Helper()
	for part := range strings.SplitSeq(list, ",") {
		from, to, ranged := strings.Cut(part, "-")
		if !ranged {
			to = from
		}
		first, err := strconv.Atoi(from)
		require.NoError(t, err)
		last, err := strconv.Atoi(to)
		require.NoError(t, err)
		for n := first; n <= last; n++ {
			all = append(all, n)
		}
	}
	return all
}

// smallDesign is a design with everything that the RTL can hold, of the smallest array.
func smallDesign(t *testing.T) *arch.Design {
	t.Helper()
	s := arch.DefaultSpec()
	s.Name, s.Levels, s.Memory = "tiny", []int{3, 5}, arch.Memory{WidthBits: 64, LatencyCycles: 12, BurstBeats: 8, Outstanding: 2}
	s.Array.Lanes, s.Array.Cols, s.Array.Hold, s.Array.AccumulatorBits, s.Array.Requantisers = 4, 4, 4, 20, 1
	s.Buffers = arch.Buffers{Activation: 4096, Weight: 2048, Parameter: 512, Output: 2048, Table: 256}
	s.Program = arch.Depths{Load: 256, Compute: 512, Store: 128}
	d, err := arch.New(s)
	require.NoError(t, err)
	return d
}
