package verify

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"lowres/internal/simtest"
	"lowres/network"
	"lowres/sim/arch"
	"lowres/sim/mapping"
	"lowres/sim/program"
)

// randomDesign draws every knob of a small design.
func randomDesign(r *rand.Rand) (*arch.Design, error) {
	return arch.New(simtest.Spec(3, func(_ string, lo, hi int) int { return lo + r.IntN(hi-lo+1) }))
}

// randomCase draws until the network fits the design.
func randomCase(t *testing.T, r *rand.Rand) (*arch.Design, *network.Integer, *program.Program) {
	t.Helper()
	for range 100 {
		d, err := randomDesign(r)
		if err != nil {
			t.Fatal(err)
		}
		net := simtest.Draw(func(_ string, lo, hi int) int { return lo + r.IntN(hi-lo+1) }, d, r.Uint64())
		p, err := mapping.Map(net, d)
		if errors.Is(err, mapping.ErrFit) || errors.Is(err, program.ErrProgram) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		return d, net, p
	}
	t.Fatal("nothing fits")
	return nil, nil, nil
}

// seeds are those of the random tests: a few, or LOWRES_SEEDS=FIRST-LAST.
func seeds(t *testing.T, few uint64) (first, last uint64) {
	t.Helper()
	text := os.Getenv("LOWRES_SEEDS")
	if text == "" {
		return 1, few
	}
	if _, err := fmt.Sscanf(text, "%d-%d", &first, &last); err != nil {
		t.Fatalf("LOWRES_SEEDS=%s: want FIRST-LAST", text)
	}
	return first, last
}

// random verifies drawn cases.
func random(t *testing.T, few uint64, o Options) {
	first, last := seeds(t, few)
	for seed := first; seed <= last; seed++ {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 0))
			d, net, p := randomCase(t, r)
			o.Design, o.Network, o.Program, o.Images = d, net, p, randomImages(net.Graph, 1, r)
			o.WorkDir, o.CacheDir = t.TempDir(), t.TempDir()
			result, err := Run(context.Background(), o)
			if err != nil {
				design, _ := d.YAML()
				t.Fatalf("%v\n%s%+v", err, design, net.Graph)
			}
			t.Logf("%d cycles, %d instructions", result.Cycles, result.Instructions)
		})
	}
}

func TestRandomNetworksOnRandomDesignsAgreeInIcarus(t *testing.T) {
	tools := needTools(t, "iverilog", "vvp")
	random(t, 12, Options{Tools: tools, Simulators: []Simulator{Icarus}})
}

func TestRandomNetworksOnRandomDesignsAgreeInVerilator(t *testing.T) {
	tools := needTools(t, "verilator", "g++", "make")
	random(t, 1, Options{Tools: tools, Simulators: []Simulator{Verilator}})
}

func TestRandomNetworksSurviveStress(t *testing.T) {
	tools := needTools(t, "iverilog", "vvp")
	random(t, 4, Options{Tools: tools, Simulators: []Simulator{Icarus}, Stress: &Stress{Seed: 3, Percent: 35, Garbage: true}})
}
