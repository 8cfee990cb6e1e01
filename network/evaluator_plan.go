package network

import "lowres/network/internal/kernel"

// Micro-batches have as many images as fill two tiles of a dense layer, and fewer
// of large ones, whose maps would leave the caches. With one image at a time the
// weights of CVNN2's dense layer pass through the caches for every image.
const (
	microBatchImages = 24
	microBatchBytes  = 2 << 20
)

// evalPlan is a network as the evaluator runs it: the maps that its steps read and
// write, and the steps. Map 0 is the input, map i+1 the output of layer i; of a
// layer that emits logits, or whose pool is computed with it, the map is unused.
type evalPlan struct {
	graph      *Graph
	set        *kernel.Set
	maps       []evalMap
	steps      []evalStep
	microBatch int // images that a worker takes at once
	sums       int // accumulators that a worker needs room for

	emitsSums bool // the last layer's accumulators are the logits
}

// evalStep computes a map, or the logits, for some images.
type evalStep interface {
	run(w *evalWorker, images int)
}

// evalMap places a feature map in memory: bytes of activation + 128, NHWC with a
// border that stands for the padding of the layers that read it.
type evalMap struct {
	Shape
	pad                int // rows and columns of border
	pitch, line, image int // bytes of a pixel, of a row of pixels, of an image
}

// newEvalMap lays out a map whose pixels have pitch bytes. Images lie an odd number
// of cache lines apart, so that they do not share a few sets of the cache.
func newEvalMap(s Shape, pitch, pad int) evalMap {
	m := evalMap{Shape: s, pad: pad, pitch: pitch, line: (s.W + 2*pad) * pitch}
	lines := (m.line*(s.H+2*pad) + 63) / 64
	m.image = 64 * (lines | 1)
	return m
}

// place is the index of a pixel; places within the border are legal.
func (m *evalMap) place(image, y, x int) int {
	return image*m.image + (y+m.pad)*m.line + (x+m.pad)*m.pitch
}

// pixel is the place of pixel n of all images, in NHWC order.
func (m *evalMap) pixel(n int) int { return m.place(n/m.W/m.H, n/m.W%m.H, n%m.W) }

// newEvalPlan lays out a network that Validate accepts.
func newEvalPlan(n *Integer, set *kernel.Set) *evalPlan {
	last := len(n.Layers) - 1
	p := &evalPlan{graph: n.Graph, set: set, emitsSums: n.Graph.Layers[last].HasWeights() && n.Layers[last].Requant == nil}
	bytes := 0
	for i := -1; i < len(n.Layers); i++ {
		p.maps = append(p.maps, layOut(n.Graph, i))
		bytes += p.maps[i+1].image
	}
	p.microBatch = max(1, min(microBatchBytes/bytes, microBatchImages))
	for i := 0; i < len(n.Layers); {
		i += p.addStep(n, i)
	}
	return p
}

// readersOf lists the layers that read the output of layer i, −1 for the input.
func (g *Graph) readersOf(i int) (layers []*Layer) {
	for k := range g.Layers {
		if l := &g.Layers[k]; l.Source == i || l.Kind == Add && l.Second == i {
			layers = append(layers, l)
		}
	}
	return layers
}

// layOut lays out the output of layer i, −1 for the input. An input that only dense
// layers read is flat, so that no room is lost between pixels.
func layOut(g *Graph, i int) evalMap {
	pad, dense := 0, true
	for _, l := range g.readersOf(i) {
		if l.Kind == Conv || l.Kind == Depthwise {
			pad = max(pad, l.Pad)
		}
		dense = dense && l.Kind == Dense
	}
	if i >= 0 {
		s := g.Layers[i].OutShape
		return newEvalMap(s, kernel.Pitch(s.C), pad)
	}
	s := g.Input
	if dense {
		s = Shape{1, 1, s.Size()}
	}
	return newEvalMap(s, (s.C+3)/4*4, pad)
}

// evalLayer is a layer with its parameters and the maps that it reads and writes.
type evalLayer struct {
	*Layer
	params   *IntegerLayer
	from, to int
}

// addStep plans layer i, with the pool behind it if nothing else reads a convolution,
// and returns the number of layers that the step computes.
func (p *evalPlan) addStep(n *Integer, i int) (layers int) {
	l := evalLayer{&n.Graph.Layers[i], &n.Layers[i], n.Graph.Layers[i].Source + 1, i + 1}
	if l.Kind != Conv && l.Kind != Dense {
		p.steps = append(p.steps, newPlainStep(l))
		return 1
	}
	window := 1
	if r := n.Graph.readersOf(i); l.Kind == Conv && len(r) == 1 && r[0].Kind == MaxPool && r[0].Tiles() && r[0] == &n.Graph.Layers[i+1] {
		window = r[0].Kernel
		l.to++
	}
	s := newWeigh(p, l, window)
	p.steps = append(p.steps, s)
	p.sums = max(p.sums, s.sums(p.microBatch))
	return l.to - i
}
