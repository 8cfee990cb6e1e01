package mapping

import (
	"lowres/sim/arch"
	"lowres/sim/machine"
	"lowres/sim/program"
)

// bound is less than or equal to what a trial finds.
type bound struct {
	cycles       machine.Cycle
	beats        int64 // that cross the memory port
	instructions int
	engines      [program.EngineCount]int // … by engine
	counts       machine.Counts           // of actions that depend on the tiles; the others are 0
}

// cut is how a map is cut in one direction: the sums over all parts.
type cut struct{ parts, full, last, input int }

// cutOf is n emitted rows (or columns) in parts of size; input is those read.
func (l *layer) cutOf(n, size, pad, kernel, of int) cut {
	c := cut{parts: ceil(n, size), full: size, last: n - (ceil(n, size)-1)*size}
	for first := 0; first < n; first += size {
		from, to := window(first, min(size, n-first), l, pad, kernel, of)
		c.input += to - from
	}
	return c
}

// Cycles between compute instructions: what a fetch takes, and what the drain waits.
const (
	fetchTime = program.ComputeWords + machine.FetchExtra + 1
	drainGap  = machine.ComputeRetire + machine.DrainNext - 1
)

// passes is what the compute instructions of one column group take at least in all tiles.
type passes struct {
	run    machine.Cycle // from their first go to the last leave
	drain  machine.Cycle // of the drain
	blocks int
}

// bound says what a layer cut into tiles of a shape takes at least. Every engine has so
// much to do for itself, docs/timing.md; the array cannot begin before the first operands
// are there, the drain before the array, nor the stores before the drain.
func (l *layer) bound(d *arch.Design, t tileShape) bound {
	rows := l.cutOf(l.rows, t.rows, l.padRows, l.kernelRows, l.inRows)
	cols := l.cutOf(l.out.W, t.cols, l.padCols, l.kernelCols, l.inCols)
	tiles, parts := l.pictures*rows.parts*cols.parts, ceil(l.steps, t.chunk)
	beat := d.MemoryBytes()
	inputBeats := l.pictures * rows.input * cols.input * l.inBytes * len(l.inputs) / beat
	if t.streamed {
		inputBeats *= l.spans() // all groups of an instruction read what it brings
	}
	outputBeats := l.pictures * l.rows * l.out.W * l.outBytes / beat
	weightBeats := tiles * l.groups * l.groupBytes() / beat
	if l.stays(d, t) {
		weightBeats = min(l.groups, l.weightGroups) * l.groupBytes() / beat
	}
	parameterBeats := l.allGroups() * d.ParameterGroupBytes() / beat

	b := bound{beats: int64(inputBeats + weightBeats + parameterBeats + outputBeats)}
	loads, stores := tiles, tiles
	if cols.parts > 1 {
		stores = l.pictures * cols.parts * l.rows
	}
	computes := tiles * (l.spans()*parts + l.padGroups)
	b.engines = [program.EngineCount]int{loads, computes, stores}
	b.instructions = loads + stores + computes

	own, pad := l.passes(d, t, rows, cols, l.steps, parts, l.span), l.passes(d, t, rows, cols, 1, 1, 1)
	last := l.passes(d, t, rows, cols, l.steps, parts, l.groups-(l.spans()-1)*l.span)
	run := machine.Cycle(l.spans()-1)*own.run + last.run + machine.Cycle(l.padGroups)*pad.run
	drain := machine.Cycle(l.spans()-1)*own.drain + last.drain + machine.Cycle(l.padGroups)*pad.drain
	latency, tile, pipe := machine.Cycle(d.Memory.LatencyCycles), machine.Cycle(d.Lead(l.set)), machine.Pipeline(d)
	fetch := machine.Cycle(program.LoadWords) + machine.FetchExtra
	final := l.walk(d, rows.last, cols.last)
	lastBlock := final.Positions() - final.Before((final.Slots()-1)/d.BlockSlots()*d.BlockSlots())
	emit := machine.Cycle(lastBlock) * machine.Cycle(l.planes()*d.Array.Cols/d.Array.Requantisers)
	bursts := machine.Cycle(max(stores, ceil(outputBeats, d.Memory.BurstBeats)))

	first := fetch + latency + machine.Cycle(l.firstBeats(d, t, rows, cols)) + machine.LoadRetire + 1 // the array's first go
	arrived := fetch + latency + max(machine.Cycle(inputBeats+weightBeats+parameterBeats), machine.Cycle(loads-1)*(fetch+1)+1)
	end := max(first+run-2-fetchTime, arrived+tile)                   // of the array
	drained := max(end+pipe+emit-1, first+tile+pipe+drain-drainGap-1) // the drain's end
	stored := first + tile + pipe + machine.Cycle(outputBeats) + machine.StoreFirstData*(bursts-1)
	b.cycles = max(drained, stored) + machine.ComputeRetire + machine.StoreFirstData + latency + machine.StoreRetire + machine.RunEnd + 1
	b.count(l, d, traffic{inputBeats, weightBeats, parameterBeats, outputBeats}, machine.Cycle(own.blocks*l.groups*l.steps+pad.blocks*l.padGroups))
	return b
}

