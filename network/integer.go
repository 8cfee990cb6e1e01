package network

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"lowres/quant"
)

// ErrNetwork is returned for an integer network whose parameters break a rule.
var ErrNetwork = errors.New("network")

// ErrUnsupported is returned for a layer that has no integer form.
var ErrUnsupported = errors.New("unsupported layer")

// Integer is a network of integers: int8 activations with zero point 0, integer
// levels, int32 biases and a requantiser for every output channel. It is exact:
// reference, simulator and RTL agree on it to the last bit. docs/arithmetic.md
// has every rule with an example.
type Integer struct {
	Graph      *Graph         // resolved
	InputScale float64        // real value of input 1; the input is pixel − 128
	Layers     []IntegerLayer // parallel to Graph.Layers
}

// IntegerLayer holds the parameters of one layer; a pool has only OutputScale.
//
// The accumulator of output channel o is acc = Bias[o] + Σ w·a, where cells of
// padding count as a = 0. A layer with Requant emits Requant[o].Apply(acc), one
// without (only the last may be) emits acc itself as int32: the logits. Of a
// residual, acc = Factors[0]·a + Factors[1]·b and Requant has one element, for
// all channels. A function emits Table[uint8(a)].
type IntegerLayer struct {
	Levels      quant.Levels
	Weights     []int16 // [out][ky][kx][in], every one a level
	Bias        []int32 // [out]
	Requant     []quant.Requantiser
	Factors     [2]int32 // add: of its two operands, 1 to MaxFactor
	Table       []int8   // function: TableSize entries
	WeightScale float64  // real value of level 1; 0 for a layer without weights
	OutputScale float64  // real value of output 1; a pool's is its input's
}

// MaxFactor is the largest factor of a residual's operand.
const MaxFactor = 64

// Input is the input tensor of an image of 8-bit pixels, pixel − 128.
func Input(pixels []uint8) []int8 {
	in := make([]int8, len(pixels))
	for i, p := range pixels {
		in[i] = int8(int(p) - 128)
	}
	return in
}

// Argmax is the index of the largest logit, the lowest index of equal ones; the
// predicted class. logits is not empty.
func Argmax(logits []int32) int {
	best := 0
	for i, v := range logits {
		if v > logits[best] {
			best = i
		}
	}
	return best
}

// Validate checks every rule that reference, evaluator, file and hardware rely
// on, and returns ErrNetwork with all layers at fault: kinds with an integer form
// (else ErrUnsupported too), lengths, weights that are levels, requantisers in
// range and agreeing with relu, finite scales above 0, logits only from the last
// layer, and accumulators that no input can drive beyond int32.
func (n *Integer) Validate() error {
	if !n.Graph.isResolved() {
		return fmt.Errorf("%w: its graph is not resolved: call Graph.Resolve first", ErrNetwork)
	}
	if len(n.Layers) != len(n.Graph.Layers) {
		return fmt.Errorf("%w: parameters of %d layers: want %d", ErrNetwork, len(n.Layers), len(n.Graph.Layers))
	}
	var errs []error
	if !isScale(n.InputScale) {
		errs = append(errs, fmt.Errorf("%w: input scale %g: want finite and above 0", ErrNetwork, n.InputScale))
	}
	for i := range n.Layers {
		if err := n.validateLayer(i); err != nil {
			errs = append(errs, fmt.Errorf("%w: layer %s: %w", ErrNetwork, n.Graph.Layers[i].Name, err))
		}
	}
	return errors.Join(errs...)
}

// checkInteger returns ErrUnsupported unless the layer has an integer form: what
// quantise, .lrn files and the hardware work on.
func (l *Layer) checkInteger() error {
	switch {
	case l.GELU:
		return fmt.Errorf("%w: gelu: want a function layer behind it for an integer network; or run it in float", ErrUnsupported)
	case !slices.Contains(kindCodes, l.Kind):
		return fmt.Errorf("%w: kind %s: an integer network has %q; run it in float", ErrUnsupported, l.Kind, kindCodes)
	}
	return nil
}

