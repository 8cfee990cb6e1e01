package engine

import "lowres/network"

// function computes a function of every value.
type function struct {
	from, to int
	f        network.Function
	slope    int  // buffer: the derivative, [image][pixel][channel]
	relu     bool // the layer before ends in a relu, whose gradient is included
}

func newFunction(p *plan, i int) *function {
	l := &p.graph.Layers[i]
	return &function{p.inputs[i], i + 1, l.Function, p.kept(l.InShape.Size()), p.behindReLU(i)}
}

func (l *function) forward(w *Worker, images int) {
	in, out := &w.plan.maps[l.from], &w.plan.maps[l.to]
	for n := range images * in.H * in.W {
		i, y, x := in.pixelOf(n)
		dst := w.maps[l.to][out.place(i, y, x):][:in.C]
		slope := w.buffers[l.slope][n*in.C:][:in.C]
		for c, v := range w.maps[l.from][in.place(i, y, x):][:in.C] {
			dst[c] = float32(l.f.Value(float64(v)))
			if w.training {
				slope[c] = float32(l.f.Slope(float64(v)))
			}
		}
	}
}

func (l *function) backward(w *Worker, images int, _ *Gradient) {
	if l.from == 0 {
		return
	}
	dIn, dOut := &w.plan.gradients[l.from], &w.plan.gradients[l.to]
	for n := range images * dIn.H * dIn.W {
		i, y, x := dIn.pixelOf(n)
		w.set.Multiply(w.gradients[l.from][dIn.place(i, y, x):][:dIn.C], w.gradients[l.to][dOut.place(i, y, x):],
			w.buffers[l.slope][n*dIn.C:])
	}
	if l.relu {
		(&reluBack{l.from}).backward(w, images, nil)
	}
}
