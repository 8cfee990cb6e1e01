package network

import (
	"fmt"
	"math"

	"lowres/quant"
)

// DefaultInputScale makes the input of a network (pixel − 128)/128, within −1 … 1.
const DefaultInputScale = 1.0 / 128

// QuantiseOptions are the choices of Quantise; the zero value is a good one.
type QuantiseOptions struct {
	InputScale float64 // real value of input 1; 0 stands for DefaultInputScale
}

// Quantise makes the integer network of a trained float network. ranges[i] is the
// calibrated range of layer i, the largest |activation| behind relu that the
// network should represent; pools and the last layer need none.
//
// With s_in the scale of a layer's input, layer by layer:
//
//	q, s_w  = Levels.Quantise(w)               weights, equations 1 to 4
//	s_out   = range/127                        scale of the output
//	bias[o] = round(b[o]/(s_in·s_w))           halves away from zero
//	Requant = NewRequantiser(s_in·s_w/s_out)   the same in every channel
//	Factors = addFactors(s_a/s_b)              of a residual
//	Requant = NewRequantiser(s/s_out)          … with s = √(s_a/Factors[0] · s_b/Factors[1])
//	Table   = Function.Table(s_in, s_out)      of a function
//
// so that a real activation is s_out·y and acc stands for s_in·s_w·acc. The last
// layer has no Requant: its accumulators are the logits and its OutputScale is
// s_in·s_w. A pool passes its scale on. The result shares f's Graph.
//
// It returns ErrShape if f and ranges do not fit the graph or the last layer has no
// weights or has relu, ErrUnsupported for a layer that has no integer form, and an
// error that names the layer if a layer is float32, a weight or range is not finite, a
// range is not above 0, the scales of a residual's operands are too far apart, a bias
// does not fit int32 or an accumulator could leave it.
func Quantise(f *Float, ranges []float32, opt QuantiseOptions) (*Integer, error) {
	if err := checkFloat(f, ranges); err != nil {
		return nil, err
	}
	if opt.InputScale == 0 {
		opt.InputScale = DefaultInputScale
	}
	n := &Integer{Graph: f.Graph, InputScale: opt.InputScale, Layers: make([]IntegerLayer, len(f.Graph.Layers))}
	for i := range f.Graph.Layers {
		p, err := n.quantiseLayer(f, i, float64(ranges[i]))
		if err != nil {
			return nil, fmt.Errorf("layer %s: %w", f.Graph.Layers[i].Name, err)
		}
		n.Layers[i] = p
	}
	if err := n.Validate(); err != nil {
		return nil, err
	}
	return n, nil
}

// checkFloat checks that the parameters fit the graph and that it ends in logits.
func checkFloat(f *Float, ranges []float32) error {
	if err := f.Validate(); err != nil {
		return err
	}
	if len(ranges) != len(f.Graph.Layers) {
		return fmt.Errorf("%w: ranges of %d layers: want %d", ErrShape, len(ranges), len(f.Graph.Layers))
	}
	for i := range f.Graph.Layers {
		if err := f.Graph.Layers[i].checkInteger(); err != nil {
			return fmt.Errorf("layer %s: %w", f.Graph.Layers[i].Name, err)
		}
	}
	if last := &f.Graph.Layers[len(ranges)-1]; !last.HasWeights() || last.ReLU {
		return fmt.Errorf("%w: layer %s: the last layer emits the logits: want conv, depthwise or dense without relu", ErrShape, last.Name)
	}
	return nil
}

// quantiseLayer makes the parameters of layer i.
func (n *Integer) quantiseLayer(f *Float, i int, limit float64) (IntegerLayer, error) {
	l, inScale := &f.Graph.Layers[i], n.inputScale(i)
	switch l.Kind {
	case MaxPool, AvgPool:
		return IntegerLayer{OutputScale: inScale}, nil
	case Add:
		return quantiseAdd(l, inScale, n.scaleOf(l.Second), limit)
	case Lookup:
		out, err := outputScale(limit)
		if err != nil {
			return IntegerLayer{}, err
		}
		return IntegerLayer{Table: l.Function.Table(inScale, out), OutputScale: out}, nil
	}
	p := IntegerLayer{Levels: f.Levels[i], Weights: make([]int16, l.WeightCount())}
	if p.Levels.IsZero() {
		return p, fmt.Errorf("its weights are float32: want a level set, such as N=3, for an integer network")
	}
	if j := firstNotFinite(f.Weights[i]); j >= 0 {
		return p, fmt.Errorf("weight %d is %g: want finite; the training has diverged", j, f.Weights[i][j])
	}
	p.WeightScale = float64(p.Levels.Quantise(p.Weights, f.Weights[i]))
	accScale := inScale * p.WeightScale
	var err error
	if p.Bias, err = quantiseBias(f.Biases[i], accScale); err != nil {
		return p, err
	}
	if i == len(f.Graph.Layers)-1 {
		p.OutputScale = accScale
		return p, nil
	}
	if p.OutputScale, err = outputScale(limit); err != nil {
		return p, err
	}
	r, err := quant.NewRequantiser(accScale/p.OutputScale, l.ReLU)
	if err != nil {
		return p, err
	}
	p.Requant = make([]quant.Requantiser, l.BiasCount())
	for o := range p.Requant {
		p.Requant[o] = r
	}
	return p, nil
}

// outputScale is the scale of activations up to limit.
func outputScale(limit float64) (float64, error) {
	if !isScale(limit) {
		return 0, fmt.Errorf("range %g: want finite and above 0; calibrate on images that reach the layer", limit)
	}
	return limit / quant.MaxActivation, nil
}

// quantiseAdd makes the parameters of a residual of two maps with scales a and b.
func quantiseAdd(l *Layer, a, b, limit float64) (IntegerLayer, error) {
	out, err := outputScale(limit)
	if err != nil {
		return IntegerLayer{}, err
	}
	p := IntegerLayer{OutputScale: out}
	if p.Factors, err = addFactors(a / b); err != nil {
		return p, err
	}
	scale := math.Sqrt(a / float64(p.Factors[0]) * b / float64(p.Factors[1]))
	r, err := quant.NewRequantiser(scale/out, l.ReLU)
	p.Requant = []quant.Requantiser{r}
	return p, err
}

// addFactors is the pair with the least sum, of those 1 … MaxFactor, whose quotient is within a
// 64th of ratio; of two with the same sum the one with the smaller first.
func addFactors(ratio float64) ([2]int32, error) {
	for sum := int32(2); sum <= 2*MaxFactor; sum++ {
		for a := max(1, sum-MaxFactor); a <= min(sum-1, MaxFactor); a++ {
			if math.Abs(float64(a)/float64(sum-a)-ratio) <= ratio/64 {
				return [2]int32{a, sum - a}, nil
			}
		}
	}
	return [2]int32{}, fmt.Errorf("scales of its operands %g apart: want at most %d; train longer or clip the larger range", ratio, MaxFactor)
}

// quantiseBias rounds b/scale, halves away from zero.
func quantiseBias(b []float32, scale float64) ([]int32, error) {
	bias := make([]int32, len(b))
	for o, v := range b {
		q := math.Round(float64(v) / scale)
		if !(q >= math.MinInt32 && q <= math.MaxInt32) {
			return nil, fmt.Errorf("bias %d is %g, %g accumulator steps of %g: want within int32", o, v, q, scale)
		}
		bias[o] = int32(q)
	}
	return bias, nil
}

// firstNotFinite is the index of the first NaN or infinity of w, −1 without one.
func firstNotFinite(w []float32) int {
	for i, v := range w {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return i
		}
	}
	return -1
}
