package engine

import "lowres/trainer/kernel"

// The quantised weights of a dense layer are kept as bytes where their levels fit, since float32 would take longer
// to write and to read than to compute with. Before a product, a block of them is written as float32 to memory that
// stays in a cache. Packed codes:
//
//	forward  [out panel][tap][in/4][32 outs][4 ins]   backward  [in panel][tap][out][32 ins]

// blockTerms is about the number of inputs of a block: those of 256 images, half a megabyte, stay in the second-level cache
// while the weights to all outputs pass by, 32 outputs at a time.
const blockTerms = 512

// block is a part of the inputs of a dense layer, for 32 outputs: ins inputs, from in on, of rows × columns taps from
// (y, x) on. Blocks of several taps are whole rows of them.
type block struct{ y, x, rows, columns, in, ins int }

// cut cuts a dense layer into blocks.
func (l *linear) cut() (blocks []block) {
	if rows := blockTerms / (l.kw * l.cin); rows > 0 {
		for y := 0; y < l.kh; y += rows {
			blocks = append(blocks, block{y, 0, min(rows, l.kh-y), l.kw, 0, l.cin})
		}
		return blocks
	}
	for tap := range l.taps() {
		for in := 0; in < l.cin; in += blockTerms {
			blocks = append(blocks, block{tap / l.kw, tap % l.kw, 1, 1, in, min(blockTerms, l.cin-in)})
		}
	}
	return blocks
}

// codedIns is the number of inputs of a tap with packed codes: whole fours.
func (l *linear) codedIns() int { return roundUp(l.cin, 4) }

// forwardWeights are the weights of a block to one panel of outputs, with the steps from row to row of taps, tap to
// tap and input to input.
func (w *Worker) forwardWeights(l *linear, panel int, b block) (weights []float32, steps [3]int) {
	s, ins := w.params, l.cin
	if s.coded(l) {
		ins = l.codedIns()
	}
	at := ((panel*l.taps()+b.y*l.kw+b.x)*ins + b.in) * kernel.Columns
	steps = [3]int{b.columns * ins * kernel.Columns, ins * kernel.Columns, kernel.Columns}
	if !s.coded(l) {
		return s.forward[l.number][at:], steps
	}
	n := roundUp(b.ins, 4) * b.rows * b.columns * kernel.Columns
	w.set.ExpandFours(w.weights[:n], s.forwardCodes[l.number][at:], s.scales[l.number])
	return w.weights, steps
}

// backwardWeights are the weights of all outputs to one panel of inputs of a tap, 32 an output.
func (w *Worker) backwardWeights(l *linear, panel, tap int) []float32 {
	s, n := w.params, l.cout*kernel.Columns
	at := panel*l.backPanelSize() + tap*n
	if !s.coded(l) {
		return s.backward[l.number][at:]
	}
	w.set.Expand(w.weights[:n], s.backwardCodes[l.number][at:], s.scales[l.number])
	return w.weights
}

// newWeightScratch makes room for the largest of what these two write.
func newWeightScratch(p *plan) []float32 {
	size := 0
	for _, l := range p.linears {
		for _, b := range l.blocks {
			size = max(size, b.rows*b.columns*roundUp(b.ins, 4), l.cout)
		}
	}
	return make([]float32, size*kernel.Columns)
}

// coded reports whether the packed weights of l are codes.
func (s *Parameters) coded(l *linear) bool { return s.forwardCodes[l.number] != nil }

// packCodes quantises one panel's outputs of a dense layer and writes them to the packed codes.
func (s *Parameters) packCodes(t panelTask, codes []int8) {
	for tap := range t.linear.taps() {
		for in := 0; in < t.linear.cin; in += packColumns {
			s.packCodesPart(t, tap, in, min(packColumns, t.linear.cin-in), codes)
		}
	}
}

// packCodesPart packs count inputs from in on of one tap.
func (s *Parameters) packCodesPart(t panelTask, tap, in, count int, codes []int8) {
	l, table := t.linear, s.tables[t.linear.number]
	first, end := t.outs()
	src := l.weights(s.net)[first*l.size()+tap*l.cin+in:]
	s.set.Codes(codes, packColumns, src, l.size(), end-first, count, table)
	at := ((t.panel*l.taps()+tap)*l.codedIns() + in) * kernel.Columns
	s.set.TransposeFours(s.forwardCodes[l.number][at:], codes, packColumns, end-first, (count+3)/4)
	back := s.backwardCodes[l.number]
	if back == nil {
		return
	}
	for c := 0; c < count; c += kernel.Columns {
		dst := back[(((in+c)/kernel.Columns*l.taps()+tap)*l.cout+first)*kernel.Columns:]
		for out := range end - first {
			copy(dst[out*kernel.Columns:], codes[out*packColumns+c:][:min(kernel.Columns, count-c)])
		}
	}
}
