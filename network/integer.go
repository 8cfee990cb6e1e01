package network

import (
	"errors"
	"fmt"
	"math"

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
// without (only the last may be) emits acc itself as int32: the logits.
type IntegerLayer struct {
	Levels      quant.Levels
	Weights     []int16 // [out][ky][kx][in], every one a level
	Bias        []int32 // [out]
	Requant     []quant.Requantiser
	WeightScale float64 // real value of level 1; 0 for a pool
	OutputScale float64 // real value of output 1; a pool's is its input's
}

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
		return fmt.Errorf("%w: gelu: an integer network has relu or no activation; run it in float", ErrUnsupported)
	case l.Kind != Conv && l.Kind != Dense && l.Kind != MaxPool:
		return fmt.Errorf("%w: kind %s: an integer network has conv, dense and maxpool; run it in float", ErrUnsupported, l.Kind)
	}
	return nil
}

// validateLayer checks layer i.
func (n *Integer) validateLayer(i int) error {
	l, p := &n.Graph.Layers[i], &n.Layers[i]
	if err := l.checkInteger(); err != nil {
		return err
	}
	if !l.HasWeights() {
		return n.validatePool(i)
	}
	if !isScale(p.WeightScale) || !isScale(p.OutputScale) {
		return fmt.Errorf("weight scale %g, output scale %g: want finite and above 0", p.WeightScale, p.OutputScale)
	}
	if p.Levels.IsZero() {
		return fmt.Errorf("weights are float32: want a level set, such as N=3")
	}
	if len(p.Weights) != l.WeightCount() || len(p.Bias) != l.Out {
		return fmt.Errorf("%d weights and %d biases: want %d and %d", len(p.Weights), len(p.Bias), l.WeightCount(), l.Out)
	}
	for j, w := range p.Weights {
		if _, ok := p.Levels.Code(int(w)); !ok {
			return fmt.Errorf("weight %d is %d: want a level of %v", j, w, p.Levels)
		}
	}
	if lo, hi := n.AccumulatorRange(i); lo < math.MinInt32 || hi > math.MaxInt32 {
		return fmt.Errorf("accumulators reach %d to %d: want within int32; lower N or split the layer", lo, hi)
	}
	return p.validateRequant(l, i == len(n.Layers)-1)
}

// validateRequant checks the requantisers of a layer with weights.
func (p *IntegerLayer) validateRequant(l *Layer, last bool) error {
	if p.Requant == nil && last {
		if l.ReLU {
			return fmt.Errorf("relu on the logits: want none; remove relu or requantise the layer")
		}
		return nil
	}
	if len(p.Requant) != l.Out {
		return fmt.Errorf("%d requantisers: want %d (only the last layer may go without)", len(p.Requant), l.Out)
	}
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
	if !p.Levels.IsZero() || len(p.Weights) > 0 || len(p.Bias) > 0 || len(p.Requant) > 0 || p.WeightScale != 0 {
		return fmt.Errorf("parameters: a pool has none; remove them")
	}
	if want := n.inputScale(i); p.OutputScale != want {
		return fmt.Errorf("output scale %g: want its input's %g", p.OutputScale, want)
	}
	return nil
}

// isScale reports whether s is finite and above 0.
func isScale(s float64) bool { return s > 0 && !math.IsInf(s, 1) }

// inputScale is the real value of 1 at the input of layer i.
func (n *Integer) inputScale(i int) float64 {
	if i == 0 {
		return n.InputScale
	}
	return n.Layers[i-1].OutputScale
}

// ActivationRange is the range of the activations at the input of layer i:
// 0 … 127 behind a relu, −128 … 127 otherwise. Pools pass it on.
func (n *Integer) ActivationRange(i int) (lo, hi int) {
	for i > 0 && n.Graph.Layers[i-1].Kind == MaxPool {
		i--
	}
	if i > 0 && n.Graph.Layers[i-1].ReLU {
		return 0, quant.MaxActivation
	}
	return quant.MinActivation, quant.MaxActivation
}

// AccumulatorRange is the narrowest range that holds every partial sum of every
// accumulator of layer i, whatever the input is, the order of the terms, and
// whether the bias comes first or last. With the input's range lo … hi:
//
//	max over o of  max(bias[o], 0) + Σ max(w·lo, w·hi)
//
// and likewise for the minimum. It is 0, 0 for a pool.
func (n *Integer) AccumulatorRange(i int) (lo, hi int64) {
	p := &n.Layers[i]
	size := n.Graph.Layers[i].WeightShape().Size()
	inLo, inHi := n.ActivationRange(i)
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
