package engine

import "lowres/trainer/kernel"

// A dense layer that reads the pictures reads all of them forward and again for the gradient of its weights. As float32 those of a
// batch are larger than a second-level cache; the pixels take a quarter of that. So the pixels are kept, and a block of inputs is
// widened to float32 in front of the products that read it, to memory that stays in a cache.

// widened is what a worker has widened.
type widened struct {
	rows       []float32 // a block of inputs of a micro-batch, an image a row
	panels     []float32 // blockInputs inputs of a batch, as batchMaps keeps those of other layers
	step, from int       // whose pictures the panels are, and their first input
}

// rowGap keeps rows of inputs from falling into the same few sets of a cache.
const rowGap = 16

func newWidened(p *plan) (w widened) {
	if p.keeper == nil || !p.training {
		return w
	}
	w.rows = make([]float32, p.microBatch*(blockTerms+rowGap))
	w.panels = make([]float32, blockInputs/kernel.Columns*panelStep(p.batch))
	return w
}

// keepsPictures reports whether l is to read kept pixels.
func (w *Worker) keepsPictures(l *linear) bool {
	return w.batch != nil && l != nil && l == w.plan.keeper
}

// picture is the pixels of one image of the batch.
func (b *batchMaps) picture(image int) []uint8 {
	size := len(b.pixels) / b.images
	return b.pixels[image*size:][:size]
}

// widenRows widens a block of inputs of the images of the micro-batch, and returns them with the distance of two rows.
func (w *Worker) widenRows(b block, images int) (rows []float32, row int) {
	row = blockTerms + rowGap
	for i := range images {
		w.set.Pixels(w.widened.rows[i*row:][:b.ins], w.batch.picture(w.first + i)[b.in:])
	}
	return w.widened.rows, row
}

// inputs are the inputs of a block of all images, in panels batchMaps.step apart.
func (m *Machine) inputs(t *denseTask, w *Worker) []float32 {
	if t.linear != m.plan.keeper {
		return m.batch.panel(t.linear, t.tap, t.in, 0)
	}
	if k := &w.widened; k.step != m.step.number || k.from != t.in {
		k.step, k.from = m.step.number, t.in
		w.set.PixelPanels(k.panels, m.batch.step, m.batch.pixels[t.in:], t.linear.size(), len(m.step.Labels), t.ins)
	}
	return w.widened.panels
}
