package machine

import (
	"lowres/quant"
	"lowres/sim/program"
)

// exactCounts is where the exact actions of a compute instruction are counted, and its levels.
func (r *run) exactCounts(index int) (*Counts, *levelUse) {
	layer := max(r.m.program.Places[program.ComputeEngine][index].Layer, 0)
	for len(r.exact) <= layer {
		r.exact, r.levels = append(r.exact, Counts{}), append(r.levels, levelUse{})
	}
	return &r.exact[layer], &r.levels[layer]
}

// sample is that of the layer of a compute instruction, nil if all is computed.
func (r *run) sample(index int) *sample {
	return r.samples[r.m.program.Places[program.ComputeEngine][index].Layer]
}

// countTiles counts zero weights, and the cells whose weight changes from tile
// to tile: within a block, from the last tile to the first of the next block,
// and from the tile that the instruction before left in place.
func (r *run) countTiles(c *program.Compute, exact *Counts) {
	size, hold := len(r.last), r.m.design.Array.Hold
	blocks := int64((c.Walk(r.m.design.Array.Pixels).Slots() + hold - 1) / hold)
	exact[CellZeroWeight] += r.array.levels[quant.MaxLevel] * int64(len(r.places))
	tile := func(s int) []int16 { return r.array.weights[s*size : (s+1)*size] }
	within := int64(0)
	for s := 1; s < c.Steps; s++ {
		within += changes(tile(s-1), tile(s))
	}
	exact[WeightChange] += changes(r.last, tile(0)) + blocks*within + (blocks-1)*changes(tile(c.Steps-1), tile(0))
	copy(r.last, tile(c.Steps-1))
}

// changes is the number of weights that differ.
func changes(a, b []int16) int64 {
	n := int64(0)
	b = b[:len(a)]
	for i, v := range a {
		if v != b[i] {
			n++
		}
	}
	return n
}
