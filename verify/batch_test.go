package verify

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/network"
	"lowres/sim/arch"
	"lowres/sim/mapping"
)

// TestABatchWhoseInputsComeInPartsAgrees has a dense layer whose weights, and so the inputs of its three
// pictures, come in parts that lie anywhere: each instruction that goes on has an activation address of its own.
func TestABatchWhoseInputsComeInPartsAgrees(t *testing.T) {
	tools := needTools(t, "iverilog", "vvp")
	for _, cell := range []arch.Cell{arch.CellSelect, arch.CellTableLUT} {
		t.Run(string(cell), func(t *testing.T) {
			r := rand.New(rand.NewPCG(5, 6))
			net := fill(t, &network.Graph{Name: "batch", Input: network.Shape{H: 8, W: 9, C: 19}, Layers: []network.Layer{
				{Name: "fc1", Kind: network.Dense, Out: 4},
			}}, []int{3}, r)
			d := tinyDesign(t, func(s *arch.Spec) { s.Array.Cell = cell })
			p, err := mapping.MapFor(net, d, mapping.Options{Batch: 3})
			require.NoError(t, err)
			addresses := map[int]bool{}
			for _, c := range p.Computes {
				addresses[c.ActAddress] = true
			}
			if cell == arch.CellSelect {
				require.Greater(t, len(addresses), 2, "the parts do not differ in their addresses")
			}
			pictures := slices.Concat(randomImages(net.Graph, 3, r)...)
			_, err = Run(t.Context(), Options{Design: d, Network: net, Program: p, Images: [][]int8{pictures}, Simulators: []Simulator{Icarus}, Tools: tools, WorkDir: t.TempDir()})
			require.NoError(t, err)
		})
	}
}
