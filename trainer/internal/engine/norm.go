package engine

import (
	"lowres/network"
	"lowres/trainer/kernel"
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
	beside             geometry // of the gradient that goes around
	hat, inverse       int      // buffers: hat, [image][pixel][channel], and 1/√(variance + ε), [image][pixel]
	unread             int      // buffer: where the gradient of the pictures goes
}

// newNorm returns the normalisation of the input of layer i.
func newNorm(p *plan, i, to, around int) *norm {
	l := &norm{layer: i, from: i, to: to, around: around, in: p.maps[i], out: p.maps[to], dIn: p.gradients[i], dOut: p.gradients[to],
		unread: p.scratch(p.maps[i].C)}
	if around != none {
		l.beside = p.gradients[around]
	}
	pixels := l.in.H * l.in.W
	l.hat, l.inverse = p.kept(pixels*l.in.C), p.kept(pixels)
	if l.in.isFlat() && l.out.isFlat() && l.dOut.isFlat() && (i == 0 || l.dIn.isFlat()) &&
		(around == none || l.beside.isFlat()) {
		l.in, l.out, l.dIn, l.dOut = l.in.flat(), l.out.flat(), l.dIn.flat(), l.dOut.flat()
		l.beside = l.beside.flat()
	}
	return l
}

// row is the number of pixels of the lines before line y of image i.
func (l *norm) row(i, y int) int { return (i*l.in.H + y) * l.in.W }

// line is the normalisation of line y of image i, with the fields that both directions read.
func (l *norm) line(w *Worker, i, y int) *kernel.Normalisation {
	c, row := l.in.C, l.row(i, y)
	others := w.params.net.Others[l.layer]
	w.norm = kernel.Normalisation{Rows: l.in.W, Channels: c, Gain: others[:c], Shift: others[c:], Epsilon: network.NormEpsilon,
		Hat: w.buffers[l.hat][row*c:], Inverse: w.buffers[l.inverse][row:]}
	return &w.norm
}

func (l *norm) forward(w *Worker, images int) {
	for i := range images {
		for y := range l.in.H {
			n := l.line(w, i, y)
			n.In, n.InRow = w.maps[l.from][l.in.place(i, y, 0):], l.in.pixel()
			n.Out, n.OutRow = w.maps[l.to][l.out.place(i, y, 0):], l.out.pixel()
			w.set.Norm(n)
		}
	}
}

func (l *norm) backward(w *Worker, images int, g *Gradient) {
	c := l.in.C
	for i := range images {
		for y := range l.in.H {
			n := l.line(w, i, y)
			n.D, n.DRow = w.gradients[l.to][l.dOut.place(i, y, 0):], l.dOut.pixel() // nobody reads them again
			n.DGain, n.DShift = g.others[l.layer][:c], g.others[l.layer][c:]
			n.DIn, n.DInRow = w.buffers[l.unread], 0
			if l.from > 0 {
				n.DIn, n.DInRow = w.gradients[l.from][l.dIn.place(i, y, 0):], l.dIn.pixel()
				l.goAround(w, i, y, n)
			}
			w.set.NormBack(n)
		}
	}
}

// goAround begins the gradient of a line of the input with what does not go through the normalisation.
func (l *norm) goAround(w *Worker, i, y int, n *kernel.Normalisation) {
	if l.around == none {
		for x := range n.Rows {
			clear(n.DIn[x*n.DInRow:][:n.Channels])
		}
		return
	}
	count, values := n.Rows, n.Channels
	if l.dIn.pixel() == values && l.beside.pixel() == values {
		count, values = 1, n.Rows*values
	}
	for x := range count {
		copy(n.DIn[x*n.DInRow:][:values], w.gradients[l.around][l.beside.place(i, y, x):])
	}
}

// normAgain writes the output of a normalisation anew before the layers that read it run backward: what only one part at a
// time has.
type normAgain struct{ *norm }

func (normAgain) forward(*Worker, int) {}

func (l normAgain) backward(w *Worker, images int, _ *Gradient) {
	if !w.plan.brief[l.to] {
		return
	}
	for i := range images {
		for y := range l.in.H {
			n := l.line(w, i, y)
			n.Out, n.OutRow = w.maps[l.to][l.out.place(i, y, 0):], l.out.pixel()
			w.set.NormAgain(n)
		}
	}
}