// validateLayer checks layer i.
func (n *Integer) validateLayer(i int) error {
	l, p := &n.Graph.Layers[i], &n.Layers[i]
	if err := l.checkInteger(); err != nil {
		return err
	}
	switch l.Kind {
	case MaxPool, AvgPool:
		return n.validatePool(i)
	case Add:
		return n.validateAdd(i)
	case Lookup:
		return n.validateLookup(i)
	}
	if !isScale(p.WeightScale) || !isScale(p.OutputScale) {
		return fmt.Errorf("weight scale %g, output scale %g: want finite and above 0", p.WeightScale, p.OutputScale)
	}
	if p.Levels.IsZero() {
		return fmt.Errorf("weights are float32: want a level set, such as N=3")
	}
	if len(p.Weights) != l.WeightCount() || len(p.Bias) != l.BiasCount() {
		return fmt.Errorf("%d weights and %d biases: want %d and %d", len(p.Weights), len(p.Bias), l.WeightCount(), l.BiasCount())
	}
	if len(p.Table) > 0 || p.Factors != [2]int32{} {
		return fmt.Errorf("table or factors: a %s layer has none; remove them", l.Kind)
	}
	if j := p.firstNotALevel(); j >= 0 {
		return fmt.Errorf("weight %d is %d: want a level of %v", j, p.Weights[j], p.Levels)
	}
	if lo, hi := n.AccumulatorRange(i); lo < math.MinInt32 || hi > math.MaxInt32 {
		return fmt.Errorf("accumulators reach %d to %d: want within int32; lower N or split the layer", lo, hi)
	}
	return p.validateRequant(l, i == len(n.Layers)-1)
}

// firstNotALevel is the index of the first weight that is no level, or −1.
func (p *IntegerLayer) firstNotALevel() int {
	var is [2*quant.MaxLevel + 1]bool
	for _, v := range p.Levels.Values() {
		is[v+quant.MaxLevel] = true
	}
	return slices.IndexFunc(p.Weights, func(w int16) bool {
		return w < -quant.MaxLevel || w > quant.MaxLevel || !is[int(w)+quant.MaxLevel]
	})
}

// validateRequant checks the requantisers of a layer with weights.
func (p *IntegerLayer) validateRequant(l *Layer, last bool) error {
	if p.Requant == nil && last {
		if l.ReLU {
			return fmt.Errorf("relu on the logits: want none; remove relu or requantise the layer")
		}
		return nil
	}
	if len(p.Requant) != l.BiasCount() {
		return fmt.Errorf("%d requantisers: want %d (only the last layer may go without)", len(p.Requant), l.BiasCount())
	}
	return p.validateEach(l)
}

// validateEach checks every requantiser of a layer.
func (p *IntegerLayer) validateEach(l *Layer) error {
	for o, r := range p.Requant {
		if err := r.Validate(); err != nil {
			return fmt.Errorf("channel %d: %w", o, err)
		}
		if r.ReLU != l.ReLU {
			return fmt.Errorf("channel %d: requantiser with relu %t: want the layer's %t", o, r.ReLU, l.ReLU)
		}
	}
	return nil
}

// validatePool checks that pool i has no parameters and passes its scale on.
func (n *Integer) validatePool(i int) error {
	p := &n.Layers[i]
	if p.hasWeights() || len(p.Requant) > 0 || len(p.Table) > 0 || p.Factors != [2]int32{} {
		return fmt.Errorf("parameters: a pool has none; remove them")
	}
	if want := n.inputScale(i); p.OutputScale != want {
		return fmt.Errorf("output scale %g: want its input's %g", p.OutputScale, want)
	}
	return nil
}

// hasWeights reports whether p has anything that belongs to weights.
func (p *IntegerLayer) hasWeights() bool {
	return !p.Levels.IsZero() || len(p.Weights) > 0 || len(p.Bias) > 0 || p.WeightScale != 0
}

// validateAdd checks the factors and the requantiser of a residual.
func (n *Integer) validateAdd(i int) error {
	l, p := &n.Graph.Layers[i], &n.Layers[i]
	switch {
	case p.hasWeights() || len(p.Table) > 0:
		return fmt.Errorf("weights or table: a residual has none; remove them")
	case !isScale(p.OutputScale):
		return fmt.Errorf("output scale %g: want finite and above 0", p.OutputScale)
	case min(p.Factors[0], p.Factors[1]) < 1 || max(p.Factors[0], p.Factors[1]) > MaxFactor:
		return fmt.Errorf("factors %v: want 1 to %d", p.Factors, MaxFactor)
	case len(p.Requant) != 1:
		return fmt.Errorf("%d requantisers: want 1 for all channels", len(p.Requant))
	}
	return p.validateEach(l)
}

