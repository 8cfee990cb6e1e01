package verify

import (
	"math/rand/v2"
	"testing"

	"lowres/internal/simtest"
	"lowres/network"
	"lowres/sim/arch"
)

// fill gives a resolved graph random parameters; layer i takes ns[i mod len].
func fill(t *testing.T, g *network.Graph, ns []int, r *rand.Rand) *network.Integer {
	t.Helper()
	if err := g.Resolve(); err != nil {
		t.Fatal(err)
	}
	net, err := simtest.Fill(g, ns, r)
	if err != nil {
		t.Fatal(err)
	}
	return net
}

// randomImages draws inputs.
func randomImages(g *network.Graph, count int, r *rand.Rand) [][]int8 {
	images := make([][]int8, count)
	for i := range images {
		images[i] = make([]int8, g.Input.Size())
		for j := range images[i] {
			images[i][j] = int8(r.IntN(256) - 128)
		}
	}
	return images
}

// tinyDesign is a 4 × 4 array that simulates quickly.
func tinyDesign(t *testing.T, change func(*arch.Spec)) *arch.Design {
	t.Helper()
	s := arch.DefaultSpec()
	s.Name = "tiny"
	s.Array = arch.Array{Cell: arch.CellSelect, Lanes: 4, Cols: 4, Pixels: 1, Hold: 4, AccumulatorBits: 20, Requantisers: 1, RequantiserStages: arch.FewStages, WeightTiles: 2, SumBlocks: 2, LevelsPerStage: 1}
	s.Buffers = arch.Buffers{Activation: 4096, Weight: 2048, Parameter: 512, Output: 2048}
	s.Program = arch.Depths{Load: 256, Compute: 512, Store: 128}
	s.Memory = arch.Memory{WidthBits: 64, LatencyCycles: 12, BurstBeats: 8, Outstanding: 2}
	if change != nil {
		change(&s)
	}
	d, err := arch.New(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// tinyGraph has a padded convolution with a pool, and a dense layer.
func tinyGraph() *network.Graph {
	return &network.Graph{Name: "tiny", Input: network.Shape{H: 6, W: 6, C: 3}, Layers: []network.Layer{
		{Name: "conv1", Kind: network.Conv, Out: 6, Kernel: 3, Pad: 1, ReLU: true},
		{Name: "pool1", Kind: network.MaxPool, Kernel: 2},
		{Name: "fc1", Kind: network.Dense, Out: 5},
	}}
}
