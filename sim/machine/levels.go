package machine

import "lowres/quant"

// LevelCells is how often a level stood in cells that were in use, in cells × cycles. Over all
// levels Active adds up to CellActive and ZeroActivation to CellZeroActivation; the Cells of level 0,
// which is in neither, are CellZeroWeight. Idle cells have no level.
type LevelCells struct {
	Level          int   `json:"level"`
	Cells          int64 `json:"cells"`
	Active         int64 `json:"active"`          // the activation is not zero, nor is the level
	ZeroActivation int64 `json:"zero_activation"` // the activation is zero, the level is not
}

// Add is the sum of two counts of a level.
func (l LevelCells) Add(m LevelCells) LevelCells {
	return LevelCells{l.Level, l.Cells + m.Cells, l.Active + m.Active, l.ZeroActivation + m.ZeroActivation}
}

// Times is n times the counts.
func (l LevelCells) Times(n int) LevelCells {
	k := int64(n)
	return LevelCells{l.Level, k * l.Cells, k * l.Active, k * l.ZeroActivation}
}

// levelCounts are counts by level v at v + quant.MaxLevel.
type levelCounts [2*quant.MaxLevel + 1]int64

// levelUse are the cells × cycles of a layer by level.
type levelUse struct {
	cells levelCounts
	zero  levelCounts // … whose activation is zero
}

// add counts the cells × cycles of an instruction: its tiles, which stand for every position,
// and zeros [step][lane], the activations that were zero.
func (u *levelUse) add(t *tiles, zeros []int32, positions int) {
	for v, n := range &t.levels {
		u.cells[v] += n * int64(positions)
	}
	size := t.lanes * t.cols
	for s := 0; s*size < len(t.weights); s++ {
		tile, zeros := t.weights[s*size:(s+1)*size], zeros[s*t.lanes:(s+1)*t.lanes]
		for c := 0; c < size; c += t.lanes {
			for l, w := range tile[c : c+t.lanes] {
				u.zero[int(w)+quant.MaxLevel] += int64(zeros[l])
			}
		}
	}
}

// zeroActivation is CellZeroActivation.
func (u *levelUse) zeroActivation() (n int64) {
	for v := range &u.zero {
		n += u.zero[v]
	}
	return n - u.zero[quant.MaxLevel]
}

// list has the levels that stood in cells, rising.
func (u *levelUse) list() (all []LevelCells) {
	for v, n := range &u.cells {
		switch {
		case n > 0 && v == quant.MaxLevel:
			all = append(all, LevelCells{Cells: n})
		case n > 0:
			all = append(all, LevelCells{v - quant.MaxLevel, n, n - u.zero[v], u.zero[v]})
		}
	}
	return all
}
