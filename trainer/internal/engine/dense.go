package engine

import "lowres/trainer/kernel"

// forwardDense computes out = relu(in·weights + bias), the images as rows.
func (l *linear) forwardDense(w *Worker, images int) {
	weights, bias := w.params.forward[l.number], w.params.bias[l.number]
	p := &w.product
	*p = kernel.Product{A: w.maps[l.from][l.in.place(0, 0, 0):], ARow: l.in.image, CRow: l.out.image, Start: kernel.FromBias, ReLU: l.relu,
		Count: [3]int{l.kh, l.kw, l.cin}, AStep: [3]int{l.in.row, l.in.pitch, 1},
		BStep: [3]int{l.kw * l.cin * kernel.Columns, l.cin * kernel.Columns, kernel.Columns}}
	collapse(p)
	for panel := range panels(l.cout) {
		first := panel * kernel.Columns
		p.B, p.C, p.Bias = weights[panel*l.panelSize():], w.maps[l.to][first:], bias[first:]
		w.set.RunRows(p, images)
	}
}

// inputGradientDense writes the gradient of the input, tap by tap, times that of the relu before this layer.
func (l *linear) inputGradientDense(w *Worker, images int) {
	in, d, dIn := w.maps[l.from], w.gradients[l.to], w.gradients[l.from]
	weights := w.params.backward[l.number]
	p := &w.product
	*p = kernel.Product{A: d, ARow: l.dOut.image, CRow: l.dIn.image, MaskRow: l.in.image,
		Count: [3]int{1, 1, l.cout}, AStep: [3]int{0, 0, 1}, BStep: [3]int{0, 0, kernel.Columns}}
	for y := range l.kh {
		for x := range l.kw {
			for panel := range panels(l.cin) {
				first := panel * kernel.Columns
				p.B = weights[panel*l.backPanelSize()+(y*l.kw+x)*l.cout*kernel.Columns:]
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
// images, and moves the weights while the block is in a cache.

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

// batchMaps are the maps and gradients of a whole batch that dense tasks read, nil for all others.
type batchMaps struct{ maps, gradients [][]float32 }

func newBatchMaps(p *plan, batch int) *batchMaps {
	b := &batchMaps{make([][]float32, len(p.maps)), make([][]float32, len(p.maps))}
	for _, l := range p.linears {
		if l.dense { // products read whole vectors, beyond the last image
			b.maps[l.from] = make([]float32, batch*p.maps[l.from].image+kernel.Columns)
			b.gradients[l.to] = make([]float32, batch*p.gradients[l.to].image+kernel.Columns)
		}
	}
	return b
}

// enter lets the worker keep the images from first on in the maps of the batch.
func (w *Worker) enter(b *batchMaps, first int) {
	for i := range w.maps {
		w.maps[i], w.gradients[i] = w.ownMaps[i], w.ownGradients[i]
		if b != nil && b.maps[i] != nil {
			w.maps[i] = b.maps[i][first*w.plan.maps[i].image:]
		}
		if b != nil && b.gradients[i] != nil {
			w.gradients[i] = b.gradients[i][first*w.plan.gradients[i].image:]
		}
	}
}

// denseGradient computes the gradient of one block, blockInputs a row of scratch, and of its biases.
func (m *Machine) denseGradient(t *denseTask, w *Worker, k *packer) (biases []float32) {
	l, images := t.linear, len(m.step.Labels)
	in, d := m.batch.maps[l.from], m.batch.gradients[l.to][t.out:]
	in = in[l.in.place(0, t.tap/l.kw, t.tap%l.kw)+t.in:]
	p := &w.product
	*p = kernel.Product{A: d, ARow: 1, CRow: blockInputs, Count: [3]int{1, 1, images},
		AStep: [3]int{0, 0, l.dOut.image}, BStep: [3]int{0, 0, l.in.image}}
	for c := 0; c < t.ins; c += kernel.Columns {
		p.B, p.C = in[c:], k.block[c:]
		m.set.RunRows(p, t.outs)
	}
	if !t.withBiases {
		return nil
	}
	*p = kernel.Product{A: one, Count: [3]int{1, 1, images}, BStep: [3]int{0, 0, l.dOut.image}}
	for c := 0; c < t.outs; c += kernel.Columns {
		p.B, p.C = d[c:], k.biases[c:]
		m.set.RunRows(p, 1)
	}
	return k.biases[:t.outs]
}

// squares adds up the squares of the gradient of one block.
func (m *Machine) denseSquares(t *denseTask, w *Worker, k *packer) float64 {
	sum := m.set.SumSquares(m.denseGradient(t, w, k))
	for row := range t.outs {
		sum += m.set.SumSquares(k.block[row*blockInputs:][:t.ins])
	}
	return sum
}

// updateDense moves the weights of one block.
func (m *Machine) updateDense(t *denseTask, w *Worker, k *packer) {
	l := t.linear
	biases := m.denseGradient(t, w, k)
	weights := m.moving(l.weights)
	for row := range t.outs {
		g := k.block[row*blockInputs:][:t.ins]
		if m.step.factor != 1 {
			m.set.Scale(g, m.step.factor)
		}
		at := (t.out+row)*l.size() + t.tap*l.cin + t.in
		m.move(weights.part(at, at+t.ins), g, &m.step.rule)
	}
	if t.withBiases {
		if m.step.factor != 1 {
			m.set.Scale(biases, m.step.factor)
		}
		plain := m.step.rule.plain()
		m.move(m.moving(l.biases).part(t.out, t.out+t.outs), biases, &plain)
	}
}
