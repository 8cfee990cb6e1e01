package engine

// average is the mean of windows.
type average struct {
	from, to      int
	height, width int
	stride        int
	relu          bool // the layer before ends in a relu, whose gradient is included
}

func newAverage(p *plan, i int) *average {
	l := &p.graph.Layers[i]
	height, width := l.Window()
	return &average{p.inputs[i], i + 1, height, width, l.Step(), p.behindReLU(i)}
}

// behindReLU reports whether layer i itself includes the gradient of the relu before it: a fork does for a copy.
func (p *plan) behindReLU(i int) bool {
	return p.inputs[i] == i && i > 0 && p.graph.Layers[i-1].ReLU
}

func (l *average) forward(w *Worker, images int) {
	in, out := &w.plan.maps[l.from], &w.plan.maps[l.to]
	part := 1 / float32(l.height*l.width)
	for n := range images * out.H * out.W {
		i, y, x := out.pixelOf(n)
		dst := w.maps[l.to][out.place(i, y, x):][:out.C]
		clear(dst)
		for k := range l.height * l.width {
			src := w.maps[l.from][in.place(i, y*l.stride+k/l.width, x*l.stride+k%l.width):][:out.C]
			for c, v := range src {
				dst[c] += v
			}
		}
		for c := range dst {
			dst[c] *= part
		}
	}
}

func (l *average) backward(w *Worker, images int, _ *Gradient) {
	if l.from == 0 {
		return
	}
	dIn, dOut := &w.plan.gradients[l.from], &w.plan.gradients[l.to]
	part := 1 / float32(l.height*l.width)
	clearMap(w.gradients[l.from], dIn, images)
	for n := range images * dOut.H * dOut.W {
		i, y, x := dOut.pixelOf(n)
		d := w.gradients[l.to][dOut.place(i, y, x):][:dOut.C]
		for k := range l.height * l.width {
			dst := w.gradients[l.from][dIn.place(i, y*l.stride+k/l.width, x*l.stride+k%l.width):][:dOut.C]
			for c, v := range d {
				dst[c] += v * part
			}
		}
	}
	if l.relu {
		(&reluBack{l.from}).backward(w, images, nil)
	}
}
