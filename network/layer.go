package network

// Kind says what a layer computes.
type Kind string

// The layers. LN is the normalisation of LayerNorm with a gain and a shift of the layer's own; the pixels
// of a map are the tokens of an attention.
const (
	Conv        Kind = "conv"        // 2-D convolution with bias
	Depthwise   Kind = "depthwise"   // 2-D convolution of every channel with a window of its own, with bias
	Dense       Kind = "dense"       // fully connected, over the map flattened in NHWC order
	MaxPool     Kind = "maxpool"     // maximum of Kernel×Kernel windows, rest and padding left out
	AvgPool     Kind = "avgpool"     // mean of Kernel×Kernel windows, rest dropped; without Kernel of the whole map
	Add         Kind = "add"         // residual: sum of two maps
	Lookup      Kind = "function"    // a function of every value; a table of 256 entries in integers
	Patches     Kind = "patches"     // linear map of Kernel×Kernel patches, plus bias and position embedding; float32
	Attention   Kind = "attention"   // x + softmax(QKᵀ/√d)·V, heads side by side, Q, K, V = LN(x)·W + b, d = C/Heads
	FeedForward Kind = "feedforward" // x + GELU(LN(x)·W)
	LayerNorm   Kind = "layernorm"   // gain·(x − mean)/√(variance + ε) + shift over the channels of every pixel
	Dropout     Kind = "dropout"     // in training 0 for the part Rate of the values, the others divided by 1 − Rate
)

// NormEpsilon is ε of a layer normalisation. The paper does not state it: our choice.
const NormEpsilon = 1e-6

// Layer is one step of a network. What it reads and its shapes are filled in by
// Graph.Resolve.
type Layer struct {
	Name   string  `yaml:"name"` // letter, then letters, digits and _; at most MaxName
	Kind   Kind    `yaml:"kind"`
	Out    int     `yaml:"out,omitempty"`    // conv, dense, patches: output channels
	From   string  `yaml:"from,omitempty"`   // layer that it reads, or input; default the one before
	With   string  `yaml:"with,omitempty"`   // add: layer of the second operand, or input
	Kernel int     `yaml:"kernel,omitempty"` // conv, depthwise, pools, patches: window height and width
	Stride int     `yaml:"stride,omitempty"` // conv, depthwise: step of the window, default 1; pools: default Kernel
	Pad    int     `yaml:"pad,omitempty"`    // conv, depthwise: rows and columns of zeros on every side; maxpool: of −128
	Heads  int     `yaml:"heads,omitempty"`  // attention: a divisor of the channels
	Rate   float64 `yaml:"rate,omitempty"`   // dropout: part of the values that training drops, above 0 and below 1
	ReLU   bool    `yaml:"relu,omitempty"`   // conv, depthwise, dense, add: max(x, 0)
	GELU   bool    `yaml:"gelu,omitempty"`   // dense: x·Φ(x), Φ the normal distribution

	Function Function `yaml:"function,omitempty"` // function: which

	Source   int   `yaml:"-"` // index of the layer that it reads, −1 for the network's input
	Second   int   `yaml:"-"` // add: … of the second operand
	InShape  Shape `yaml:"-"`
	OutShape Shape `yaml:"-"`
}

// HasWeights reports whether the layer multiplies by weights.
func (l *Layer) HasWeights() bool { return l.HasLevels() || l.Kind == Patches }

// HasLevels reports whether the layer's weights are quantised: those of patches are not.
func (l *Layer) HasLevels() bool {
	return l.Kind == Conv || l.Kind == Depthwise || l.Kind == Dense || l.Kind == Attention || l.Kind == FeedForward
}

// WeightShape is the height, width and input channels of one output's weights.
// Weights are stored [out][ky][kx][in]; a dense layer's window is its whole map,
// and an output of a depthwise layer reads the channel of the same number.
func (l *Layer) WeightShape() Shape {
	switch l.Kind {
	case Conv, Patches:
		return Shape{l.Kernel, l.Kernel, l.InShape.C}
	case Depthwise:
		return Shape{l.Kernel, l.Kernel, 1}
	case Dense:
		return l.InShape
	case Attention, FeedForward:
		return Shape{1, 1, l.InShape.C}
	}
	return Shape{}
}

// outputs is the number of weighted sums for one place of the window.
func (l *Layer) outputs() int {
	switch l.Kind {
	case Conv, Dense, Patches:
		return l.Out
	case Attention: // queries, keys, values
		return 3 * l.InShape.C
	case FeedForward, Depthwise:
		return l.InShape.C
	}
	return 0
}

// Window is the height and width of the window of a pool.
func (l *Layer) Window() (height, width int) {
	if l.Kind == AvgPool && l.Kernel == 0 {
		return l.InShape.H, l.InShape.W
	}
	return l.Kernel, l.Kernel
}

// Step is the stride of a pool.
func (l *Layer) Step() int {
	if l.Stride > 0 {
		return l.Stride
	}
	return max(l.Kernel, 1) // of a window over the whole map there is one
}

// Tiles reports whether the windows of a pool lie side by side within the map: they
// neither overlap nor leave gaps, and there is no padding.
func (l *Layer) Tiles() bool { return l.Step() == l.Kernel && l.Pad == 0 }

// WeightCount is the number of connection weights, 0 for a pool.
func (l *Layer) WeightCount() int { return l.outputs() * l.WeightShape().Size() }

// BiasCount is the number of biases.
func (l *Layer) BiasCount() int {
	if l.Kind == FeedForward {
		return 0
	}
	return l.outputs()
}

// OtherCount is the number of parameters that are neither connection weights nor biases: gain and shift
// of a normalisation, or the position embedding of patches.
func (l *Layer) OtherCount() int {
	switch l.Kind {
	case Patches:
		return l.OutShape.Size()
	case Attention, FeedForward, LayerNorm:
		return 2 * l.InShape.C
	}
	return 0
}

// Parameters is the number of all parameters.
func (l *Layer) Parameters() int { return l.WeightCount() + l.BiasCount() + l.OtherCount() }

// MACs is the number of multiply-accumulates for one image, those of QKᵀ and of softmax(…)·V included.
func (l *Layer) MACs() int64 {
	pixels := int64(l.OutShape.H) * int64(l.OutShape.W)
	macs := pixels * int64(l.WeightCount())
	if l.Kind == Attention {
		macs += 2 * pixels * pixels * int64(l.InShape.C)
	}
	return macs
}
