package engine

import "lowres/network"

// The layers in front of the first dense one, the trunk, may take a micro-batch part by part: what one layer leaves of
// few images is in a cache when the next one reads it, and the gradients of the trunk take the memory of one part. A
// dense layer wants many images at a time, since it widens its weights for each micro-batch. Backward the parts run last
// to first: the last one's maps are in a cache still.

// partImages is the number of images of a part, few enough for the maps of some layers of a transformer to fit a
// second-level cache.
const partImages = 8

// cutParts finds the trunk. Convolutions have none: their micro-batches are small, and their tiles want all images.
func (p *plan) cutParts() {
	p.trunk, p.part = 0, p.microBatch
	layers := p.graph.Layers
	for i := range layers {
		switch layers[i].Kind {
		case network.Conv:
			return
		case network.Dense:
			for _, l := range layers[i:] {
				if l.Source < i-1 || l.Kind == network.Add && l.Second < i-1 {
					return // reads around it
				}
			}
			p.trunk, p.part = i, min(partImages, p.microBatch)
			return
		}
	}
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

// backward writes the gradients of the maps and adds those of the parameters to g.
func (w *Worker) backward(images int, g *Gradient) {
	trunk := w.plan.trunk
	for i := len(w.plan.layers) - 1; i >= trunk; i-- {
		w.plan.layers[i].backward(w, images, g)
	}
	for at := (images - 1) / w.plan.part * w.plan.part; at >= 0 && trunk > 0; at -= w.plan.part {
		w.enterPart(at)
		for i := trunk - 1; i >= 0; i-- {
			w.plan.layers[i].backward(w, min(w.plan.part, images-at), g)
		}
	}
	w.enterPart(0)
}
