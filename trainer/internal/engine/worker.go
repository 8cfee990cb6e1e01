package engine

import (
	"math/rand/v2"
	"slices"

	"lowres/trainer/kernel"
)

// Worker holds the feature maps of one micro-batch and, for training, their gradients. The borders are
// zero and stay so: nothing writes them.
type Worker struct {
	plan         *plan
	set          *kernel.Set
	params       *Parameters
	maps         [][]float32 // of the micro-batch
	gradients    [][]float32 // of the micro-batch: the worker's own, or parts of those of the batch
	ownGradients [][]float32
	batch        *batchMaps // nil outside of training
	buffers      [][]float32
	training     bool   // dropout is active
	noise        uint64 // decides what it drops, with the position of the image
	first        int    // position of the first image of the micro-batch
	random       rand.PCG
	pixels       []uint8
	product      kernel.Product // the calls that are being made: here, so that they need no allocation
	weightStep   kernel.WeightStep
	pool         kernel.Pool
	norm         kernel.Normalisation
	transform    kernel.Transform
	tiles        tileBuffers
	weights      []float32 // a block of those of a dense layer
}

func newWorker(p *plan, set *kernel.Set, params *Parameters, training bool) *Worker {
	w := &Worker{plan: p, set: set, params: params, maps: make([][]float32, len(p.maps)),
		gradients: make([][]float32, len(p.maps)), pixels: make([]uint8, p.graph.Input.Size()),
		tiles: newTileBuffers(p), weights: newWeightScratch(p)}
	for i := range p.maps {
		w.maps[i] = make([]float32, p.microBatch*p.maps[i].image)
		if training && i > 0 {
			w.gradients[i] = make([]float32, p.microBatch*p.gradients[i].image)
		}
	}
	w.ownGradients = slices.Clone(w.gradients)
	for _, size := range p.buffers {
		w.buffers = append(w.buffers, make([]float32, size))
	}
	return w
}

// Source hands out the pictures of a batch: it writes the picture at position to pixels (NHWC, one byte
// a value). It is called from several goroutines at once, each with pixels of its own.
type Source func(position int, pixels []uint8)

// load reads images pictures from first on into the input map: x = (pixel − 128) / 128. A dense layer keeps its
// copies of them while they are in a cache.
func (w *Worker) load(from Source, first, images int) {
	g := &w.plan.maps[0]
	lines, line := g.H, g.W*g.C
	if g.isRow() {
		lines, line = 1, g.H*line
	}
	for i := range images {
		from(first+i, w.pixels)
		for y := range lines {
			dst := w.maps[0][g.place(i, y, 0):][:line]
			w.set.Pixels(dst, w.pixels[y*line:])
		}
		if done := i + 1; w.plan.keeper != nil && (done%keptTogether == 0 || done == images) {
			w.plan.keeper.keepInputs(w, i/keptTogether*keptTogether, done)
		}
	}
}

func (w *Worker) forward(images int) {
	for _, l := range w.plan.layers {
		l.forward(w, images)
	}
}

func (w *Worker) backward(images int, g *Gradient) {
	for i := len(w.plan.layers) - 1; i >= 0; i-- {
		w.plan.layers[i].backward(w, images, g)
	}
}

// output is the row of logits of one image: the output map, whose pixels follow each other.
func (w *Worker) output(image int) []float32 {
	g := &w.plan.maps[len(w.plan.layers)]
	return w.maps[len(w.plan.layers)][g.place(image, 0, 0):][:g.C]
}
