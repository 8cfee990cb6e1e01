package network

import (
	"fmt"
	"math"

	"lowres/quant"
)

// Run computes every layer of the network on one input, H×W×C values in NHWC
// order, with the plainest loops: it is the reference that the evaluator, the
// simulator and the RTL are compared with.
//
// activations[i] is the output of layer i in NHWC order, nil for a last layer
// without requantiser. logits is the output of the last layer as int32, whether
// it is requantised or not. It returns ErrNetwork for a network that Validate
// refuses and ErrShape for an input of the wrong length.
// Source: docs/arithmetic.md.
func (n *Integer) Run(input []int8) (activations [][]int8, logits []int32, err error) {
	if err := n.Validate(); err != nil {
		return nil, nil, err
	}
	if err := checkLength(input, n.Graph.Input); err != nil {
		return nil, nil, err
	}
	activations = make([][]int8, len(n.Layers))
	output := func(i int) []int8 {
		if i < 0 {
			return input
		}
		return activations[i]
	}
	for i := range n.Layers {
		l, p := &n.Graph.Layers[i], &n.Layers[i]
		in := output(l.Source)
		switch l.Kind {
		case MaxPool:
			activations[i] = maxPool(l, in)
		case AvgPool:
			activations[i] = averages(l, in)
		case Add:
			activations[i] = sums(p, in, output(l.Second))
		case Lookup:
			activations[i] = looked(p, in)
		default:
			acc := accumulators(l, p, in)
			if p.Requant == nil {
				return activations, acc, nil
			}
			activations[i] = requantised(p, acc)
		}
	}
	return activations, widened(activations[len(activations)-1]), nil
}

// checkLength checks the length of an input.
func checkLength(input []int8, shape Shape) error {
	if len(input) != shape.Size() {
		return fmt.Errorf("%w: input of %d values: want %d for %v", ErrShape, len(input), shape.Size(), shape)
	}
	return nil
}

// accumulators computes bias[o] + Σ w·a for every output position and channel.
func accumulators(l *Layer, p *IntegerLayer, in []int8) []int32 {
	acc := make([]int32, 0, l.OutShape.Size())
	for y := range l.OutShape.H {
		for x := range l.OutShape.W {
			for o := range p.Bias {
				sum := int64(p.Bias[o]) + dotProduct(l, p, in, y, x, o)
				if sum < math.MinInt32 || sum > math.MaxInt32 {
					panic(fmt.Sprintf("layer %s: accumulator %d: Validate proved that it fits int32", l.Name, sum))
				}
				acc = append(acc, int32(sum))
			}
		}
	}
	return acc
}

// dotProduct computes Σ w·a for output y, x and channel o. Stride and Pad of a
// dense layer are 0 and its window is the whole map, so it needs no case.
func dotProduct(l *Layer, p *IntegerLayer, in []int8, y, x, o int) int64 {
	window, sum := l.WeightShape(), int64(0)
	for ky := range window.H {
		for kx := range window.W {
			iy, ix := y*l.Stride+ky-l.Pad, x*l.Stride+kx-l.Pad
			if iy < 0 || iy >= l.InShape.H || ix < 0 || ix >= l.InShape.W {
				continue // padding counts as 0
			}
			for c := range window.C {
				w := p.Weights[((o*window.H+ky)*window.W+kx)*window.C+c]
				a := in[(iy*l.InShape.W+ix)*l.InShape.C+c]
				if l.Kind == Depthwise {
					a = in[(iy*l.InShape.W+ix)*l.InShape.C+o]
				}
				sum += int64(w) * int64(a)
			}
		}
	}
	return sum
}

// requantised turns accumulators, channel fastest, into activations.
func requantised(p *IntegerLayer, acc []int32) []int8 {
	out := make([]int8, len(acc))
	for i, v := range acc {
		out[i] = p.Requant[i%len(p.Requant)].Apply(v)
	}
	return out
}

// maxPool takes the maximum of every full Kernel×Kernel window; padding counts as −128.
func maxPool(l *Layer, in []int8) []int8 {
	out := make([]int8, 0, l.OutShape.Size())
	for y := range l.OutShape.H {
		for x := range l.OutShape.W {
			for c := range l.OutShape.C {
				best := int8(math.MinInt8)
				for k := range l.Kernel * l.Kernel {
					iy, ix := y*l.Step()+k/l.Kernel-l.Pad, x*l.Step()+k%l.Kernel-l.Pad
					if iy >= 0 && iy < l.InShape.H && ix >= 0 && ix < l.InShape.W {
						best = max(best, in[(iy*l.InShape.W+ix)*l.InShape.C+c])
					}
				}
				out = append(out, best)
			}
		}
	}
	return out
}

// averages requantises the sum of every full window by one part in its size.
func averages(l *Layer, in []int8) []int8 {
	height, width := l.Window()
	mean := averager(height * width)
	out := make([]int8, 0, l.OutShape.Size())
	for y := range l.OutShape.H {
		for x := range l.OutShape.W {
			for c := range l.OutShape.C {
				sum := int32(0)
				for ky := range height {
					for kx := range width {
						sum += int32(in[((y*l.Step()+ky)*l.InShape.W+x*l.Step()+kx)*l.InShape.C+c])
					}
				}
				out = append(out, mean.Apply(sum))
			}
		}
	}
	return out
}

// averager is the requantiser of the mean of count values.
func averager(count int) quant.Requantiser {
	r, err := quant.NewRequantiser(1/float64(count), false)
	if err != nil {
		panic(err) // 1/count is above 0 and at most 1
	}
	return r
}

// sums requantises the weighted sum of two maps.
func sums(p *IntegerLayer, a, b []int8) []int8 {
	out := make([]int8, len(a))
	for i := range a {
		out[i] = p.Requant[0].Apply(p.Factors[0]*int32(a[i]) + p.Factors[1]*int32(b[i]))
	}
	return out
}

// looked reads every value's entry of the table.
func looked(p *IntegerLayer, in []int8) []int8 {
	out := make([]int8, len(in))
	for i, a := range in {
		out[i] = p.Table[uint8(a)]
	}
	return out
}

// widened returns activations as int32.
func widened(in []int8) []int32 {
	out := make([]int32, len(in))
	for i, v := range in {
		out[i] = int32(v)
	}
	return out
}
