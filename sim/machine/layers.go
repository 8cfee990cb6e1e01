package machine

import (
	"lowres/sim/arch"
	"lowres/sim/program"
)

// Layer sums up the instructions that work for one layer. Engines overlap, so
// the work for the next layer starts before this one ends; Cycles is the time
// from the last compute instruction of the layer before to the last of this one
// (to the end of the run for the last), and adds up to the whole run.
type Layer struct {
	Index        int   // into the graph's layers
	Last         int   // … of the last layer fused to it
	Start        Cycle // first Go of its instructions
	End          Cycle // last Retire
	computed     Cycle // last Leave of a compute
	Cycles       Cycle
	Instructions [program.EngineCount]int
	Busy         [program.EngineCount]Cycle
	WaitLoad     Cycle // compute: the token that came last was a load's
	WaitStore    Cycle // … was a store's
	Stall        Cycle // compute: waiting for a free half of the sums
	Active       Cycle // a position is issued
	Slack        Cycle // steps past their positions, until the next tile is there
	Drain        Cycle
	Actions      Counts
}

// layers splits the timing up by layer, in order of execution.
func (t *Timing) layers(d *arch.Design, p *program.Program) []Layer {
	bases := stepBases(p)
	var layers []Layer
	at := map[int]int{}
	for e := range program.EngineCount {
		for i := range t.Steps[e] {
			index := p.Places[e][i].Layer
			n, ok := at[index]
			if !ok {
				n = len(layers)
				at[index] = n
				layers = append(layers, Layer{Index: index, Last: lastFused(p, index), Start: t.Steps[e][i].Go})
			}
			layers[n].add(ref{e, i}, &t.Steps[e][i])
			actions := staticCounts(d, p, ref{e, i}, bases, &t.Steps[e][i])
			layers[n].Actions.Add(&actions)
		}
	}
	t.partition(layers, int64(d.Array.Lanes*d.Array.Cols))
	return layers
}

// lastFused is the last layer fused to the one with the given index.
func lastFused(p *program.Program, index int) int {
	for _, t := range p.Tensors {
		if t.Layer == index {
			return t.Last
		}
	}
	return index
}

// Layers splits a timing up by the layer that the work was for, in order of
// execution. Actions that depend on values are 0.
func Layers(d *arch.Design, p *program.Program, t *Timing) []Layer { return t.layers(d, p) }

// add sums one instruction up.
func (l *Layer) add(r ref, s *Step) {
	l.Start, l.End = min(l.Start, s.Go), max(l.End, s.Retire)
	l.Instructions[r.engine]++
	l.Busy[r.engine] += s.Leave - s.Go
	l.Stall += s.Stall
	l.Active += s.Active
	l.Slack += s.Slack
	l.Drain += s.Drain
	if r.engine == program.ComputeEngine {
		l.computed = s.Leave
		if s.Cause == program.LoadEngine {
			l.WaitLoad += s.Go - s.Ready
		} else {
			l.WaitStore += s.Go - s.Ready
		}
	}
}

// partition cuts the run's cycles where the layers' computes end, so that all
// of a layer's array cycles are among its own.
func (t *Timing) partition(layers []Layer, cells int64) {
	before := Cycle(0)
	for i := range layers {
		l := &layers[i]
		end := max(l.computed+1, before)
		if i == len(layers)-1 {
			end = t.Counters.Cycles
		}
		l.Cycles, before = end-before, end
		l.Actions[ClockCycle] = int64(l.Cycles)
		l.Actions[CellIdle] = int64(l.Cycles)*cells - l.Actions[CellIssued]
	}
}

// staticCounts are the actions of an instruction that do not depend on values.
func staticCounts(d *arch.Design, p *program.Program, r ref, bases []int, s *Step) Counts {
	switch r.engine {
	case program.LoadEngine:
		return loadCounts(d, &p.Loads[r.index])
	case program.ComputeEngine:
		return computeCounts(d, &p.Computes[r.index], bases[r.index], s)
	}
	return storeCounts(d, &p.Stores[r.index])
}
