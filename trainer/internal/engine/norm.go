package engine

import (
	"math"

	"lowres/network"
)

// norm normalises every pixel over its channels, with gain and shift of a layer:
//
//	hat = (in − mean)/√(variance + ε);   out = gain·hat + shift
//
// With d = gain·dOut, the gradient of the input is (d − mean(d) − hat·mean(d·hat))/√(variance + ε).
type norm struct {
	layer, from, to    int
	around             int // map whose gradient goes around the layer and is added, or none
	in, out, dIn, dOut geometry
	hat, inverse       int // buffers: hat, [image][pixel][channel], and 1/√(variance + ε), [image][pixel]
}

// newNorm returns the normalisation of the input of layer i.
func newNorm(p *plan, i, to, around int) *norm {
	in := p.maps[i]
	pixels := p.microBatch * in.H * in.W
	return &norm{layer: i, from: i, to: to, around: around, in: in, out: p.maps[to], dIn: p.gradients[i],
		dOut: p.gradients[to], hat: p.buffer(pixels * in.C), inverse: p.buffer(pixels)}
}

func (l *norm) forward(w *Worker, images int) {
	c := l.in.C
	gain, shift := w.params.net.Others[l.layer][:c], w.params.net.Others[l.layer][c:]
	for n := range images * l.in.H * l.in.W {
		i, y, x := l.in.pixelOf(n)
		in, out := w.maps[l.from][l.in.place(i, y, x):][:c], w.maps[l.to][l.out.place(i, y, x):][:c]
		hat := w.buffers[l.hat][n*c:][:c]
		inverse := standardise(hat, in)
		w.buffers[l.inverse][n] = inverse
		for k, v := range hat {
			out[k] = gain[k]*v + shift[k]
		}
	}
}

// standardise writes (x − mean)/√(variance + ε) and returns 1/√(variance + ε).
func standardise(hat, x []float32) (inverse float32) {
	size := float32(len(x))
	mean := sum(x) / size
	for k, v := range x {
		hat[k] = v - mean
	}
	variance := dot(hat, hat) / size
	inverse = float32(1 / math.Sqrt(float64(variance)+network.NormEpsilon))
	for k := range hat {
		hat[k] *= inverse
	}
	return inverse
}

func (l *norm) backward(w *Worker, images int, g *Gradient) {
	c := l.in.C
	gain := w.params.net.Others[l.layer][:c]
	dGain, dShift := g.others[l.layer][:c], g.others[l.layer][c:]
	for n := range images * l.in.H * l.in.W {
		i, y, x := l.in.pixelOf(n)
		d := w.gradients[l.to][l.dOut.place(i, y, x):][:c]
		hat := w.buffers[l.hat][n*c:][:c]
		for k, v := range d {
			dGain[k] += v * hat[k]
			dShift[k] += v
			d[k] = v * gain[k] // nobody reads the gradient of the output again
		}
		if l.from == 0 {
			continue
		}
		dIn := w.gradients[l.from][l.dIn.place(i, y, x):][:c]
		if l.around == none {
			clear(dIn)
		} else {
			around := &w.plan.gradients[l.around]
			copy(dIn, w.gradients[l.around][around.place(i, y, x):])
		}
		standardiseBack(dIn, d, hat, w.buffers[l.inverse][n])
	}
}

// standardiseBack adds the gradient of the input of standardise to dIn; d is that of hat.
func standardiseBack(dIn, d, hat []float32, inverse float32) {
	size := float32(len(d))
	mean, slope := sum(d)/size, dot(d, hat)/size
	hat, d = hat[:len(dIn)], d[:len(dIn)]
	for k := range dIn {
		dIn[k] += (d[k] - mean - hat[k]*slope) * inverse
	}
}
