package machine

import (
	"fmt"

	"lowres/quant"
)

// tiles holds the decoded weights of one compute instruction.
type tiles struct {
	lanes, cols int
	weights     []int16                     // [step][col][lane]
	nonZero     []int32                     // [step][lane]: columns with a weight that is not zero
	correction  []int32                     // [col]: sum of the negative weights over all steps
	zeros       int64                       // weights that are zero
	levels      levelCounts                 // weights of each level
	packed      []byte                      // a tile that wraps, in one piece
	negative    [2*quant.MaxLevel + 1]int32 // quant.NegativeWeight of level v at v + quant.MaxLevel
}

// levelCounts are counts by level v at v + quant.MaxLevel.
type levelCounts [2*quant.MaxLevel + 1]int64

func newTiles(lanes, cols, digits int) tiles {
	t := tiles{lanes: lanes, cols: cols, correction: make([]int32, cols)}
	for v := -quant.MaxLevel; v <= quant.MaxLevel; v++ {
		t.negative[v+quant.MaxLevel] = int32(quant.NegativeWeight(v, digits))
	}
	return t
}

// decode unpacks steps tiles of tileBytes each from src, which wraps.
func (t *tiles) decode(u *quant.Unpacker, src []byte, from, tileBytes, steps int) error {
	size := t.lanes * t.cols
	t.weights = resize(t.weights, steps*size)
	t.nonZero = resize(t.nonZero, steps*t.lanes)
	clear(t.nonZero)
	clear(t.correction)
	t.zeros = 0
	clear(t.levels[:])
	for s := range steps {
		at := (from + s*tileBytes) % len(src)
		tile := t.weights[s*size : (s+1)*size]
		if err := u.Unpack(tile, wrapped(&t.packed, src, at, tileBytes)); err != nil {
			return fmt.Errorf("step %d of the instruction: weight buffer byte %d: %w", s, at, err)
		}
		t.correct(tile)
		t.tally(s)
	}
	return nil
}

// correct adds up the negative weights of a tile's columns.
func (t *tiles) correct(tile []int16) {
	for c := range t.cols {
		sum := int32(0)
		for _, w := range tile[c*t.lanes : (c+1)*t.lanes] {
			sum += t.negative[int(w)+quant.MaxLevel]
		}
		t.correction[c] += sum
	}
}

// tally counts the weights of a tile that are not zero.
func (t *tiles) tally(step int) {
	size := t.lanes * t.cols
	counts := t.nonZero[step*t.lanes : (step+1)*t.lanes]
	tile := t.weights[step*size : (step+1)*size]
	for c := 0; c < size; c += t.lanes {
		for l, w := range tile[c : c+t.lanes] {
			t.levels[int(w)+quant.MaxLevel]++
			if w != 0 {
				counts[l]++
			}
		}
	}
	t.zeros = t.levels[quant.MaxLevel]
}

// resize returns a slice of n elements, s if it is large enough.
func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
