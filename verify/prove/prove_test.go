package prove

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lowres/internal/needs"
	"lowres/quant"
	"lowres/rtlgen"
	"lowres/sim/arch"
)

// limit is the processor time that any one proof may take here.
const limit = 2 * time.Minute

// example is a design of examples/, tiny if no other is named.
func example(t *testing.T, name string) *arch.Design {
	t.Helper()
	if name == "" {
		name = "tiny"
	}
	d, err := arch.ReadFile("../../examples/" + name + ".yaml")
	require.NoError(t, err)
	return d
}

func TestEveryProofOfTheTinyDesignHolds(t *testing.T) {
	needs.Tools(t, "yosys")
	requireProved(t, example(t, "tiny"), nil)
}

// The engines of small differ from tiny's in parameters alone, and take the most
// time; lowres prove proves them too.
func TestTheSmallDesignsDataPathHolds(t *testing.T) {
	needs.Tools(t, "yosys")
	requireProved(t, example(t, "small"), []string{
		"small_decode_n3", "small_decode_n5", "lane_tree", "digit_sum", "dot_product", "requantise", "accumulator", "drain"})
}

func TestDecodersOfEveryPackingAndCellsOfEveryLevelSetHold(t *testing.T) {
	needs.Tools(t, "yosys")
	for _, p := range quant.Packings() {
		s := example(t, "tiny").Spec
		s.Levels, s.Weights.Packing = quant.PaperN(), p
		s.Custom = [][]int{{-9, -2, 0, 2, 9}}
		d, err := arch.New(s)
		require.NoError(t, err)
		modules := []string{"tiny_decode_custom0", "tiny_decode_n3", "tiny_decode_n5", "tiny_decode_n9", "tiny_decode_n17"}
		if p == quant.Byte { // powers of two are a table of their codes in the others too
			modules = append(modules, "tiny_decode_n2", "tiny_decode_n4", "tiny_decode_n8", "tiny_decode_n16", "lane_tree", "digit_sum", "dot_product")
		}
		requireProved(t, d, modules)
	}
}

func TestTheProtocolsOfOneOrTwoTilesAndBlocksHold(t *testing.T) {
	needs.Tools(t, "yosys")
	for _, single := range [][2]int{{2, 2}, {1, 2}, {2, 1}} {
		s := example(t, "tiny").Spec
		s.Array.WeightTiles, s.Array.SumBlocks = single[0], single[1]
		d, err := arch.New(s)
		require.NoError(t, err)
		requireProved(t, d, []string{"compute_sequencer", "drain"})
	}
}

// Of either pipeline, with the narrowest and the widest sums.
func TestRequantisersOfBothPipelinesHold(t *testing.T) {
	needs.Tools(t, "yosys")
	for _, stages := range []int{arch.FewStages, arch.ManyStages} {
		for _, bits := range []int{12, 32} {
			s := example(t, "tiny").Spec
			s.Array.RequantiserStages, s.Array.AccumulatorBits = stages, bits
			d, err := arch.New(s)
			require.NoError(t, err)
			requireProved(t, d, []string{"requantise", "multiplier", "drain"})
		}
	}
}

// Of one digit and of two, three and four, which weigh and add up in ways of their own.
func TestSumsInTwoHalvesHold(t *testing.T) {
	needs.Tools(t, "yosys")
	for _, c := range []struct {
		lanes int
		ns    []int
		more  [][]int
	}{{16, []int{3}, nil}, {8, []int{2, 5}, nil}, {4, []int{17}, nil}, {4, nil, [][]int{{-37, 37}}}, {4, nil, [][]int{{-128, -1, 1, 128}}}} {
		s := example(t, "tiny").Spec
		s.Target, s.Array.SkewedSums, s.Array.Lanes = arch.ICE40, true, c.lanes
		s.Levels, s.Custom, s.Weights.Packing = c.ns, c.more, quant.Byte
		d, err := arch.New(s)
		require.NoError(t, err)
		requireProved(t, d, []string{"lane_tree", "digit_sum", "dot_product", "accumulator"})
	}
}

