package mapping

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/internal/simtest"
	"lowres/network"
	"lowres/sim/arch"
	"lowres/sim/machine"
	"lowres/sim/program"
)

// above lists what the candidate's bound says more of than its trial takes.
func (c *candidate) above() (what []string) {
	add := func(name string, bound, trial float64) {
		if bound > trial*rounding {
			what = append(what, fmt.Sprintf("%s %g, trial %g", name, bound, trial))
		}
	}
	add("value", c.lower, c.value)
	add("cycles", float64(c.least.cycles), float64(c.trial.cycles))
	add("beats", float64(c.least.beats), float64(c.trial.beats))
	add("instructions", float64(c.least.instructions), float64(c.trial.instructions))
	for e, n := range c.least.engines {
		add(fmt.Sprint(program.Engine(e), " instructions"), float64(n), float64(c.trial.engines[e]))
	}
	for a, n := range c.least.counts {
		add(fmt.Sprint(machine.Action(a)), float64(n), float64(c.trial.counts[a]))
	}
	return what
}

// A streamed input crosses the port once for every instruction's span of column groups,
// which is several of them in an array of tables.
func TestTheBoundOfAStreamedInputIsItsTraffic(t *testing.T) {
	for _, c := range []struct {
		name       string
		cell       arch.Cell
		weights    int // bytes of the buffer
		out, batch int
		span       int // column groups
		times      int // that a picture's input is loaded
	}{
		{"select, three groups", arch.CellSelect, 1 << 10, 9, 1, 1, 3},
		{"tables, one span", arch.CellTableLUT, 1 << 10, 5, 1, 2, 1},
		{"tables, three spans", arch.CellTableLUT, 1 << 10, 21, 1, 2, 3},
		{"tables, the last span smaller", arch.CellTableLUT, 1 << 10, 17, 1, 2, 3},
		{"tables, a batch", arch.CellTableLUT, 16 << 10, 5, 2, 2, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			spec := arch.DefaultSpec()
			spec.Levels = []int{3}
			spec.Array.Lanes, spec.Array.Cols, spec.Array.Requantisers, spec.Array.Hold, spec.Array.Cell = 4, 4, 1, 2, c.cell
			spec.Memory = arch.Memory{WidthBits: 64, LatencyCycles: 1, BurstBeats: 1, Outstanding: 1}
			spec.Buffers = arch.Buffers{Activation: 1 << 10, Weight: c.weights, Parameter: 1 << 8, Output: 1 << 9}
			d, err := arch.New(spec)
			require.NoError(t, err)
			g := &network.Graph{Name: "streamed", Input: network.Shape{H: 7, W: 9, C: 17}, Layers: []network.Layer{{Name: "fc", Kind: network.Dense, Out: c.out}}}
			require.NoError(t, g.Resolve())
			net := simtest.FillSets(g, d.Sets, rand.New(rand.NewPCG(1, 1)))

			s := searcher{d: d, options: &Options{Goal: Latency, Batch: c.batch}}
			layers, err := plan(net, &s)
			require.NoError(t, err)
			all, err := layers[0].candidates(d)
			require.NoError(t, err)
			require.NoError(t, s.bounds(all))
			for i := range all {
				way := &all[i]
				require.NoError(t, s.try(way))
				require.True(t, way.shape.streamed && way.trial.fits, "%+v: want a streamed input", way.shape)
				require.Equal(t, c.span, way.layer.span)
				require.Empty(t, way.above(), "%+v", way.shape)
				require.EqualValues(t, c.times*c.batch*way.layer.inBytes, way.least.counts[machine.MemoryActivationsIn], "%+v", way.shape)
				require.Equal(t, way.trial.beats, way.least.beats, "%+v: the port carries nothing twice", way.shape)
			}
		})
	}
}
