package engine

import "lowres/network"

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
