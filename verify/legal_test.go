package verify

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"lowres/internal/simtest"
	"lowres/sim/arch"
	"lowres/sim/mapping"
)

// legalDesign is a design of any legal fields, by number.
func legalDesign(t *testing.T, i, size int) *arch.Design {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(i), 50))
	s := simtest.LegalSpec(size, func(_ string, lo, hi int) int { return lo + r.IntN(hi-lo+1) })
	s.Name = fmt.Sprintf("legal%d", i)
	d, err := arch.New(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// What is drawn is legal, whatever the number: otherwise make regress would end at the first
// design that is not.
func TestDrawnDesignsAreLegal(t *testing.T) {
	for i := range 2000 {
		legalDesign(t, i, 2+i%5)
	}
}

// Random legal designs pass all linters without a warning, and run a small network in
// Icarus where their buffers and programs hold one. make regress takes fifty, of up to 64 lanes and
// columns, every test run a share of small ones.
func TestRandomLegalDesignsLintCleanAndCoSimulate(t *testing.T) {
	tools := needTools(t, append(LintTools(), "vvp")...)
	count, largest := 4, 3
	if os.Getenv("LOWRES_REGRESS") != "" {
		count, largest = 50, 6
	}
	ran := 0
	for i := range count {
		d := legalDesign(t, i, 2+i%(largest-1))
		t.Run(d.Name, func(t *testing.T) {
			if err := Lint(context.Background(), d, t.TempDir(), tools); err != nil {
				t.Fatalf("%+v: %v", d.Spec, err)
			}
			r := rand.New(rand.NewPCG(uint64(i), 51))
			net := simtest.Draw(func(_ string, lo, hi int) int { return lo + r.IntN(hi-lo+1) }, d, uint64(i))
			p, err := mapping.Map(net, d)
			if errors.Is(err, mapping.ErrFit) {
				t.Logf("linted alone: %v", err)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			ran++
			o := Options{Design: d, Network: net, Program: p, Images: randomImages(net.Graph, 1, r), Tools: tools,
				Simulators: []Simulator{Icarus}, CacheDir: t.TempDir(), Stress: &Stress{Seed: 1, Garbage: true}}
			if _, err := Run(context.Background(), o); err != nil {
				t.Errorf("%+v: %v", d.Spec, err)
			}
		})
	}
	t.Logf("%d of %d designs ran a network", ran, count)
	if 2*ran < count {
		t.Errorf("%d of %d designs ran a network: want half", ran, count)
	}
}
