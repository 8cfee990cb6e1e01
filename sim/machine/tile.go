package machine

import (
	"fmt"

	"lowres/quant"
)

// tiles holds the decoded weights of one compute instruction.
type tiles struct {
	lanes, cols int
	weights     []int16                     // [step][col][lane]
	correction  []int32                     // [col]: sum of the negative weights over all steps
	levels      levelCounts                 // weights of each level
	packed      []byte                      // a tile that wraps, in one piece
	negative    [2*quant.MaxLevel + 1]int32 // quant.NegativeWeight of level v at v + quant.MaxLevel
}

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
	clear(t.correction)
	clear(t.levels[:])
	for s := range steps {
		at := (from + s*tileBytes) % len(src)
		tile := t.weights[s*size : (s+1)*size]
		if err := u.Unpack(tile, wrapped(&t.packed, src, at, tileBytes)); err != nil {
			return fmt.Errorf("step %d of the instruction: weight buffer byte %d: %w", s, at, err)
		}
		t.correct(tile)
		for _, w := range tile {
			t.levels[int(w)+quant.MaxLevel]++
		}
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

// resize returns a slice of n elements, s if it is large enough.
func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