// validateLookup checks the table of a function.
func (n *Integer) validateLookup(i int) error {
	p := &n.Layers[i]
	switch {
	case p.hasWeights() || len(p.Requant) > 0 || p.Factors != [2]int32{}:
		return fmt.Errorf("weights, requantisers or factors: a function has none; remove them")
	case !isScale(p.OutputScale):
		return fmt.Errorf("output scale %g: want finite and above 0", p.OutputScale)
	case len(p.Table) != TableSize:
		return fmt.Errorf("table of %d entries: want %d", len(p.Table), TableSize)
	}
	return nil
}

// Requantiser is what layer i applies to the accumulator of output channel o. A
// largest value and a function leave the input as it is: one times it, halves and all.
// Layers that emit logits have none.
func (n *Integer) Requantiser(i, o int) quant.Requantiser {
	switch l, p := &n.Graph.Layers[i], &n.Layers[i]; l.Kind {
	case AvgPool:
		height, width := l.Window()
		return averager(height * width)
	case MaxPool, Lookup:
		return quant.Requantiser{Mult: 1 << 15, Shift: 15}
	case Add:
		return p.Requant[0]
	default:
		return p.Requant[o]
	}
}

// isScale reports whether s is finite and above 0.
func isScale(s float64) bool { return s > 0 && !math.IsInf(s, 1) }

// inputScale is the real value of 1 at the input of layer i.
func (n *Integer) inputScale(i int) float64 { return n.scaleOf(n.Graph.Layers[i].Source) }

// scaleOf is the real value of 1 at the output of layer i, or at the network's input for −1.
func (n *Integer) scaleOf(i int) float64 {
	if i < 0 {
		return n.InputScale
	}
	return n.Layers[i].OutputScale
}

// ActivationRange is the range of the activations at the input of layer i; see OutputRange.
func (n *Integer) ActivationRange(i int) (lo, hi int) { return n.OutputRange(n.Graph.Layers[i].Source) }

// OutputRange is the range of the activations of layer i, or of the network's input for −1: 0 … 127
// behind a relu, the values of a table, −128 … 127 otherwise. Pools pass it on.
func (n *Integer) OutputRange(i int) (lo, hi int) {
	if i < 0 {
		return quant.MinActivation, quant.MaxActivation
	}
	switch l := &n.Graph.Layers[i]; {
	case l.Kind == MaxPool || l.Kind == AvgPool:
		return n.OutputRange(l.Source)
	case l.Kind == Lookup:
		return tableRange(n.Layers[i].Table, l, n)
	case l.ReLU:
		return 0, quant.MaxActivation
	}
	return quant.MinActivation, quant.MaxActivation
}

// tableRange is the least and the greatest entry that the inputs of a function can reach.
func tableRange(table []int8, l *Layer, n *Integer) (lo, hi int) {
	from, to := n.OutputRange(l.Source)
	lo, hi = quant.MaxActivation, quant.MinActivation
	for a := from; a <= to; a++ {
		y := int(table[uint8(a)])
		lo, hi = min(lo, y), max(hi, y)
	}
	return lo, hi
}

// AccumulatorRange is the narrowest range that holds every partial sum of every
// accumulator of layer i, whatever the input is, the order of the terms, and
// whether the bias comes first or last. With the input's range lo … hi:
//
//	max over o of  max(bias[o], 0) + Σ max(w·lo, w·hi)
//
// and likewise for the minimum. An average adds up with weights of 1, a residual with
// its factors; it is 0, 0 for a largest value and a function.
func (n *Integer) AccumulatorRange(i int) (lo, hi int64) {
	l, p := &n.Graph.Layers[i], &n.Layers[i]
	size := l.WeightShape().Size()
	inLo, inHi := n.ActivationRange(i)
	switch l.Kind {
	case AvgPool:
		height, width := l.Window()
		return min(int64(inLo)*int64(height*width), 0), max(int64(inHi)*int64(height*width), 0)
	case Add:
		withLo, withHi := n.OutputRange(l.Second)
		a, b := int64(p.Factors[0]), int64(p.Factors[1])
		return min(a*int64(inLo), 0) + min(b*int64(withLo), 0), max(a*int64(inHi), 0) + max(b*int64(withHi), 0)
	}
	for o, b := range p.Bias {
		most, least := max(int64(b), 0), min(int64(b), 0)
		for _, w := range p.Weights[o*size : (o+1)*size] {
			x, y := int64(w)*int64(inLo), int64(w)*int64(inHi)
			most += max(x, y)
			least += min(x, y)
		}
		lo, hi = min(lo, least), max(hi, most)
	}
	return lo, hi
}
