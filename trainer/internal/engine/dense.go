package engine

import (
	"lowres/trainer/internal/pages"
	"lowres/trainer/kernel"
)

// forwardDense computes out = relu(in·weights + bias), the images as rows.
func (l *linear) forwardDense(w *Worker, images int) {
	pixels := w.keepsPictures(l)
	if !pixels {
		l.keepInputs(w, images)
	}
	p := &w.product
	*p = kernel.Product{ARow: l.in.image, CRow: l.out.image, AStep: [3]int{l.in.row, l.in.pitch, 1}, Start: kernel.FromBias}
	for n, b := range l.blocks {
		p.Count = [3]int{b.rows, b.columns, b.ins}
		if pixels {
			p.A, p.ARow = w.widenRows(b, images)
		} else {
			p.A = w.maps[l.from][l.in.place(0, b.y, b.x)+b.in:]
		}
		p.ReLU = l.relu && n == len(l.blocks)-1
		for panel := range panels(l.cout) {
			first := panel * kernel.Columns
			p.C, p.Bias = w.maps[l.to][l.out.place(0, 0, 0)+first:], w.params.bias[l.number][first:]
			p.B, p.BStep = w.forwardWeights(l, panel, b)
			w.set.RunRows(p, images)
		}
		p.Start = kernel.FromC
	}
}

// inputGradientDense writes the gradient of the input, tap by tap, times that of the relu before this layer.
func (l *linear) inputGradientDense(w *Worker, images int) {
	in, d, dIn := w.maps[l.from], w.gradients[l.to], w.gradients[l.from]
	p := &w.product
	*p = kernel.Product{A: d, ARow: l.dOut.image, CRow: l.dIn.image, MaskRow: l.in.image,
		Count: [3]int{1, 1, l.cout}, AStep: [3]int{0, 0, 1}, BStep: [3]int{0, 0, kernel.Columns}}
	for y := range l.kh {
		for x := range l.kw {
			for panel := range panels(l.cin) {
				first := panel * kernel.Columns
				p.B = w.backwardWeights(l, panel, y*l.kw+x)
				p.C = dIn[l.dIn.place(0, y, x)+first:]
				if l.maskIn {
					p.Mask = in[l.in.place(0, y, x)+first:]
				}
				w.set.RunRows(p, images)
			}
		}
	}
}

// The gradient of a dense layer's weights is not added up group by group: a dense layer has many weights and
// few products for each of them, so reading and writing its gradient would take longer than computing it.
// Instead the inputs of the layer and the gradients of its outputs are kept for the whole batch. When all
// images are through, each task computes one block of the gradient, as the product of both over all
// images, and moves the weights while the block is in a cache. Both are kept in the order in which the tasks read them:
// from one image to the next within a map they would touch another page for every term.

// The size of a block: its inputs follow each other in the memory of the weights.
const (
	blockOuts   = 3 * kernel.Columns
	blockInputs = 256
)

// denseTask is one block: the weights of outs outputs from out on for ins inputs from in on of a tap.
type denseTask struct {
	linear       *linear
	tap, in, ins int
	out, outs    int
	withBiases   bool
}

// denseTasks cuts the dense layers into blocks.
func denseTasks(p *plan) (tasks []denseTask) {
	for _, l := range p.linears {
		if !l.dense {
			continue
		}
		for tap := range l.taps() {
			for in := 0; in < l.cin; in += blockInputs {
				for out := 0; out < l.cout; out += blockOuts {
					tasks = append(tasks, denseTask{l, tap, in, min(blockInputs, l.cin-in), out, min(blockOuts, l.cout-out),
						l.biased && tap == 0 && in == 0})
				}
			}
		}
	}
	return tasks
}

// batchMaps are what dense tasks read, for a whole batch, by linear; nil for all but dense ones.
type batchMaps struct {
	images  int
	pixels  []uint8     // in place of the inputs of the layer that reads the pictures
	inputs  [][]float32 // [tap][panel of 32 inputs][image][32]
	step    int         // from one of these panels to the next
	outputs [][]float32 // gradients of the outputs: [tile of outputs][image][kernel.MaxRows]
	tile    int         // from one of these tiles to the next
}

// panelStep and tileStep keep panels and tiles from falling into the same few sets of a cache.
func panelStep(batch int) int { return batch*kernel.Columns + 16 }
func tileStep(batch int) int  { return batch*kernel.MaxRows + 16 }

func newBatchMaps(p *plan, batch int) *batchMaps {
	n := len(p.linears)
	b := &batchMaps{images: batch, inputs: make([][]float32, n), step: panelStep(batch), outputs: make([][]float32, n), tile: tileStep(batch)}
	for _, l := range p.linears {
		switch {
		case l == p.keeper:
			b.pixels = make([]uint8, batch*l.size())
		case l.dense:
			b.inputs[l.number] = pages.Make(l.taps() * panels(l.cin) * b.step)
		}
		if l.dense {
			b.outputs[l.number] = pages.Make(panelsOf(l.cout, kernel.MaxRows) * b.tile)
		}
	}
	return b
}

// gradients are those of the tile of outputs of l that begins with output out, from an image on.
func (b *batchMaps) gradients(l *linear, out, image int) []float32 {
	return b.outputs[l.number][out/kernel.MaxRows*b.tile+image*kernel.MaxRows:]
}

// panel is the panel of inputs of l that in, a multiple of 32, lies in, from an image on.
func (b *batchMaps) panel(l *linear, tap, in, image int) []float32 {
	return b.inputs[l.number][(tap*panels(l.cin)+in/kernel.Columns)*b.step+image*kernel.Columns:]
}

