package machine

import (
	"errors"
	"fmt"
	"strings"

	"lowres/sim/arch"
	"lowres/sim/program"
)

// ErrDeadlock is returned for a program whose engines wait for each other for
// ever.
var ErrDeadlock = errors.New("deadlock")

// Step is the life of one instruction.
type Step struct {
	Ready  Cycle          // fetched and the engine free: first cycle of its wait, if it waits
	Go     Cycle          // takes its tokens; it runs from Go + 1
	Leave  Cycle          // last cycle of its run: the next may go after it
	Retire Cycle          // gives its tokens: its results are where they belong
	Stall  Cycle          // compute: waiting for a free half of the sums
	Active Cycle          // compute: cycles in which a position is issued
	Slack  Cycle          // compute: cycles of a step past its positions, for the next tile
	Drain  Cycle          // compute: cycles in which the drain reads sums
	Bursts int            // load, store
	Cause  program.Engine // whose token came last; means nothing if Go = Ready
}

// Counters are the counters that the RTL keeps, by the same definitions.
type Counters struct {
	Cycles       Cycle                      // cycles in which busy is high
	Busy         [program.EngineCount]Cycle // in run: Go + 1 to Leave
	Wait         [program.EngineCount]Cycle // fetched, the engine free, and tokens missing
	Retired      [program.EngineCount]int64
	ComputeStall Cycle
	ArrayActive  Cycle
	DrainActive  Cycle
	ReadBeats    int64
	WriteBeats   int64
	ReadBursts   int64
	WriteBursts  int64
}

// Timing is when everything happens; it does not depend on data.
type Timing struct {
	Steps    [program.EngineCount][]Step // parallel to the instructions
	Counters Counters
	order    []ref // instructions in an order that respects the tokens
}

// ref names an instruction.
type ref struct {
	engine program.Engine
	index  int
}

// String is "compute 12".
func (r ref) String() string { return fmt.Sprintf("%v %d", r.engine, r.index) }

// Time runs the program without values: every cycle and counter that the exact
// mode gives, and no memory contents. It returns program.ErrProgram for
// instructions that the design cannot run and ErrDeadlock, with what every
// engine waits for, if the run never ends.
func Time(d *arch.Design, p *program.Program) (*Timing, error) {
	t, err := NewTimer(d, p)
	if err != nil {
		return nil, err
	}
	return t.s.t, nil
}

// Timer times one program again and again: it is checked once, and no run allocates.
type Timer struct {
	s        scheduler
	d        *arch.Design
	layering *layering // nil before it is needed
	layers   []Layer
}

// NewTimer checks the program and times it once; it returns Time's errors.
func NewTimer(d *arch.Design, p *program.Program) (*Timer, error) {
	if err := p.Validate(d); err != nil {
		return nil, err
	}
	return NewValidTimer(d, p)
}

// NewValidTimer is NewTimer for a program that is known to be valid, as mapping's are.
func NewValidTimer(d *arch.Design, p *program.Program) (*Timer, error) {
	t := &Timer{d: d, s: scheduler{pace: paceOf(d), p: p, t: &Timing{}, needs: needsOf(p)}}
	for e := range program.EngineCount {
		t.s.t.Steps[e] = make([]Step, 0, p.Count(e))
	}
	t.s.t.order = make([]ref, 0, count(p))
	t.run()
	if err := t.s.deadlock(); err != nil {
		return nil, err
	}
	t.s.count()
	return t, nil
}

// Timing is what the last run gave, valid until the next.
func (t *Timer) Timing() *Timing { return t.s.t }

// Time runs the program. The result is valid until the next run.
func (t *Timer) Time() *Timing {
	t.run()
	t.s.count()
	return t.s.t
}

// Layers splits the last run up as the function does. The result is valid until the next call.
func (t *Timer) Layers() []Layer {
	if t.layering == nil {
		t.layering = newLayering(t.d, t.s.p)
	}
	t.layers = t.layering.sum(t.layers, t.s.t)
	return t.layers
}

// Expect makes Layers give the actions of layers from Machine.Expect for the same program.
func (t *Timer) Expect(layers []Layer) {
	t.layering = newLayering(t.d, t.s.p)
	for i := range layers {
		t.layering.layers[i].Actions, t.layering.layers[i].Levels = layers[i].Actions, layers[i].Levels
	}
}

// run times every instruction, or those before a deadlock.
func (t *Timer) run() {
	s := &t.s
	s.load, s.store = loadState{slots: emptySlots()}, storeState{slots: emptySlots()}
	s.compute = computeState{startOfTime, startOfTime, startOfTime}
	for e := range s.t.Steps {
		s.t.Steps[e] = s.t.Steps[e][:0]
	}
	s.t.order, s.t.Counters = s.t.order[:0], Counters{}
	for s.pass() {
	}
}

// count is the number of instructions of all engines.
func count(p *program.Program) int {
	return p.Count(program.LoadEngine) + p.Count(program.ComputeEngine) + p.Count(program.StoreEngine)
}

