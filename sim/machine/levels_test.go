package machine_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lowres/internal/simtest"
	"lowres/sim/machine"
	"lowres/sim/mapping"
)

// Cells by level, counted by lane and step, are those of every cell in every cycle, and
// add up to the classes.
func TestLevelsAreThoseOfEveryCell(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := simtest.Design(t)
		net := simtest.Network(t, d)
		pictures := rapid.IntRange(1, 2).Draw(t, "pictures")
		p, err := mapping.MapFor(net, d, mapping.Options{Batch: pictures})
		if err != nil {
			return
		}
		m, err := machine.New(d, p)
		require.NoError(t, err)
		memory := m.Memory()
		require.NoError(t, p.Input().Put(memory, slices.Repeat(simtest.Input(net.Graph, 7), pictures)))
		plain := map[int]map[int]machine.LevelCells{} // by layer and level
		r, err := m.Run(memory, machine.Options{Issue: func(i machine.Issue) {
			if i.Idle {
				return
			}
			if plain[i.Layer] == nil {
				plain[i.Layer] = map[int]machine.LevelCells{}
			}
			for c, w := range i.Tile {
				use := machine.LevelCells{Level: int(w), Cells: 1}
				switch {
				case w != 0 && i.Word[c%d.Array.Lanes] == 0:
					use.ZeroActivation = 1
				case w != 0:
					use.Active = 1
				}
				plain[i.Layer][int(w)] = use.Add(plain[i.Layer][int(w)])
			}
		}})
		require.NoError(t, err)
		for _, l := range r.Layers {
			var want []machine.LevelCells
			sum := machine.LevelCells{}
			for _, v := range slices.Sorted(maps.Keys(plain[l.Index])) {
				want, sum = append(want, plain[l.Index][v]), sum.Add(plain[l.Index][v])
			}
			require.Equal(t, want, l.Levels, "layer %d", l.Index)
			require.Equal(t, []int64{l.Actions[machine.CellIssued], l.Actions[machine.CellActive], l.Actions[machine.CellZeroActivation]},
				[]int64{sum.Cells, sum.Active, sum.ZeroActivation}, "layer %d: all, active, zero activation", l.Index)
		}
	})
}
