package engine

import (
	"lowres/network"
	"lowres/trainer/kernel"
)

// Parameters are the weights of a network in every form that the engine needs. The float32 master weights
// live in the network.Float that they were made from; the packed forms hold the quantised ones.
type Parameters struct {
	plan     *plan
	net      *network.Float
	codes    [][]int16   // by linear: levels of the weights, nil for float32
	inverses []float64   // of quant.Levels.Scale
	scales   []float32   // float weight = scale·level
	forward  [][]float32 // packed, see linear
	backward [][]float32
	bias     [][]float32 // padded to whole panels
	tasks    []panelTask
	others   []int // the layers with other parameters
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
	n := len(p.linears)
	s := &Parameters{plan: p, net: net, codes: make([][]int16, n), inverses: make([]float64, n), scales: make([]float32, n),
		forward: make([][]float32, n), backward: make([][]float32, n), bias: make([][]float32, n)}
	for i, l := range p.linears {
		s.forward[i] = make([]float32, l.forwardSize())
		s.bias[i] = make([]float32, panels(l.cout)*kernel.Columns)
		if training && l.from > 0 {
			s.backward[i] = make([]float32, l.backwardSize())
		}
		if !net.Levels[l.layer].IsZero() {
			s.codes[i] = make([]int16, len(l.weights(net)))
		}
		for panel := range panels(l.cout) {
			s.tasks = append(s.tasks, panelTask{l, panel})
		}
	}
	for i, others := range net.Others {
		if len(others) > 0 {
			s.others = append(s.others, i)
		}
	}
	return s
}

// measure finds the scale of one set of weights.
func (s *Parameters) measure(l *linear) {
	if n := l.number; s.codes[n] != nil {
		s.inverses[n], s.scales[n] = s.net.Levels[l.layer].Scale(l.weights(s.net))
	}
}

// quantise finds the levels of the weights of one panel.
func (s *Parameters) quantise(t panelTask) {
	l := t.linear
	if codes := s.codes[l.number]; codes != nil {
		first, end := t.outs()
		first, end = first*l.size(), end*l.size()
		s.net.Levels[l.layer].Assign(codes[first:end], l.weights(s.net)[first:end], s.inverses[l.number])
	}
}

// row writes the weights of one output to dst, as the forward pass uses them.
func (s *Parameters) row(l *linear, out int, dst []float32) {
	size := l.size()
	codes := s.codes[l.number]
	if codes == nil {
		copy(dst, l.weights(s.net)[out*size:][:size])
		return
	}
	scale := s.scales[l.number]
	for k, q := range codes[out*size:][:size] {
		dst[k] = scale * float32(q)
	}
}

// packer is the scratch of one worker that packs.
type packer struct {
	row         []float32 // the weights of one output
	panel, back []float32 // the panels of a tiled convolution before they are transformed
	transform   kernel.Transform
}

func newPacker(s *Parameters) *packer {
	k := &packer{row: make([]float32, s.longestRow())}
	size := 0
	for _, l := range s.plan.linears {
		if l.tiled {
			size = max(size, roundUp(l.cin, kernel.Columns)*l.taps()*kernel.Columns)
		}
	}
	k.panel, k.back = make([]float32, size), make([]float32, size)
	return k
}

// pack quantises one panel's outputs and writes them to the packed forms.
func (s *Parameters) pack(t panelTask, k *packer, set *kernel.Set) {
	s.quantise(t)
	l := t.linear
	first, end := t.outs()
	if l.tiled {
		s.packRows(t, k.row, k.panel, k.back, kernel.Columns, 0)
		s.packTiled(t, k, set)
	} else {
		s.packRows(t, k.row, s.forward[l.number][t.panel*l.panelSize():], s.backward[l.number], l.cout, first)
	}
	if l.biased {
		copy(s.bias[l.number][first:end], l.biases(s.net)[first:end])
	}
}

// packRows writes the outputs of one panel to it, and to backward panels of outs outputs from output at on.
func (s *Parameters) packRows(t panelTask, row, panel, back []float32, outs, at int) {
	l := t.linear
	first, end := t.outs()
	for out := first; out < end; out++ {
		s.row(l, out, row)
		for k, v := range row[:l.size()] {
			panel[k*kernel.Columns+out-first] = v
		}
		if s.backward[l.number] != nil {
			l.packBack(back, outs, at+out-first, row)
		}
	}
}

// packBack writes the weights of one output to backward panels of outs outputs.
func (l *linear) packBack(back []float32, outs, out int, row []float32) {
	for tap := range l.taps() {
		place := tap
		if !l.dense {
			place = l.taps() - 1 - tap
		}
		for panel := range panels(l.cin) {
			first := panel * kernel.Columns
			src := row[tap*l.cin:][first:min(first+kernel.Columns, l.cin)]
			copy(back[((panel*l.taps()+place)*outs+out)*kernel.Columns:], src)
		}
	}
}

// longestRow is the number of weights of the largest output of all linears.
func (s *Parameters) longestRow() int {
	n := 0
	for _, l := range s.plan.linears {
		n = max(n, l.size())
	}
	return n
}