// scheduler advances the engines as far as the known retirements allow.
type scheduler struct {
	pace  pace
	p     *program.Program
	t     *Timing
	needs [program.EngineCount][]takes // parallel to the instructions

	load    loadState
	store   storeState
	compute computeState
}

// takes are numbers of tokens by the engine that gives them.
type takes [program.EngineCount]int

// takesOf is what an instruction takes.
func takesOf(p *program.Program, r ref) takes {
	switch r.engine {
	case program.LoadEngine:
		l := &p.Loads[r.index]
		return takes{program.ComputeEngine: l.TakeCompute, program.StoreEngine: l.TakeStore}
	case program.ComputeEngine:
		c := &p.Computes[r.index]
		return takes{program.LoadEngine: c.TakeLoad, program.StoreEngine: c.TakeStore}
	}
	return takes{program.ComputeEngine: p.Stores[r.index].TakeCompute}
}

// needsOf is the tokens that an engine has taken in all once an instruction goes.
func needsOf(p *program.Program) (needs [program.EngineCount][]takes) {
	for e := range program.EngineCount {
		needs[e] = make([]takes, p.Count(e))
		sum := takes{}
		for i := range needs[e] {
			for from, n := range takesOf(p, ref{e, i}) {
				sum[from] += n
			}
			needs[e][i] = sum
		}
	}
	return needs
}

// pass times at most the rest of each engine's instructions and reports
// whether it timed any. The retirements of an engine are in rising order, so an
// instruction that has taken k tokens in all from an engine goes after that
// engine's k-th retirement.
func (s *scheduler) pass() bool {
	progress := false
	for e := range program.EngineCount {
		for len(s.t.Steps[e]) < len(s.needs[e]) && s.step(e) {
			progress = true
		}
	}
	return progress
}

// step times the next instruction of e unless it waits for one not timed yet.
func (s *scheduler) step(e program.Engine) bool {
	i := len(s.t.Steps[e])
	ready := fetchCycles(e)
	if i > 0 {
		before := &s.t.Steps[e][i-1]
		ready = max(ready+before.Go+1, before.Leave+1)
	}
	at, cause := ready, program.Engine(0)
	for from, n := range &s.needs[e][i] {
		if n == 0 {
			continue
		}
		if n > len(s.t.Steps[from]) {
			return false
		}
		if retired := s.t.Steps[from][n-1].Retire; retired >= at {
			at, cause = retired+1, program.Engine(from)
		}
	}
	s.t.Steps[e] = s.t.Steps[e][:i+1]
	step := &s.t.Steps[e][i]
	*step = Step{Ready: ready, Go: at, Cause: cause}
	switch e {
	case program.LoadEngine:
		s.load.life(&s.pace, &s.p.Loads[i], step)
	case program.ComputeEngine:
		s.compute.life(&s.pace, &s.p.Computes[i], step)
	case program.StoreEngine:
		s.store.life(&s.pace, &s.p.Stores[i], step, nil)
	}
	s.t.order = append(s.t.order, ref{e, i})
	return true
}

// deadlock describes the engines that cannot go on, nil if all have ended.
func (s *scheduler) deadlock() error {
	if len(s.t.order) == count(s.p) {
		return nil
	}
	var stuck []string
	for e := range program.EngineCount {
		i := len(s.t.Steps[e])
		if i == s.p.Count(e) {
			stuck = append(stuck, fmt.Sprintf("%v has retired all %d", e, i))
			continue
		}
		r := ref{e, i}
		for from, n := range s.needs[e][i] {
			if have := len(s.t.Steps[from]); n > have {
				stuck = append(stuck, fmt.Sprintf("%v waits for %v to retire %d instructions, of which %d have",
					r, program.Engine(from), n, have))
			}
		}
	}
	return fmt.Errorf("%w: %s; take fewer tokens or move the instruction that gives them", ErrDeadlock, strings.Join(stuck, "; "))
}

// count sums the steps up.
func (s *scheduler) count() {
	c := &s.t.Counters
	for e := range program.EngineCount {
		for i := range s.t.Steps[e] {
			step := &s.t.Steps[e][i]
			c.Cycles = max(c.Cycles, step.Retire+RunEnd)
			c.Busy[e] += step.Leave - step.Go
			c.Wait[e] += step.Go - step.Ready
			c.Retired[e]++
			c.ComputeStall += step.Stall
			c.ArrayActive += step.Active
			c.DrainActive += step.Drain
		}
	}
	for i := range s.p.Loads {
		c.ReadBeats += int64(s.p.Loads[i].Beats)
		c.ReadBursts += int64(s.t.Steps[program.LoadEngine][i].Bursts)
	}
	for i := range s.p.Stores {
		c.WriteBeats += int64(s.p.Stores[i].Beats)
		c.WriteBursts += int64(s.t.Steps[program.StoreEngine][i].Bursts)
	}
}
