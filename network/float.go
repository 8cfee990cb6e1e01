package network

import (
	"fmt"
	"slices"

	"lowres/quant"
)

// Float is a network with float32 parameters, as the trainer leaves it. Its
// slices run parallel to Graph.Layers and are nil (zero Levels) for layers that
// have none of that sort. Tensors names the parts of a layer's parameters.
type Float struct {
	Graph   *Graph
	Levels  []quant.Levels // the level set of each layer; zero = float32
	Weights [][]float32    // [out][ky][kx][in]; of an attention those of queries, keys, values, each [out][in]
	Biases  [][]float32    // [out]; of an attention those of queries, keys, values
	Others  [][]float32    // gain and shift of a normalisation, or the position embedding [y][x][out] of patches
}

// NewFloat returns a Float with zero parameters and the same levels in every
// layer whose weights are quantised.
func NewFloat(g *Graph, levels quant.Levels) *Float {
	n := len(g.Layers)
	f := &Float{Graph: g, Levels: make([]quant.Levels, n),
		Weights: make([][]float32, n), Biases: make([][]float32, n), Others: make([][]float32, n)}
	for i := range g.Layers {
		l := &g.Layers[i]
		if l.HasLevels() {
			f.Levels[i] = levels
		}
		f.Weights[i], f.Biases[i], f.Others[i] = some(l.WeightCount()), some(l.BiasCount()), some(l.OtherCount())
	}
	return f
}

// some returns n zeros, nil for none.
func some(n int) []float32 {
	if n == 0 {
		return nil
	}
	return make([]float32, n)
}

// Clone copies the parameters and levels; the graph is shared.
func (f *Float) Clone() *Float {
	c := &Float{Graph: f.Graph, Levels: slices.Clone(f.Levels)}
	for i := range f.Weights {
		c.Weights = append(c.Weights, slices.Clone(f.Weights[i]))
		c.Biases = append(c.Biases, slices.Clone(f.Biases[i]))
		c.Others = append(c.Others, slices.Clone(f.Others[i]))
	}
	return c
}

// Validate returns ErrShape unless every slice has the length of its layer, and
// for levels on a layer whose weights stay float32.
func (f *Float) Validate() error {
	n := len(f.Graph.Layers)
	if len(f.Levels) != n || len(f.Weights) != n || len(f.Biases) != n || len(f.Others) != n {
		return fmt.Errorf("%w: parameters of %d, %d, %d and %d layers: want %d", ErrShape,
			len(f.Levels), len(f.Weights), len(f.Biases), len(f.Others), n)
	}
	for i := range f.Graph.Layers {
		l := &f.Graph.Layers[i]
		if len(f.Weights[i]) != l.WeightCount() || len(f.Biases[i]) != l.BiasCount() || len(f.Others[i]) != l.OtherCount() {
			return fmt.Errorf("%w: layer %s: %d weights, %d biases and %d others: want %d, %d and %d", ErrShape, l.Name,
				len(f.Weights[i]), len(f.Biases[i]), len(f.Others[i]), l.WeightCount(), l.BiasCount(), l.OtherCount())
		}
		if !l.HasLevels() && !f.Levels[i].IsZero() {
			return fmt.Errorf("%w: layer %s: levels %v: %s layers have none", ErrShape, l.Name, f.Levels[i], l.Kind)
		}
	}
	return nil
}
