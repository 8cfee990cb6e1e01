package verify

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/internal/needs"
	"lowres/internal/simtest"
	"lowres/network"
	"lowres/sim/arch"
	"lowres/trainer/dataset"
)

// TestWholeNetworksOnRealPictures runs the paper's networks on examples/small.yaml
// with longer programs and weights by seed: every tensor, the logits, and all cycles. Every test run has
// cvnn1 with three levels, LOWRES_REGRESS=1 all of them.
func TestWholeNetworksOnRealPictures(t *testing.T) {
	tools := needTools(t, "verilator", "g++", "make")
	_, test, err := dataset.CIFAR10(needs.Pictures(t))
	require.NoError(t, err)
	type whole struct {
		model string
		n     int
	}
	networks := []whole{{"cvnn1", 3}}
	if os.Getenv("LOWRES_REGRESS") == "1" {
		networks = append(networks, whole{"cvnn1", 5}, whole{"cvnn2", 3})
		for _, n := range []int{2, 3, 4, 5, 8, 9, 16, 17} {
			networks = append(networks, whole{"fcnn1", n})
		}
	}
	cache := t.TempDir()
	for _, w := range networks {
		t.Run(fmt.Sprintf("%s N %d", w.model, w.n), func(t *testing.T) {
			net, err := simtest.Model(w.model, w.n, 1)
			require.NoError(t, err)
			small, err := arch.ReadFile(filepath.Join("..", "examples", "small.yaml"))
			require.NoError(t, err)
			s := small.Spec
			if s.Levels = []int{3, 5}; w.n != 3 && w.n != 5 {
				s.Levels = []int{w.n}
			}
			s.Program = arch.Depths{Load: 1024, Compute: 1024, Store: 256}
			d, err := arch.New(s)
			require.NoError(t, err)
			r := cosim(t, d, net, [][]int8{network.Input(test.Image(0)), network.Input(test.Image(7))},
				Options{Tools: tools, CacheDir: cache, Simulators: []Simulator{Verilator}, Quick: os.Getenv("LOWRES_REGRESS") != "1"})
			require.Positive(t, r.Values)
		})
	}
}
