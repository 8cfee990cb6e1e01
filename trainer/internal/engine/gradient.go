package engine

import (
	"lowres/trainer/internal/pages"
	"lowres/trainer/kernel"
)

// Gradient is the gradient of the cost of one group of images, dense layers left out: weights packed like Parameters.forward,
// biases padded to whole panels, both by linear; the other parameters by layer.
type Gradient struct {
	weights [][]float32
	bias    [][]float32
	others  [][]float32
}

func newGradient(s *Parameters) *Gradient {
	g := &Gradient{}
	for _, l := range s.plan.linears {
		if l.dense { // see dense.go
			g.weights, g.bias = append(g.weights, nil), append(g.bias, nil)
			continue
		}
		g.weights = append(g.weights, pages.Make(panels(l.cout)*l.panelSize()))
		g.bias = append(g.bias, make([]float32, len(s.bias[l.number])))
	}
	for _, others := range s.net.Others {
		g.others = append(g.others, make([]float32, len(others)))
	}
	return g
}

func (g *Gradient) clear() {
	for _, part := range [][][]float32{g.weights, g.bias, g.others} {
		for _, values := range part {
			clear(values)
		}
	}
}

// panel is one panel of the weight gradient of l.
func (g *Gradient) panel(l *linear, panel int) []float32 {
	return g.weights[l.number][panel*l.panelSize():][:l.panelSize()]
}

// unpack copies one output of a panel to the order of network.Float.
func unpack(dst, panel []float32, column int) {
	for k := range dst {
		dst[k] = panel[k*kernel.Columns+column]
	}
}