// keptTogether is the number of images that are copied panel by panel, or tile by tile: few enough to stay in a cache.
const keptTogether = 8

// keepInputs copies the inputs of a dense layer to the maps of the batch.
func (l *linear) keepInputs(w *Worker, images int) {
	if w.batch == nil {
		return
	}
	for i := 0; i < images; i += keptTogether {
		for tap := range l.taps() {
			src := w.maps[l.from][l.in.place(i, tap/l.kw, tap%l.kw):]
			w.set.Panels(w.batch.panel(l, tap, 0, w.first+i), w.batch.step, src, l.in.image, min(keptTogether, images-i), l.cin)
		}
	}
}

// keepGradients copies the gradients of a dense layer's outputs to the tiles of the batch.
func (l *linear) keepGradients(w *Worker, images int) {
	for i := 0; i < images; i += keptTogether {
		src := w.gradients[l.to][l.dOut.place(i, 0, 0):]
		w.set.Tiles(w.batch.gradients(l, 0, w.first+i), w.batch.tile, src, l.dOut.image, min(keptTogether, images-i), l.cout)
	}
}

// enter lets the worker go through the images from first on, and keep in b what the batch needs of them.
func (w *Worker) enter(b *batchMaps, first int) {
	w.batch, w.whole.first = b, first
	w.enterPart(0)
}

// weight is the place of a weight of the block among those of its layer.
func (t *denseTask) weight(out, in int) int {
	return (t.out+out)*t.linear.size() + t.tap*t.linear.cin + t.in + in
}

// denseGradient writes the gradient of one block from input in on to scratch, blockInputs a row: the images are the
// terms, the outputs the rows and the inputs, 32 at a time, the columns.
func (m *Machine) denseGradient(t *denseTask, in int, w *Worker, k *packer) {
	p, inputs := &w.product, m.inputs(t, w)
	*p = kernel.Product{ARow: 1, CRow: blockInputs, Count: [3]int{1, 1, len(m.step.Labels)},
		AStep: [3]int{0, 0, kernel.MaxRows}, BStep: [3]int{0, 0, kernel.Columns}}
	for ; in < t.ins; in += kernel.Columns {
		p.B = inputs[in/kernel.Columns*m.batch.step:]
		for out := 0; out < t.outs; out += kernel.MaxRows {
			p.A, p.C = m.batch.gradients(t.linear, t.out+out, 0), k.block[out*blockInputs+in:]
			m.set.RunRows(p, min(kernel.MaxRows, t.outs-out))
		}
	}
}

// denseBiases is the gradient of the biases of one block: the sum over the images.
func (m *Machine) denseBiases(t *denseTask, w *Worker, k *packer) []float32 {
	p := &w.product
	*p = kernel.Product{A: one, Narrow: true, Count: [3]int{1, 1, len(m.step.Labels)}, BStep: [3]int{0, 0, kernel.MaxRows}}
	for out := 0; out < t.outs; out += kernel.MaxRows { // what lies behind a tile is overwritten by the next one
		p.B, p.C = m.batch.gradients(t.linear, t.out+out, 0), k.biases[out:]
		m.set.RunRows(p, 1)
	}
	return k.biases[:t.outs]
}

// denseSquares adds up the squares of the gradient of one block.
func (m *Machine) denseSquares(t *denseTask, w *Worker, k *packer) (sum float64) {
	m.denseGradient(t, 0, w, k)
	for row := range t.outs {
		sum += m.set.SumSquares(k.block[row*blockInputs:][:t.ins])
	}
	if t.withBiases {
		sum += m.set.SumSquares(m.denseBiases(t, w, k))
	}
	return sum
}

// updateDense moves the weights and biases of one block.
func (m *Machine) updateDense(t *denseTask, w *Worker, k *packer) {
	done := 0
	if m.second == nil && m.set.Moves {
		done = m.descendDense(t, w)
	}
	if done < t.ins {
		m.moveDense(t, done, w, k)
	}
	if t.withBiases {
		biases := m.denseBiases(t, w, k)
		m.scale(biases)
		plain := m.step.rule.plain()
		m.move(m.moving(t.linear.biases).part(t.out, t.out+t.outs), biases, &plain)
	}
}

// descendDense takes a step of SGD with the whole panels of inputs of one block, and returns the number of inputs:
// the gradient is never stored.
func (m *Machine) descendDense(t *denseTask, w *Worker) (ins int) {
	panels := t.ins / kernel.Columns
	if panels == 0 {
		return 0
	}
	l, weights, at := t.linear, m.moving(t.linear.weights), t.weight(0, 0)
	w.weightStep = kernel.WeightStep{Rows: t.outs, Panels: panels, Terms: len(m.step.Labels),
		A: m.batch.gradients(l, t.out, 0), ATile: m.batch.tile, B: m.inputs(t, w), BPanel: m.batch.step,
		W: weights.values[at:], V: weights.first[at:], Row: l.size(), Step: m.step.rule.SGD, Factor: m.step.factor}
	m.set.StepWeights(&w.weightStep)
	return panels * kernel.Columns
}

// moveDense takes a step with the inputs of one block from in on, for any rule.
func (m *Machine) moveDense(t *denseTask, in int, w *Worker, k *packer) {
	m.denseGradient(t, in, w, k)
	weights := m.moving(t.linear.weights)
	for row := range t.outs {
		g := k.block[row*blockInputs:][in:t.ins]
		m.scale(g)
		at := t.weight(row, in)
		m.move(weights.part(at, at+len(g)), g, &m.step.rule)
	}
}

// scale shortens a part of the gradient if it was found too long.
func (m *Machine) scale(g []float32) {
	if m.step.factor != 1 {
		m.set.Scale(g, m.step.factor)
	}
}
