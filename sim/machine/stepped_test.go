package machine_test

import (
	"lowres/sim/arch"
	"lowres/sim/machine"
	"lowres/sim/program"
)

// stepped is a slow model of the accelerator's time, one cycle after the other:
// every register of the state machines that time depends on, and nothing of the
// closed forms that it checks. In a cycle all outputs are computed from the
// registers first; then all registers change.
type stepped struct {
	d        *arch.Design
	p        *program.Program
	now      machine.Cycle
	fronts   [program.EngineCount]front
	load     loadModel
	store    storeModel
	compute  computeModel
	counters machine.Counters
	goes     [program.EngineCount][]machine.Cycle
	retires  [program.EngineCount][]machine.Cycle
}

// front is the part that all engines have.
type front struct {
	state   string // fetch, wait, run, idle
	fetched int    // cycles of this fetch so far
	index   int
	tokens  [program.EngineCount]int
}

// runStepped runs the program to its end, or for most cycles.
func runStepped(d *arch.Design, p *program.Program, most int) (*stepped, bool) {
	s := &stepped{d: d, p: p}
	for e := range s.fronts {
		s.fronts[e].state = "fetch"
		if p.Count(program.Engine(e)) == 0 {
			s.fronts[e].state = "idle"
		}
	}
	for range most {
		if s.cycle() {
			return s, true
		}
	}
	return s, false
}

// cycle runs one cycle and reports whether it was the last busy one: the cycle
// in which all engines are seen to have finished.
func (s *stepped) cycle() bool {
	finished := true
	retired := [program.EngineCount]bool{}
	for e := range s.fronts {
		finished = finished && s.fronts[e].state == "idle"
		retired[e] = s.step(program.Engine(e))
	}
	s.compute.delays(s.now)
	for e, r := range retired {
		for other := range s.fronts {
			if r {
				s.fronts[other].tokens[e]++ // can be taken from the next cycle on
			}
		}
	}
	s.now++
	s.counters.Cycles++
	return finished
}

// step advances the front end of one engine and reports whether it retires.
func (s *stepped) step(e program.Engine) bool {
	f := &s.fronts[e]
	switch f.state {
	case "fetch":
		if f.fetched++; f.fetched == e.Words()+1 {
			f.state = "wait"
		}
	case "wait":
		want := tokensOf(s.p, e, f.index)
		for from, n := range want {
			if f.tokens[from] < n {
				s.counters.Wait[e]++
				return false
			}
		}
		for from, n := range want {
			f.tokens[from] -= n
		}
		s.goes[e] = append(s.goes[e], s.now)
		s.start(e, f.index)
		f.state = "run"
	case "run":
		s.counters.Busy[e]++
		if s.work(e) {
			s.retires[e] = append(s.retires[e], s.now)
			s.counters.Retired[e]++
			f.index, f.fetched, f.state = f.index+1, 0, "fetch"
			if f.index == s.p.Count(e) {
				f.state = "idle"
			}
			return true
		}
	}
	return false
}

func (s *stepped) start(e program.Engine, i int) {
	switch e {
	case program.LoadEngine:
		l := &s.p.Loads[i]
		s.load = loadModel{address: int(l.Memory) / s.d.MemoryBytes(), unasked: l.Beats, left: l.Beats}
	case program.StoreEngine:
		st := &s.p.Stores[i]
		s.store = storeModel{address: int(st.Memory) / s.d.MemoryBytes(), left: st.Beats}
	default:
		s.compute.start(s.d, &s.p.Computes[i])
	}
}

// work runs a cycle of the engine's instruction; true in its last.
func (s *stepped) work(e program.Engine) bool {
	switch e {
	case program.LoadEngine:
		return s.load.cycle(s.d, s.now, &s.counters)
	case program.StoreEngine:
		return s.store.cycle(s.d, s.now, &s.counters)
	}
	return s.compute.cycle(s.now, &s.counters)
}

// burst is a read request on its way.
type burst struct {
	ready machine.Cycle // first data not before
	beats int
}

// loadModel is the load engine with its memory.
type loadModel struct {
	address, unasked, left int // in beats
	flying                 []burst
}

func (l *loadModel) cycle(d *arch.Design, now machine.Cycle, c *machine.Counters) bool {
	if l.left == 0 {
		return true
	}
	ask := l.unasked > 0 && len(l.flying) < d.Memory.Outstanding
	if len(l.flying) > 0 && l.flying[0].ready <= now {
		l.left--
		c.ReadBeats++
		if l.flying[0].beats--; l.flying[0].beats == 0 {
			l.flying = l.flying[1:]
		}
	}
	if ask {
		n := min(l.unasked, d.Memory.BurstBeats-l.address%d.Memory.BurstBeats)
		l.flying = append(l.flying, burst{now + machine.Cycle(d.Memory.LatencyCycles), n})
		l.address, l.unasked = l.address+n, l.unasked-n
		c.ReadBursts++
	}
	return false
}

