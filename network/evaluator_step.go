package network

import "lowres/network/internal/kernel"

// weigh computes a convolution or dense layer and the pool behind it.
type weigh struct {
	evalLayer
	weights *kernel.Weights
	requant *kernel.Requantisers // nil: the accumulators are the logits
	window  int                  // of the pool; 1 without
}

// newWeigh packs the weights of layer l.
func newWeigh(p *evalPlan, l evalLayer, window int) *weigh {
	shape, in := l.WeightShape(), &p.maps[l.from]
	if l.Kind == Dense {
		shape = in.Shape // flat, if it is the network's input
	}
	s := &weigh{evalLayer: l, window: window}
	s.weights = p.set.Pack(&kernel.Filter{Out: l.Out, H: shape.H, W: shape.W, C: shape.C, Pitch: in.pitch,
		Weights: l.params.Weights, Bias: l.params.Bias})
	if l.params.Requant != nil {
		s.requant = kernel.NewRequantisers(l.params.Requant)
	}
	return s
}

// sums is the number of accumulators of one panel at a time: those of all images
// of a dense layer, of one row of pooling windows of a convolution.
func (s *weigh) sums(images int) int {
	if s.Kind == Dense {
		return images * kernel.Columns
	}
	return s.window * s.OutShape.W * kernel.Columns
}

func (s *weigh) run(w *evalWorker, images int) {
	for panel := range s.weights.Panels() {
		w.product = kernel.Product{Weights: s.weights, Panel: panel, C: w.sums}
		w.requantise = kernel.Requantise{By: s.requant, Panel: panel, C: w.sums, Window: s.window}
		if s.Kind == Dense {
			s.dense(w, images)
		} else {
			s.convolve(w, images)
		}
	}
}

// dense computes one panel, with the images as rows.
func (s *weigh) dense(w *evalWorker, images int) {
	in, p := &w.plan.maps[s.from], &w.product
	p.A, p.ARow, p.ALine, p.Rows = w.maps[s.from][in.place(0, 0, 0):], in.image, in.line, images
	w.plan.set.Multiply(p)
	if s.requant == nil {
		s.emit(w, images, 0)
		return
	}
	out, r := &w.plan.maps[s.to], &w.requantise
	r.Windows, r.Out, r.Step = images, w.maps[s.to][out.place(0, 0, 0)+p.Panel*kernel.Columns:], out.image
	w.plan.set.Requantise(r)
}

// convolve computes one panel, a row of pooling windows after another.
func (s *weigh) convolve(w *evalWorker, images int) {
	in, out, p, r := &w.plan.maps[s.from], &w.plan.maps[s.to], &w.product, &w.requantise
	width := s.OutShape.W
	p.ARow, p.ALine, p.Rows = s.Stride*in.pitch, in.line, width
	r.Line, r.Windows, r.Step = width*kernel.Columns, out.W, out.pitch
	for i := range images {
		for y := range out.H {
			for line := range s.window {
				p.A = w.maps[s.from][in.place(i, (y*s.window+line)*s.Stride-s.Pad, -s.Pad):]
				p.C = w.sums[line*width*kernel.Columns:]
				w.plan.set.Multiply(p)
			}
			if s.requant == nil {
				s.emit(w, width, (i*out.H+y)*width*s.Out)
				continue
			}
			r.Out = w.maps[s.to][out.place(i, y, 0)+p.Panel*kernel.Columns:]
			w.plan.set.Requantise(r)
		}
	}
}

// emit writes the accumulators of rows rows of the panel to the logits from at on.
func (s *weigh) emit(w *evalWorker, rows, at int) {
	first := w.product.Panel * kernel.Columns
	count := min(s.Out-first, kernel.Columns)
	for m := range rows {
		copy(w.logits[at+m*s.Out+first:][:count], w.sums[m*kernel.Columns:])
	}
}
