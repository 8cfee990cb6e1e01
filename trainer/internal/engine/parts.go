package engine

import (
	"slices"

	"lowres/network"
)

// The layers in front of the first dense one, the trunk, may take a micro-batch part by part: what one layer leaves of
// few images is in a cache when the next one reads it, and the gradients of the trunk take the memory of one part. A
// dense layer wants many images at a time, since it widens its weights for each micro-batch: with dense layers alone behind
// the trunk, whose gradients are not added up by groups, a micro-batch is as many groups as leave one for every worker.
// Backward the parts run last to first: the last one's maps are in a cache still. Maps that no layer reads backward, or that are
// soon computed again, take the memory of one part too.
//
// The tiles of convolutions want all images of their small micro-batch. Where the third-level cache is far, what stands in front
// of the first of them, convolutions of few channels to large maps and their pools, goes through it part by part as well, backward
// in the order of the images too: every sum is the same as without parts.

// partImages is the number of images of a part, few enough for the maps of some layers of a transformer to fit a
// second-level cache.
const partImages = 8

// mostImages is the largest micro-batch.
const mostImages = 256

// cutParts finds the trunk and what it needs.
func (p *plan) cutParts(batch, workers int, far bool) {
	p.trunk = trunkOf(p.graph)
	if p.trunk == 0 {
		p.part = p.microBatch
		if far {
			p.cutConvolutions()
		}
		return
	}
	p.part = partImages
	for _, l := range p.graph.Layers[p.trunk:] {
		if l.Kind != network.Dense && l.Kind != network.Dropout {
			return
		}
	}
	p.microBatch = p.group * min(max(batch/p.group/workers, 1), mostImages/p.group)
}

// trunkOf is the number of layers of the trunk, 0 if there is none, or if a layer behind it reads around its end.
func trunkOf(g *network.Graph) int {
	trunk := slices.IndexFunc(g.Layers, func(l network.Layer) bool { return l.Kind == network.Dense })
	for _, l := range g.Layers[:max(trunk, 0)] {
		if l.Kind == network.Conv {
			return 0
		}
	}
	if trunk < 1 || !closed(g, trunk) {
		return 0
	}
	return trunk
}

// closed reports whether no layer from number trunk on reads around the end of those before.
func closed(g *network.Graph, trunk int) bool {
	return !slices.ContainsFunc(g.Layers[trunk:], func(l network.Layer) bool {
		return l.Source < trunk-1 || l.Kind == network.Add && l.Second < trunk-1
	})
}

// leaveBrief finds the maps between the layers of the trunk that nobody reads backward.
func (p *plan) leaveBrief() {
	for i := 1; p.training && i < p.trunk; i++ {
		before := &p.graph.Layers[i-1]
		p.brief[i] = forgets(p.graph.Layers[i].Kind) && !before.ReLU && (forgets(before.Kind) || before.Kind == network.Patches)
	}
}

// forgets reports whether layers of the kind read neither their input nor their output backward.
func forgets(k network.Kind) bool {
	switch k {
	case network.Attention, network.FeedForward, network.LayerNorm, network.Dropout:
		return true
	}
	return false
}

// partBytes is about the memory of the largest map of a part and of its gradient: three quarters of a second-level cache of 2 MB.
const partBytes = 3 << 19

// cutConvolutions makes a trunk of the convolutions and pools in front of the first convolution by tiles, if their maps are
// too large for a whole micro-batch of them to stay in a cache.
func (p *plan) cutConvolutions() {
	largest := 1
	for i := range p.graph.Layers {
		if isTiled(p.graph, i) {
			if part := max(partBytes/(2*4*largest), 1); i > 0 && part < p.microBatch && closed(p.graph, i) {
				p.trunk, p.part, p.inOrder = i, part, true
			}
			return
		}
		if k := p.graph.Layers[i].Kind; k != network.Conv && k != network.MaxPool {
			return
		}
		g := mapGeometry(p.graph, i+1)
		largest = max(largest, g.image)
	}
}

// enterPart shows the layers the images from one on of the micro-batch.
func (w *Worker) enterPart(at int) {
	p := w.plan
	w.first = w.whole.first + at
	for i, values := range w.whole.maps {
		if !p.brief[i] {
			values = values[at*p.maps[i].image:]
		}
		w.maps[i] = values
	}
	for i, values := range w.whole.gradients {
		if !p.passing[i] && values != nil {
			values = values[at*p.gradients[i].image:]
		}
		w.gradients[i] = values
	}
	for i, values := range w.whole.buffers {
		w.buffers[i] = values[at*p.buffers[i].image:]
	}
}

// forward loads images pictures and runs them through the network.
func (w *Worker) forward(from Source, images int) {
	for at := 0; at < images; at += w.plan.part {
		n := min(w.plan.part, images-at)
		w.enterPart(at)
		w.load(from, n)
		for _, l := range w.plan.layers[:w.plan.trunk] {
			l.forward(w, n)
		}
	}
	w.enterPart(0)
	for _, l := range w.plan.layers[w.plan.trunk:] {
		l.forward(w, images)
	}
}

// backward writes the gradients of the maps and adds those of the parameters to those of the images' groups. Only a
// micro-batch with a trunk has images of several groups.
func (w *Worker) backward(images int, groups []*Gradient) {
	trunk, group := w.plan.trunk, w.plan.group
	for i := len(w.plan.layers) - 1; i >= trunk; i-- {
		w.plan.layers[i].backward(w, images, groups[w.first/group])
	}
	for n, parts := 0, panelsOf(images, w.plan.part); n < parts && trunk > 0; n++ {
		at := n * w.plan.part
		if !w.plan.inOrder {
			at = (parts - 1 - n) * w.plan.part
		}
		w.enterPart(at)
		for i := trunk - 1; i >= 0; i-- {
			w.plan.layers[i].backward(w, min(w.plan.part, images-at), groups[w.first/group])
		}
	}
	w.enterPart(0)
}
