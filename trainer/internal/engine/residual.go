package engine

// residual adds two maps; the second is a copy, see fork.
type residual struct {
	first, second, to int
	relu              bool // after this layer
	maskIn            bool // the layer before ends in a relu, whose gradient is included
}

func newResidual(p *plan, i int) *residual {
	return &residual{p.inputs[i], p.seconds[i], i + 1, p.graph.Layers[i].ReLU, p.behindReLU(i)}
}

func (l *residual) forward(w *Worker, images int) {
	a, b, out := &w.plan.maps[l.first], &w.plan.maps[l.second], &w.plan.maps[l.to]
	for n := range images * out.H * out.W {
		i, y, x := out.pixelOf(n)
		dst := w.maps[l.to][out.place(i, y, x):][:out.C]
		copy(dst, w.maps[l.first][a.place(i, y, x):])
		for c, v := range w.maps[l.second][b.place(i, y, x):][:out.C] {
			if dst[c] += v; l.relu && dst[c] < 0 {
				dst[c] = 0
			}
		}
	}
}

func (l *residual) backward(w *Worker, images int, _ *Gradient) {
	dOut := &w.plan.gradients[l.to]
	for _, to := range []int{l.first, l.second} {
		if to == 0 {
			continue
		}
		dIn := &w.plan.gradients[to]
		for n := range images * dOut.H * dOut.W {
			i, y, x := dOut.pixelOf(n)
			copy(w.gradients[to][dIn.place(i, y, x):][:dOut.C], w.gradients[l.to][dOut.place(i, y, x):])
		}
	}
	if l.maskIn {
		(&reluBack{l.first}).backward(w, images, nil)
	}
}
