package energy_test

import (
	"fmt"
	"maps"
	"math/bits"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/internal/needs"
	"lowres/internal/qor"
	"lowres/rtlgen"
	"lowres/sim/arch"
	"lowres/sim/energy"
	"lowres/sim/machine"
)

// What sums in two halves have more flip-flops than whole ones, module by module as Yosys
// leaves them, is what the model says.
func TestTheModelHasTheFlipFlopsOfSumsInTwoHalves(t *testing.T) {
	needs.Tools(t, "yosys")
	for _, c := range []struct {
		lanes, hold, blocks int
		ns                  []int
		custom              [][]int
	}{
		{8, 1, 1, []int{3}, nil}, {4, 5, 2, []int{17}, nil},
		{4, 2, 1, nil, [][]int{{-37, 37}}}, {4, 2, 1, nil, [][]int{{-128, 128}}},
	} {
		t.Run(fmt.Sprintf("%d lanes, N = %v, %v", c.lanes, c.ns, c.custom), func(t *testing.T) {
			s := arch.DefaultSpec()
			s.Target, s.Levels, s.Custom = arch.ICE40, c.ns, c.custom
			s.Array.Lanes, s.Array.Hold, s.Array.SumBlocks = c.lanes, c.hold, c.blocks
			wholeTree, wholeSums, before := flipFlops(t, s)
			s.Array.SkewedSums = true
			tree, sums, after := flipFlops(t, s)
			columns := s.Array.Cols
			require.Equal(t, columns*(tree-wholeTree), after[energy.DotProducts]-before[energy.DotProducts])
			require.Equal(t, columns*(sums-wholeSums), after[energy.Sums]-before[energy.Sums])
		})
	}
}

// Sums that are read ahead have the old one and its address more.
func TestTheModelHasTheFlipFlopsOfSumsReadAhead(t *testing.T) {
	needs.Tools(t, "yosys")
	for _, hold := range []int{1, 3} {
		s := arch.DefaultSpec()
		s.Target, s.Levels = arch.ICE40, []int{3}
		s.Array.Lanes, s.Array.Hold, s.Array.WeightTiles, s.Array.SumBlocks, s.Array.Requantisers = 4, hold, 1, 1, s.Array.Cols
		_, now, before := flipFlops(t, s)
		s.Array.Requantisers = s.Array.Cols / 2
		_, ahead, after := flipFlops(t, s)
		require.Greater(t, ahead, now)
		require.Equal(t, s.Array.Cols*(ahead-now), after[energy.Sums]-before[energy.Sums])
	}
}

// flipFlops counts those of a column's dot product and accumulators in their netlists, and is the model's
// of all columns.
func flipFlops(t *testing.T, s arch.Spec) (tree, sums int, model map[energy.Part]int) {
	t.Helper()
	d, err := arch.New(s)
	require.NoError(t, err)
	files, err := rtlgen.Generate(d)
	require.NoError(t, err)
	sources := map[string][]byte{}
	for _, f := range files {
		if name := path.Base(f.Name); name == "tree_adder.v" || strings.HasPrefix(name, "accumulator") {
			sources[name] = f.Text
		}
	}
	shape := machine.ShapeOf(d)
	sum := shape.CellBits + bits.Len(uint(s.Array.Lanes-1))
	if shape.Digits > 1 {
		sum += 2*shape.Digits - 1
	}
	count := func(module, parameters string) int {
		own := map[string][]byte{"column.v": fmt.Appendf(nil, "module column;\n  (* keep *) %s #(%s) part ();\nendmodule\n", module, parameters)}
		maps.Copy(own, sources)
		job := qor.Job{Flow: qor.Flow{Name: "ice40", Command: "synth_ice40 -noflatten -top %s"}, Top: "column", Sources: own}
		modules, err := job.Modules(t.Context(), t.TempDir())
		require.NoError(t, err)
		return below(modules, "column")
	}
	positions := max(1, bits.Len(uint(s.Array.Hold-1)))
	tree = count("dot_product", fmt.Sprintf(".Lanes(%d), .Digits(%d), .CellW(%d), .SumW(%d), .EarlySign(1)", s.Array.Lanes, shape.Digits, shape.CellBits, sum))
	accumulator := "accumulator"
	if d.SumsReadAhead() {
		accumulator = "accumulator_ahead"
	}
	sums = count(accumulator, fmt.Sprintf(".AddrW(%d), .SumW(%d), .AccW(%d)", positions+s.Array.SumBlocks-1, sum, s.Array.AccumulatorBits))
	return tree, sums, energy.FlipFlops(d)
}

// below counts the flip-flops of a module and of all that it is made of.
func below(modules map[string]qor.Cells, module string) (n int) {
	for cell, count := range modules[module] {
		switch _, own := modules[cell]; {
		case own:
			n += count * below(modules, cell)
		case strings.HasPrefix(cell, "SB_DFF"):
			n += count
		}
	}
	return n
}
