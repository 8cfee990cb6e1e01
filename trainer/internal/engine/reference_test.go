package engine

import (
	"math"
	"slices"

	"lowres/network"
)

// reference is the obvious float64 network: one image at a time, loops over every index, no packing. The
// weights are whatever the caller sets: quantised ones for a quantised network.
type reference struct {
	graph                     *network.Graph
	weights, biases, others   [][]float64
	dWeights, dBiass, dOthers [][]float64
	maps                      [][]float64 // of the last forward pass, NHWC
	noise                     *uint64     // for dropout; nil: not training
	position                  int         // of the image in the batch, for dropout
	gap                       float64     // smallest distance of any pass from a kink: a relu at 0, two equal maxima
}

// tensor is a part of the parameters, or of their gradients.
type tensor struct {
	Name   string
	Values []float64
}

func newReference(net *network.Float) *reference {
	r := &reference{graph: net.Graph, gap: math.Inf(1)}
	for i := range net.Graph.Layers {
		l := &net.Graph.Layers[i]
		for _, part := range []*[][]float64{&r.weights, &r.dWeights} {
			*part = append(*part, make([]float64, l.WeightCount()))
		}
		for _, part := range []*[][]float64{&r.biases, &r.dBiass} {
			*part = append(*part, make([]float64, l.BiasCount()))
		}
		for _, part := range []*[][]float64{&r.others, &r.dOthers} {
			*part = append(*part, make([]float64, l.OtherCount()))
		}
		tensors := net.Tensors(i)
		for k, dst := range r.parameters(i) {
			codes, scale := make([]int16, len(dst.Values)), float32(0)
			if tensors[k].Quantised && !net.Levels[i].IsZero() {
				scale = net.Levels[i].Quantise(codes, tensors[k].Values)
			}
			for j, v := range tensors[k].Values {
				if scale > 0 {
					v = scale * float32(codes[j])
				}
				dst.Values[j] = float64(v)
			}
		}
	}
	return r
}

// parameters and gradient cut the parameters of layer i into the tensors of network.Float.Tensors.
func (r *reference) parameters(i int) []tensor {
	return r.cut(i, r.weights[i], r.biases[i], r.others[i])
}
func (r *reference) gradient(i int) []tensor {
	return r.cut(i, r.dWeights[i], r.dBiass[i], r.dOthers[i])
}

func (r *reference) cut(i int, weights, biases, others []float64) []tensor {
	l := &r.graph.Layers[i]
	c := l.InShape.C
	switch l.Kind {
	case network.Conv, network.Dense, network.Depthwise:
		return []tensor{{"weights", weights}, {"biases", biases}}
	case network.Patches:
		return []tensor{{"weights", weights}, {"biases", biases}, {"position", others}}
	case network.Attention:
		n := c * c
		return []tensor{{"query weights", weights[:n]}, {"key weights", weights[n : 2*n]}, {"value weights", weights[2*n:]},
			{"query biases", biases[:c]}, {"key biases", biases[c : 2*c]}, {"value biases", biases[2*c:]},
			{"gain", others[:c]}, {"shift", others[c:]}}
	case network.FeedForward:
		return []tensor{{"weights", weights}, {"gain", others[:c]}, {"shift", others[c:]}}
	case network.LayerNorm:
		return []tensor{{"gain", others[:c]}, {"shift", others[c:]}}
	}
	return nil
}

// term calls f(out, weight, in) for every product of layer l: indices of its output map, weight and input
// map, with the output in NHWC order.
func terms(l *network.Layer, f func(out, weight, in int)) {
	in, window := l.InShape, l.WeightShape()
	stride := max(l.Stride, 1)
	if l.Kind == network.Patches {
		stride = l.Kernel
	}
	for oy := range l.OutShape.H {
		for ox := range l.OutShape.W {
			outs := l.OutShape.C
			for o := range outs {
				for ky := range window.H {
					for kx := range window.W {
						y, x := oy*stride+ky-l.Pad, ox*stride+kx-l.Pad
						if y < 0 || y >= in.H || x < 0 || x >= in.W {
							continue
						}
						if l.Kind == network.Depthwise {
							f((oy*l.OutShape.W+ox)*outs+o, (o*window.H+ky)*window.W+kx, (y*in.W+x)*in.C+o)
							continue
						}
						for c := range in.C {
							f((oy*l.OutShape.W+ox)*outs+o, ((o*window.H+ky)*window.W+kx)*in.C+c, (y*in.W+x)*in.C+c)
						}
					}
				}
			}
		}
	}
}

// windows calls f(out, in) for every value of every pooling window.
func windows(l *network.Layer, f func(out, in int)) {
	for y := range l.OutShape.H * l.Kernel {
		for x := range l.OutShape.W * l.Kernel {
			iy, ix := y/l.Kernel*l.Step()+y%l.Kernel-l.Pad, x/l.Kernel*l.Step()+x%l.Kernel-l.Pad
			for c := range l.InShape.C {
				if iy >= 0 && iy < l.InShape.H && ix >= 0 && ix < l.InShape.W {
					f((y/l.Kernel*l.OutShape.W+x/l.Kernel)*l.InShape.C+c, (iy*l.InShape.W+ix)*l.InShape.C+c)
				}
			}
		}
	}
}

// cost is −ln softmax(network(x))[label].
func (r *reference) cost(x []float64, label int) float64 {
	r.maps = [][]float64{x}
	for i := range r.graph.Layers {
		r.maps = append(r.maps, r.layer(i, r.maps[r.graph.Layers[i].Source+1]))
	}
	logits := r.maps[len(r.maps)-1]
	sum := 0.0
	for _, v := range logits {
		sum += math.Exp(v)
	}
	return math.Log(sum) - logits[label]
}

