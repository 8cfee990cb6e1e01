package engine

import (
	"math"
	"slices"

	"lowres/network"
	"lowres/quant"
	"lowres/trainer/internal/pages"
	"lowres/trainer/kernel"
)

// Parameters are the weights of a network in every form that the engine needs. The float32 master weights
// live in the network.Float that they were made from; the packed forms hold the quantised ones.
type Parameters struct {
	plan     *plan
	set      *kernel.Set
	net      *network.Float
	tables   []kernel.Table // by linear: the value of every level, and where it begins; none for float32
	sums     []float64      // by block task: Σ |w|
	forward  [][]float32    // packed, see linear
	backward [][]float32
	bias     [][]float32 // padded to whole panels

	forwardCodes  [][]int8 // in place of forward and backward, see dense_weights.go
	backwardCodes [][]int8
	scales        []float32 // what a code stands for

	blocks []blockTask
	tasks  []panelTask
	others []int // the layers with other parameters
}

// blockTask is the share of quant.SumBlock weights from first on in finding their mean magnitude.
type blockTask struct {
	linear *linear
	first  int
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
func newParameters(p *plan, set *kernel.Set, net *network.Float, training bool) *Parameters {
	n := len(p.linears)
	s := &Parameters{plan: p, set: set, net: net, tables: make([]kernel.Table, n),
		forward: make([][]float32, n), backward: make([][]float32, n), bias: make([][]float32, n),
		forwardCodes: make([][]int8, n), backwardCodes: make([][]int8, n), scales: make([]float32, n)}
	for i, l := range p.linears {
		s.bias[i] = make([]float32, panels(l.cout)*kernel.Columns)
		s.makeRoom(l, training && l.from > 0)
		if levels := net.Levels[l.layer]; !levels.IsZero() {
			s.tables[i] = kernel.Table{Edges: make([]float32, 0, levels.N()-1), Values: make([]float32, levels.N())}
			for _, v := range levels.Values() {
				s.tables[i].Levels = append(s.tables[i].Levels, int32(v))
			}
			for first := 0; first < len(l.weights(net)); first += quant.SumBlock {
				s.blocks = append(s.blocks, blockTask{l, first})
			}
		}
		for panel := range panels(l.cout) {
			s.tasks = append(s.tasks, panelTask{l, panel})
		}
	}
	s.sums = make([]float64, len(s.blocks))
	for i, others := range net.Others {
		if len(others) > 0 {
			s.others = append(s.others, i)
		}
	}
	return s
}

// makeRoom allocates the packed weights of l.
func (s *Parameters) makeRoom(l *linear, backward bool) {
	levels := s.net.Levels[l.layer]
	if !l.dense || levels.IsZero() || slices.Max(levels.Values()) > math.MaxInt8 {
		s.forward[l.number] = pages.Make(l.forwardSize())
		if backward {
			s.backward[l.number] = pages.Make(l.backwardSize())
		}
		return
	}
	s.forwardCodes[l.number] = kernel.NewCodes(panels(l.cout) * l.taps() * l.codedIns() * kernel.Columns)
	if backward {
		s.backwardCodes[l.number] = kernel.NewCodes(l.backwardSize())
	}
}

// measure adds up the magnitudes of one block.
func (s *Parameters) measure(task int) {
	b := s.blocks[task]
	w := b.linear.weights(s.net)
	s.sums[task] = s.set.SumAbs(w[b.first:min(b.first+quant.SumBlock, len(w))])
}

// tabulate finds the values of the levels and where they begin, from the sums of the blocks: the steps of
// quant.MeanAbs and quant.Levels.Scale.
func (s *Parameters) tabulate() {
	for task := 0; task < len(s.blocks); {
		l, sum := s.blocks[task].linear, 0.0
		for ; task < len(s.blocks) && s.blocks[task].linear == l; task++ {
			sum += s.sums[task]
		}
		levels, t := s.net.Levels[l.layer], &s.tables[l.number]
		inverse, scale := levels.ScaleOf(sum / float64(len(l.weights(s.net))))
		t.Edges = levels.AppendEdges(t.Edges[:0], inverse)
		for code := range t.Values {
			t.Values[code] = scale * float32(levels.Value(code))
		}
		s.scales[l.number] = scale
	}
}

// packColumns is the number of inputs that are packed at once: a page of each output. Those of 32 outputs stay in the second-level cache.
const packColumns = 1024

// packer is the scratch of one worker that packs.
type packer struct {
	row         []float32 // the weights of one output
	part        []float32 // packColumns weights of 32 outputs
	codes       []int8    // the same as codes
	block       []float32 // the gradient of a denseTask
	biases      []float32
	panel, back []float32 // the panels of a tiled convolution before they are transformed
	transform   kernel.Transform
}

func newPacker(s *Parameters) *packer {
	k := &packer{row: make([]float32, s.longestRow()), part: make([]float32, kernel.Columns*packColumns),
		codes: kernel.NewCodes(kernel.Columns * packColumns),
		block: make([]float32, blockOuts*blockInputs), biases: make([]float32, blockOuts+kernel.Columns)}
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
func (s *Parameters) pack(t panelTask, k *packer) {
	l := t.linear
	first, end := t.outs()
	switch {
	case s.coded(l):
		s.packCodes(t, k.codes)
	case l.tiled:
		s.packRows(t, k.part, k.panel, k.back, kernel.Columns, 0)
		s.packTiled(t, k, s.set)
	default:
		s.packRows(t, k.part, s.forward[l.number][t.panel*l.panelSize():], s.backward[l.number], l.cout, first)
	}
	if l.biased {
		copy(s.bias[l.number][first:end], l.biases(s.net)[first:end])
	}
}

// packRows quantises the outputs of one panel and writes them to it, and to backward panels of outs outputs
// from output at on.
func (s *Parameters) packRows(t panelTask, part, panel, back []float32, outs, at int) {
	l := t.linear
	if s.backward[l.number] == nil {
		back = nil
	}
	for tap := range l.taps() {
		for in := 0; in < l.cin; in += packColumns {
			s.packPart(t, tap, in, min(packColumns, l.cin-in), part, panel, back, outs, at)
		}
	}
}

// packPart packs count inputs from in on of one tap.
func (s *Parameters) packPart(t panelTask, tap, in, count int, part, panel, back []float32, outs, at int) {
	l, table := t.linear, s.tables[t.linear.number]
	first, end := t.outs()
	src, row := l.weights(s.net)[first*l.size()+tap*l.cin+in:], l.size()
	if len(table.Values) > 0 {
		for out := range end - first {
			s.set.Quantise(part[out*packColumns:][:count], src[out*row:], table)
		}
		src, row = part, packColumns
	}
	s.set.Transpose(panel[(tap*l.cin+in)*kernel.Columns:], kernel.Columns, src, row, end-first, count)
	if back == nil {
		return
	}
	place := tap
	if !l.dense {
		place = l.taps() - 1 - tap
	}
	for c := 0; c < count; c += kernel.Columns {
		dst := back[(((in+c)/kernel.Columns*l.taps()+place)*outs+at)*kernel.Columns:]
		for out := range end - first {
			copy(dst[out*kernel.Columns:], src[out*row+c:][:min(kernel.Columns, count-c)])
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
