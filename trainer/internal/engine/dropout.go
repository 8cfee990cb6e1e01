package engine

import "lowres/trainer/kernel"

// dropout multiplies every value by 0, with the probability rate, or by 1/(1 − rate). What it drops is a
// function of Batch.Noise, the layer and the position of the image in the batch. Outside of training it
// passes its input on.
type dropout struct {
	layer int
	rate  float64
}

func newDropout(p *plan, i int) *dropout { return &dropout{i, p.graph.Layers[i].Rate} }

func (l *dropout) forward(w *Worker, images int) {
	in, out := &w.plan.maps[l.layer], &w.plan.maps[l.layer+1]
	if w.training {
		l.drop(w, images, out, w.maps[l.layer+1], in, w.maps[l.layer])
		return
	}
	count, values := runs(images, in, out)
	for n := range count {
		i, y, x := in.pixelOf(n * (values / in.C))
		copy(w.maps[l.layer+1][out.place(i, y, x):][:values], w.maps[l.layer][in.place(i, y, x):])
	}
}

func (l *dropout) backward(w *Worker, images int, _ *Gradient) {
	if l.layer == 0 {
		return
	}
	dIn, dOut := &w.plan.gradients[l.layer], &w.plan.gradients[l.layer+1]
	l.drop(w, images, dIn, w.gradients[l.layer], dOut, w.gradients[l.layer+1])
}

// drop writes a map from another one of the same shape, with what falls away of it.
func (l *dropout) drop(w *Worker, images int, to *geometry, dst []float32, from *geometry, src []float32) {
	count, values := runs(images, to, from)
	for n := range count {
		i, y, x := to.pixelOf(n * (values / to.C))
		d := l.ofImage(w, w.first+i)
		d.First = uint32(n * values % (to.H * to.W * to.C))
		w.set.Drop(dst[to.place(i, y, x):][:values], src[from.place(i, y, x):], d)
	}
}

// ofImage says what falls away of the image at a position of the batch.
func (l *dropout) ofImage(w *Worker, position int) kernel.Dropout {
	w.random.Seed(w.noise, uint64(position)<<16|uint64(l.layer))
	return kernel.NewDropout(l.rate, w.random.Uint64())
}