// layer is the output of layer i.
func (r *reference) layer(i int, in []float64) []float64 {
	l := &r.graph.Layers[i]
	switch l.Kind {
	case network.MaxPool:
		out := make([]float64, l.OutShape.Size())
		r.pool(l, in, out)
		return out
	case network.AvgPool:
		out := make([]float64, l.OutShape.Size())
		means(l, func(o, k int, part float64) { out[o] += in[k] * part })
		return out
	case network.Lookup:
		return r.function(l, in)
	case network.Add:
		out := slices.Clone(in)
		for k, v := range r.maps[l.Second+1] {
			if out[k] += v; l.ReLU {
				r.gap = min(r.gap, math.Abs(out[k]))
				out[k] = max(out[k], 0)
			}
		}
		return out
	case network.Attention, network.FeedForward, network.LayerNorm, network.Dropout:
		return r.transformer(i, in)
	}
	out := r.sums(i, in)
	for k, v := range out {
		if l.ReLU {
			r.gap = min(r.gap, math.Abs(v))
			out[k] = max(v, 0)
		}
		if l.GELU {
			out[k] = v * normal(v)
		}
	}
	return out
}

// sums is the output of a layer of weights before its activation.
func (r *reference) sums(i int, in []float64) []float64 {
	l := &r.graph.Layers[i]
	out := make([]float64, l.OutShape.Size())
	for k := range out {
		out[k] = r.biases[i][k%l.OutShape.C]
		if l.Kind == network.Patches {
			out[k] += r.others[i][k]
		}
	}
	terms(l, func(o, w, k int) { out[o] += r.weights[i][w] * in[k] })
	return out
}

// pool takes the maxima, noting how far the second is behind, unless it is the same input or a clamped 0.
func (r *reference) pool(l *network.Layer, in, out []float64) {
	second := make([]float64, len(out))
	for k := range out {
		out[k], second[k] = math.Inf(-1), math.Inf(-1)
	}
	windows(l, func(o, k int) {
		second[o] = max(second[o], min(out[o], in[k]))
		out[o] = max(out[o], in[k])
	})
	for k := range out {
		if out[k] != 0 {
			r.gap = min(r.gap, out[k]-second[k])
		}
	}
}

// backward adds scale times the gradient of the last cost to dWeights and dBiass.
func (r *reference) backward(label int, scale float64) {
	logits := r.maps[len(r.maps)-1]
	d := make([]float64, len(logits))
	sum := 0.0
	for _, v := range logits {
		sum += math.Exp(v)
	}
	for k, v := range logits {
		d[k] = scale * math.Exp(v) / sum
	}
	d[label] -= scale
	ds := make([][]float64, len(r.maps)) // by map
	for k, m := range r.maps {
		ds[k] = make([]float64, len(m))
	}
	ds[len(ds)-1] = d
	for i := len(r.graph.Layers) - 1; i >= 0; i-- {
		l := &r.graph.Layers[i]
		for k, v := range r.backLayer(i, ds[i+1]) {
			ds[l.Source+1][k] += v
			if l.Kind == network.Add {
				ds[l.Second+1][k] += v
			}
		}
	}
}

// function is that of layer l of every value, noting how near its corners are.
func (r *reference) function(l *network.Layer, in []float64) []float64 {
	out := make([]float64, len(in))
	for k, v := range in {
		out[k] = l.Function.Value(v)
		if l.Function == network.HardSigmoid || l.Function == network.HardSwish {
			r.gap = min(r.gap, math.Abs(math.Abs(v)-3))
		}
	}
	return out
}

// means calls f(out, in, part) for every value of every window of an average.
func means(l *network.Layer, f func(out, in int, part float64)) {
	height, width := l.Window()
	for o := range l.OutShape.Size() {
		c, x, y := o%l.OutShape.C, o/l.OutShape.C%l.OutShape.W, o/l.OutShape.C/l.OutShape.W
		for k := range height * width {
			f(o, ((y*l.Step()+k/width)*l.InShape.W+x*l.Step()+k%width)*l.InShape.C+c, 1/float64(height*width))
		}
	}
}

func (r *reference) backLayer(i int, d []float64) []float64 {
	l := &r.graph.Layers[i]
	in, out := r.maps[l.Source+1], r.maps[i+1]
	dIn := make([]float64, len(in))
	switch l.Kind {
	case network.MaxPool:
		given := make([]bool, len(out))
		windows(l, func(o, k int) {
			if in[k] == out[o] && !given[o] {
				dIn[k] += d[o]
				given[o] = true
			}
		})
		return dIn
	case network.AvgPool:
		means(l, func(o, k int, part float64) { dIn[k] += d[o] * part })
		return dIn
	case network.Lookup:
		for k, v := range in {
			dIn[k] = d[k] * l.Function.Slope(v)
		}
		return dIn
	case network.Add:
		for k, v := range out {
			if !l.ReLU || v > 0 {
				dIn[k] = d[k]
			}
		}
		return dIn
	case network.Attention, network.FeedForward, network.LayerNorm, network.Dropout:
		return r.transformerBack(i, in, d)
	case network.Patches:
		for k, v := range d {
			r.dOthers[i][k] += v
		}
	}
	sums := r.sums(i, in)
	for k := range d {
		if l.ReLU && out[k] <= 0 {
			d[k] = 0
		}
		if l.GELU {
			d[k] *= normal(sums[k]) + sums[k]*density(sums[k])
		}
		r.dBiass[i][k%l.OutShape.C] += d[k]
	}
	terms(l, func(o, w, k int) {
		r.dWeights[i][w] += d[o] * in[k]
		dIn[k] += d[o] * r.weights[i][w]
	})
	return dIn
}
