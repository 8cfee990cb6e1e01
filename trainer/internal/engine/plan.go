package engine

import (
	"errors"
	"fmt"

	"lowres/network"
	"lowres/trainer/kernel"
)

// ErrUnsupported is returned for a graph that the engine cannot train.
var ErrUnsupported = errors.New("unsupported network")

// plan is the layout of a graph's feature maps; it is immutable. Map i is the input of layer i and map
// len(layers) the output of the network; the maps after that lie inside of layers. Gradient 0 does not
// exist: nobody needs it.
type plan struct {
	graph      *network.Graph
	layers     []layer
	linears    []*linear
	keeper     *linear // the dense layer that alone reads the pictures, if one does, see pictures.go
	maps       []geometry
	gradients  []geometry
	inputs     []int   // map that each layer reads
	seconds    []int   // … as its second operand
	copies     [][]int // of each map, see fork
	buffers    []buffer
	batch      int // the most images of a step
	microBatch int
	group      int
	trunk      int    // layers that go through the micro-batch part by part, see parts.go
	part       int    // images of a part
	inOrder    bool   // the parts go backward in the order of the images
	training   bool   // it runs backward too
	brief      []bool // maps that only one part at a time has, in training: otherwise Worker.Values reads them all
	passing    []bool // gradients that only one part at a time has
	building   int    // layer that is being laid out
}

// layer is one layer or a part of one, ready to run. The gradient that it writes includes that of the
// relu of the layer before.
type layer interface {
	forward(w *Worker, images int)
	backward(w *Worker, images int, g *Gradient)
}

// chain is a layer made of parts.
type chain []layer

func (c chain) forward(w *Worker, images int) {
	for _, l := range c {
		l.forward(w, images)
	}
}

func (c chain) backward(w *Worker, images int, g *Gradient) {
	for i := len(c) - 1; i >= 0; i-- {
		c[i].backward(w, images, g)
	}
}

// newPlan lays out graph for batches of at most batch images; far says that what leaves the second-level cache goes far.
func newPlan(graph *network.Graph, batch, workers int, far, training bool) (*plan, error) {
	n := len(graph.Layers)
	if n == 0 || graph.Layers[n-1].Kind != network.Dense && graph.Layers[n-1].Kind != network.Conv {
		return nil, fmt.Errorf("%w: %s: the last layer must be dense or conv", ErrUnsupported, graph.Name)
	}
	if s := graph.Output(); s.H*s.W != 1 {
		return nil, fmt.Errorf("%w: %s: output %v: want 1x1 pixels of class scores", ErrUnsupported, graph.Name, s)
	}
	p := &plan{graph: graph, training: training, batch: batch, maps: make([]geometry, n+1), gradients: make([]geometry, n+1)}
	p.batches(batch, workers)
	p.cutParts(batch, workers, far)
	p.brief, p.passing = make([]bool, n+1), make([]bool, n+1)
	p.leaveBrief()
	for i := range p.trunk {
		p.passing[i] = true
	}
	for i := range n + 1 {
		p.maps[i] = mapGeometry(graph, i)
		if i > 0 {
			p.gradients[i] = gradientGeometry(graph, i)
		}
	}
	for i := range graph.Layers {
		if graph.Layers[i].Kind == network.Dense {
			p.maps[i].apart()
			p.gradients[i+1].apart()
		}
	}
	if err := p.connect(); err != nil {
		return nil, err
	}
	for i := range graph.Layers {
		p.building = i
		l, err := p.newLayer(i)
		if err != nil {
			return nil, fmt.Errorf("layer %s: %w", graph.Layers[i].Name, err)
		}
		p.layers = append(p.layers, p.forked(i, l))
	}
	return p, nil
}

// batches sets the number of images that run through the network at once, and of those whose gradients are
// added one after another; the groups are then added in their order. Nothing else adds over images but
// dense layers, over the whole batch: without other weights the groups may depend on the workers.
func (p *plan) batches(batch, workers int) {
	p.microBatch, p.group = 64, 64
	small := false
	for i := range p.graph.Layers {
		switch l := &p.graph.Layers[i]; l.Kind {
		case network.Conv:
			p.microBatch, small = 16, true // keeps the maps of two workers inside a shared third-level cache
		case network.Dense, network.MaxPool, network.Dropout:
		default:
			small = true
		}
	}
	if !small {
		p.microBatch = min(max(roundUp(batch, workers)/workers, 32), mostImages) // reads the weights once
		p.group = p.microBatch
	}
}

