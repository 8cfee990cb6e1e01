package network

import (
	"errors"
	"fmt"
	"slices"
)

// resolve checks one layer's fields and computes its output shape. A zero
// InShape means that the layers before it are at fault: what depends on the
// shape is then left unchecked, and OutShape stays zero.
func (l *Layer) resolve() error {
	if (l.Kind == Conv || l.Kind == Depthwise) && l.Stride == 0 {
		l.Stride = 1
	}
	l.OutShape = Shape{}
	if err := errors.Join(l.checkFields(), l.checkUnused()); err != nil || l.InShape == (Shape{}) {
		return err
	}
	if err := l.checkInput(); err != nil {
		return err
	}
	l.OutShape = l.outShape()
	return l.checkSize()
}

// fieldsOf lists the fields that each kind uses, besides name and kind.
var fieldsOf = map[Kind][]string{
	Conv:        {"from", "out", "kernel", "stride", "pad", "relu"},
	Depthwise:   {"from", "kernel", "stride", "pad", "relu"},
	Dense:       {"from", "out", "relu", "gelu"},
	MaxPool:     {"from", "kernel", "stride", "pad"},
	AvgPool:     {"from", "kernel", "stride"},
	Add:         {"from", "with", "relu"},
	Lookup:      {"from", "function"},
	Patches:     {"out", "kernel"},
	Attention:   {"heads"},
	FeedForward: {},
	LayerNorm:   {},
	Dropout:     {"rate"},
}

// kinds lists the kinds as fieldsOf has them, in the order of the constants.
var kinds = []Kind{Conv, Depthwise, Dense, MaxPool, AvgPool, Add, Lookup, Patches, Attention, FeedForward, LayerNorm, Dropout}

// Kinds lists all kinds of layers.
func Kinds() []Kind { return slices.Clone(kinds) }

// checkFields checks the range of every field that the kind uses.
func (l *Layer) checkFields() error {
	var errs []error
	check := func(field string, v, lo, hi int) {
		if slices.Contains(fieldsOf[l.Kind], field) && (v < lo || v > hi) {
			errs = append(errs, fmt.Errorf("%s: %d: want %d to %d", field, v, lo, hi))
		}
	}
	check("out", l.Out, 1, MaxChannel)
	smallest, least := 1, 1
	switch l.Kind {
	case MaxPool: // 0 stands for the kernel
		smallest, least = 2, 0
	case AvgPool: // 0 stands for the whole map, and for the kernel
		smallest, least = 0, 0
	}
	check("kernel", l.Kernel, smallest, MaxKernel)
	check("stride", l.Stride, least, MaxKernel)
	check("pad", l.Pad, 0, max(l.Kernel-1, 0))
	if l.Kind == AvgPool && l.Kernel == 0 && l.Stride > 0 {
		errs = append(errs, fmt.Errorf("stride: %d without a kernel: want none, since the window is the whole map", l.Stride))
	}
	if l.Kind == Add && l.With == "" {
		errs = append(errs, errors.New("with: want the layer of the second operand"))
	}
	if l.Kind == Lookup && !l.Function.known() {
		errs = append(errs, fmt.Errorf("function: %q: want one of %q", l.Function, Functions()))
	}
	check("heads", l.Heads, 1, MaxChannel)
	if l.Kind == Dropout && !(l.Rate > 0 && l.Rate < 1) {
		errs = append(errs, fmt.Errorf("rate: %v: want above 0 and below 1", l.Rate))
	}
	if l.Kind == Dense && l.ReLU && l.GELU {
		errs = append(errs, errors.New("relu and gelu: want at most one activation; remove one"))
	}
	return errors.Join(errs...)
}

// checkUnused refuses a field that the kind does not use, and an unknown kind.
func (l *Layer) checkUnused() error {
	used, ok := fieldsOf[l.Kind]
	if !ok {
		return fmt.Errorf("kind: %q: want one of %q", l.Kind, kinds)
	}
	var errs []error
	for _, f := range []struct {
		name string
		set  bool
	}{
		{"from", l.From != ""}, {"with", l.With != ""}, {"function", l.Function != ""},
		{"out", l.Out != 0}, {"kernel", l.Kernel != 0}, {"stride", l.Stride != 0}, {"pad", l.Pad != 0},
		{"heads", l.Heads != 0}, {"rate", l.Rate != 0}, {"relu", l.ReLU}, {"gelu", l.GELU},
	} {
		if f.set && !slices.Contains(used, f.name) {
			errs = append(errs, fmt.Errorf("%s: %s layers have none; remove it", f.name, l.Kind))
		}
	}
	return errors.Join(errs...)
}

// checkInput checks that the layer fits the map it reads: the window the padded map, the heads the channels.
func (l *Layer) checkInput() error {
	if l.Kind == Attention && l.InShape.C%l.Heads != 0 {
		return fmt.Errorf("heads: %d: want a divisor of the %d channels of the input %v", l.Heads, l.InShape.C, l.InShape)
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
	if l.WeightCount() > maxValues {
		errs = append(errs, fmt.Errorf("%d weights: want at most %d; lower out or kernel, or pool first", l.WeightCount(), maxValues))
	}
	if tokens := l.InShape.H * l.InShape.W; l.Kind == Attention && tokens > maxValues/tokens/l.Heads {
		errs = append(errs, fmt.Errorf("%d heads of %d×%d scores: want at most %d in all; use larger patches, or pool first",
			l.Heads, tokens, tokens, maxValues))
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
	case Depthwise:
		extent := func(n int) int { return (n+2*l.Pad-l.Kernel)/l.Stride + 1 }
		return Shape{extent(in.H), extent(in.W), in.C}
	case MaxPool, AvgPool:
		height, width := l.Window()
		return Shape{(in.H+2*l.Pad-height)/l.Step() + 1, (in.W+2*l.Pad-width)/l.Step() + 1, in.C}
	case Patches:
		return Shape{in.H / l.Kernel, in.W / l.Kernel, l.Out}
	case Dense:
		return Shape{1, 1, l.Out}
	}
	return in
}
