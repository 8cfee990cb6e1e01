package engine

import (
	"fmt"

	"lowres/network"
)

// fork hands map from on to layers that do not stand right behind it: every one reads a copy, laid out as
// it wants, and leaves the gradient there. It runs before the layer behind the map, and backward after it.
type fork struct {
	from   int
	copies []int
	direct bool // the layer behind the map reads it too, and has written its gradient
	relu   bool // the map has gone through a relu, whose gradient the copies' do not include
}

// connect lays out the copies that the layers read, and says where each finds its operands.
func (p *plan) connect() error {
	n := len(p.graph.Layers)
	p.inputs, p.seconds, p.copies = make([]int, n), make([]int, n), make([][]int, n)
	for i := range p.graph.Layers {
		l := &p.graph.Layers[i]
		p.inputs[i] = i
		if l.Source != i-1 {
			if !branches(l.Kind) {
				return fmt.Errorf("%w: layer %s: from: a %s layer trains only behind the layer that it reads; put a pool, a function or a convolution between",
					ErrUnsupported, l.Name, l.Kind)
			}
			p.inputs[i] = p.copyOf(l.Source+1, l.Pad)
		}
		if l.Kind == network.Add {
			p.seconds[i] = p.copyOf(l.Second+1, 0)
		}
	}
	return nil
}

// branches reports whether a layer of the kind trains wherever its input comes from.
func branches(k network.Kind) bool {
	switch k {
	case network.Conv, network.Depthwise, network.MaxPool, network.AvgPool, network.Add, network.Lookup:
		return true
	}
	return false
}

// copyOf lays out a copy of a map with a border of pad, and its gradient without one.
func (p *plan) copyOf(from, pad int) int {
	s := shapeOf(p.graph, from)
	pitch := widePitch(p.graph, s.H, s.W, s.C)
	p.building = from // which the fork stands in front of
	at := p.inside(s.H, s.W, s.C, pitch)
	p.maps[at] = newGeometry(s.H, s.W, s.C, pitch, pad, 1, s.H+2*pad, s.W+2*pad)
	p.copies[from] = append(p.copies[from], at)
	return at
}

// forked is layer i with the fork of its map before it, if there is one.
func (p *plan) forked(i int, l layer) layer {
	if len(p.copies[i]) == 0 {
		return l
	}
	return chain{&fork{i, p.copies[i], p.inputs[i] == i, i > 0 && p.graph.Layers[i-1].ReLU}, l}
}

func (f *fork) forward(w *Worker, images int) {
	in := &w.plan.maps[f.from]
	for _, to := range f.copies {
		out := &w.plan.maps[to]
		for n := range images * in.H * in.W {
			i, y, x := in.pixelOf(n)
			copy(w.maps[to][out.place(i, y, x):][:in.C], w.maps[f.from][in.place(i, y, x):])
		}
	}
}

func (f *fork) backward(w *Worker, images int, _ *Gradient) {
	if f.from == 0 {
		return
	}
	in, dIn := &w.plan.maps[f.from], &w.plan.gradients[f.from]
	for n := range images * in.H * in.W {
		i, y, x := in.pixelOf(n)
		values := w.maps[f.from][in.place(i, y, x):][:in.C]
		d := w.gradients[f.from][dIn.place(i, y, x):][:in.C]
		if !f.direct {
			clear(d)
		}
		for _, k := range f.copies {
			from := &w.plan.gradients[k]
			for c, v := range w.gradients[k][from.place(i, y, x):][:in.C] {
				if !f.relu || values[c] > 0 {
					d[c] += v
				}
			}
		}
	}
}
