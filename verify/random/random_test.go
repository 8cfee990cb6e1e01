package random

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/internal/needs"
	"lowres/sim/arch"
	"lowres/verify"
)

// needTools are the tools that are here, of which the test needs those.
func needTools(t *testing.T, names ...string) verify.Tools {
	t.Helper()
	needs.Tools(t, names...)
	return verify.FindTools(t.Context())
}

// TestDrawnCasesAgree is the share of the random cases that every test run has;
// make regress runs them all.
func TestDrawnCasesAgree(t *testing.T) {
	const seeds = 4
	tools := needTools(t, "verilator", "g++", "iverilog", "vvp")
	all, err := Run(context.Background(), Options{First: 1, Last: seeds, Only: -1, Jobs: 2, Tools: tools})
	for _, x := range all {
		if x.Err != nil {
			t.Errorf("%v\n%s: %v", x.Case, x.Simulator, x.Err)
		}
	}
	require.NoError(t, err)
	require.Len(t, all, seeds*(DefaultCases+DefaultCases/IcarusShare+1))
}

// Icarus runs cases of the first seeds with 2 and with 4 pixels; those of every test run may
// have none.
func TestCasesOfSeveralPixelsAgree(t *testing.T) {
	tools := needTools(t, "iverilog", "vvp")
	for _, pixels := range []int{2, 4} {
		seed := uint64(1)
		for ; ; seed++ {
			c, err := Draw(seed, 0)
			require.NoError(t, err)
			if c.Design.Array.Pixels == pixels {
				break
			}
		}
		all, err := Run(context.Background(), Options{First: seed, Last: seed, Only: -1, Cases: 3, Tools: tools, Simulators: []verify.Simulator{verify.Icarus}})
		for _, x := range all {
			if x.Err != nil {
				t.Errorf("%v\n%s: %v", x.Case, x.Simulator, x.Err)
			}
		}
		require.NoError(t, err)
		require.Len(t, all, 3)
	}
}

// Drawn designs with sums in two halves instead of what they have: no seed draws any. Icarus runs
// several cases of each, Verilator those of the first.
func TestCasesOfSumsInTwoHalvesAgree(t *testing.T) {
	tools := needTools(t, "verilator", "g++", "iverilog", "vvp")
	designs, cases := 2, 3
	if os.Getenv("LOWRES_REGRESS") != "" {
		designs, cases = 24, DefaultCases
	}
	tested := 0
	for seed := uint64(1); tested < designs; seed++ {
		drawn, err := Draw(seed, 0)
		require.NoError(t, err)
		s := drawn.Design.Spec
		if s.Array.Cell != arch.CellSelect {
			continue
		}
		s.Target, s.Array.LevelsPerStage, s.Array.SkewedSums = arch.ICE40, 1, true
		d, err := arch.New(s)
		require.NoError(t, err)
		tested++
		r, err := newRunner(t.Context(), Options{Tools: tools})
		require.NoError(t, err)
		defer r.close()
		for i := range cases {
			c, err := DrawOn(d, seed, i)
			require.NoError(t, err)
			simulators := []verify.Simulator{verify.Icarus}
			if tested == 1 {
				simulators = verify.Simulators()
			}
			for _, simulator := range simulators {
				x := r.verify(t.Context(), c, simulator)
				require.NoError(t, x.Err, "%v\n%s", c, simulator)
			}
		}
	}
}

func TestCasesDependOnSeedAndIndexAlone(t *testing.T) {
	seen := map[string]bool{}
	for index := range 4 {
		a, err := Draw(5, index)
		require.NoError(t, err)
		b, err := Draw(5, index)
		require.NoError(t, err)
		require.Equal(t, a, b)
		first, err := Draw(5, 0)
		require.NoError(t, err)
		require.Equal(t, first.design, a.design, "one design a seed")
		again, err := draw(replayed(a.design), replayed(a.rest), 5, index)
		require.NoError(t, err)
		require.Equal(t, a, again, "the choices make the same case")
		seen[a.String()] = true
	}
	require.Len(t, seen, 4)
}

// plantedBug changes a text of a module.
func plantedBug(module, from, to string) func(string) error {
	return func(rtl string) error {
		name := filepath.Join(rtl, module)
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		mutant := strings.Replace(string(text), from, to, 1)
		if mutant == string(text) {
			return errors.New(module + " has no " + from)
		}
		return os.WriteFile(name, []byte(mutant), 0o666)
	}
}

// TestAPlantedBugIsReduced plants a bug that many cases meet, and wants the smallest
// of them to be small.
func TestAPlantedBugIsReduced(t *testing.T) {
	tools := needTools(t, "iverilog", "vvp")
	ctx := context.Background()
	o := Options{First: 1, Last: 1, Only: 0, Tools: tools, Simulators: []verify.Simulator{verify.Icarus}, Tries: 250,
		plant: plantedBug("requantise.v", "+ 11'd1", "+ 11'd0")}
	all, err := Run(ctx, o)
	require.ErrorIs(t, err, verify.ErrMismatch)
	i := 0
	for all[i].Err == nil {
		i++
	}
	first := all[i]
	small, tries, err := Shrink(ctx, o, first, nil)
	require.NoError(t, err)
	require.ErrorIs(t, small.Err, verify.ErrMismatch)
	t.Logf("%v\n%v\nafter %d cases\n%v\n%v", first.Case, first.Err, tries, small.Case, small.Err)
	a := small.Case.Design.Array
	require.LessOrEqual(t, a.Lanes*a.Cols, 16)
	require.LessOrEqual(t, len(small.Case.Network.Graph.Layers), 2)
	require.Less(t, small.Case.Network.Graph.Input.Size(), first.Case.Network.Graph.Input.Size()/10)
	require.Zero(t, small.Case.Stress.Percent)
}