// storeModel is the store engine with its memory.
type storeModel struct {
	address, left int  // beats of bursts not yet addressed
	sending       bool // the data of a burst, not its address
	unread        int  // beats of the burst not yet read from the buffer
	unsent        int
	valid         bool // the buffer's output is a beat
	answers       []machine.Cycle
}

func (s *storeModel) cycle(d *arch.Design, now machine.Cycle, c *machine.Counters) bool {
	if !s.sending && s.left == 0 && len(s.answers) == 0 {
		return true
	}
	if len(s.answers) > 0 && s.answers[0] == now {
		s.answers = s.answers[1:]
	}
	if !s.sending {
		if s.left > 0 {
			n := min(s.left, d.Memory.BurstBeats-s.address%d.Memory.BurstBeats)
			s.address, s.left, s.unread, s.unsent, s.sending = s.address+n, s.left-n, n, n, true
			c.WriteBursts++
		}
		return false
	}
	if s.valid {
		c.WriteBeats++
		if s.unsent--; s.unsent == 0 {
			s.sending = false
			s.answers = append(s.answers, now+machine.Cycle(d.Memory.LatencyCycles))
		}
	}
	s.valid = s.unread > 0
	if s.valid {
		s.unread--
	}
	return false
}

// computeModel is the sequencer and the drain.
type computeModel struct {
	d        *arch.Design
	c        *program.Compute
	tile     int
	state    string // preload, step, gap, flush
	cycles   int    // of the preload or step so far
	steps    int    // of the block so far
	position int    // first of the block
	half     int
	busy     [2]bool
	sizes    [2]int
	flushed  bool // sums of an instruction that keeps them are complete
	flushAt  machine.Cycle

	ready    []machine.Cycle // cycles in which blocks reach the drain
	waiting  int
	active   bool
	drainAt  int // sums read of the block
	drainOf  int // half
	lastRead machine.Cycle
}

func (m *computeModel) start(d *arch.Design, c *program.Compute) {
	*m = computeModel{d: d, c: c, tile: d.TileWords(c.Set), state: "preload", flushAt: -1, lastRead: -100}
}

func (m *computeModel) block() int { return min(m.c.Positions()-m.position, m.d.Array.Hold) }

func (m *computeModel) cycle(now machine.Cycle, counters *machine.Counters) bool {
	drained := m.drain(now, counters)
	defer func() {
		if drained >= 0 {
			m.busy[drained] = false
		}
	}()
	switch m.state {
	case "preload":
		if m.cycles++; m.cycles == m.tile {
			m.cycles, m.state = 0, "step"
		}
	case "step":
		if m.cycles < m.block() {
			counters.ArrayActive++
		}
		if m.cycles++; m.cycles == max(m.block(), m.tile) {
			m.cycles = 0
			m.stepEnd(now)
		}
	case "gap":
		counters.ComputeStall++
		if !m.busy[m.half] {
			m.state = "step"
		}
	case "flush":
		idle := m.waiting == 0 && !m.active && now-m.lastRead > 6 // six stages to the output buffer
		if m.c.Last {
			return !m.busy[0] && !m.busy[1] && idle
		}
		return m.flushAt == now
	}
	return false
}

// stepEnd follows the last cycle of a step.
func (m *computeModel) stepEnd(now machine.Cycle) {
	if m.steps++; m.steps < m.c.Steps {
		return
	}
	arrives := now + 4 + machine.Cycle(m.d.SumLatency())
	if m.c.Last {
		m.busy[m.half], m.sizes[m.half] = true, m.block()
		m.ready = append(m.ready, arrives)
	} else {
		m.flushAt = arrives + 1
	}
	m.steps, m.half = 0, 1-m.half
	m.position += m.d.Array.Hold
	switch {
	case m.position >= m.c.Positions():
		m.state = "flush"
	case m.busy[m.half]:
		m.state = "gap"
	}
}

// drain runs a cycle of the drain and returns the half that it has emptied, −1
// if none.
func (m *computeModel) drain(now machine.Cycle, counters *machine.Counters) int {
	drained, waiting := -1, m.waiting
	if m.active {
		counters.DrainActive++
		m.lastRead = now
		perPosition := m.d.Array.Cols / m.d.Array.Requantisers
		if m.c.Wide {
			perPosition *= 4
		}
		if m.drainAt++; m.drainAt == m.sizes[m.drainOf]*perPosition {
			drained, m.drainAt, m.drainOf = m.drainOf, 0, 1-m.drainOf
			waiting--
		}
	}
	m.active = waiting > 0
	m.waiting = waiting
	return drained
}

// delays takes blocks that have come through the array to the drain, at the end
// of a cycle.
func (m *computeModel) delays(now machine.Cycle) {
	if len(m.ready) > 0 && m.ready[0] == now {
		m.ready = m.ready[1:]
		m.waiting++
	}
}
