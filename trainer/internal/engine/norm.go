package engine

import "lowres/network"

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
	unread             int // buffer: where the gradient of the pictures goes
}

// newNorm returns the normalisation of the input of layer i.
func newNorm(p *plan, i, to, around int) *norm {
	in := p.maps[i]
	pixels := p.microBatch * in.H * in.W
	return &norm{layer: i, from: i, to: to, around: around, in: in, out: p.maps[to], dIn: p.gradients[i],
		dOut: p.gradients[to], hat: p.buffer(pixels * in.C), inverse: p.buffer(pixels), unread: p.buffer(in.C)}
}

func (l *norm) forward(w *Worker, images int) {
	c := l.in.C
	gain, shift := w.params.net.Others[l.layer][:c], w.params.net.Others[l.layer][c:]
	for n := range images * l.in.H * l.in.W {
		i, y, x := l.in.pixelOf(n)
		in, out := w.maps[l.from][l.in.place(i, y, x):][:c], w.maps[l.to][l.out.place(i, y, x):][:c]
		hat := w.buffers[l.hat][n*c:][:c]
		w.buffers[l.inverse][n] = w.set.Norm(out, hat, in, gain, shift, network.NormEpsilon)
	}
}

func (l *norm) backward(w *Worker, images int, g *Gradient) {
	c := l.in.C
	gain := w.params.net.Others[l.layer][:c]
	dGain, dShift := g.others[l.layer][:c], g.others[l.layer][c:]
	for n := range images * l.in.H * l.in.W {
		i, y, x := l.in.pixelOf(n)
		d := w.gradients[l.to][l.dOut.place(i, y, x):][:c]
		hat := w.buffers[l.hat][n*c:][:c]
		if l.from == 0 {
			w.set.NormBack(w.buffers[l.unread][:c], d, hat, gain, dGain, dShift, w.buffers[l.inverse][n])
			continue
		}
		dIn := w.gradients[l.from][l.dIn.place(i, y, x):][:c]
		if l.around == none {
			clear(dIn)
		} else {
			around := &w.plan.gradients[l.around]
			copy(dIn, w.gradients[l.around][around.place(i, y, x):])
		}
		w.set.NormBack(dIn, d, hat, gain, dGain, dShift, w.buffers[l.inverse][n]) // nobody reads d again
	}
}
