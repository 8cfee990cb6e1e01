package mutants

import (
	"context"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/sim/arch"
	"lowres/verify"
)

// planted is how many mutants the netlist holds.
const planted = 250

// TestMutantsAreCaught runs every tenth mutant, or with LOWRES_MUTANTS=all all.
func TestMutantsAreCaught(t *testing.T) {
	tools := verify.FindTools(context.Background())
	if err := tools.Need("yosys", "verilator", "g++"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("SKIPPED, nothing was tested: ", err)
	}
	s := arch.DefaultSpec()
	s.Name, s.Levels, s.Memory = "tiny", []int{3, 5}, arch.Memory{WidthBits: 64, LatencyCycles: 12, BurstBeats: 8, Outstanding: 2}
	s.Array.Lanes, s.Array.Cols, s.Array.Hold, s.Array.AccumulatorBits, s.Array.Requantisers = 4, 4, 4, 20, 1
	s.Buffers = arch.Buffers{Activation: 4096, Weight: 2048, Parameter: 512, Output: 2048, Table: 256}
	s.Program = arch.Depths{Load: 256, Compute: 512, Store: 128}
	d, err := arch.New(s)
	require.NoError(t, err)
	o := Options{Design: d, Count: planted, First: 1, Last: 25, Tests: 12, Jobs: runtime.GOMAXPROCS(0), Tools: tools}
	if os.Getenv("LOWRES_MUTANTS") == "all" {
		o.Last = planted
	}
	o.Progress = func(x Outcome) {
		if x.Test == "" {
			t.Logf("mutant %d survives: %s %s", x.Number, x.Mode, x.Where)
			return
		}
		first, _, _ := strings.Cut(x.Caught, "\n")
		t.Logf("mutant %d (%s): %s: %s", x.Number, x.Mode, x.Test, first)
	}
	all, err := Run(context.Background(), o)
	require.NoError(t, err)
	caught := 0
	for _, x := range all {
		if x.Test != "" {
			caught++
		}
	}
	t.Logf("%d of %d caught", caught, len(all))
	require.GreaterOrEqual(t, 4*caught, 3*len(all), "%d of %d caught: want three quarters; docs/verification.md says what survives", caught, len(all))
}
