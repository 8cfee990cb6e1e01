package engine

import "math"

// dropout multiplies every value by 0, with the probability rate, or by 1/(1 − rate). What it drops is a
// function of Batch.Noise, the layer and the position of the image in the batch. Outside of training it
// passes its input on.
type dropout struct {
	layer, size int
	rate        float64
	factor      int // buffer: [image][pixel][channel]
}

func newDropout(p *plan, i int) *dropout {
	size := p.graph.Layers[i].InShape.Size()
	return &dropout{i, size, p.graph.Layers[i].Rate, p.kept(size)}
}

func (l *dropout) forward(w *Worker, images int) {
	in, out := &w.plan.maps[l.layer], &w.plan.maps[l.layer+1]
	if w.training {
		for i := range images {
			l.draw(w, w.first+i, w.buffers[l.factor][i*l.size:][:l.size])
		}
	}
	for n := range images * in.H * in.W {
		i, y, x := in.pixelOf(n)
		dst, src := w.maps[l.layer+1][out.place(i, y, x):][:in.C], w.maps[l.layer][in.place(i, y, x):]
		if w.training {
			w.set.Multiply(dst, src, w.buffers[l.factor][n*in.C:])
		} else {
			copy(dst, src)
		}
	}
}

func (l *dropout) backward(w *Worker, images int, _ *Gradient) {
	if l.layer == 0 {
		return
	}
	dIn, dOut := &w.plan.gradients[l.layer], &w.plan.gradients[l.layer+1]
	for n := range images * dIn.H * dIn.W {
		i, y, x := dIn.pixelOf(n)
		w.set.Multiply(w.gradients[l.layer][dIn.place(i, y, x):][:dIn.C], w.gradients[l.layer+1][dOut.place(i, y, x):],
			w.buffers[l.factor][n*dIn.C:])
	}
}

// draw writes the factors of the image at a position of the batch.
func (l *dropout) draw(w *Worker, position int, factors []float32) {
	w.random.Seed(w.noise, uint64(position)<<16|uint64(l.layer))
	drop, keep := int64(l.rate*(1<<32)), math.Float32bits(float32(1/(1-l.rate)))
	pick := func(bits uint32) float32 { // without a branch, which nobody could predict
		dropped := (int64(bits) - drop) >> 63
		return math.Float32frombits(keep &^ uint32(dropped))
	}
	for ; len(factors) >= 2; factors = factors[2:] { // two from each 64 bits
		bits := w.random.Uint64()
		factors[0], factors[1] = pick(uint32(bits)), pick(uint32(bits>>32))
	}
	if len(factors) > 0 {
		factors[0] = pick(uint32(w.random.Uint64()))
	}
}