// stays reports whether weights are loaded once for all tiles.
func (l *layer) stays(d *arch.Design, t tileShape) bool { return l.resident(d) && t.chunk == l.steps }

// firstBeats are loaded before the first instruction goes.
func (l *layer) firstBeats(d *arch.Design, t tileShape, rows, cols cut) int {
	bytes := t.chunk*l.span*l.tileBytes + l.span*d.ParameterGroupBytes()
	if t.streamed {
		return (bytes + min(t.rows, l.rows)*t.chunk*d.Array.Lanes) / d.MemoryBytes()
	}
	top, bottom := window(0, min(t.rows, l.rows), l, l.padRows, l.kernelRows, l.inRows)
	left, right := window(0, min(t.cols, l.out.W), l, l.padCols, l.kernelCols, l.inCols)
	return (bytes + (bottom-top)*(right-left)*l.inBytes*len(l.inputs)) / d.MemoryBytes()
}

// passes sums a span of column groups of so many steps, in so many instructions, up over
// all tiles.
func (l *layer) passes(d *arch.Design, t tileShape, rows, cols cut, steps, parts, span int) (p passes) {
	hold, words := d.BlockSlots(), 1 // of a slot
	if d.Tables != nil {
		words = span * d.TileWords(l.set)
	}
	once := 2 + d.Lead(l.set) // an instruction's start and end
	if d.Array.WeightTiles == 1 {
		once = 2
	}
	add := func(times, r, c int) {
		times *= l.pictures
		if times == 0 {
			return
		}
		walk := l.walk(d, r, c)
		n := walk.Slots()
		cycles := n / hold * d.StepCycles(hold*words, l.set)
		if rest := n % hold; rest > 0 {
			cycles += d.StepCycles(rest*words, l.set)
		}
		p.run += machine.Cycle(times * max(steps*cycles+parts*once, parts*int(fetchTime)))
		p.drain += machine.Cycle(times) * (machine.Cycle(walk.Positions()*span*l.planes()*d.Array.Cols/d.Array.Requantisers) + drainGap)
		p.blocks += times * ceil(n, hold)
	}
	add((rows.parts-1)*(cols.parts-1), rows.full, cols.full)
	add(rows.parts-1, rows.full, cols.last)
	add(cols.parts-1, rows.last, cols.full)
	add(1, rows.last, cols.last)
	return p
}

// traffic is beats by stream.
type traffic struct{ input, weights, parameters, output int }

// count fills in the actions that depend on the tiles; steps are tiles of weights read.
func (b *bound) count(l *layer, d *arch.Design, t traffic, steps machine.Cycle) {
	c, beat := &b.counts, int64(d.MemoryBytes())
	c[machine.ActivationWrite], c[machine.MemoryActivationsIn] = int64(t.input), int64(t.input)*beat
	c[machine.WeightWrite], c[machine.MemoryWeights] = int64(t.weights), int64(t.weights)*beat
	c[machine.ParameterWrite], c[machine.MemoryParameters] = int64(t.parameters), int64(t.parameters)*beat
	c[machine.WeightRead] = int64(steps) * int64(d.TileWords(l.set))
	c[machine.WeightDecode] = int64(steps) * int64(d.Array.Lanes*d.Array.Cols)
	switch {
	case d.Tables != nil:
		c[machine.WeightDecode] = 0
	case d.Weights.Decode == arch.DecodeAtLoad:
		c[machine.WeightDecode] = int64(t.weights) * int64(d.CodesPerBeat(l.set))
	}
	for e, n := range b.engines {
		c[machine.ProgramRead] += int64(n * program.Engine(e).Words())
	}
	c[machine.ClockCycle] = int64(b.cycles)
}

// fixed are the actions that do not depend on how a layer is cut.
var fixed = []machine.Action{
	machine.CellIssued, machine.DigitAdd, machine.TreeAdd, machine.SumAdd, machine.SumStart, machine.SumDrain, machine.Requantise,
	machine.PoolCompare, machine.TableRead, machine.ActivationRead, machine.ActivationPadding, machine.OutputWrite, machine.OutputRead,
	machine.MemoryActivationsOut, machine.TableWrite, machine.SumTableFill, machine.SumTableWrite, machine.SumTableRead,
}

// fix takes the actions that do not depend on how the layer is cut from a trial.
func (b *bound) fix(d *arch.Design, t *trial) {
	for _, a := range fixed {
		b.counts[a] = t.counts[a]
	}
	if d.Tables != nil {
		return
	}
	b.counts[machine.CellIdle] = max(int64(b.cycles)*int64(d.Cells())-t.counts[machine.CellIssued], 0)
}
