package engine

import (
	"slices"

	"lowres/network"
)

// The layers in front of the first dense one, the trunk, may take a micro-batch part by part: what one layer leaves of
// few images is in a cache when the next one reads it, and the gradients of the trunk take the memory of one part. A
// dense layer wants many images at a time, since it widens its weights for each micro-batch: with dense layers alone behind
// the trunk, whose gradients are not added up by groups, a micro-batch is as many groups as leave one for every worker.
// Backward the parts run last to first: the last one's maps are in a cache still.

// partImages is the number of images of a part, few enough for the maps of some layers of a transformer to fit a
// second-level cache.
const partImages = 8

// mostImages is the largest micro-batch.
const mostImages = 256

// cutParts finds the trunk and what it needs. Convolutions have none: their micro-batches are small, and their tiles
// want all images.
func (p *plan) cutParts(batch, workers int) {
	p.trunk = trunkOf(p.graph)
	if p.trunk == 0 {
		p.part = p.microBatch
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
	for _, l := range g.Layers[max(trunk, 0):] {
		if l.Source < trunk-1 || l.Kind == network.Add && l.Second < trunk-1 {
			return 0
		}
	}
	return max(trunk, 0)
}

// enterPart shows the layers the images from one on of the micro-batch.
func (w *Worker) enterPart(at int) {
	p := w.plan
	w.first = w.whole.first + at
	for i, values := range w.whole.maps {
		w.maps[i] = values[at*p.maps[i].image:]
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
	for at := (images - 1) / w.plan.part * w.plan.part; at >= 0 && trunk > 0; at -= w.plan.part {
		w.enterPart(at)
		for i := trunk - 1; i >= 0; i-- {
			w.plan.layers[i].backward(w, min(w.plan.part, images-at), groups[w.first/group])
		}
	}
	w.enterPart(0)
}
