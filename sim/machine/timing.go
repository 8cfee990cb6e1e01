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

	LoadFirstAddress Cycle = 0 // A0: run's first cycle to the first AR
	LoadNextSlot     Cycle = 1 // A1: last beat of a burst to the AR that takes its slot
	LoadRetire       Cycle = 1 // A2: last beat to retire

	StoreFirstData    Cycle = 2 // B0: AW to its first W beat
	StoreFirstAddress Cycle = 0 // B1: run's first cycle to the first AW
	StoreNextAddress  Cycle = 1 // B2: last W beat to the next AW
	StoreRetire       Cycle = 1 // B3: last response to retire

	ComputeFirst    Cycle = 0 // C0: run's first cycle to the preload of the first tile
	ComputeFreeHalf Cycle = 2 // C1: end of a drain to the first issue into its half
	ComputeRetire   Cycle = 7 // C2: end of the last drain to retire

	RunEnd Cycle = 2 // D0: last retire to the first cycle that is not busy

	arrayStages Cycle = 4 // issue to array input: position, address, buffer, padding
)

// Pipeline is PIPE: the cycles from a block's last issue to the first in which
// the drain may read its sums: through the array, accumulator and a handshake.
func Pipeline(d *arch.Design) Cycle { return arrayStages + Cycle(d.SumLatency()) + 2 }

// ComputeKeep is C3: the cycles from the last issue to retire of an instruction
// that keeps its sums.
func ComputeKeep(d *arch.Design) Cycle { return arrayStages + Cycle(d.SumLatency()) + 1 }

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

// loadLife fills in the run of a load: for burst b,
//
//	AR(0)    = go + 1 + A0
//	AR(b)    = max(AR(b−1) + 1, last(b−outstanding) + A1)
//	first(b) = max(AR(b) + latency, last(b−1) + 1)
//	last(b)  = first(b) + beats(b) − 1
//	retire   = last(final) + A2
func (s *Step) loadLife(d *arch.Design, l *program.Load) {
	var lasts [16]Cycle // of the bursts in flight; the spec allows 16
	slots := d.Memory.Outstanding
	t := newTransfer(d, l.Memory, l.Beats)
	address, last := s.Go+LoadFirstAddress, Cycle(0)
	for n := t.next(); n > 0; n = t.next() {
		address++
		if s.Bursts >= slots {
			address = max(address, lasts[s.Bursts%slots]+LoadNextSlot)
		}
		first := max(address+Cycle(d.Memory.LatencyCycles), last+1)
		last = first + Cycle(n) - 1
		lasts[s.Bursts%slots] = last
		s.Bursts++
	}
	s.Retire = last + LoadRetire
}

// storeLife fills in the run of a store: for burst b,
//
//	AW(0)   = go + 1 + B1,  AW(b) = lastW(b−1) + B2
//	firstW  = AW + B0,  lastW = firstW + beats − 1
//	response = lastW + latency,  retire = response(final) + B3
//
// Every W beat's cycle goes to beat, if that is not nil.
func (s *Step) storeLife(d *arch.Design, st *program.Store, beat func(Cycle)) {
	t := newTransfer(d, st.Memory, st.Beats)
	address, last := s.Go+1+StoreFirstAddress, Cycle(0)
	for n := t.next(); n > 0; n = t.next() {
		first := address + StoreFirstData
		last = first + Cycle(n) - 1
		for c := first; beat != nil && c <= last; c++ {
			beat(c)
		}
		address = last + StoreNextAddress
		s.Bursts++
	}
	s.Retire = last + Cycle(d.Memory.LatencyCycles) + StoreRetire
}

// computeLife fills in the run of a compute. With T = tile words, n(b) the
// positions of block b and S(b) = max(n(b), T),
//
//	start(0) = go + 1 + C0 + T
//	start(b) = max(end(b−1) + 1, drainEnd(b−2) + C1)
//	end(b)   = start(b) + Steps·S(b) − 1
//	drain(b) = max(end(b) + PIPE, drainEnd(b−1) + 1), if Last
//	drainEnd(b) = drain(b) + n(b)·planes·cols/requantisers − 1
//	retire   = drainEnd(final) + C2, or end(final) + C3 if not Last
func (s *Step) computeLife(d *arch.Design, c *program.Compute) {
	tile, pipe := Cycle(d.TileWords(c.Set)), Pipeline(d)
	perPosition := Cycle(d.Array.Cols / d.Array.Requantisers * planes(c))
	end := s.Go + ComputeFirst + tile
	drained, before := Cycle(0), Cycle(0) // drainEnd of the last block and the one before
	hold := d.Array.Hold
	for left := c.Positions(); left > 0; left -= hold {
		n := Cycle(min(left, hold))
		start := max(end+1, before+ComputeFreeHalf)
		s.Stall += start - end - 1
		end = start + Cycle(c.Steps)*max(n, tile) - 1
		s.Active += Cycle(c.Steps) * n
		s.Slack += Cycle(c.Steps) * (max(n, tile) - n)
		if c.Last {
			before, drained = drained, max(end+pipe, drained+1)+n*perPosition-1
			s.Drain += n * perPosition
		}
	}
	s.Retire = drained + ComputeRetire
	if !c.Last {
		s.Retire = end + ComputeKeep(d)
	}
}

// planes is the number of column words that an emitted position takes.
func planes(c *program.Compute) int {
	if c.Wide {
		return 4
	}
	return 1
}
