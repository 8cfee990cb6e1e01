package simtest

import (
	"lowres/network"
)

// Reference runs the network on one image, one sum at a time, and returns the
// output of the last layer: sums, or activations if it requantises. It is slow,
// obvious, and shares no code with the mapping or the machine.
func Reference(net *network.Integer, input []int8) []int32 {
	x := make([]int32, len(input))
	for i, v := range input {
		x[i] = int32(v)
	}
	for i := range net.Graph.Layers {
		g := &net.Graph.Layers[i]
		switch g.Kind {
		case network.Conv:
			x = conv(g, &net.Layers[i], x, g.Kernel, g.Stride, g.Pad)
		case network.Dense:
			x = dense(g, &net.Layers[i], x)
		case network.MaxPool:
			x = maxPool(g, x)
		}
	}
	return x
}

func conv(g *network.Layer, l *network.IntegerLayer, x []int32, kernel, stride, pad int) []int32 {
	in, out := g.InShape, g.OutShape
	var y []int32
	for oy := range out.H {
		for ox := range out.W {
			for o := range out.C {
				acc := l.Bias[o]
				for ky := range kernel {
					for kx := range kernel {
						iy, ix := oy*stride-pad+ky, ox*stride-pad+kx
						if iy < 0 || iy >= in.H || ix < 0 || ix >= in.W {
							continue
						}
						for c := range in.C {
							w := l.Weights[((o*kernel+ky)*kernel+kx)*in.C+c]
							acc += int32(w) * x[(iy*in.W+ix)*in.C+c]
						}
					}
				}
				y = append(y, requantise(l, o, acc))
			}
		}
	}
	return y
}

func dense(g *network.Layer, l *network.IntegerLayer, x []int32) []int32 {
	var y []int32
	for o := range g.Out {
		acc := l.Bias[o]
		for i, v := range x {
			acc += int32(l.Weights[o*len(x)+i]) * v
		}
		y = append(y, requantise(l, o, acc))
	}
	return y
}

func requantise(l *network.IntegerLayer, o int, acc int32) int32 {
	if len(l.Requant) == 0 {
		return acc
	}
	return int32(l.Requant[o].Apply(acc))
}

func maxPool(g *network.Layer, x []int32) []int32 {
	in, out, k := g.InShape, g.OutShape, g.Kernel
	var y []int32
	for oy := range out.H {
		for ox := range out.W {
			for c := range out.C {
				best := x[(oy*k*in.W+ox*k)*in.C+c]
				for dy := range k {
					for dx := range k {
						best = max(best, x[((oy*k+dy)*in.W+ox*k+dx)*in.C+c])
					}
				}
				y = append(y, best)
			}
		}
	}
	return y
}
