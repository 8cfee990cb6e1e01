package simtest

import (
	"fmt"
	"math/rand/v2"

	"pgregory.net/rapid"

	"lowres/network"
	"lowres/sim/arch"
)

// Design draws a small design: every knob, buffers of 256 bytes to 8 KiB.
func Design(t *rapid.T) *arch.Design {
	pow := func(name string, lo, hi int) int { return 1 << rapid.IntRange(lo, hi).Draw(t, name) }
	s := arch.DefaultSpec()
	s.Array.Lanes, s.Array.Cols = pow("lanes", 2, 4), pow("cols", 2, 4)
	s.Array.Hold = rapid.IntRange(1, 20).Draw(t, "hold")
	s.Array.Requantisers = min(pow("requantisers", 0, 4), s.Array.Cols)
	s.Levels = rapid.SampledFrom([][]int{{2}, {3}, {5}, {3, 4}, {9, 2}, {17, 8, 3}}).Draw(t, "levels")
	s.Buffers = arch.Buffers{Activation: pow("activation", 9, 13), Weight: pow("weight", 10, 13),
		Parameter: pow("parameter", 8, 10), Output: pow("output", 8, 12)}
	s.Program = arch.Depths{Load: arch.MaxDepth, Compute: arch.MaxDepth, Store: arch.MaxDepth}
	s.Memory = arch.Memory{WidthBits: pow("width", 6, 8), LatencyCycles: rapid.IntRange(1, 40).Draw(t, "latency"),
		BurstBeats: pow("burst", 0, 5), Outstanding: rapid.IntRange(1, 5).Draw(t, "outstanding")}
	d, err := arch.New(s)
	if err != nil {
		t.Fatalf("%+v: %v", s, err)
	}
	return d
}

// Network draws a small network for the design's level sets: one to four layers
// with weights, of every kernel, stride, padding and pool that fits.
func Network(t *rapid.T, d *arch.Design) *network.Integer {
	draw := func(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, name) }
	g := &network.Graph{Name: "random", Input: network.Shape{H: draw("height", 1, 9), W: draw("width", 1, 9), C: draw("channels", 1, 20)}}
	s := g.Input
	for i := range draw("convs", 0, 3) {
		kernel := draw("kernel", 1, min(s.H, s.W, 4))
		l := network.Layer{Name: fmt.Sprintf("conv%d", i), Kind: network.Conv, Out: draw("out", 1, 24), Kernel: kernel,
			Stride: draw("stride", 1, 2), Pad: draw("pad", 0, kernel-1), ReLU: rapid.Bool().Draw(t, "relu")}
		s = appendLayer(g, l)
		if pool := draw("pool", 1, 3); pool > 1 && pool <= min(s.H, s.W) {
			s = appendLayer(g, network.Layer{Name: fmt.Sprintf("pool%d", i), Kind: network.MaxPool, Kernel: pool})
		}
	}
	for i := range draw("denses", 0, 2) {
		s = appendLayer(g, network.Layer{Name: fmt.Sprintf("fc%d", i), Kind: network.Dense, Out: draw("out", 1, 40), ReLU: rapid.Bool().Draw(t, "relu")})
	}
	if n := len(g.Layers); n == 0 || g.Layers[n-1].Kind == network.MaxPool {
		appendLayer(g, network.Layer{Name: "last", Kind: network.Conv, Out: draw("out", 1, 9), Kernel: 1})
	}
	if n := len(g.Layers); n > 0 {
		g.Layers[n-1].ReLU = false // of sums there is none
	}
	ns := make([]int, len(g.Layers))
	for i := range ns {
		ns[i] = rapid.SampledFrom(d.Levels).Draw(t, "levels of the layer")
	}
	net, err := Fill(g, ns, rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1)))
	if err != nil {
		t.Fatal(err)
	}
	return net
}

// appendLayer adds a layer that fits and returns the shape after it.
func appendLayer(g *network.Graph, l network.Layer) network.Shape {
	g.Layers = append(g.Layers, l)
	if err := g.Resolve(); err != nil {
		panic(err) // the generator keeps within the rules
	}
	return g.Output()
}
