package engine

import (
	"lowres/network"
	"lowres/trainer/kernel"
)

// StepFLOP is the number of floating-point operations of one image in one training step, two a
// multiply-accumulate: forward, to the weights, and to the input, which the first layer does not need. A
// convolution counts as if it were computed directly; activations, updates and quantising do not count.
func StepFLOP(g *network.Graph) (flop float64) {
	for i := range g.Layers {
		passes := 3.0
		if i == 0 {
			passes = 2
		}
		flop += 2 * passes * float64(g.Layers[i].MACs())
	}
	return flop
}

// ExecutedFLOP is StepFLOP with the operations that the products of tiled convolutions really take; their
// transforms do not count.
func ExecutedFLOP(g *network.Graph) float64 {
	flop := StepFLOP(g)
	for i := range g.Layers {
		if isTiled(g, i) {
			flop += 2 * (tiledMACs(g, i) - 3*float64(g.Layers[i].MACs()))
		}
	}
	return flop
}

// tiledMACs is the number of multiply-accumulates of the three passes of a tiled convolution: those to the input
// are cut into tiles of its own size.
func tiledMACs(g *network.Graph, i int) float64 {
	in, out := g.Layers[i].InShape, g.Layers[i].OutShape
	filter := g.Layers[i].Kernel
	toOut, toIn := newTiling(filter, out.H, out.W), newTiling(filter, in.H, in.W)
	tiles := 2*toOut.across*toOut.down + toIn.across*toIn.down
	return float64(kernel.Frequencies * tiles * in.C * out.C)
}
