package engine

// newPatches returns the parts of a patch encoder, the first layer: a convolution whose windows touch,
// and the position embedding.
func newPatches(p *plan) layer {
	l := &p.graph.Layers[0]
	window := l.WeightShape()
	linear := p.addLinear(linear{from: 0, to: 1, kh: window.H, kw: window.W, stride: l.Kernel,
		cin: window.C, cout: l.Out, biased: true})
	return chain{linear, &position{p.maps[1], p.gradients[1]}}
}

// position adds the position embedding to the output of layer 0.
type position struct{ out, dOut geometry }

func (l *position) forward(w *Worker, images int) {
	embedding := w.params.net.Others[0]
	for i := range images {
		for y := range l.out.H {
			for x := range l.out.W {
				w.set.Add(w.maps[1][l.out.place(i, y, x):][:l.out.C], embedding[(y*l.out.W+x)*l.out.C:])
			}
		}
	}
}

func (l *position) backward(w *Worker, images int, g *Gradient) {
	for i := range images {
		for y := range l.out.H {
			for x := range l.out.W {
				w.set.Add(g.others[0][(y*l.out.W+x)*l.out.C:][:l.out.C], w.gradients[1][l.dOut.place(i, y, x):])
			}
		}
	}
}
