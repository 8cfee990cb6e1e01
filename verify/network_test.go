package verify

import (
	"math"
	"math/rand/v2"
	"testing"

	"lowres/network"
	"lowres/quant"
	"lowres/sim/arch"
)

// fill gives a resolved graph random parameters; layer i takes ns[i mod len].
func fill(t *testing.T, g *network.Graph, ns []int, r *rand.Rand) *network.Integer {
	t.Helper()
	if err := g.Resolve(); err != nil {
		t.Fatal(err)
	}
	net := &network.Integer{Graph: g, InputScale: 1, Layers: make([]network.IntegerLayer, len(g.Layers))}
	for i := range g.Layers {
		if !g.Layers[i].HasWeights() {
			net.Layers[i].OutputScale = 1
			continue
		}
		levels, err := quant.ForN(ns[i%len(ns)])
		if err != nil {
			t.Fatal(err)
		}
		net.Layers[i] = randomLayer(&g.Layers[i], levels, i == len(g.Layers)-1, r)
	}
	return net
}

// randomLayer draws weights, biases and, but for the last, requantisers that
// use most of the int8 range.
func randomLayer(g *network.Layer, levels quant.Levels, last bool, r *rand.Rand) network.IntegerLayer {
	l := network.IntegerLayer{Levels: levels, WeightScale: 1, OutputScale: 1}
	for range g.WeightCount() {
		l.Weights = append(l.Weights, int16(levels.Value(r.IntN(levels.N()))))
	}
	spread := 40 * float64(levels.Max()) * math.Sqrt(float64(g.WeightShape().Size()))
	for range g.Out {
		l.Bias = append(l.Bias, int32(r.IntN(401)-200))
		if !last {
			q, _ := quant.NewRequantiser(64/spread*(0.5+r.Float64()), g.ReLU)
			l.Requant = append(l.Requant, q)
		}
	}
	return l
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
	s.Array = arch.Array{Lanes: 4, Cols: 4, Hold: 4, AccumulatorBits: 20, Requantisers: 1}
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
