package machine

import (
	"encoding/binary"
	"fmt"
	"math/bits"

	"lowres/network"
	"lowres/quant"
	"lowres/sim/program"
)

// compute runs one compute instruction in the order of the machine: block by
// block, step by step, slot by slot; then the drain.
func (r *run) compute(index int) error {
	c, d := &r.m.program.Computes[index], r.m.design
	if d.Tables != nil {
		return r.computeTables(index)
	}
	beat := d.MemoryBytes()
	err := r.array.decode(r.m.packing[c.Set], r.buffers[program.WeightBuffer],
		c.WeightAddress*beat, d.TileWords(c.Set)*beat, c.Steps)
	if err != nil {
		return err
	}
	r.places = positions(r.places, c, d.Array.Pixels)
	r.steps = kernelSteps(r.steps, c, r.m.bases[index])
	r.start(c)
	exact, levels := r.exactCounts(index)
	r.countTiles(c, exact)
	r.zeros = resize(r.zeros, c.Steps*d.Array.Lanes)
	clear(r.zeros)
	hold, cols := d.Array.Hold, d.Array.Cols
	sample := r.sample(index)
	walk := c.Walk(d.Array.Pixels)
	for slot, slots := 0, walk.Slots(); slot < slots; slot += hold {
		at, end := walk.Before(slot), walk.Before(min(slot+hold, slots))
		if sample != nil && !sample.wants(end-at, c.Steps) {
			continue
		}
		r.block(index, c, r.places[at:end], r.sums[at*cols:end*cols], exact)
		if r.toggles != nil && c.Last {
			r.toggles.Next()
		}
	}
	levels.add(&r.array, r.zeros, len(r.places))
	if !c.Last || sample != nil {
		return nil
	}
	if err := r.parameters(c); err != nil {
		return err
	}
	r.drain(c)
	return nil
}

// start clears the sums of a new reduction and takes the corrections of this
// instruction's weights off: a cell forms −a as ^a, one too little.
func (r *run) start(c *program.Compute) {
	cols := r.m.design.Array.Cols
	if c.First {
		r.sums = resize(r.sums, len(r.places)*cols)
		clear(r.sums)
	}
	for i := range r.sums {
		r.sums[i] -= r.array.correction[i%cols]
	}
}

// block runs all steps over the positions of a block.
func (r *run) block(index int, c *program.Compute, places []position, sums []int32, exact *Counts) {
	lanes, cols := r.array.lanes, r.array.cols
	buffer := r.buffers[program.ActivationBuffer]
	mask := len(buffer)/lanes - 1 // a power of two of at most 2^16 words
	padding := padding(c)
	var word [64]int32
	for s, k := range r.steps {
		tile := r.array.weights[s*lanes*cols : (s+1)*lanes*cols]
		zeros := r.zeros[s*lanes : (s+1)*lanes]
		if r.toggles != nil {
			r.toggles.Take(tile, exact)
		}
		issue := Issue{Instruction: index, Layer: r.m.program.Places[program.ComputeEngine][index].Layer, Tile: tile, Slot: -1, First: c.First && s == 0}
		for i, p := range places {
			src := padding[:lanes]
			if p.reads(k, c) {
				at := ((p.word + k.word) & mask) * lanes
				src = buffer[at : at+lanes]
			}
			if r.take(word[:lanes], src, p.pixel, zeros, exact) && r.samples == nil {
				dot(sums[i*cols:(i+1)*cols], tile, word[:lanes])
			}
			issue.next(src, p.pixel)
			last := i == len(places)-1
			idle := 0 // pixels of the slot past the end of a row
			if last || places[i+1].pixel == 0 {
				idle = r.m.design.Array.Pixels - 1 - p.pixel
			}
			ends := c.Last && s == len(r.steps)-1 && last
			issue.Ends = ends && idle == 0
			r.watch(&issue, exact)
			for ; idle > 0; idle-- {
				issue.Ends = ends && idle == 1
				r.idle(&issue, padding[:lanes], exact)
			}
		}
	}
}

// next makes it the issue of the next word: of the same slot, or with pixel 0 of the next.
func (i *Issue) next(word []byte, pixel int) {
	if pixel == 0 {
		i.Slot++
	}
	i.Word, i.Pixel, i.Idle = word, pixel, false
}

// watch counts and hands on what an issue changes.
func (r *run) watch(i *Issue, exact *Counts) {
	if r.toggles != nil {
		r.toggles.Issue(i, exact)
	}
	if r.options.Issue != nil {
		r.options.Issue(*i)
	}
}

