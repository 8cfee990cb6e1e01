package machine

import (
	"math/bits"

	"lowres/sim/arch"
	"lowres/sim/program"
)

// Cycle is a point in time or a span of it in clock cycles. Cycle 0 is the first
// in which the accelerator is busy.
type Cycle int64

// The constants of docs/timing.md, in cycles. They are what the state machines
// of the RTL spend between two events, and co-simulation checks every one.
const (
	FetchExtra Cycle = 1 // a fetch takes the instruction's words plus this

	LoadFirstAddress Cycle = 0 // A0: run's first cycle to the first AR; the run ends with the last
	LoadNextSlot     Cycle = 1 // A1: last beat of a burst to the AR that takes its slot
	LoadRetire       Cycle = 1 // A2: last beat to retire

	StoreFirstData    Cycle = 2 // B0: AW to its first W beat
	StoreFirstAddress Cycle = 0 // B1: run's first cycle to the first AW
	StoreNextAddress  Cycle = 1 // B2: last W beat to the next AW
	StoreRetire       Cycle = 1 // B3: last response to retire
	StoreNextSlot     Cycle = 1 // B4: response to the AW that takes its slot

	ComputeFirst    Cycle = 0 // C0: run's first cycle to the preload of the first tile
	ComputeFreeHalf Cycle = 2 // C1: end of a drain to the first issue into its half
	ComputeRetire   Cycle = 3 // C2: end of the last drain to retire, without what the drain's pipeline takes
	ComputeLeave    Cycle = 1 // C3: last issue, or hand-over to the drain, to the end of the run
	DrainNext       Cycle = 2 // C4: retire to the first drain of the instruction after

	RunEnd Cycle = 2 // D0: last retire to the first cycle that is not busy

	arrayStages Cycle = 4 // issue to array input: position, address, buffer, padding
)

// Pipeline is PIPE: the cycles from a block's last issue to the first in which
// the drain may read its sums: through the array, accumulator and a handshake.
func Pipeline(d *arch.Design) Cycle { return arrayStages + Cycle(d.SumLatency()) + 2 }

// fetchCycles is the time that engine e takes to fetch one instruction.
func fetchCycles(e program.Engine) Cycle { return Cycle(e.Words()) + FetchExtra }

// startOfTime is before every cycle.
const startOfTime Cycle = -1 << 40

// pace is what the closed forms take from a design.
type pace struct {
	beatShift   int // log2 of a beat's bytes
	burst       int // beats, a power of two
	outstanding int
	latency     Cycle // of the memory
	pipeline    Cycle
	retire      Cycle    // C2
	emit        [2]Cycle // a position in the drain, narrow and wide
	hold        int      // slots of a block
	pixels      int      // most positions of a slot
	leads       []Cycle  // until a step's tile is there, or its tables, by level set
	passes      []Cycle  // with tables: words of a weight tile, by level set; nil without
	delay       Cycle    // with tables: of the weights
	oneTile     bool
	oneBlock    bool
	steady      bool // the memory stalls nothing
	memory      arch.Memory
}

func paceOf(d *arch.Design) pace {
	p := pace{
		beatShift: bits.TrailingZeros(uint(d.MemoryBytes())), burst: d.Memory.BurstBeats, outstanding: d.Memory.Outstanding,
		latency: Cycle(d.Memory.LatencyCycles), pipeline: Pipeline(d), retire: retireLatency(d),
		hold: d.BlockSlots(), pixels: d.Array.Pixels, delay: Cycle(d.FillLatency()), oneTile: d.Array.WeightTiles == 1, oneBlock: d.Array.SumBlocks == 1,
		steady: d.Memory.StallPercent == 0, memory: d.Memory,
	}
	perPlane := d.Array.Cols / d.Array.Requantisers
	p.emit = [2]Cycle{Cycle(perPlane), Cycle(4 * perPlane)}
	for i := range d.Sets {
		p.leads = append(p.leads, Cycle(d.Lead(i)))
		if d.Tables != nil {
			p.passes = append(p.passes, Cycle(d.TileWords(i)))
		}
	}
	return p
}

