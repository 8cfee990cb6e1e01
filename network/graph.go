// Package network holds the layer graph of a network with its shapes, its float
// and integer forms, the integer reference, and the .lrn file.
package network

import (
	"errors"
	"fmt"
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

// Kind says what a layer computes.
type Kind string

// The layers.
const (
	Conv    Kind = "conv"    // 2-D convolution with bias
	Dense   Kind = "dense"   // fully connected, over the map flattened in NHWC order
	MaxPool Kind = "maxpool" // maximum of Kernel×Kernel windows, stride Kernel, rest dropped
)

// Limits of a graph, so that a hostile file cannot ask for the whole memory.
const (
	MaxLayers  = 1024
	MaxExtent  = 4096    // height, width
	MaxChannel = 1 << 20 // channels, outputs
	MaxKernel  = 64
	maxValues  = 1 << 28 // values of one feature map or one layer's weights
)

// Layer is one step of a sequential network. InShape and OutShape are filled in
// by Graph.Resolve.
type Layer struct {
	Name   string `yaml:"name"`
	Kind   Kind   `yaml:"kind"`
	Out    int    `yaml:"out,omitempty"`    // conv, dense: output channels
	Kernel int    `yaml:"kernel,omitempty"` // conv, maxpool: window height and width
	Stride int    `yaml:"stride,omitempty"` // conv: step of the window, default 1
	Pad    int    `yaml:"pad,omitempty"`    // conv: rows and columns of zeros on every side
	ReLU   bool   `yaml:"relu,omitempty"`   // conv, dense

	InShape  Shape `yaml:"-"`
	OutShape Shape `yaml:"-"`
}

// HasWeights reports whether the layer multiplies by weights.
func (l *Layer) HasWeights() bool { return l.Kind == Conv || l.Kind == Dense }

// WeightShape is the height, width and input channels of one output's weights.
// Weights are stored [out][ky][kx][in]; a dense layer's window is its whole map.
func (l *Layer) WeightShape() Shape {
	switch l.Kind {
	case Conv:
		return Shape{l.Kernel, l.Kernel, l.InShape.C}
	case Dense:
		return l.InShape
	}
	return Shape{}
}

// WeightCount is the number of connection weights, 0 for a pool.
func (l *Layer) WeightCount() int {
	if !l.HasWeights() {
		return 0
	}
	return l.Out * l.WeightShape().Size()
}

// MACs is the number of multiply-accumulates for one image.
func (l *Layer) MACs() int64 {
	return int64(l.OutShape.H) * int64(l.OutShape.W) * int64(l.WeightCount())
}

// Graph is a sequential network.
type Graph struct {
	Name   string
	Input  Shape
	Layers []Layer
}

// Resolve fills in every layer's shapes and checks the whole graph. It returns
// ErrShape with all layers at fault.
func (g *Graph) Resolve() error {
	var errs []error
	fail := func(where, format string, a ...any) {
		errs = append(errs, fmt.Errorf("%w: %s: %s", ErrShape, where, fmt.Sprintf(format, a...)))
	}
	if s := g.Input; s.H < 1 || s.W < 1 || s.C < 1 || s.H > MaxExtent || s.W > MaxExtent || s.C > MaxChannel || s.Size() > maxValues {
		fail("input", "%v: want 1x1x1 to %dx%dx%d and at most %d values", s, MaxExtent, MaxExtent, MaxChannel, maxValues)
		return errors.Join(errs...)
	}
	if n := len(g.Layers); n < 1 || n > MaxLayers {
		fail("layers", "%d: want 1 to %d", n, MaxLayers)
		return errors.Join(errs...)
	}
	names := map[string]bool{}
	shape := g.Input
	for i := range g.Layers {
		l := &g.Layers[i]
		if l.Name == "" || names[l.Name] {
			fail(fmt.Sprintf("layers[%d].name", i), "%q: want a name of its own", l.Name)
		}
		names[l.Name] = true
		l.InShape = shape
		if err := l.resolve(); err != nil {
			errs = append(errs, fmt.Errorf("%w: layer %s: %w", ErrShape, l.Name, err))
			return errors.Join(errs...)
		}
		shape = l.OutShape
	}
	return errors.Join(errs...)
}

// resolve checks one layer's fields and computes its output shape.
func (l *Layer) resolve() error {
	if l.Kind == Conv && l.Stride == 0 {
		l.Stride = 1
	}
	var errs []error
	check := func(field string, v, lo, hi int) {
		if v < lo || v > hi {
			errs = append(errs, fmt.Errorf("%s: %d: want %d to %d", field, v, lo, hi))
		}
	}
	unused := func(field string, used bool) {
		if used {
			errs = append(errs, fmt.Errorf("%s: a %s layer has none", field, l.Kind))
		}
	}
	in := l.InShape
	switch l.Kind {
	case Conv:
		check("out", l.Out, 1, MaxChannel)
		check("kernel", l.Kernel, 1, MaxKernel)
		check("stride", l.Stride, 1, MaxKernel)
		check("pad", l.Pad, 0, max(l.Kernel-1, 0))
		if len(errs) == 0 {
			check("kernel", l.Kernel, 1, min(in.H, in.W)+2*l.Pad)
		}
	case Dense:
		check("out", l.Out, 1, MaxChannel)
		unused("kernel", l.Kernel != 0)
		unused("stride", l.Stride != 0)
		unused("pad", l.Pad != 0)
	case MaxPool:
		check("kernel", l.Kernel, 2, min(in.H, in.W, MaxKernel))
		unused("out", l.Out != 0)
		unused("stride", l.Stride != 0)
		unused("pad", l.Pad != 0)
		unused("relu", l.ReLU)
	default:
		errs = append(errs, fmt.Errorf("kind: %q: want %q, %q or %q", l.Kind, Conv, Dense, MaxPool))
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	l.OutShape = l.outShape()
	if l.OutShape.Size() > maxValues || l.WeightShape().Size() > maxValues/max(l.Out, 1) {
		return fmt.Errorf("output %v, %d weights an output: want at most %d values in all", l.OutShape, l.WeightShape().Size(), maxValues)
	}
	return nil
}

// outShape is the shape of a layer whose fields are sound.
func (l *Layer) outShape() Shape {
	in := l.InShape
	switch l.Kind {
	case Conv:
		extent := func(n int) int { return (n+2*l.Pad-l.Kernel)/l.Stride + 1 }
		return Shape{extent(in.H), extent(in.W), l.Out}
	case MaxPool:
		return Shape{in.H / l.Kernel, in.W / l.Kernel, in.C}
	}
	return Shape{1, 1, l.Out}
}

// Output is the shape of the last layer.
func (g *Graph) Output() Shape { return g.Layers[len(g.Layers)-1].OutShape }

// Parameters is the number of weights and biases.
func (g *Graph) Parameters() int {
	n := 0
	for i := range g.Layers {
		l := &g.Layers[i]
		if l.HasWeights() {
			n += l.WeightCount() + l.Out
		}
	}
	return n
}
