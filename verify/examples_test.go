package verify

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lowres/sim/arch"
)

// The named examples lint clean and run a small network. Of the two larger ones, which
// take the tools minutes, all runs only with LOWRES_LARGE set.
func TestNamedExamplesLintCleanAndCoSimulate(t *testing.T) {
	tools := needTools(t, append(LintTools(), "vvp")...)
	paths, err := filepath.Glob("../examples/*.yaml")
	if err != nil || len(paths) < 4 {
		t.Fatalf("examples %v, %v: want tiny, small, medium and large", paths, err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".yaml")
		t.Run(name, func(t *testing.T) {
			all := os.Getenv("LOWRES_LARGE") != ""
			if name == "large" && !all {
				t.Skip("LOWRES_LARGE is not set")
			}
			d, err := arch.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := Lint(context.Background(), d, t.TempDir(), tools); err != nil {
				t.Error(err)
			}
			if name == "medium" && !all {
				return
			}
			r := rand.New(rand.NewPCG(5, 5))
			net := fill(t, tinyGraph(), d.Levels, r)
			cosim(t, d, net, randomImages(net.Graph, 1, r), Options{Tools: tools, Simulators: []Simulator{Icarus}, CacheDir: t.TempDir()})
		})
	}
}
