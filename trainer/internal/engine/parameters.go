package engine

import (
	"lowres/network"
	"lowres/trainer/kernel"
)

// Parameters are the weights of a network in every form that the engine needs. The float32 master weights
// live in the network.Float that they were made from; the packed forms hold the quantised ones.
type Parameters struct {
	net      *network.Float
	linears  []*linear
	codes    [][]int16   // levels of the weights, nil for float32
	scales   []float32   // float weight = scale·level
	forward  [][]float32 // packed, see linear
	backward [][]float32
	bias     [][]float32 // padded to whole panels
	tasks    []panelTask
}

// panelTask is the share of one panel of 32 outputs in the work on the parameters.
type panelTask struct {
	linear *linear
	panel  int
}

// outs is the range of outputs of the panel.
func (t panelTask) outs() (first, end int) {
	first = t.panel * kernel.Columns
	return first, min(first+kernel.Columns, t.linear.cout)
}

// newParameters allocates the packed forms; backward panels only for training.
func newParameters(p *plan, net *network.Float, training bool) *Parameters {
	n := len(p.layers)
	s := &Parameters{net: net, codes: make([][]int16, n), scales: make([]float32, n),
		forward: make([][]float32, n), backward: make([][]float32, n), bias: make([][]float32, n)}
	for i, any := range p.layers {
		l, ok := any.(*linear)
		if !ok {
			continue
		}
		s.linears = append(s.linears, l)
		s.forward[i] = make([]float32, panels(l.cout)*l.panelSize())
		s.bias[i] = make([]float32, panels(l.cout)*kernel.Columns)
		if training && i > 0 {
			s.backward[i] = make([]float32, panels(l.cin)*l.backPanelSize())
		}
		if !net.Levels[i].IsZero() {
			s.codes[i] = make([]int16, len(net.Weights[i]))
		}
		for panel := range panels(l.cout) {
			s.tasks = append(s.tasks, panelTask{l, panel})
		}
	}
	return s
}

// quantise finds the levels and the scale of one layer's weights.
func (s *Parameters) quantise(l *linear) {
	if codes := s.codes[l.index]; codes != nil {
		s.scales[l.index] = s.net.Levels[l.index].Quantise(codes, s.net.Weights[l.index])
	}
}

// row writes the weights of one output to dst, as the forward pass uses them.
func (s *Parameters) row(l *linear, out int, dst []float32) {
	size := l.taps() * l.cin
	weights := s.net.Weights[l.index][out*size:][:size]
	codes := s.codes[l.index]
	if codes == nil {
		copy(dst, weights)
		return
	}
	scale := s.scales[l.index]
	for k, q := range codes[out*size:][:size] {
		dst[k] = scale * float32(q)
	}
}

// pack writes one panel's outputs to the packed forms.
func (s *Parameters) pack(t panelTask, row []float32) {
	l := t.linear
	size := l.taps() * l.cin
	first, end := t.outs()
	panel := s.forward[l.index][t.panel*l.panelSize():][:l.panelSize()]
	for out := first; out < end; out++ {
		s.row(l, out, row)
		for k, v := range row[:size] {
			panel[k*kernel.Columns+out-first] = v
		}
		if back := s.backward[l.index]; back != nil {
			l.packBack(back, out, row)
		}
		s.bias[l.index][out] = s.net.Biases[l.index][out]
	}
}

// packBack writes the weights of one output to the backward panels.
func (l *linear) packBack(back []float32, out int, row []float32) {
	for tap := range l.taps() {
		place := tap
		if !l.dense {
			place = l.taps() - 1 - tap
		}
		for panel := range panels(l.cin) {
			first := panel * kernel.Columns
			src := row[tap*l.cin:][first:min(first+kernel.Columns, l.cin)]
			copy(back[panel*l.backPanelSize()+(place*l.cout+out)*kernel.Columns:], src)
		}
	}
}

// longestRow is the number of weights of the largest output of all layers.
func (s *Parameters) longestRow() int {
	n := 0
	for _, l := range s.linears {
		n = max(n, l.taps()*l.cin)
	}
	return n
}
