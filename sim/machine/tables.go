package machine

import (
	"fmt"

	"lowres/quant"
	"lowres/sim/arch"
	"lowres/sim/program"
)

// tableWeights are the weights of an instruction as an array of tables holds them: the
// code of a group of lanes addresses its sum.
type tableWeights struct {
	weights []int16 // [step][group][col][lane]
	missing []int32 // [group][col]: what the tables' answers are short of, over all steps
	tile    []byte  // one that wraps, in one piece
}

// decode reads the codes of steps × groups tiles from src, which wraps, from a byte on.
func (t *tableWeights) decode(d *arch.Design, set int, src []byte, from, steps, groups int) error {
	shape, table := d.Tables, d.Tables.Sets[set]
	lanes, cols, digits := d.Array.Lanes, d.Array.Cols, d.DigitCount()
	beat, perBeat, tileBytes := d.MemoryBytes(), d.CodesPerBeat(set), d.TileWords(set)*d.MemoryBytes()
	t.weights = resize(t.weights, steps*groups*lanes*cols)
	t.missing = resize(t.missing, groups*cols)
	clear(t.missing)
	group := make([]int16, shape.Group)
	for i := range steps * groups {
		at := (from + i*tileBytes) % len(src)
		tile := wrapped(&t.tile, src, at, tileBytes)
		for s := range shape.Count * cols {
			code := bitsAt(tile[s/perBeat*beat:], s%perBeat*shape.CodeBits(), shape.CodeBits())
			if !table.Decode(group, code) {
				return fmt.Errorf("step %d, column group %d: weight buffer byte %d: code %d of table %d: want the address of one of %d sums",
					i/groups, i%groups, at, code, s, table.Entries())
			}
			col, lane := s/shape.Count, s%shape.Count*shape.Group
			copy(t.weights[(i*cols+col)*lanes+lane:(i*cols+col+1)*lanes], group)
			t.missing[i%groups*cols+col] += int32(table.Missing(code, digits))
		}
	}
	return nil
}

// wrapped is n bytes of src, which wraps, from at on; whole keeps them if they do.
func wrapped(whole *[]byte, src []byte, at, n int) []byte {
	if at+n <= len(src) {
		return src[at : at+n]
	}
	*whole = append(append((*whole)[:0], src[at:]...), src[:at+n-len(src)]...)
	return *whole
}

// bitsAt is a field of a little-endian number, at most 8 bits wide.
func bitsAt(b []byte, at, width int) int {
	v := int(b[at/8])
	if at/8+1 < len(b) {
		v |= int(b[at/8+1]) << 8
	}
	return v >> (at % 8) & (1<<width - 1)
}

// computeTables is compute in an array of tables: position by position, step by step,
// column group by column group.
func (r *run) computeTables(index int) error {
	c, d := &r.m.program.Computes[index], r.m.design
	groups, cols := c.Groups(), d.Array.Cols
	err := r.tables.decode(d, c.Set, r.buffers[program.WeightBuffer], c.WeightAddress*d.MemoryBytes(), c.Steps, groups)
	if err != nil {
		return err
	}
	r.places = positions(r.places, c, 1)
	r.steps = kernelSteps(r.steps, c, r.m.bases[index])
	if c.First {
		r.sums = resize(r.sums, groups*len(r.places)*cols)
		clear(r.sums)
	}
	for i := range r.sums { // [group][position][col]
		r.sums[i] -= r.tables.missing[i/(len(r.places)*cols)*cols+i%cols]
	}
	exact, _ := r.exactCounts(index)
	for i, p := range r.places {
		r.tablePosition(c, p, r.sums[i*cols:], exact)
	}
	if !c.Last {
		return nil
	}
	all := r.sums
	for g := range groups {
		one := *c
		one.ParamAddress += g * (d.ParameterGroupBytes() / d.MemoryBytes())
		one.OutAddress += g * planes(c)
		if err := r.parameters(&one); err != nil {
			return fmt.Errorf("column group %d: %w", g, err)
		}
		r.sums = all[g*len(r.places)*cols:][:len(r.places)*cols]
		r.drain(&one)
	}
	r.sums = all
	return nil
}

// tablePosition adds all steps of a position to its sums: sums[0] is its first column's,
// and those of the next column group come a whole group later.
func (r *run) tablePosition(c *program.Compute, p position, sums []int32, exact *Counts) {
	lanes, cols, groups := r.array.lanes, r.array.cols, c.Groups()
	buffer := r.buffers[program.ActivationBuffer]
	mask := len(buffer)/lanes - 1
	padding := padding(c)
	var word, unused [64]int32
	for s, k := range r.steps {
		src := padding[:lanes]
		if p.reads(k, c) {
			at := ((p.word + k.word) & mask) * lanes
			src = buffer[at : at+lanes]
		}
		if !r.take(word[:lanes], src, 0, unused[:lanes], exact) {
			continue
		}
		for g := range groups {
			tile := r.tables.weights[(s*groups+g)*lanes*cols:][:lanes*cols]
			dot(sums[g*len(r.places)*cols:][:cols], tile, word[:lanes])
		}
	}
}

// tableCounts are the actions of a compute in an array of tables that do not depend on
// values. Its first step is base.
func tableCounts(d *arch.Design, c *program.Compute, base int) (n Counts) {
	t, cols, groups := d.Tables, int64(d.Array.Cols), int64(c.Groups())
	tables := int64(t.Count)
	places := int64(c.Positions())
	filled := places * int64(c.Steps)
	issued := filled * groups
	entries := filled * int64(t.Fill(c.Set)) * tables
	n[SumTableFill] = entries
	n[SumTableWrite] = entries * cols
	n[SumTableRead] = issued * tables * cols
	n[WeightTake] = issued
	n[WeightRead] = issued * int64(d.TileWords(c.Set))
	n[TreeAdd] = issued*(tables-1)*cols + entries*int64(t.Group-1)
	n[DigitAdd] = entries * int64(t.Group*(d.DigitCount()-1))
	n[ActivationRead] = activationReads(c, base)
	n[ActivationPadding] = filled - n[ActivationRead]
	if c.First {
		n[SumStart] = places * groups * cols
	}
	n[SumAdd] = issued*cols - n[SumStart]
	if c.Last {
		drainCounts(d, c, &n)
		for _, a := range []Action{SumDrain, OutputWrite, ParameterRead, Requantise, PoolCompare, TableRead} {
			n[a] *= groups
		}
	}
	n[ProgramRead] = program.ComputeWords
	return n
}

// codecs are how the design's packed weights are read, by set; nil for tables.
func codecs(d *arch.Design) (all []*quant.Unpacker) {
	if d.Tables != nil {
		return nil
	}
	for _, l := range d.Sets {
		all = append(all, l.Unpacker(d.Weights.Packing))
	}
	return all
}
