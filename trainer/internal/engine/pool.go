package engine

import "lowres/trainer/kernel"

// pool is a max-pool over windows that do not overlap. Rows and columns that fill no window are dropped:
// their gradient stays zero.
type pool struct {
	from, to           int
	in, out, dIn, dOut geometry
	size               int
	channels           int
	relu               bool // the layer before ends in a relu, whose gradient is included
}

func newPool(p *plan, i int) *pool {
	from := p.inputs[i]
	l := &pool{from: from, to: i + 1, in: p.maps[from], out: p.maps[i+1], dIn: p.gradients[from], dOut: p.gradients[i+1],
		size: p.graph.Layers[i].Kernel, channels: p.maps[from].C, relu: p.behindReLU(i)}
	if from > 0 { // whole vectors: the channels that are too many hold zeros
		l.channels = roundUp(l.channels, 16)
	}
	return l
}

func (l *pool) forward(w *Worker, images int) {
	in, out := w.maps[l.from], w.maps[l.to]
	p := &w.pool
	*p = kernel.Pool{Windows: l.out.W, Channels: l.channels,
		InStep: l.size * l.in.pitch, InRow: l.in.row, InPixel: l.in.pitch, OutStep: l.out.pitch}
	for i := range images {
		for y := range l.out.H {
			p.In, p.Out = in[l.in.place(i, y*l.size, 0):], out[l.out.place(i, y, 0):]
			if l.size == 2 {
				w.set.MaxPool(p)
			} else {
				maxPool(p, l.size)
			}
		}
	}
}

func (l *pool) backward(w *Worker, images int, _ *Gradient) {
	if l.from == 0 {
		return
	}
	p := &w.pool
	*p = kernel.Pool{Windows: l.out.W, Channels: l.channels, ReLU: l.relu,
		InStep: l.size * l.in.pitch, InRow: l.in.row, InPixel: l.in.pitch, OutStep: l.out.pitch,
		DInStep: l.size * l.dIn.pixel(), DInRow: l.dIn.line(), DInPixel: l.dIn.pixel(), DOutStep: l.dOut.pixel()}
	for i := range images {
		for y := range l.out.H {
			p.In, p.Out = w.maps[l.from][l.in.place(i, y*l.size, 0):], w.maps[l.to][l.out.place(i, y, 0):]
			p.DIn, p.DOut = w.gradients[l.from][l.dIn.place(i, y*l.size, 0):], w.gradients[l.to][l.dOut.place(i, y, 0):]
			if l.size == 2 {
				w.set.MaxPoolBack(p)
			} else {
				maxPoolBack(p, l.size)
			}
		}
	}
}

// maxPool is kernel.Set.MaxPool for windows of any size.
func maxPool(p *kernel.Pool, size int) {
	for w := range p.Windows {
		out := p.Out[w*p.OutStep:][:p.Channels]
		copy(out, p.In[w*p.InStep:])
		for y := range size {
			for x := range size {
				in := p.In[w*p.InStep+y*p.InRow+x*p.InPixel:][:p.Channels]
				for c, v := range in {
					out[c] = max(out[c], v)
				}
			}
		}
	}
}

// maxPoolBack is kernel.Set.MaxPoolBack for windows of any size.
func maxPoolBack(p *kernel.Pool, size int) {
	for w := range p.Windows {
		for c := range p.Channels {
			best, left := p.Out[w*p.OutStep+c], p.DOut[w*p.DOutStep+c]
			if p.ReLU && !(best > 0) {
				left = 0
			}
			for y := range size {
				for x := range size {
					g := float32(0)
					if p.In[w*p.InStep+y*p.InRow+x*p.InPixel+c] == best {
						g, left = left, 0
					}
					p.DIn[w*p.DInStep+y*p.DInRow+x*p.DInPixel+c] = g
				}
			}
		}
	}
}