func TestTheMemoriesOfTablesAndTheirWeightsHold(t *testing.T) {
	needs.Tools(t, "yosys")
	for _, c := range []struct {
		cell  arch.Cell
		ns    []int
		tiles int
	}{{arch.CellTableLUT, []int{2, 5, 17}, 2}, {arch.CellTableBlock, []int{3}, 1}} {
		s := example(t, "tiny").Spec
		s.Array.Cell, s.Levels, s.Array.WeightTiles, s.Array.SumBlocks = c.cell, c.ns, c.tiles, c.tiles
		s.Weights.Packing = quant.Byte
		s.Custom = [][]int{{-4, -1, 0, 1, 4}}
		d, err := arch.New(s)
		require.NoError(t, err)
		requireProved(t, d, []string{"tiny_table_levels", "sum_table", "table_sequencer", "drain"})
	}
}

// requireProved proves a design's modules, nil for all.
func requireProved(t *testing.T, d *arch.Design, modules []string) {
	t.Helper()
	proofs, err := Run(t.Context(), d, Options{Modules: modules, Timeout: limit})
	require.NoError(t, err)
	require.NotEmpty(t, proofs)
	for _, p := range proofs {
		t.Logf("%s %s: %s: %.1f s", p.Module, p.Parameters, p.Property, p.Took.Seconds())
		require.Equal(t, Proved, p.Result, p.Explain())
		require.NotEmpty(t, p.Checks)
		for _, c := range p.Checks {
			require.NotEmpty(t, c.Text, "%s of %s needs a comment", c.Name, p.Module)
		}
	}
}

func TestATimeLimitIsUnknownNotProved(t *testing.T) {
	needs.Tools(t, "yosys")
	proofs, err := Run(t.Context(), example(t, "tiny"), Options{Modules: []string{"store_engine"}, Timeout: 50 * time.Millisecond})
	require.NoError(t, err)
	require.Equal(t, Unknown, proofs[0].Result)
	require.Equal(t, "no answer within 50ms", proofs[0].Note)
}

func TestAModuleWithoutAProofIsNamed(t *testing.T) {
	needs.Tools(t, "yosys")
	_, err := Run(t.Context(), example(t, "tiny"), Options{Modules: []string{"delay_line"}})
	require.ErrorIs(t, err, ErrModule)
	require.ErrorContains(t, err, `module without a proof: "delay_line": want one of tiny_decode_n3, lane_tree, `)
}

func TestACoreWithoutItsConstantsIsNamed(t *testing.T) {
	d := example(t, "tiny")
	_, err := goals(d, []rtlgen.File{{Name: "tiny_core.v", Text: []byte("module tiny_core; endmodule")}})
	require.ErrorContains(t, err, "tiny_core.v: localparam Lanes: want a number above 0")
}

func TestACounterexampleReadsAsSignedAndUnsignedNumbers(t *testing.T) {
	log := "     2 \\act_i      255    ff  11111111\n     2 \\sum_o    -1   f   1111\n" +
		"     2 \\ok_sum    0   0   0\n     2 \\clk_i   0  0  0\n     2 \\addr_o   --   --  11110000111100001\n"
	trace, violated := counterexample(log, harness{signed: map[string]bool{"sum_o": true}})
	require.Equal(t, []string{"ok_sum"}, violated)
	require.Equal(t, []Value{{2, "act_i", "255"}, {2, "sum_o", "-1"}, {2, "addr_o", "0x1e1e1"}}, trace)
}

// The cells of every target, in trees of both kinds and with registers behind every
// second level.
func TestTheCellsOfEveryTargetHold(t *testing.T) {
	needs.Tools(t, "yosys")
	for _, target := range arch.Targets()[1:] {
		for _, levels := range []int{3, 5} {
			s := example(t, "tiny").Spec
			s.Target, s.Levels, s.Array.Lanes, s.Array.LevelsPerStage = target, []int{levels}, 8, 2
			d, err := arch.New(s)
			require.NoError(t, err)
			modules := map[arch.Target][]string{
				arch.Xilinx7: {"lane_tree", "dot_product", "lane_cell", "ternary_adder"}, arch.ECP5: {"lane_tree", "digit_sum", "dot_product", "tree_adder"}, arch.ICE40: {"lane_tree", "digit_sum", "dot_product"},
			}
			requireProved(t, d, modules[target])
		}
	}
}
