package mapping

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/internal/simtest"
	"lowres/network"
	"lowres/quant"
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
			d, net := oneDense(t, network.Shape{H: 7, W: 9, C: 17}, c.out, func(s *arch.Spec) {
				s.Array.Cell, s.Buffers.Weight = c.cell, c.weights
			})
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

// Where a dense layer's input as it is has to be streamed and folded does not, streaming it
// is the faster way: the array begins with the first part of it, not with the whole. A bound
// above that trial hides it, as one that counts the input once for each column group does.
func TestTheSearchFindsAStreamedInput(t *testing.T) {
	d, net := oneDense(t, network.Shape{H: 1, W: 7, C: 146}, 13, func(s *arch.Spec) {
		s.Levels = []int{5}
		s.Array.Lanes, s.Array.Hold = 16, 8
		s.Memory = arch.Memory{WidthBits: 64, LatencyCycles: 10, BurstBeats: 16, Outstanding: 8}
		s.Buffers.Weight, s.Buffers.Parameter = 16<<10, 1<<12
	})
	for _, goal := range []Goal{Balanced, Latency} {
		s := searcher{d: d, options: &Options{Goal: goal}}
		all := waysOf(foldingsOfFirst(t, net, &s), d)
		searchWhole(t, &s, all)
		layers, err := plan(net, &s)
		require.NoError(t, err)
		require.Zero(t, layers[0].fold, "%s: want the input as it is", goal)
		all, err = layers[0].candidates(d)
		require.NoError(t, err)
		best, err := s.best(all)
		require.NoError(t, err)
		require.True(t, best.shape.streamed, "%s: %+v", goal, best.shape)
	}
}

// The largest tile of a 3 × 3 map that fits the output buffer, 2 × 2, takes more instructions
// than the program memory holds, 3 × 1 does not: what a trial without a program counts, nothing,
// is no count of the cells that work, and all cells would be idle in the bound.
func TestTheBoundOfIdleCellsIsOfATrialThatFits(t *testing.T) {
	spec := arch.DefaultSpec()
	spec.Levels = []int{3}
	spec.Array.Lanes, spec.Array.Cols, spec.Array.Requantisers, spec.Array.Hold = 4, 8, 8, 3
	spec.Memory = arch.Memory{WidthBits: 512, LatencyCycles: 1, BurstBeats: 1, Outstanding: 1}
	spec.Buffers = arch.Buffers{Activation: 8 << 10, Weight: 8 << 10, Parameter: 512, Output: 256}
	spec.Program = arch.Depths{Load: arch.MaxDepth, Compute: 128, Store: arch.MaxDepth}
	d, err := arch.New(spec)
	require.NoError(t, err)
	g := &network.Graph{Name: "small", Input: network.Shape{H: 5, W: 5, C: 9}, Layers: []network.Layer{
		{Name: "dw", Kind: network.Depthwise, Kernel: 3}, {Name: "fc", Kind: network.Dense, Out: 1}}}
	require.NoError(t, g.Resolve())
	net := simtest.FillSets(g, []quant.Levels{d.Sets[0], d.Sets[0]}, rand.New(rand.NewPCG(1, 1)))

	idle := func(c *machine.Counts) float64 { return float64(c[machine.CellIdle]) }
	s := searcher{d: d, options: &Options{Goal: Energy, Price: idle, Batch: 5}}
	layers, err := plan(net, &s)
	require.NoError(t, err)
	all, err := layers[0].candidates(d)
	require.NoError(t, err)
	searchWhole(t, &s, all)
	held := map[[2]int]bool{}
	for _, c := range all {
		held[[2]int{c.shape.rows, c.shape.cols}] = c.trial.fits
	}
	require.Equal(t, map[[2]int]bool{{3, 1}: true, {2, 2}: false, {2, 1}: false, {1, 3}: true, {1, 2}: false, {1, 1}: false}, held)
}

// oneDense is a 4 × 4 array of tables with buffers of 1 KiB or less, changed, and a
// network of one dense layer.
func oneDense(t *testing.T, in network.Shape, out int, change func(*arch.Spec)) (*arch.Design, *network.Integer) {
	t.Helper()
	spec := arch.DefaultSpec()
	spec.Levels = []int{3}
	spec.Array.Lanes, spec.Array.Cols, spec.Array.Requantisers, spec.Array.Hold, spec.Array.Cell = 4, 4, 1, 2, arch.CellTableLUT
	spec.Memory = arch.Memory{WidthBits: 64, LatencyCycles: 1, BurstBeats: 1, Outstanding: 1}
	spec.Buffers = arch.Buffers{Activation: 1 << 10, Weight: 1 << 10, Parameter: 1 << 8, Output: 1 << 9}
	change(&spec)
	d, err := arch.New(spec)
	require.NoError(t, err)
	g := &network.Graph{Name: "dense", Input: in, Layers: []network.Layer{{Name: "fc", Kind: network.Dense, Out: out}}}
	require.NoError(t, g.Resolve())
	return d, simtest.FillSets(g, d.Sets, rand.New(rand.NewPCG(1, 1)))
}