// idle gives padding to the next pixel of the slot, one past the end of a row.
func (r *run) idle(i *Issue, padding []byte, exact *Counts) {
	i.Word, i.Pixel, i.Idle = padding, i.Pixel+1, true
	before := r.before[i.Pixel*len(padding):][:len(padding)]
	for l, b := range padding {
		exact[ActivationToggle] += int64(bits.OnesCount8(b ^ before[l]))
		before[l] = b
	}
	r.watch(i, exact)
}

// padding is an activation word outside the map.
func padding(c *program.Compute) (word [64]byte) {
	if c.Low {
		for l := range word {
			word[l] = 0x80
		}
	}
	return word
}

// take converts an activation word of a pixel and counts the bits that change, and by lane its zeros.
// It reports whether any activation is not zero.
func (r *run) take(dst []int32, src []byte, pixel int, zeros []int32, exact *Counts) bool {
	toggles, some := 0, byte(0)
	before := r.before[pixel*len(src):][:len(src)]
	dst, zeros = dst[:len(src)], zeros[:len(src)]
	for l, b := range src {
		dst[l] = int32(int8(b))
		toggles += bits.OnesCount8(b ^ before[l])
		before[l] = b
		some |= b
		if b == 0 {
			zeros[l]++
		}
	}
	exact[ActivationToggle] += int64(toggles)
	return some != 0
}

// dot adds the dot product of the word with each column of the tile to sums.
// The word has a multiple of 4 lanes.
func dot(sums []int32, tile []int16, word []int32) {
	for c := range sums {
		column := tile[:len(word)]
		tile = tile[len(word):]
		a, b := int32(0), int32(0)
		for l := 0; l+3 < len(word) && l+3 < len(column); l += 4 {
			a += word[l]*int32(column[l]) + word[l+1]*int32(column[l+1])
			b += word[l+2]*int32(column[l+2]) + word[l+3]*int32(column[l+3])
		}
		sums[c] += a + b
	}
}

// parameters reads the parameters of the column group: 8 bytes a column.
func (r *run) parameters(c *program.Compute) error {
	buffer := r.buffers[program.ParameterBuffer]
	at := c.ParamAddress * r.m.design.MemoryBytes()
	for i := range r.column {
		b := buffer[(at+8*i)%len(buffer):][:8] // 8 divides the buffer, so no word wraps
		q := quant.Requantiser{Mult: binary.LittleEndian.Uint16(b[4:]), Shift: b[6], ReLU: c.ReLU}
		if err := q.Validate(); err != nil && !c.Wide {
			return fmt.Errorf("column %d: %w", i, err)
		}
		r.column[i] = column{int32(binary.LittleEndian.Uint32(b)), q, c.Table && b[7]&1 != 0}
	}
	return nil
}

// drain takes the sums of all positions through bias, requantiser and pool to
// the output buffer. A sum with its bias has AccumulatorBits bits and wraps.
func (r *run) drain(c *program.Compute) {
	cols := len(r.column)
	unused := 32 - r.m.design.Array.AccumulatorBits
	for i, p := range r.places {
		sums := r.sums[i*cols : (i+1)*cols]
		for j := range sums {
			sums[j] = (sums[j] + r.column[j].bias) << unused >> unused
		}
		out := c.OutAddress + p.out*c.OutPixelWords
		if c.Wide {
			r.emitWide(out, sums)
			continue
		}
		pooled := r.pooled[p.pixel*cols:][:cols]
		r.pool(c, pooled, sums, p.first)
		if p.last {
			for j, v := range pooled {
				r.outputWord(out)[j] = byte(v)
			}
		}
	}
}

// pool requantises the sums, looks them up and keeps each column's maximum.
func (r *run) pool(c *program.Compute, pooled []int8, sums []int32, first bool) {
	table := r.buffers[program.TableBuffer]
	for j, sum := range sums {
		v := r.column[j].requant.Apply(sum)
		if r.column[j].table {
			v = int8(table[c.TableIndex*network.TableSize+int(uint8(v))])
		}
		if first || v > pooled[j] {
			pooled[j] = v
		}
	}
}

// emitWide writes sums as four byte planes.
func (r *run) emitWide(address int, sums []int32) {
	for plane := range 4 {
		word := r.outputWord(address + plane)
		for j, sum := range sums {
			word[j] = byte(sum >> (8 * plane))
		}
	}
}

// outputWord is a column word of the output buffer, which wraps.
func (r *run) outputWord(address int) []byte {
	cols := len(r.column)
	at := address * cols & (len(r.output) - 1)
	return r.output[at : at+cols]
}