// firstBurst is the beats of a transfer's first burst, if it has so many: bursts are cut
// at multiples of their size, so those behind it are full, but for the last.
func (p *pace) firstBurst(memory uint32) int {
	return p.burst - int(memory)>>p.beatShift&(p.burst-1)
}

// stall is what the memory's pattern adds to count events in a row, see arch.Memory.
func (p *pace) stall(c arch.StallChannel, from, count int) Cycle {
	if p.steady {
		return 0
	}
	return Cycle(p.memory.Stalls(c, from, count))
}

// slots are events of the bursts in flight, taken in turns. The spec allows 16.
type slots struct {
	at   [16]Cycle
	next int
}

// emptySlots waits for nothing.
func emptySlots() (s slots) {
	for i := range s.at {
		s.at[i] = startOfTime
	}
	return s
}

// oldest is the event that the next burst waits for.
func (s *slots) oldest() Cycle { return s.at[s.next&15] }

// take puts the next burst's event in place of the oldest of n.
func (s *slots) take(c Cycle, n int) {
	s.at[s.next&15] = c
	if s.next++; s.next == n {
		s.next = 0
	}
}

// loadState is what the loads so far leave to the next: the memory answers all
// bursts in order, whichever instruction they belong to.
type loadState struct {
	slots              // last beats
	last         Cycle // of the burst before
	count, beats int   // bursts and beats so far
}

// life fills in the run of a load: for burst b, counted over all loads,
//
//	AR(b)    = max(go + 1 + A0 or AR(b−1) + 1, last(b−outstanding) + A1)
//	first(b) = max(AR(b) + latency, last(b−1) + 1)
//	last(b)  = first(b) + beats(b) − 1
//	leave    = AR(final)
//	retire   = last(final) + A2
//
// A memory with stalls takes address and beats later by its pattern.
func (l *loadState) life(p *pace, in *program.Load, s *Step) {
	address, last := s.Go+LoadFirstAddress, l.last
	full := p.firstBurst(in.Memory)
	for left := in.Beats; left > 0; full = p.burst {
		n := min(full, left)
		left -= n
		address = max(address+1, l.oldest()+LoadNextSlot) + p.stall(arch.StallReadAddress, l.count, 1)
		last = max(address+p.latency, last+1) + Cycle(n) + p.stall(arch.StallReadData, l.beats, n) - 1
		l.take(last, p.outstanding)
		l.beats += n
		l.count++
		s.Bursts++
	}
	l.last = last
	s.Leave, s.Retire = address, last+LoadRetire
}

// storeState is what the stores so far leave to the next: responses to the bursts that
// memory has not acknowledged.
type storeState struct {
	slots              // responses
	response     Cycle // the last one
	count, beats int   // bursts and beats so far
}

// life fills in the run of a store: for burst b, counted over all stores,
//
//	AW(b)    = max(go + 1 + B1 or lastW(b−1) + B2, response(b−outstanding) + B4)
//	firstW   = AW + B0,  lastW = firstW + beats − 1
//	response = lastW + latency
//	leave    = lastW(final),  retire = response(final) + B3
//
// A memory with stalls takes address and beats, and responds, later by its pattern.
// Every W beat's cycle goes to beat, if that is not nil.
func (q *storeState) life(p *pace, st *program.Store, s *Step, beat func(Cycle)) {
	address, last := s.Go+1+StoreFirstAddress, Cycle(0)
	full := p.firstBurst(st.Memory)
	for left := st.Beats; left > 0; full = p.burst {
		n := min(full, left)
		left -= n
		first := max(address, q.oldest()+StoreNextSlot) + p.stall(arch.StallWriteAddress, q.count, 1) + StoreFirstData
		last = q.send(p, first, n, beat)
		address = last + StoreNextAddress
		q.response = max(last+p.latency, q.response+1) + p.stall(arch.StallResponse, q.count, 1)
		q.take(q.response, p.outstanding)
		q.count++
		s.Bursts++
	}
	s.Leave, s.Retire = last, q.response+StoreRetire
}