func (p *plan) newLayer(i int) (layer, error) {
	l := &p.graph.Layers[i]
	switch l.Kind {
	case network.Conv, network.Dense:
		return newWeighted(p, i), nil
	case network.Depthwise:
		return newDepthwise(p, i), nil
	case network.MaxPool:
		if !l.Tiles() {
			return newOverlapped(p, i), nil
		}
		return newPool(p, i), nil
	case network.AvgPool:
		return newAverage(p, i), nil
	case network.Add:
		return newResidual(p, i), nil
	case network.Lookup:
		return newFunction(p, i), nil
	case network.Patches:
		if i > 0 {
			return nil, fmt.Errorf("%w: patches behind other layers: want them as the first layer", ErrUnsupported)
		}
		return newPatches(p), nil
	}
	parts := chain{}
	if i > 0 && p.graph.Layers[i-1].ReLU {
		parts = append(parts, &reluBack{i})
	}
	switch l.Kind {
	case network.Attention:
		return append(parts, newAttention(p, i)...), nil
	case network.FeedForward:
		return append(parts, newFeedForward(p, i)...), nil
	case network.LayerNorm:
		return append(parts, newNorm(p, i, i+1, none)), nil
	case network.Dropout:
		return append(parts, newDropout(p, i)), nil
	}
	return nil, fmt.Errorf("%w: kind %s does not train: want a kind that package network names", ErrUnsupported, l.Kind)
}

// none is no map.
const none = -1

// inside lays out a map of shape h×w×c inside of a layer, with its gradient, and returns its number.
func (p *plan) inside(h, w, c, pitch int) int {
	g := newGeometry(h, w, c, pitch, 0, 1, h, w)
	p.maps, p.gradients, p.passing = append(p.maps, g), append(p.gradients, g), append(p.passing, p.building < p.trunk)
	p.brief = append(p.brief, false)
	return len(p.maps) - 1
}

// insideBriefly is inside for a map that the backward pass does not read before it is written again.
func (p *plan) insideBriefly(h, w, c, pitch int) int {
	at := p.inside(h, w, c, pitch)
	p.brief[at] = p.training && p.building < p.trunk
	return at
}

// buffer is what else layers need: size elements, or image elements of every image of a micro-batch.
type buffer struct{ size, image int }

// scratch lays out size elements and returns their number.
func (p *plan) scratch(size int) int { return p.addBuffer(buffer{size, 0}) }

// kept lays out what a layer keeps from the forward to the backward pass, image elements of every image, and returns
// its number.
func (p *plan) kept(image int) int { return p.addBuffer(buffer{p.microBatch * image, image}) }

func (p *plan) addBuffer(b buffer) int {
	p.buffers = append(p.buffers, b)
	return len(p.buffers) - 1
}

// shapeOf is the shape of map i.
func shapeOf(g *network.Graph, i int) network.Shape {
	if i == 0 {
		return g.Input
	}
	return g.Layers[i-1].OutShape
}

// pitchOf is the pitch of map i: without gaps in front of a dense layer, to which an image is then one row.
func pitchOf(g *network.Graph, i int) int {
	s := shapeOf(g, i)
	if i < len(g.Layers) && g.Layers[i].Kind == network.Dense && s.C%kernel.Columns == 0 {
		return s.C
	}
	return widePitch(g, s.H, s.W, s.C)
}

// mapGeometry lays out map i with the zero border that layer i reads.
func mapGeometry(g *network.Graph, i int) geometry {
	s, pad := shapeOf(g, i), 0
	if i < len(g.Layers) && isWindowed(&g.Layers[i]) {
		pad = g.Layers[i].Pad
	}
	pitch := pitchOf(g, i)
	if i == 0 {
		pitch = s.C
	}
	h, w := s.H+2*pad, s.W+2*pad
	if i < len(g.Layers) && isTiled(g, i) {
		out := g.Layers[i].OutShape
		h, w = tiledSide(g.Layers[i].Kernel, out.H, s.H, pad), tiledSide(g.Layers[i].Kernel, out.W, s.W, pad)
	}
	return newGeometry(s.H, s.W, s.C, pitch, pad, 1, h, w)
}

// gradientGeometry lays out the gradient of map i, the output of layer i-1. A convolution's output
// gradient is spread by its stride and bordered with zeros, so that the input gradient is a plain
// convolution with stride 1.
func gradientGeometry(g *network.Graph, i int) geometry {
	s, l := shapeOf(g, i), &g.Layers[i-1]
	pitch := pitchOf(g, i)
	if l.Kind != network.Conv {
		return newGeometry(s.H, s.W, s.C, pitch, 0, 1, s.H, s.W)
	}
	border := l.Kernel - 1
	if isTiled(g, i-1) {
		in, pad := l.InShape, border-l.Pad
		return newGeometry(s.H, s.W, s.C, pitch, pad, 1, tiledSide(l.Kernel, in.H, s.H, pad), tiledSide(l.Kernel, in.W, s.W, pad))
	}
	return newGeometry(s.H, s.W, s.C, pitch, border-l.Pad, l.Stride, l.InShape.H+border, l.InShape.W+border)
}
