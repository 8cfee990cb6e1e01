package mapping

import "lowres/sim/arch"

// cost ranks tile shapes: first, then second.
type cost struct{ first, second float64 }

func (c cost) less(o cost) bool {
	return c.first < o.first || (c.first == o.first && c.second < o.second)
}

// estimate is what a layer is expected to take.
type estimate struct{ cycles, instructions float64 }

// by orders the estimate for a policy.
func (e estimate) by(p policy) cost {
	if p == fewest {
		return cost{e.instructions, e.cycles}
	}
	return cost{e.cycles, e.instructions}
}

// instructionOverhead is about what an instruction costs beside its work: its
// fetch, pipeline and state machine. It only guides the choice of tiles.
const instructionOverhead = 24

// estimate guesses the time of a layer cut into tiles of shape t. The three
// engines overlap from tile to tile if two tiles fit the buffers; the first
// load and the last store are always exposed.
func (l *layer) estimate(d *arch.Design, t tileShape) estimate {
	rows, cols := ceil(l.out.H, t.rows), ceil(l.out.W, t.cols)
	tiles := float64(rows * cols)
	in, out := l.inputBytes(t.rows, t.cols), t.rows*t.cols*l.outBytes
	parts := float64(ceil(l.steps, t.chunk))
	compute := l.computeCycles(d, t) + parts*float64(l.groups)*instructionOverhead
	inRuns, outRuns := 1.0, 1.0
	if cols > 1 {
		inRuns, outRuns = float64(t.rows*l.pool*l.stride), float64(t.rows)
	}
	inRuns *= float64(len(l.inputs))
	load := l.transfer(d, in, inRuns)
	store := l.transfer(d, out, outRuns)
	weights := 0.0
	if !l.resident(d) {
		weights = l.transfer(d, l.groups*l.groupBytes(), parts*float64(l.groups))
	}
	tile := max(compute, load+weights, store)
	if in > d.Buffers.Activation/2 || out > d.Buffers.Output/2 {
		tile = compute + load + store
	}
	e := estimate{cycles: tiles*tile + load + store}
	e.instructions = tiles * (float64(l.groups)*parts*2 + inRuns + outRuns)
	return e
}

// computeCycles is the time of the array, or of the drain if that is slower,
// for all column groups of a tile.
func (l *layer) computeCycles(d *arch.Design, t tileShape) float64 {
	positions, hold := l.positions(t.rows, t.cols), d.Array.Hold
	step := positions / hold * d.StepCycles(hold, l.set)
	if rest := positions % hold; rest > 0 {
		step += d.StepCycles(rest, l.set)
	}
	planes := 1
	if l.wide {
		planes = 4
	}
	perPosition := planes * d.Array.Cols / d.Array.Requantisers
	drain := positions * perPosition
	last := min(positions, hold) * perPosition
	return float64(l.groups*(max(l.steps*step, drain)+last) + l.padGroups*(drain+last+instructionOverhead))
}

// transfer is the time that a load or store of bytes takes, cut into runs.
func (l *layer) transfer(d *arch.Design, bytes int, runs float64) float64 {
	beats := float64(bytes / d.MemoryBytes())
	return beats*(1+2/float64(d.Memory.BurstBeats)) + runs*float64(d.Memory.LatencyCycles+instructionOverhead/2)
}

// resident reports whether the layer's weights stay in half the buffer for all
// tiles.
func (l *layer) resident(d *arch.Design) bool {
	return l.weightGroups*l.groupBytes() <= d.Buffers.Weight/2
}

// ceil is n/d rounded up.
func ceil(n, d int) int { return (n + d - 1) / d }
