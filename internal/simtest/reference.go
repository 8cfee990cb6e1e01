package simtest

import (
	"lowres/network"
	"lowres/quant"
)

// Reference runs the network on one image, one sum at a time, and returns the
// output of the last layer: sums, or activations if it requantises. It is slow,
// obvious, and shares no code with the mapping or the machine.
func Reference(net *network.Integer, input []int8) []int32 {
	x := make([]int32, len(input))
	for i, v := range input {
		x[i] = int32(v)
	}
	maps := map[string][]int32{network.InputName: x}
	for i := range net.Graph.Layers {
		g, l := &net.Graph.Layers[i], &net.Layers[i]
		if g.From != "" {
			x = maps[g.From]
		}
		switch g.Kind {
		case network.Conv:
			x = conv(g, l, x, g.Kernel, g.Stride, g.Pad)
		case network.Depthwise:
			x = depthwise(g, l, x)
		case network.Dense:
			x = dense(g, l, x)
		case network.MaxPool:
			x = maxPool(g, x)
		case network.AvgPool:
			x = average(g, x)
		case network.Add:
			x = add(l, x, maps[g.With])
		case network.Lookup:
			x = look(l, x)
		}
		maps[g.Name] = x
	}
	return x
}

func depthwise(g *network.Layer, l *network.IntegerLayer, x []int32) []int32 {
	y := make([]int32, g.OutShape.Size())
	for c := range g.InShape.C {
		one := network.Layer{InShape: network.Shape{H: g.InShape.H, W: g.InShape.W, C: 1}, OutShape: network.Shape{H: g.OutShape.H, W: g.OutShape.W, C: 1}}
		plane := make([]int32, one.InShape.Size())
		for i := range plane {
			plane[i] = x[i*g.InShape.C+c]
		}
		size := g.Kernel * g.Kernel
		p := network.IntegerLayer{Weights: l.Weights[c*size : (c+1)*size], Bias: l.Bias[c : c+1]}
		if len(l.Requant) > 0 {
			p.Requant = l.Requant[c : c+1]
		}
		for i, v := range conv(&one, &p, plane, g.Kernel, g.Stride, g.Pad) {
			y[i*g.InShape.C+c] = v
		}
	}
	return y
}

// average rounds the mean by its 16-bit factor, halves up.
func average(g *network.Layer, x []int32) []int32 {
	in, out := g.InShape, g.OutShape
	h, w, stride := g.Kernel, g.Kernel, g.Stride
	if g.Kernel == 0 {
		h, w = in.H, in.W
	}
	if stride == 0 {
		stride = g.Kernel
	}
	factor, err := quant.NewRequantiser(1/float64(h*w), false)
	if err != nil {
		panic(err)
	}
	var y []int32
	for oy := range out.H {
		for ox := range out.W {
			for c := range out.C {
				sum := int32(0)
				for i := range h * w {
					sum += x[((oy*stride+i/w)*in.W+ox*stride+i%w)*in.C+c]
				}
				y = append(y, int32(factor.Apply(sum)))
			}
		}
	}
	return y
}

func add(l *network.IntegerLayer, a, b []int32) []int32 {
	var y []int32
	for i := range a {
		y = append(y, int32(l.Requant[0].Apply(l.Factors[0]*a[i]+l.Factors[1]*b[i])))
	}
	return y
}

func look(l *network.IntegerLayer, x []int32) []int32 {
	var y []int32
	for _, a := range x {
		y = append(y, int32(l.Table[uint8(a)]))
	}
	return y
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
	in, out, k, stride := g.InShape, g.OutShape, g.Kernel, g.Stride
	if stride == 0 {
		stride = k
	}
	var y []int32
	for oy := range out.H {
		for ox := range out.W {
			for c := range out.C {
				best := int32(-1 << 31)
				for iy := oy*stride - g.Pad; iy < oy*stride-g.Pad+k; iy++ {
					for ix := ox*stride - g.Pad; ix < ox*stride-g.Pad+k; ix++ {
						if min(iy, ix) >= 0 && iy < in.H && ix < in.W {
							best = max(best, x[(iy*in.W+ix)*in.C+c])
						}
					}
				}
				y = append(y, best)
			}
		}
	}
	return y
}
