package engine

import (
	"math/rand/v2"

	"lowres/trainer/internal/pages"
	"lowres/trainer/kernel"
)

// Worker holds the feature maps of one micro-batch and, for training, their gradients. The borders are
// zero and stay so: nothing writes them.
type Worker struct {
	plan       *plan
	set        *kernel.Set
	params     *Parameters
	views                 // of the part of the micro-batch that is worked on
	whole      views      // of the micro-batch
	batch      *batchMaps // nil outside of training
	training   bool       // dropout is active
	noise      uint64     // decides what it drops, with the position of the image
	random     rand.PCG
	pixels     []uint8
	product    kernel.Product // the calls that are being made: here, so that they need no allocation
	weightStep kernel.WeightStep
	pool       kernel.Pool
	norm       kernel.Normalisation
	transform  kernel.Transform
	tiles      tileBuffers
	weights    []float32 // a block of those of a dense layer
	widened    widened
}

// views are the maps, gradients and buffers from an image on.
type views struct {
	maps      [][]float32
	gradients [][]float32
	buffers   [][]float32
	first     int // position of the image in the batch
}

func newViews(p *plan) views {
	return views{maps: make([][]float32, len(p.maps)), gradients: make([][]float32, len(p.maps)), buffers: make([][]float32, len(p.buffers))}
}

func newWorker(p *plan, set *kernel.Set, params *Parameters) *Worker {
	w := &Worker{plan: p, set: set, params: params, views: newViews(p), whole: newViews(p), pixels: make([]uint8, p.graph.Input.Size()),
		tiles: newTileBuffers(p), weights: newWeightScratch(p), widened: newWidened(p)}
	w.makeRoom()
	w.enterPart(0)
	return w
}

// makeRoom allocates the maps, gradients and buffers.
func (w *Worker) makeRoom() {
	p, total := w.plan, 0
	take := func(n int) []float32 {
		total += pages.Lines(n)
		return nil
	}
	for range 2 { // to add up, and to take
		for i := range p.maps {
			w.whole.maps[i] = take(p.imagesOf(p.brief[i]) * p.maps[i].image)
			if p.training && i > 0 {
				w.whole.gradients[i] = take(p.imagesOf(p.passing[i]) * p.gradients[i].image)
			}
		}
		for i, b := range p.buffers {
			w.whole.buffers[i] = take(b.size)
		}
		take = pages.NewRoom(total).Take
	}
}

// imagesOf is the number of images that a map has room for: those of a part or of a micro-batch.
func (p *plan) imagesOf(part bool) int {
	if part {
		return p.part
	}
	return p.microBatch
}

// Source hands out the pictures of a batch: it writes the picture at position to pixels (NHWC, one byte
// a value). It is called from several goroutines at once, each with pixels of its own.
type Source func(position int, pixels []uint8)

// load reads images pictures into the input map: x = (pixel − 128) / 128. In training a dense layer keeps the pixels instead.
func (w *Worker) load(from Source, images int) {
	if w.keepsPictures(w.plan.keeper) {
		for i := range images {
			from(w.first+i, w.batch.picture(w.first+i))
		}
		return
	}
	g := &w.plan.maps[0]
	lines, line := g.H, g.W*g.C
	if g.isRow() {
		lines, line = 1, g.H*line
	}
	for i := range images {
		from(w.first+i, w.pixels)
		for y := range lines {
			dst := w.maps[0][g.place(i, y, 0):][:line]
			w.set.Pixels(dst, w.pixels[y*line:])
		}
	}
}

// output is the row of logits of one image: the output map, whose pixels follow each other.
func (w *Worker) output(image int) []float32 {
	g := &w.plan.maps[len(w.plan.layers)]
	return w.maps[len(w.plan.layers)][g.place(image, 0, 0):][:g.C]
}
