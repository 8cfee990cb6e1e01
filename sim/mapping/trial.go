package mapping

import (
	"lowres/sim/arch"
	"lowres/sim/machine"
	"lowres/sim/program"
)

// trial is a layer alone on an idle machine, cut one way, with its input in memory:
// exactly what its instructions take.
type trial struct {
	cycles       machine.Cycle
	instructions int
	engines      [program.EngineCount]int // … by engine
	beats        int64                    // that cross the memory port
	counts       machine.Counts           // actions that do not depend on values
	fits         bool                     // the program memories hold it
}

// try runs the event simulation of the layer alone.
func (l *layer) try(d *arch.Design, shape tileShape, prefer policy) (trial, error) {
	m := newMapper(l.net.Graph, d, prefer)
	m.alone = true
	alone := l.alone(m)
	m.layer(alone, shape)
	for e, depth := range depths(d) {
		if m.p.Count(program.Engine(e)) > depth {
			return trial{}, nil
		}
	}
	timer, err := machine.NewValidTimer(d, m.p)
	if err != nil {
		return trial{}, err
	}
	c := timer.Timing().Counters
	t := trial{cycles: c.Cycles, beats: c.ReadBeats + c.WriteBeats, fits: true}
	for e := range program.EngineCount {
		t.engines[e] = m.p.Count(e)
		t.instructions += t.engines[e]
	}
	for _, part := range timer.Layers() {
		t.counts.Add(&part.Actions)
	}
	return t, nil
}

// alone is the layer with a memory of its own: weights, parameters and maps start at
// bursts, as they do in a network's, so that its bursts are cut alike.
func (l *layer) alone(m *mapper) *layer {
	a := *l
	place := func(bytes int) int {
		at := m.align(m.p.Memory)
		m.p.Memory = at + bytes
		return at
	}
	a.weights = place(l.weightGroups * l.groupBytes())
	a.parameters = place(l.allGroups() * m.d.ParameterGroupBytes())
	a.tables = place(len(l.table))
	a.inputs = append([]operand(nil), l.inputs...)
	for i := range a.inputs {
		a.inputs[i].tensor = i
		m.p.Tensors = append(m.p.Tensors, program.Tensor{Layer: -1, Address: uint32(place(l.pictures * l.inRows * l.inCols * l.inBytes))})
	}
	a.output = len(m.p.Tensors)
	m.p.Tensors = append(m.p.Tensors, program.Tensor{Layer: l.index, Last: l.last, Address: uint32(place(l.pictures * l.rows * l.out.W * l.outBytes))})
	return &a
}

// depths are the instructions that the program memories hold.
func depths(d *arch.Design) [program.EngineCount]int {
	return [program.EngineCount]int{d.Program.Load, d.Program.Compute, d.Program.Store}
}
