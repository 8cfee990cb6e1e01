package engine

import (
	"math"

	"lowres/network"
)

// reference is the obvious float64 network: one image at a time, loops over every index, no packing. The
// weights are whatever the caller sets: quantised ones for a quantised network.
type reference struct {
	graph            *network.Graph
	weights, biases  [][]float64
	dWeights, dBiass [][]float64
	maps             [][]float64 // of the last forward pass, NHWC
	gap              float64     // smallest distance of any pass from a kink: a relu at 0, two equal maxima
}

func newReference(net *network.Float) *reference {
	r := &reference{graph: net.Graph, gap: math.Inf(1)}
	for i := range net.Graph.Layers {
		w := make([]float64, len(net.Weights[i]))
		b := make([]float64, len(net.Biases[i]))
		codes, scale := make([]int16, len(w)), float32(0)
		if !net.Levels[i].IsZero() {
			scale = net.Levels[i].Quantise(codes, net.Weights[i])
		}
		for k := range w {
			w[k] = float64(net.Weights[i][k])
			if !net.Levels[i].IsZero() {
				w[k] = float64(scale * float32(codes[k]))
			}
		}
		for k := range b {
			b[k] = float64(net.Biases[i][k])
		}
		r.weights, r.biases = append(r.weights, w), append(r.biases, b)
		r.dWeights, r.dBiass = append(r.dWeights, make([]float64, len(w))), append(r.dBiass, make([]float64, len(b)))
	}
	return r
}

// term calls f(out, weight, in) for every product of layer l: indices of its output map, weight and input
// map, with the output in NHWC order.
func terms(l *network.Layer, f func(out, weight, in int)) {
	in, window := l.InShape, l.WeightShape()
	stride := max(l.Stride, 1)
	for oy := range l.OutShape.H {
		for ox := range l.OutShape.W {
			for o := range l.Out {
				for ky := range window.H {
					for kx := range window.W {
						y, x := oy*stride+ky-l.Pad, ox*stride+kx-l.Pad
						if y < 0 || y >= in.H || x < 0 || x >= in.W {
							continue
						}
						for c := range in.C {
							f((oy*l.OutShape.W+ox)*l.Out+o, ((o*window.H+ky)*window.W+kx)*in.C+c, (y*in.W+x)*in.C+c)
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
			for c := range l.InShape.C {
				f((y/l.Kernel*l.OutShape.W+x/l.Kernel)*l.InShape.C+c, (y*l.InShape.W+x)*l.InShape.C+c)
			}
		}
	}
}

// cost is −ln softmax(network(x))[label].
func (r *reference) cost(x []float64, label int) float64 {
	r.maps = [][]float64{x}
	for i := range r.graph.Layers {
		l := &r.graph.Layers[i]
		in, out := r.maps[i], make([]float64, l.OutShape.Size())
		if l.Kind == network.MaxPool {
			r.pool(l, in, out)
		} else {
			for k := range out {
				out[k] = r.biases[i][k%l.Out]
			}
			terms(l, func(o, w, k int) { out[o] += r.weights[i][w] * in[k] })
		}
		for k := range out {
			if l.ReLU {
				r.gap = min(r.gap, math.Abs(out[k]))
				out[k] = max(out[k], 0)
			}
		}
		r.maps = append(r.maps, out)
	}
	logits := r.maps[len(r.maps)-1]
	sum := 0.0
	for _, v := range logits {
		sum += math.Exp(v)
	}
	return math.Log(sum) - logits[label]
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
	for i := len(r.graph.Layers) - 1; i >= 0; i-- {
		d = r.backLayer(i, d)
	}
}

func (r *reference) backLayer(i int, d []float64) []float64 {
	l := &r.graph.Layers[i]
	in, out := r.maps[i], r.maps[i+1]
	dIn := make([]float64, len(in))
	for k := range d {
		if l.ReLU && out[k] <= 0 {
			d[k] = 0
		}
	}
	if l.Kind == network.MaxPool {
		given := make([]bool, len(out))
		windows(l, func(o, k int) {
			if in[k] == out[o] && !given[o] {
				dIn[k], given[o] = d[o], true
			}
		})
		return dIn
	}
	for k, v := range d {
		r.dBiass[i][k%l.Out] += v
	}
	terms(l, func(o, w, k int) {
		r.dWeights[i][w] += d[o] * in[k]
		dIn[k] += d[o] * r.weights[i][w]
	})
	return dIn
}
