package network

import (
	"fmt"

	"lowres/quant"
)

// Float is a network with float32 parameters, as the trainer leaves it. Its
// slices run parallel to Graph.Layers and are nil (zero Levels) for pools.
type Float struct {
	Graph   *Graph
	Levels  []quant.Levels // the level set of each layer; zero = float32
	Weights [][]float32    // [out][ky][kx][in]
	Biases  [][]float32    // [out]
}

// NewFloat returns a Float with zero parameters and the same levels in every
// layer that has weights.
func NewFloat(g *Graph, levels quant.Levels) *Float {
	n := len(g.Layers)
	f := &Float{Graph: g, Levels: make([]quant.Levels, n), Weights: make([][]float32, n), Biases: make([][]float32, n)}
	for i := range g.Layers {
		if l := &g.Layers[i]; l.HasWeights() {
			f.Levels[i] = levels
			f.Weights[i] = make([]float32, l.WeightCount())
			f.Biases[i] = make([]float32, l.Out)
		}
	}
	return f
}

// Validate returns ErrShape unless every slice has the length of its layer.
func (f *Float) Validate() error {
	if n := len(f.Graph.Layers); len(f.Levels) != n || len(f.Weights) != n || len(f.Biases) != n {
		return fmt.Errorf("%w: parameters of %d, %d and %d layers: want %d", ErrShape, len(f.Levels), len(f.Weights), len(f.Biases), n)
	}
	for i := range f.Graph.Layers {
		l := &f.Graph.Layers[i]
		out := 0
		if l.HasWeights() {
			out = l.Out
		}
		if len(f.Weights[i]) != l.WeightCount() || len(f.Biases[i]) != out {
			return fmt.Errorf("%w: layer %s: %d weights and %d biases: want %d and %d",
				ErrShape, l.Name, len(f.Weights[i]), len(f.Biases[i]), l.WeightCount(), out)
		}
	}
	return nil
}
