package machine

import (
	"lowres/quant"
	"lowres/sim/program"
)

// run is the state of the hardware in one run.
type run struct {
	m       *Machine
	options Options
	memory  []byte
	buffers [program.BufferCount][]byte
	output  []byte
	writes  []Write
	stored  storeState // of the stores whose writes are logged

	array  tiles
	zeros  []int32      // [step][lane]: activations of the instruction that are zero
	tables tableWeights // of an array of tables
	places []position
	steps  []kernelStep
	sums   []int32    // [position][col] of the reduction in progress
	column []column   // parameters of the column group
	pooled []int8     // [pixel][col]
	before []byte     // [pixel]: activation word issued last
	last   []int16    // tile in place
	exact  []Counts   // exact actions by graph layer
	levels []levelUse // by graph layer

	toggles *Toggles        // nil: not counted
	samples map[int]*sample // by graph layer, of Expect; nil: all is computed
}

func newRun(m *Machine, memory []byte, o Options) *run {
	a := m.design.Array
	r := &run{m: m, options: o, memory: memory, stored: storeState{slots: emptySlots()}}
	for b := range program.BufferCount {
		r.buffers[b] = make([]byte, program.BufferBytes(m.design, b))
	}
	r.output = make([]byte, m.design.Buffers.Output)
	r.array = newTiles(a.Lanes, a.Cols, m.design.DigitCount())
	r.column = make([]column, a.Cols)
	r.pooled = make([]int8, a.Pixels*a.Cols)
	r.before = make([]byte, a.Pixels*a.Lanes)
	r.last = make([]int16, a.Lanes*a.Cols)
	if o.Toggles {
		r.toggles = NewToggles(ShapeOf(m.design))
	}
	return r
}

// execute runs one instruction.
func (r *run) execute(ref ref) error {
	switch ref.engine {
	case program.LoadEngine:
		r.load(&r.m.program.Loads[ref.index])
	case program.ComputeEngine:
		return r.compute(ref.index)
	case program.StoreEngine:
		r.store(ref.index)
	}
	return nil
}

// load copies memory to a buffer, which wraps.
func (r *run) load(l *program.Load) {
	beat, buffer := r.m.design.MemoryBytes(), r.buffers[l.Buffer]
	src := r.memory[l.Memory : int(l.Memory)+l.Beats*beat]
	n := copy(buffer[l.Address*beat:], src)
	copy(buffer, src[n:])
}

// store copies the output buffer, which wraps, to memory.
func (r *run) store(index int) {
	s, beat := &r.m.program.Stores[index], r.m.design.MemoryBytes()
	dst := r.memory[s.Memory : int(s.Memory)+s.Beats*beat]
	n := copy(dst, r.output[s.Address*beat:])
	copy(dst[n:], r.output)
	if !r.options.Writes {
		return
	}
	at, step := 0, Step{Go: r.m.timing.Steps[program.StoreEngine][index].Go}
	r.stored.life(&r.m.pace, s, &step, func(c Cycle) {
		data := append([]byte(nil), dst[at*beat:(at+1)*beat]...)
		r.writes = append(r.writes, Write{Cycle: c, Address: s.Memory + uint32(at*beat), Data: data})
		at++
	})
}

// result joins the actions that depend on values with the layers' others.
func (r *run) result(layers []Layer) *Result {
	res := &Result{Timing: r.m.timing, Memory: r.memory, Layers: layers, Writes: r.writes}
	for i := range layers {
		l := &layers[i]
		if l.Index >= 0 && l.Index < len(r.exact) {
			l.Actions.Add(&r.exact[l.Index])
			l.Actions[CellZeroActivation] = r.levels[l.Index].zeroActivation()
			l.Levels = r.levels[l.Index].list()
		}
		l.Actions[CellActive] = l.Actions[CellIssued] - l.Actions[CellZeroWeight] - l.Actions[CellZeroActivation]
		res.Total.Add(&l.Actions)
	}
	return res
}

// column holds a column's parameters.
type column struct {
	bias    int32
	requant quant.Requantiser
	table   bool // its values go through the instruction's table
}
