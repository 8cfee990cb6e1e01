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
	fetching bool
	fetched  int // cycles of this fetch so far
	full     bool
	running  bool
	next     int // instructions that have gone
	retired  int
	tokens   [program.EngineCount]int
}

// runStepped runs the program to its end, or for most cycles.
func runStepped(d *arch.Design, p *program.Program, most int) (*stepped, bool) {
	s := &stepped{d: d, p: p}
	for e := range s.fronts {
		s.fronts[e].fetching = p.Count(program.Engine(e)) > 0
	}
	s.compute.lastRead = -100
	s.load.asks.channel, s.load.data.channel = arch.StallReadAddress, arch.StallReadData
	s.store.asks.channel, s.store.data.channel, s.store.responses.channel = arch.StallWriteAddress, arch.StallWriteData, arch.StallResponse
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
		finished = finished && s.fronts[e].retired == s.p.Count(program.Engine(e))
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

// step advances one engine by a cycle and reports whether an instruction of it
// retires.
func (s *stepped) step(e program.Engine) bool {
	f := &s.fronts[e]
	wasFull, wasFetching, wasRunning := f.full, f.fetching, f.running
	if wasFetching {
		if f.fetched++; f.fetched == e.Words()+1 {
			f.fetched, f.fetching, f.full = 0, false, true
		}
	}
	leaves, retires := s.work(e, wasRunning)
	if wasRunning {
		s.counters.Busy[e]++
		f.running = !leaves
	}
	if wasFull && !wasRunning {
		s.tryGo(e)
	}
	if retires {
		f.retired++
		s.retires[e] = append(s.retires[e], s.now)
		s.counters.Retired[e]++
	}
	return retires
}

// tryGo lets the fetched instruction of a free engine go if its tokens are
// there.
func (s *stepped) tryGo(e program.Engine) {
	f := &s.fronts[e]
	want := tokensOf(s.p, e, f.next)
	for from, n := range want {
		if f.tokens[from] < n {
			s.counters.Wait[e]++
			return
		}
	}
	for from, n := range want {
		f.tokens[from] -= n
	}
	s.goes[e] = append(s.goes[e], s.now)
	s.start(e, f.next)
	f.next++
	f.full, f.running, f.fetching = false, true, f.next < s.p.Count(e)
}

func (s *stepped) start(e program.Engine, i int) {
	switch e {
	case program.LoadEngine:
		l := &s.p.Loads[i]
		s.load.address, s.load.unasked = int(l.Memory)/s.d.MemoryBytes(), l.Beats
	case program.StoreEngine:
		st := &s.p.Stores[i]
		s.store.address, s.store.left = int(st.Memory)/s.d.MemoryBytes(), st.Beats
	default:
		s.compute.start(s.d, &s.p.Computes[i])
	}
}

// work runs a cycle of the engine and reports whether its instruction leaves
// and whether one retires. running is false between instructions.
func (s *stepped) work(e program.Engine, running bool) (leaves, retires bool) {
	switch e {
	case program.LoadEngine:
		return s.load.cycle(s.d, s.now, running, &s.counters)
	case program.StoreEngine:
		return s.store.cycle(s.d, s.now, running, &s.counters)
	}
	return s.compute.cycle(s.now, running, &s.counters)
}

// gate holds every event of a channel back by the memory's pattern.
type gate struct {
	channel arch.StallChannel
	index   int // of the next event
	waited  int // cycles that it has
}

// opens reports whether an event that could be in this cycle is.
func (g *gate) opens(d *arch.Design) bool {
	if g.waited < d.Memory.Stalls(g.channel, g.index, 1) {
		g.waited++
		return false
	}
	g.index, g.waited = g.index+1, 0
	return true
}

// burst is a read request on its way.
type burst struct {
	ready machine.Cycle // first data not before
	beats int
	last  bool // of its instruction
}

// loadModel is the load engine with its memory.
type loadModel struct {
	address, unasked int // in beats
	flying           []burst
	ended            bool // the last beat of an instruction came in the cycle before
	asks, data       gate
}

func (l *loadModel) cycle(d *arch.Design, now machine.Cycle, running bool, c *machine.Counters) (leaves, retires bool) {
	retires, l.ended = l.ended, false
	ask := running && len(l.flying) < d.Memory.Outstanding
	if len(l.flying) > 0 && l.flying[0].ready <= now && l.data.opens(d) {
		c.ReadBeats++
		if l.flying[0].beats--; l.flying[0].beats == 0 {
			l.ended = l.flying[0].last
			l.flying = l.flying[1:]
		}
	}
	if ask && l.asks.opens(d) {
		n := min(l.unasked, d.Memory.BurstBeats-l.address%d.Memory.BurstBeats)
		l.address, l.unasked = l.address+n, l.unasked-n
		leaves = l.unasked == 0
		l.flying = append(l.flying, burst{now + machine.Cycle(d.Memory.LatencyCycles), n, leaves})
		c.ReadBursts++
	}
	return leaves, retires
}

// answer is a write response on its way.
type answer struct {
	at   machine.Cycle
	last bool // of its instruction
}

// storeModel is the store engine with its memory.
type storeModel struct {
	address, left int  // beats of bursts not yet addressed
	sending       bool // the data of a burst, not its address
	unread        int  // beats of the burst not yet read from the buffer
	unsent        int
	valid         bool     // the buffer's output is a beat
	open          int      // bursts addressed and not acknowledged
	answers       []answer // to the bursts whose last beat is sent
	ended         bool     // the last burst of an instruction was acknowledged in the cycle before

	asks, data, responses gate
}

func (s *storeModel) cycle(d *arch.Design, now machine.Cycle, running bool, c *machine.Counters) (leaves, retires bool) {
	retires, s.ended = s.ended, false
	full := s.open == d.Memory.Outstanding
	if len(s.answers) > 0 && s.answers[0].at <= now && s.responses.opens(d) {
		s.ended, s.answers = s.answers[0].last, s.answers[1:]
		s.open--
	}
	if !running {
		return false, retires
	}
	if !s.sending {
		if !full && s.asks.opens(d) {
			n := min(s.left, d.Memory.BurstBeats-s.address%d.Memory.BurstBeats)
			s.address, s.left, s.unread, s.unsent, s.sending = s.address+n, s.left-n, n, n, true
			s.open++
			c.WriteBursts++
		}
		return false, retires
	}
	if s.valid && !s.data.opens(d) {
		return false, retires
	}
	if s.valid {
		c.WriteBeats++
		if s.unsent--; s.unsent == 0 {
			s.sending, leaves = false, s.left == 0
			s.answers = append(s.answers, answer{now + machine.Cycle(d.Memory.LatencyCycles), leaves})
		}
	}
	s.valid = s.unread > 0
	if s.valid {
		s.unread--
	}
	return leaves, retires
}

// computeModel is the sequencer and the drain, which may emit the sums of an
// instruction while the sequencer runs the next.
type computeModel struct {
	d       *arch.Design
	c       *program.Compute
	tile    int    // cycles until what stands still in a step is ready
	words   int    // with tables: of a column group's tile
	state   string // preload, step, gap, flush
	flushed int    // cycles in flush
	cycles  int    // of the preload or step so far
	steps   int    // of the block so far
	slot    int    // first of the block
	half    int
	blocks  [2]block
	untaken bool // the drain has not taken the instruction over

	ready    []machine.Cycle // cycles in which blocks reach the drain
	waiting  int
	owner    *program.Compute // instruction that the drain has taken over
	active   bool
	ending   bool
	drainAt  int // sums read of the block
	drainOf  int // half
	lastRead machine.Cycle
}

// block is what a half of the accumulators holds.
type block struct {
	busy  bool
	sums  int  // positions, or column groups
	final bool // of its instruction
}

func (m *computeModel) start(d *arch.Design, c *program.Compute) {
	m.d, m.c, m.tile, m.words, m.flushed = d, c, d.TileWords(c.Set), 0, 0
	if d.Tables != nil {
		m.tile, m.words = max(d.Tables.Sets[c.Set].Entries(), 2), m.tile
	}
	m.state, m.cycles, m.steps, m.slot, m.untaken = "preload", 0, 0, 0, c.Last
}

// block is what passes in a step of the block: slots of positions, or with tables column groups of one position.
func (m *computeModel) block() int {
	if m.words > 0 {
		return m.c.MoreGroups + 1
	}
	return min(m.c.Walk(m.d.Array.Pixels).Slots()-m.slot, m.d.Array.Hold)
}

// sums is what the drain has to read of the block: the positions of its slots, counted one
// by one, or the column groups.
func (m *computeModel) sums() (n int) {
	if m.words > 0 {
		return m.block()
	}
	pixels, slot := m.d.Array.Pixels, 0
	for range m.c.OutRows {
		for left := m.c.OutCols; left > 0; left -= pixels {
			for range m.c.Pool * m.c.Pool {
				if slot >= m.slot && slot < m.slot+m.d.Array.Hold {
					n += min(left, pixels)
				}
				slot++
			}
		}
	}
	return n
}

// passing reports whether the step's positions, or words of weights, still pass, and whether
// a sum is added to in this cycle.
func (m *computeModel) passing() (passes, adds bool) {
	if m.words == 0 {
		passes = m.cycles < m.block()
		return passes, passes
	}
	passes = m.cycles < m.block()*m.words
	return passes, passes && m.cycles%m.words == m.words-1
}

// cycle runs one cycle: the drain reads what was there before the sequencer's.
func (m *computeModel) cycle(now machine.Cycle, running bool, counters *machine.Counters) (leaves, retires bool) {
	owned, untaken := m.owner != nil, m.untaken
	drained, emitted := m.drain(now, counters)
	if running && m.state == "flush" {
		m.flushed++
	}
	kept := running && m.state == "flush" && !m.c.Last && !owned && m.flushed > m.d.FillLatency()
	if running {
		leaves = kept || m.state == "flush" && m.c.Last && !untaken
		m.sequence(now, counters)
	}
	if untaken && (!owned || emitted) {
		m.owner, m.untaken = m.c, false
	}
	if drained >= 0 {
		m.blocks[drained].busy = false
	}
	return leaves, kept || emitted
}

// sequence runs a cycle of the sequencer.
func (m *computeModel) sequence(now machine.Cycle, counters *machine.Counters) {
	switch m.state {
	case "preload":
		if m.cycles++; m.cycles == m.tile {
			m.cycles, m.state = 0, "step"
			if m.blocks[m.half].busy {
				m.state = "gap"
			}
		}
	case "step":
		if _, adds := m.passing(); adds {
			counters.ArrayActive++
		}
		single := m.d.Array.WeightTiles == 1
		m.cycles++
		if passes, _ := m.passing(); !passes && (single || m.cycles >= m.tile) {
			m.cycles = 0
			if single {
				m.state = "preload"
			}
			m.stepEnd(now)
		}
	case "gap":
		counters.ComputeStall++
		if !m.blocks[m.half].busy {
			m.state = "step"
		}
	}
}

// stepEnd follows the last cycle of a step.
func (m *computeModel) stepEnd(now machine.Cycle) {
	if m.steps++; m.steps < m.c.Steps {
		return
	}
	arrives, sums := now+4+machine.Cycle(m.d.SumLatency()), m.sums()
	m.steps, m.slot = 0, m.slot+m.d.BlockSlots()
	ended := m.slot >= m.c.Walk(m.d.Array.Pixels).Slots()
	if m.c.Last {
		m.blocks[m.half] = block{true, sums, ended}
		m.ready = append(m.ready, arrives)
		m.half = m.other(m.half)
	}
	switch {
	case ended:
		m.state = "flush"
	case m.blocks[m.half].busy && m.state == "step":
		m.state = "gap"
	}
}

// other is the half of the accumulators after a half: itself where there is but one
// block of sums.
func (m *computeModel) other(half int) int { return (half + 1) % m.d.Array.SumBlocks }

// drain runs a cycle of the drain and returns the half that it has emptied, −1
// if none, and whether its instruction is in the output buffer.
func (m *computeModel) drain(now machine.Cycle, counters *machine.Counters) (drained int, emitted bool) {
	stages := machine.Cycle(2) // of the drain; to the output buffer
	if m.d != nil {
		stages += machine.Cycle(m.d.Array.RequantiserStages)
		if m.d.Buffers.Table > 0 {
			stages++
		}
	}
	drained, emitted = -1, m.ending && now-m.lastRead > stages
	waiting, ending := m.waiting, m.ending && !emitted
	blocked := m.ending
	if m.active {
		counters.DrainActive++
		m.lastRead = now
		perPosition := m.d.Array.Cols / m.d.Array.Requantisers
		if m.owner.Wide {
			perPosition *= 4
		}
		if m.drainAt++; m.drainAt == m.blocks[m.drainOf].sums*perPosition {
			ending = m.blocks[m.drainOf].final
			blocked = blocked || ending
			drained, m.drainAt, m.drainOf = m.drainOf, 0, m.other(m.drainOf)
			waiting--
		}
	}
	if emitted {
		m.owner = nil
	}
	m.active = waiting > 0 && !blocked
	m.waiting, m.ending = waiting, ending
	return drained, emitted
}

// delays takes blocks that have come through the array to the drain, at the end
// of a cycle.
func (m *computeModel) delays(now machine.Cycle) {
	if len(m.ready) > 0 && m.ready[0] == now {
		m.ready = m.ready[1:]
		m.waiting++
	}
}
