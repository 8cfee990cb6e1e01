package engine

import "lowres/trainer/kernel"

// Gradient is the gradient of the cost of one group of images: weights packed like Parameters.forward,
// biases padded to whole panels, by layer.
type Gradient struct {
	weights [][]float32
	bias    [][]float32
}

func newGradient(s *Parameters) *Gradient {
	n := len(s.forward)
	g := &Gradient{weights: make([][]float32, n), bias: make([][]float32, n)}
	for _, l := range s.linears {
		g.weights[l.index] = make([]float32, len(s.forward[l.index]))
		g.bias[l.index] = make([]float32, len(s.bias[l.index]))
	}
	return g
}

func (g *Gradient) clear() {
	for i := range g.weights {
		clear(g.weights[i])
		clear(g.bias[i])
	}
}

// panel is one panel of a layer's weight gradient.
func (g *Gradient) panel(l *linear, panel int) []float32 {
	return g.weights[l.index][panel*l.panelSize():][:l.panelSize()]
}

// unpack copies one output of a panel to the order of network.Float.
func unpack(dst, panel []float32, column int) {
	for k := range dst {
		dst[k] = panel[k*kernel.Columns+column]
	}
}