// send sends n beats, the first not before the given cycle, and returns the cycle of the last.
func (q *storeState) send(p *pace, first Cycle, n int, beat func(Cycle)) Cycle {
	from := q.beats
	q.beats += n
	if beat == nil {
		return first + Cycle(n) + p.stall(arch.StallWriteData, from, n) - 1
	}
	at := first - 1
	for i := range n {
		at += 1 + p.stall(arch.StallWriteData, from+i, 1)
		beat(at)
	}
	return at
}

// computeState is what the computes so far leave to the next: when the drain
// has read the sums of the last two blocks, and the last instruction that emits.
type computeState struct {
	drained, before Cycle // drainEnd of the last emitted block and the one before
	retired         Cycle // retire of the last instruction that emits
}

// life fills in the run of a compute. With T = tile words, n(b) the slots of block b and
// p(b) their positions (program.Walk), B the blocks of sums, S(b) = max(n(b), T) and P = 0,
// or with one tile of weights S(b) = n(b) + T and P = T,
//
//	start(0) = max(go + 1 + C0 + T, drainEnd(b−B) + C1)
//	start(b) = max(end(b−1) + 1 + P, drainEnd(b−B) + C1)
//	end(b)   = start(b) + Steps·S(b) − P − 1
//
// and if Last, with blocks and retirements counted over all that emit,
//
//	hand     = max(go + 1, retire(i−1))
//	drain(b) = max(end(b) + PIPE, drainEnd(b−1) + 1, retire(i−1) + C4)
//	drainEnd(b) = drain(b) + p(b)·planes·cols/requantisers − 1
//	leave    = max(end(final), hand) + C3
//	retire   = drainEnd(final) + C2
//
// else leave = retire = max(end(final), retire(i−1)) + C3.
//
// In an array of tables a block is a position with p(b) = Groups sums; T is the entries of a
// table that are written, n(b) in S(b) the words of the groups' tiles, and an instruction
// that keeps its sums leaves FillLatency cycles later.
func (q *computeState) life(p *pace, c *program.Compute, s *Step) {
	tile, steps := p.leads[c.Set], Cycle(c.Steps)
	emit := p.emit[0]
	if c.Wide {
		emit = p.emit[1]
	}
	end, lead, again := s.Go+ComputeFirst, tile, Cycle(0)
	if p.oneTile {
		again = tile
	}
	drained, before, next := q.drained, q.before, q.retired+DrainNext
	walk := c.Walk(p.pixels)
	for at, slots := 0, walk.Slots(); at < slots; at += p.hold {
		n := Cycle(min(slots-at, p.hold)) // additions to sums, one beside the other
		pass, sums := n, n
		switch {
		case p.passes != nil:
			n = Cycle(c.Groups())
			pass, sums = n*p.passes[c.Set], n
		case p.pixels > 1:
			sums = Cycle(walk.Before(at+int(n)) - walk.Before(at))
		}
		free := before
		if p.oneBlock {
			free = drained
		}
		start := max(end+1+lead, free+ComputeFreeHalf)
		s.Stall += start - end - 1 - lead
		step := max(pass, tile)
		if p.oneTile {
			step = pass + tile
		}
		end = start + steps*step - again - 1
		s.Active += steps * n
		s.Slack += steps*(step-n) - again
		lead = again
		if c.Last {
			before, drained = drained, max(end+p.pipeline, drained+1, next)+sums*emit-1
			s.Drain += sums * emit
		}
	}
	if !c.Last {
		s.Retire = max(end+p.delay, q.retired) + ComputeLeave
		s.Leave = s.Retire
		return
	}
	s.Leave = max(end, s.Go+1, q.retired) + ComputeLeave
	s.Retire = drained + p.retire
	q.drained, q.before, q.retired = drained, before, s.Retire
}

// retireLatency is C2 of a design: through the requantiser, and its function table if it has one.
func retireLatency(d *arch.Design) Cycle {
	c := ComputeRetire + Cycle(d.Array.RequantiserStages)
	if d.Buffers.Table > 0 {
		c++
	}
	return c
}

// planes is the number of column words that an emitted position takes.
func planes(c *program.Compute) int {
	if c.Wide {
		return 4
	}
	return 1
}
