package machine

import (
	"math"
	"slices"

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
	Active       Cycle // a slot of positions is issued
	Slack        Cycle // steps past their slots, until the next tile is there
	Drain        Cycle
	Actions      Counts
	Levels       []LevelCells // of the exact mode and of Expect, rising
}

// layering says which layer every instruction of a program works for, with what its
// layers do whenever it is done: actions that depend neither on values nor on time.
type layering struct {
	layers []Layer                      // in order of execution
	of     [program.EngineCount][]int32 // parallel to the instructions, into layers
	cells  int64                        // of the array; 0 for tables
	bits   bitsOf
}

// bitsOf is what the counts of registers follow from.
type bitsOf struct{ all, enabled, tile, sum int64 }

func newLayering(d *arch.Design, p *program.Program) *layering {
	r := RegistersOf(d)
	g := &layering{cells: int64(d.Cells()),
		bits: bitsOf{int64(r.Trees + r.Tiles + r.Sums + r.Waiting), int64(r.Tiles + r.Sums), int64(r.Tiles), int64(d.Array.AccumulatorBits)}}
	if d.Tables != nil {
		g.cells = 0
	}
	bases := stepBases(p)
	at := map[int]int{}
	for e := range program.EngineCount {
		g.of[e] = make([]int32, p.Count(e))
		for i := range g.of[e] {
			index := p.Places[e][i].Layer
			n, ok := at[index]
			if !ok {
				n = len(g.layers)
				at[index] = n
				g.layers = append(g.layers, Layer{Index: index, Last: lastFused(p, index), Start: math.MaxInt64})
			}
			g.of[e][i] = int32(n)
			g.layers[n].Instructions[e]++
			actions := staticCounts(d, p, ref{e, i}, bases)
			g.layers[n].Actions.Add(&actions)
		}
	}
	return g
}

// sum splits a timing up by layer. It reuses dst.
func (g *layering) sum(dst []Layer, t *Timing) []Layer {
	dst = append(dst[:0], g.layers...)
	for e := range program.EngineCount {
		for i := range t.Steps[e] {
			dst[g.of[e][i]].add(e, &t.Steps[e][i])
		}
	}
	t.partition(dst, g)
	return dst
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
func Layers(d *arch.Design, p *program.Program, t *Timing) []Layer {
	return newLayering(d, p).sum(nil, t)
}

// add sums one instruction up.
func (l *Layer) add(e program.Engine, s *Step) {
	l.Start, l.End = min(l.Start, s.Go), max(l.End, s.Retire)
	l.Busy[e] += s.Leave - s.Go
	if e != program.ComputeEngine {
		return
	}
	l.Stall += s.Stall
	l.Active += s.Active
	l.Slack += s.Slack
	l.Drain += s.Drain
	l.computed = s.Leave
	if s.Cause == program.LoadEngine {
		l.WaitLoad += s.Go - s.Ready
	} else {
		l.WaitStore += s.Go - s.Ready
	}
}

// Times is what n runs of the layer add up to.
func (l Layer) Times(n int) Layer {
	k := Cycle(n)
	for _, c := range []*Cycle{&l.Cycles, &l.WaitLoad, &l.WaitStore, &l.Stall, &l.Active, &l.Slack, &l.Drain} {
		*c *= k
	}
	for e := range l.Busy {
		l.Busy[e] *= k
		l.Instructions[e] *= n
	}
	for a := range l.Actions {
		l.Actions[a] *= int64(n)
	}
	l.Levels = slices.Clone(l.Levels)
	for i := range l.Levels {
		l.Levels[i] = l.Levels[i].Times(n)
	}
	return l
}

// partition cuts the run's cycles where the layers' computes end, so that all
// of a layer's array cycles are among its own.
func (t *Timing) partition(layers []Layer, g *layering) {
	before := Cycle(0)
	for i := range layers {
		l := &layers[i]
		end := max(l.computed+1, before)
		if i == len(layers)-1 {
			end = t.Counters.Cycles
		}
		l.Cycles, before = end-before, end
		l.Actions[ClockCycle] = int64(l.Cycles)
		l.Actions[CellIdle] = int64(l.Cycles)*g.cells - l.Actions[CellIssued]
		l.Actions[RegisterClocked] = int64(l.Cycles) * g.bits.all
		written := l.Actions[WeightTake]*g.bits.tile + (l.Actions[SumAdd]+l.Actions[SumStart])*g.bits.sum
		l.Actions[RegisterGated] = int64(l.Cycles)*g.bits.enabled - written
	}
}

// staticCounts are the actions of an instruction that do not depend on values.
func staticCounts(d *arch.Design, p *program.Program, r ref, bases []int) Counts {
	switch r.engine {
	case program.LoadEngine:
		return loadCounts(d, &p.Loads[r.index])
	case program.ComputeEngine:
		return computeCounts(d, &p.Computes[r.index], bases[r.index])
	}
	return storeCounts(d, &p.Stores[r.index])
}
