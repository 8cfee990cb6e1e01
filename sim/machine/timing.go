package machine

import (
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
	ComputeRetire   Cycle = 7 // C2: end of the last drain to retire, 1 more in a design with function tables
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

// transfer is one load or store cut into bursts at multiples of the burst size.
type transfer struct {
	memory    int // byte address
	beats     int
	beatBytes int
	burst     int // beats of a full burst
}

func newTransfer(d *arch.Design, memory uint32, beats int) transfer {
	return transfer{int(memory), beats, d.MemoryBytes(), d.Memory.BurstBeats}
}

// next cuts the next burst off and returns its beats, 0 at the end.
func (t *transfer) next() int {
	room := t.burst - t.memory/t.beatBytes%t.burst
	n := min(room, t.beats)
	t.memory += n * t.beatBytes
	t.beats -= n
	return n
}

// loadState is what the loads so far leave to the next: the memory answers all
// bursts in order, whichever instruction they belong to.
type loadState struct {
	lasts  [16]Cycle // last beats of the bursts in flight; the spec allows 16
	bursts int       // so far
	beats  int       // so far
	last   Cycle     // of the burst before
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
func (l *loadState) life(d *arch.Design, in *program.Load, s *Step) {
	slots := d.Memory.Outstanding
	t := newTransfer(d, in.Memory, in.Beats)
	address := s.Go + LoadFirstAddress
	for n := t.next(); n > 0; n = t.next() {
		address++
		if l.bursts >= slots {
			address = max(address, l.lasts[l.bursts%slots]+LoadNextSlot)
		}
		address += Cycle(d.Memory.Stalls(arch.StallReadAddress, l.bursts, 1))
		first := max(address+Cycle(d.Memory.LatencyCycles), l.last+1)
		l.last = first + Cycle(n+d.Memory.Stalls(arch.StallReadData, l.beats, n)) - 1
		l.lasts[l.bursts%slots] = l.last
		l.beats += n
		l.bursts++
		s.Bursts++
	}
	s.Leave, s.Retire = address, l.last+LoadRetire
}

// storeState is what the stores so far leave to the next: bursts that memory has
// not acknowledged.
type storeState struct {
	responses [16]Cycle // to the bursts in flight
	bursts    int       // so far
	beats     int       // so far
	response  Cycle     // the last one
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
func (p *storeState) life(d *arch.Design, st *program.Store, s *Step, beat func(Cycle)) {
	slots := d.Memory.Outstanding
	t := newTransfer(d, st.Memory, st.Beats)
	address, last := s.Go+1+StoreFirstAddress, Cycle(0)
	for n := t.next(); n > 0; n = t.next() {
		if p.bursts >= slots {
			address = max(address, p.responses[p.bursts%slots]+StoreNextSlot)
		}
		address += Cycle(d.Memory.Stalls(arch.StallWriteAddress, p.bursts, 1))
		last = p.send(d, address+StoreFirstData, n, beat)
		address = last + StoreNextAddress
		p.response = max(last+Cycle(d.Memory.LatencyCycles), p.response+1) + Cycle(d.Memory.Stalls(arch.StallResponse, p.bursts, 1))
		p.responses[p.bursts%slots] = p.response
		p.bursts++
		s.Bursts++
	}
	s.Leave, s.Retire = last, p.response+StoreRetire
}

// send sends n beats, the first not before the given cycle, and returns the cycle of the last.
func (p *storeState) send(d *arch.Design, first Cycle, n int, beat func(Cycle)) Cycle {
	from := p.beats
	p.beats += n
	if beat == nil {
		return first + Cycle(n+d.Memory.Stalls(arch.StallWriteData, from, n)) - 1
	}
	at := first - 1
	for i := range n {
		at += 1 + Cycle(d.Memory.Stalls(arch.StallWriteData, from+i, 1))
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

// startOfTime is before every cycle.
const startOfTime Cycle = -1 << 40

// life fills in the run of a compute. With T = tile words, n(b) the positions
// of block b, B the blocks of sums, S(b) = max(n(b), T) and P = 0, or with one tile
// of weights S(b) = n(b) + T and P = T,
//
//	start(0) = max(go + 1 + C0 + T, drainEnd(b−B) + C1)
//	start(b) = max(end(b−1) + 1 + P, drainEnd(b−B) + C1)
//	end(b)   = start(b) + Steps·S(b) − P − 1
//
// and if Last, with blocks and retirements counted over all that emit,
//
//	hand     = max(go + 1, retire(i−1))
//	drain(b) = max(end(b) + PIPE, drainEnd(b−1) + 1, retire(i−1) + C4)
//	drainEnd(b) = drain(b) + n(b)·planes·cols/requantisers − 1
//	leave    = max(end(final), hand) + C3
//	retire   = drainEnd(final) + C2
//
// else leave = retire = max(end(final), retire(i−1)) + C3.
func (p *computeState) life(d *arch.Design, c *program.Compute, s *Step) {
	tile, pipe := Cycle(d.TileWords(c.Set)), Pipeline(d)
	perPosition := Cycle(d.Array.Cols / d.Array.Requantisers * planes(c))
	end, lead, again := s.Go+ComputeFirst, tile, Cycle(0)
	if d.Array.WeightTiles == 1 {
		again = tile
	}
	hold := d.Array.Hold
	next := p.retired + DrainNext
	for left := c.Positions(); left > 0; left -= hold {
		n := Cycle(min(left, hold))
		start := max(end+1+lead, p.free(d)+ComputeFreeHalf)
		s.Stall += start - end - 1 - lead
		step := Cycle(d.StepCycles(int(n), c.Set))
		end = start + Cycle(c.Steps)*step - again - 1
		s.Active += Cycle(c.Steps) * n
		s.Slack += Cycle(c.Steps)*(step-n) - again
		lead = again
		if c.Last {
			p.before, p.drained = p.drained, max(end+pipe, p.drained+1, next)+n*perPosition-1
			s.Drain += n * perPosition
		}
	}
	if !c.Last {
		s.Retire = max(end, p.retired) + ComputeLeave
		s.Leave = s.Retire
		return
	}
	s.Leave = max(end, s.Go+1, p.retired) + ComputeLeave
	s.Retire = p.drained + retireLatency(d)
	p.retired = s.Retire
}

// retireLatency is C2 of a design.
func retireLatency(d *arch.Design) Cycle {
	if d.Buffers.Table > 0 {
		return ComputeRetire + 1
	}
	return ComputeRetire
}

// free is when the drain has read the sums that stand where the next block goes.
func (p *computeState) free(d *arch.Design) Cycle {
	if d.Array.SumBlocks == 1 {
		return p.drained
	}
	return p.before
}

// planes is the number of column words that an emitted position takes.
func planes(c *program.Compute) int {
	if c.Wide {
		return 4
	}
	return 1
}
