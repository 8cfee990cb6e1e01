// Package network holds the layer graph of a network with its shapes, its float
// and integer forms, the integer reference, and the .lrn file.
package network

import (
	"errors"
	"fmt"
	"slices"
)

// ErrShape is returned for a graph whose layers do not fit together.
var ErrShape = errors.New("shape")

// Shape is a feature map: height, width and channels. Data is stored NHWC: the
// channel runs fastest, then x, then y.
type Shape struct{ H, W, C int }

// Size is the number of values, H·W·C.
func (s Shape) Size() int { return s.H * s.W * s.C }

// String is "32x32x3".
func (s Shape) String() string { return fmt.Sprintf("%dx%dx%d", s.H, s.W, s.C) }

// Limits of a graph, so that a hostile file cannot ask for the whole memory.
const (
	MaxLayers  = 1024
	MaxExtent  = 4096    // height, width
	MaxChannel = 1 << 20 // channels, outputs
	MaxKernel  = 64
	MaxName    = 64      // letters of a layer's name
	maxValues  = 1 << 28 // values of one feature map or one layer's weights
)

// Graph is a network: layers in an order in which each reads only what stands before it.
type Graph struct {
	Name   string
	Input  Shape
	Layers []Layer
}

// Resolve fills in every layer's shapes and checks the whole graph. It returns
// ErrShape with every fault it finds; behind a layer at fault, whose output shape
// is unknown, only what does not depend on the shape is checked.
func (g *Graph) Resolve() error {
	var errs []error
	fail := func(where string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("%w: %s: %w", ErrShape, where, err))
		}
	}
	input := g.Input
	if err := checkInput(g.Input); err != nil {
		fail("input", err)
		input = Shape{}
	}
	if n := len(g.Layers); n < 1 || n > MaxLayers {
		fail("layers", fmt.Errorf("%d: want 1 to %d", n, MaxLayers))
		return errors.Join(errs...)
	}
	first := map[string]int{}
	for i := range g.Layers {
		l := &g.Layers[i]
		fail(fmt.Sprintf("layers[%d].name", i), checkName(l.Name, first, i))
		err := errors.Join(g.connect(i, input), l.resolve())
		fail(fmt.Sprintf("layers[%d] %s", i, l.Name), err)
		if err != nil {
			l.OutShape = Shape{}
		}
	}
	if len(errs) == 0 {
		fail("layers", g.checkReaders())
	}
	return errors.Join(errs...)
}

// isResolved reports whether g is sound and its shapes are those of Resolve.
func (g *Graph) isResolved() bool {
	if g == nil {
		return false
	}
	fresh := Graph{Input: g.Input, Layers: slices.Clone(g.Layers)}
	return fresh.Resolve() == nil && slices.Equal(fresh.Layers, g.Layers)
}

// checkInput checks the shape of the images.
func checkInput(s Shape) error {
	if s.H < 1 || s.W < 1 || s.C < 1 || s.H > MaxExtent || s.W > MaxExtent || s.C > MaxChannel || s.Size() > maxValues {
		return fmt.Errorf("%v: want 1x1x1 to %dx%dx%d and at most %d values", s, MaxExtent, MaxExtent, MaxChannel, maxValues)
	}
	return nil
}

// checkName checks the name of layer i against the rule and the names before it.
// The rule is an identifier's, because Verilog is generated from the names.
func checkName(name string, first map[string]int, i int) error {
	if !isIdentifier(name) || len(name) > MaxName {
		return fmt.Errorf("%q: want a letter, then letters, digits and _, at most %d", name, MaxName)
	}
	if before, taken := first[name]; taken {
		return fmt.Errorf("%q: want a name of its own, layers[%d] has this one", name, before)
	}
	first[name] = i
	return nil
}

// isIdentifier reports whether s is an ASCII letter followed by letters, digits and _.
func isIdentifier(s string) bool {
	for i, c := range []byte(s) {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (i == 0 || c != '_' && (c < '0' || c > '9')) {
			return false
		}
	}
	return s != ""
}

// Output is the shape of the last layer.
func (g *Graph) Output() Shape { return g.Layers[len(g.Layers)-1].OutShape }

// Parameters is the number of weights, biases and other parameters.
func (g *Graph) Parameters() int {
	n := 0
	for i := range g.Layers {
		n += g.Layers[i].Parameters()
	}
	return n
}
