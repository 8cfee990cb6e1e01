package mapping

import (
	"cmp"
	"math"
	"slices"

	"lowres/sim/arch"
)

// estimate is what a layer is expected to take.
type estimate struct{ cycles, instructions, beats float64 }

// candidate is a tile shape that fits.
type candidate struct {
	layer *layer
	shape tileShape
	estimate
}

// slack is the share of its cycles that a layer may lose by policy: where that saves
// memory traffic, or instructions.
var slack = [...]float64{fastest: 0.004, lean: 0.1, fewest: math.Inf(1)}

// preferred is the candidate that a policy prefers, among those within its slack of the
// fastest: the one with the fewest beats, or with the fewest instructions. Ties go to
// fewer cycles, then to the one that comes first.
func preferred(all []candidate, p policy) candidate {
	least := math.Inf(1)
	for _, c := range all {
		least = min(least, c.cycles)
	}
	limit := least * (1 + slack[p])
	return slices.MinFunc(all, func(a, b candidate) int {
		order := cmp.Compare(max(a.cycles, limit), max(b.cycles, limit))
		if p == fastest {
			order = cmp.Or(order, cmp.Compare(a.beats, b.beats))
		}
		return cmp.Or(order, cmp.Compare(a.instructions, b.instructions), cmp.Compare(a.cycles, b.cycles))
	})
}

// Cycles that guide the choice of tiles; docs/timing.md has the exact ones.
const (
	goOverhead   = 3  // from the last position of an instruction to the first preload of the next
	drainLatency = 20 // from the last position to the retirement, the drain itself left out
	runOverhead  = 7  // a load of its own: fetch and go
)

// estimate guesses the time of a layer cut into tiles of shape t. The three engines
// overlap from tile to tile if two tiles fit the buffers; the first load and the last
// drain and store are always exposed.
func (l *layer) estimate(d *arch.Design, t tileShape) estimate {
	rows, cols := ceil(l.out.H, t.rows), ceil(l.out.W, t.cols)
	tiles := float64(rows * cols)
	in, out := l.inputBytes(t.rows, t.cols), t.rows*t.cols*l.outBytes
	parts := float64(ceil(l.steps, t.chunk))
	compute := l.computeCycles(d, t)
	inRuns, outRuns := 1.0, 1.0
	if cols > 1 {
		inRuns, outRuns = float64(t.rows*l.poolStep*l.stride), float64(t.rows)
	}
	inRuns *= float64(len(l.inputs))
	latency := float64(d.Memory.LatencyCycles)
	load := l.beats(d, in) + inRuns*runOverhead
	store := l.beats(d, out)*(1+3/float64(d.Memory.BurstBeats)) + outRuns*(latency+runOverhead)
	weights := 0.0
	if !l.resident(d) {
		weights = l.beats(d, l.groups*l.groupBytes()) + parts*float64(l.groups)*runOverhead
		compute += l.weightGap(d, t) * float64(l.groups)
	}
	tile := max(compute, load+weights, store)
	if 2*in > d.Buffers.Activation {
		tile = max(compute+load+latency, load+weights, store)
	}
	if 2*out > d.Buffers.Output {
		tile += store
	}
	planes := l.planes() * d.Array.Cols / d.Array.Requantisers
	drain := float64(min(l.positions(t.rows, t.cols), d.Array.Hold)*planes + drainLatency)
	e := estimate{cycles: load + latency + tiles*tile + drain + store}
	e.beats = tiles * (l.beats(d, in) + l.beats(d, out) + weights)
	e.instructions = tiles * (float64(l.groups)*parts*2 + inRuns + outRuns)
	return e
}

// weightGap is the time that the array waits for the weights of a column group which
// do not fit the buffer beside those of the group before.
func (l *layer) weightGap(d *arch.Design, t tileShape) float64 {
	over := 2*l.groupBytes() - d.Buffers.Weight
	if t.chunk < l.steps || over <= 0 {
		return 0
	}
	return l.beats(d, over) + float64(d.Memory.LatencyCycles)
}

// computeCycles is the time of the array, or of the drain if that is slower,
// for all column groups of a tile.
func (l *layer) computeCycles(d *arch.Design, t tileShape) float64 {
	positions, hold := l.positions(t.rows, t.cols), d.Array.Hold
	step := positions / hold * d.StepCycles(hold, l.set)
	if rest := positions % hold; rest > 0 {
		step += d.StepCycles(rest, l.set)
	}
	words := d.TileWords(l.set)
	start := ceil(l.steps, t.chunk) * (words + goOverhead)
	drain := positions*l.planes()*d.Array.Cols/d.Array.Requantisers + drainLatency/2
	return float64(l.groups*max(l.steps*step+start, drain) + l.padGroups*max(step+words+goOverhead, drain))
}

// planes is the column words of an emitted position.
func (l *layer) planes() int {
	if l.wide {
		return 4
	}
	return 1
}

// beats is the time that the memory takes for bytes.
func (l *layer) beats(d *arch.Design, bytes int) float64 {
	return float64(bytes / d.MemoryBytes())
}

// resident reports whether the layer's weights stay in half the buffer for all
// tiles.
func (l *layer) resident(d *arch.Design) bool {
	return l.weightGroups*l.groupBytes() <= d.Buffers.Weight/2
}

// ceil is n/d rounded up.
func ceil(n, d int) int { return (n + d - 1) / d }
