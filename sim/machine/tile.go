package machine

import (
	"fmt"

	"lowres/quant"
)

// tileTable decodes packed weights of one level set, a byte at a time.
type tileTable struct {
	codes    int     // k, weights in a byte
	bytes    int     // N^k: bytes from here on are reserved
	levels   []int16 // [byte][k]
	negative []int32 // quant.NegativeWeight, parallel to levels
}

func newTileTable(l quant.Levels, digitCount int) tileTable {
	t := tileTable{codes: l.CodesPerByte(), bytes: 1}
	for range t.codes {
		t.bytes *= l.N()
	}
	for b := range t.bytes {
		for range t.codes {
			v := l.Value(b % l.N())
			t.levels = append(t.levels, int16(v))
			t.negative = append(t.negative, int32(quant.NegativeWeight(v, digitCount)))
			b /= l.N()
		}
	}
	return t
}

// tiles holds the decoded weights of one compute instruction.
type tiles struct {
	lanes, cols int
	weights     []int16 // [step][col][lane]
	nonZero     []int32 // [step][lane]: columns with a weight that is not zero
	correction  []int32 // [col]: sum of the negative weights over all steps
	zeros       int64   // weights that are zero
}

// decode unpacks steps tiles of tileBytes each from src, which wraps.
func (t *tiles) decode(table *tileTable, src []byte, from, tileBytes, steps int) error {
	size := t.lanes * t.cols
	t.weights = resize(t.weights, steps*size)
	t.nonZero = resize(t.nonZero, steps*t.lanes)
	clear(t.nonZero)
	clear(t.correction)
	t.zeros = 0
	for s := range steps {
		at := (from + s*tileBytes) % len(src)
		if err := t.decodeTile(table, src, at, s*size); err != nil {
			return fmt.Errorf("step %d of the instruction: %w", s, err)
		}
		t.tally(s)
	}
	return nil
}

// decodeTile unpacks one tile to weights[base:] and adds up its corrections.
func (t *tiles) decodeTile(table *tileTable, src []byte, at, base int) error {
	size, k := t.lanes*t.cols, table.codes
	for slot := 0; slot < size; slot += k {
		b := int(src[at])
		if b >= table.bytes {
			return fmt.Errorf("weight buffer byte %d: %d is a reserved code: want at most %d", at, b, table.bytes-1)
		}
		n := min(k, size-slot)
		copy(t.weights[base+slot:base+slot+n], table.levels[b*k:])
		for i := range n {
			t.correction[(slot+i)/t.lanes] += table.negative[b*k+i]
		}
		if at++; at == len(src) {
			at = 0
		}
	}
	return nil
}

// tally counts the weights of a tile that are not zero.
func (t *tiles) tally(step int) {
	size := t.lanes * t.cols
	counts := t.nonZero[step*t.lanes : (step+1)*t.lanes]
	tile := t.weights[step*size : (step+1)*size]
	for c := 0; c < size; c += t.lanes {
		for l, w := range tile[c : c+t.lanes] {
			if w != 0 {
				counts[l]++
			} else {
				t.zeros++
			}
		}
	}
}

// resize returns a slice of n elements, s if it is large enough.
func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
