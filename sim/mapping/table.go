package mapping

import (
	"fmt"

	"lowres/quant"
	"lowres/sim/arch"
)

// An array of tables keeps the activations of a position and lets the weights of several
// column groups pass: an instruction has a span of them, and their weights lie step by
// step, in a step group by group.

// chooseSpan picks how many column groups an instruction computes: as many as hold and half
// of the parameter buffer take and half of the weight buffer, or a third of it for the
// chunks of a single position. A diagonal pass reads other words for each group.
func (l *layer) chooseSpan(d *arch.Design) {
	l.span = 1
	if d.Tables == nil || l.diagonal {
		return
	}
	room := d.Buffers.Weight / 2 / l.groupBytes()
	if l.positions(l.rows, l.out.W) == 1 {
		room = d.Buffers.Weight / chunksInBuffer / l.tileBytes
	}
	most := max(min(d.Array.Hold, parameterGroups(d), room), 1)
	l.span = ceil(l.groups, ceil(l.groups, most))
}

// spanAt is the column groups of the instructions whose first is g.
func (l *layer) spanAt(g int) int { return min(l.span, l.groups-g) }

// spans is the number of instructions that all column groups take.
func (l *layer) spans() int { return ceil(l.groups, l.span) }

// spanBytes is the size of the packed weights of an instruction's column groups.
func (l *layer) spanBytes() int { return l.span * l.groupBytes() }

// packCodes is packTile for tables: the codes of their weights, lane by lane.
func (l *layer) packCodes(d *arch.Design, dst []byte, tile []int16, ranges []columnRange) ([]byte, error) {
	shape, table := d.Tables, d.Tables.Sets[l.set]
	lanes, beat, perBeat := d.Array.Lanes, d.MemoryBytes(), d.CodesPerBeat(l.set)
	at := len(dst)
	for range l.tileBytes {
		dst = append(dst, 0)
	}
	group := make([]int16, shape.Group)
	for s := range shape.Count * d.Array.Cols {
		for i := range group {
			group[i] = filler(l.levels)
		}
		col, lane := s/shape.Count, s%shape.Count*shape.Group
		copy(group, tile[col*lanes+lane:(col+1)*lanes])
		code, ok := table.Code(group)
		if !ok {
			return dst[:at], fmt.Errorf("%w: weights %v, not all levels of %v: quantise first", quant.ErrLevels, group, l.levels)
		}
		ranges[col].short(table.Missing(code, d.DigitCount()))
		putBits(dst[at+s/perBeat*beat:], s%perBeat*shape.CodeBits(), code)
	}
	return dst, nil
}

// putBits sets a field of a little-endian number that is 0 there, at most 8 bits wide.
func putBits(b []byte, at, v int) {
	b[at/8] |= byte(v << (at % 8))
	if high := v >> (8 - at%8); high > 0 {
		b[at/8+1] |= byte(high)
	}
}
