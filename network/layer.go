package network

import (
	"errors"
	"fmt"
)

// Kind says what a layer computes.
type Kind string

// The layers.
const (
	Conv    Kind = "conv"    // 2-D convolution with bias
	Dense   Kind = "dense"   // fully connected, over the map flattened in NHWC order
	MaxPool Kind = "maxpool" // maximum of Kernel×Kernel windows, stride Kernel, rest dropped
)

// Layer is one step of a sequential network. InShape and OutShape are filled in
// by Graph.Resolve.
type Layer struct {
	Name   string `yaml:"name"` // letter, then letters, digits and _; at most MaxName
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

// resolve checks one layer's fields and computes its output shape. A zero
// InShape means that the layers before it are at fault: what depends on the
// shape is then left unchecked, and OutShape stays zero.
func (l *Layer) resolve() error {
	if l.Kind == Conv && l.Stride == 0 {
		l.Stride = 1
	}
	l.OutShape = Shape{}
	if err := errors.Join(l.checkFields(), l.checkUnused()); err != nil || l.InShape == (Shape{}) {
		return err
	}
	if err := l.checkWindow(); err != nil {
		return err
	}
	l.OutShape = l.outShape()
	return l.checkSize()
}

// checkFields checks the range of every field that the kind uses.
func (l *Layer) checkFields() error {
	var errs []error
	check := func(field string, v, lo, hi int) {
		if v < lo || v > hi {
			errs = append(errs, fmt.Errorf("%s: %d: want %d to %d", field, v, lo, hi))
		}
	}
	if l.HasWeights() {
		check("out", l.Out, 1, MaxChannel)
	}
	switch l.Kind {
	case Conv:
		check("kernel", l.Kernel, 1, MaxKernel)
		check("stride", l.Stride, 1, MaxKernel)
		check("pad", l.Pad, 0, max(l.Kernel-1, 0))
	case MaxPool:
		check("kernel", l.Kernel, 2, MaxKernel)
	}
	return errors.Join(errs...)
}

// checkUnused refuses a field that the kind does not use, and an unknown kind.
func (l *Layer) checkUnused() error {
	var errs []error
	unused := func(field string, used bool) {
		if used {
			errs = append(errs, fmt.Errorf("%s: a %s layer has none; remove it", field, l.Kind))
		}
	}
	switch l.Kind {
	case Conv:
	case Dense:
		unused("kernel", l.Kernel != 0)
		unused("stride", l.Stride != 0)
		unused("pad", l.Pad != 0)
	case MaxPool:
		unused("out", l.Out != 0)
		unused("stride", l.Stride != 0)
		unused("pad", l.Pad != 0)
		unused("relu", l.ReLU)
	default:
		return fmt.Errorf("kind: %q: want %q, %q or %q", l.Kind, Conv, Dense, MaxPool)
	}
	return errors.Join(errs...)
}

// checkWindow checks that the window fits the padded map.
func (l *Layer) checkWindow() error {
	if l.Kind == Dense {
		return nil
	}
	if side := min(l.InShape.H, l.InShape.W) + 2*l.Pad; l.Kernel > side {
		return fmt.Errorf("kernel: %d: want at most %d, the smaller side of the padded input %v; drop a pool or pad more",
			l.Kernel, side, l.InShape)
	}
	return nil
}

// checkSize checks that the output and the weights are small enough to hold.
func (l *Layer) checkSize() error {
	var errs []error
	if l.OutShape.Size() > maxValues {
		errs = append(errs, fmt.Errorf("output %v: %d values: want at most %d; raise stride or lower out", l.OutShape, l.OutShape.Size(), maxValues))
	}
	if l.HasWeights() && l.WeightCount() > maxValues {
		errs = append(errs, fmt.Errorf("%d weights: want at most %d; lower out or kernel, or pool first", l.WeightCount(), maxValues))
	}
	return errors.Join(errs...)
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
