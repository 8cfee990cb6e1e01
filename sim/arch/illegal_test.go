package arch

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/quant"
)

// illegal are designs with one fault each: the field, what is done to a sound design, and
// the rule that the error states behind field and value.
var illegal = []struct {
	field  string
	change func(*Spec)
	rule   string
}{
	{"name", func(s *Spec) { s.Name = "" }, "1 to 40 of a-z"},
	{"name", func(s *Spec) { s.Name = "9a" }, "not starting with a digit"},
	{"name", func(s *Spec) { s.Name = "a-b" }, "1 to 40 of a-z"},
	{"name", func(s *Spec) { s.Name = strings.Repeat("a", 41) }, "1 to 40 of a-z"},
	{"array.lanes", func(s *Spec) { s.Array.Lanes = 2 }, "a power of two from 4 to 64"},
	{"array.lanes", func(s *Spec) { s.Array.Lanes = 24 }, "a power of two from 4 to 64"},
	{"array.lanes", func(s *Spec) { s.Array.Lanes = 128 }, "a power of two from 4 to 64"},
	{"array.cols", func(s *Spec) { s.Array.Cols = 2 }, "a power of two from 4 to 64"},
	{"array.cols", func(s *Spec) { s.Array.Cols = 20 }, "a power of two from 4 to 64"},
	{"array.cols", func(s *Spec) { s.Array.Cols = 128 }, "a power of two from 4 to 64"},
	{"array.pixels", func(s *Spec) { s.Array.Pixels = 0 }, "a power of two from 1 to 8"},
	{"array.pixels", func(s *Spec) { s.Array.Pixels = 3 }, "a power of two from 1 to 8"},
	{"array.pixels", func(s *Spec) { s.Array.Pixels = 16 }, "a power of two from 1 to 8"},
	{"array.pixels", func(s *Spec) { s.Array.Cell, s.Array.Pixels = CellTableLUT, 2 }, "1 with array.cell table_lutram"},
	{"array.hold", func(s *Spec) { s.Array.Hold = 0 }, "1 to 64"},
	{"array.hold", func(s *Spec) { s.Array.Hold = 65 }, "1 to 64"},
	{"array.accumulator_bits", func(s *Spec) { s.Array.AccumulatorBits = 11 }, "12 to 32"},
	{"array.accumulator_bits", func(s *Spec) { s.Array.AccumulatorBits = 33 }, "12 to 32"},
	{"array.requantisers", func(s *Spec) { s.Array.Requantisers = 0 }, "a power of two from 1 to 16"},
	{"array.requantisers", func(s *Spec) { s.Array.Requantisers = 3 }, "a power of two from 1 to 16"},
	{"array.requantisers", func(s *Spec) { s.Array.Requantisers = 32 }, "a power of two from 1 to 16"}, // more than columns
	{"array.requantiser_stages", func(s *Spec) { s.Array.RequantiserStages = 0 }, "4 or 10"},
	{"array.requantiser_stages", func(s *Spec) { s.Array.RequantiserStages = 8 }, "4 or 10"},
	{"array.weight_tiles", func(s *Spec) { s.Array.WeightTiles = 0 }, "1 to 2"},
	{"array.weight_tiles", func(s *Spec) { s.Array.WeightTiles = 3 }, "1 to 2"},
	{"array.sum_blocks", func(s *Spec) { s.Array.SumBlocks = 0 }, "1 to 2"},
	{"array.sum_blocks", func(s *Spec) { s.Array.SumBlocks = 3 }, "1 to 2"},
	{"array.tree_levels_per_stage", func(s *Spec) { s.Array.LevelsPerStage = 0 }, "1 to 8"},
	{"array.tree_levels_per_stage", func(s *Spec) { s.Array.LevelsPerStage = 9 }, "1 to 8"},
	{"array.tree_levels_per_stage", func(s *Spec) { s.Array.Cell, s.Array.LevelsPerStage = CellTableLUT, 2 }, "1 with array.cell table_lutram"},
	{"array.skewed_sums", func(s *Spec) { s.Array.SkewedSums = true }, "false with target portable"},
	{"array.skewed_sums", func(s *Spec) { s.Target, s.Array.SkewedSums, s.Array.LevelsPerStage = ICE40, true, 2 }, "false with array.tree_levels_per_stage 2"},
	{"target", func(s *Spec) { s.Target = "spartan" }, "one of [portable xilinx7 ecp5 ice40]"},
	{"target", func(s *Spec) { s.Array.Cell, s.Target = CellTableBlock, ICE40 }, "portable with array.cell table_blockram"},
	{"array.cell", func(s *Spec) { s.Array.Cell = "table" }, "one of [select table_lutram table_blockram]"},
	{"weights.packing", func(s *Spec) { s.Array.Cell, s.Weights.Packing = CellTableLUT, quant.Word }, "byte with array.cell table_lutram"},
	{"weights.decode", func(s *Spec) { s.Array.Cell, s.Weights.Decode = CellTableBlock, DecodeAtLoad }, "array with array.cell table_blockram"},
	{"custom_levels[0]", func(s *Spec) {
		s.Array.Cell, s.Custom = CellTableLUT, [][]int{nil}
		for v := -16; v <= 16; v++ {
			s.Custom[0] = append(s.Custom[0], v)
		}
	}, "at most 32 levels with array.cell table_lutram"},
	{"levels", func(s *Spec) { s.Levels = nil }, "at least one of [2 3 4 5 8 9 16 17], or custom_levels"},
	{"levels[0]", func(s *Spec) { s.Levels = []int{6} }, "one of [2 3 4 5 8 9 16 17], each once"},
	{"levels[1]", func(s *Spec) { s.Levels = []int{3, 3} }, "one of [2 3 4 5 8 9 16 17], each once"},
	{"custom_levels[0]", func(s *Spec) { s.Custom = [][]int{{0}} }, "2 to 33"},
	{"custom_levels[0]", func(s *Spec) { s.Custom = [][]int{{1, -1}} }, ""},
	{"custom_levels[0]", func(s *Spec) { s.Custom = [][]int{{-129, 129}} }, "−128 to 128"},
	{"custom_levels[0]", func(s *Spec) { s.Custom = [][]int{{-2, 1}} }, "its negative"},
	{"custom_levels[0]", func(s *Spec) { s.Custom = [][]int{{-1, 0, 1}} }, "a set that levels and those before do not have"},
	{"custom_levels[1]", func(s *Spec) { s.Custom = [][]int{{-7, 7}, {-7, 7}} }, "a set that levels and those before do not have"},
	{"custom_levels", func(s *Spec) {
		for i := range 16 {
			s.Custom = append(s.Custom, []int{-20 - i, 20 + i})
		}
	}, "at most 15 sets"},
	{"weights.packing", func(s *Spec) { s.Weights.Packing = "nibble" }, "one of [byte word plain]"},
	{"weights.decode", func(s *Spec) { s.Weights.Decode = "store" }, "array or load"},
	{"buffers.activation_bytes", func(s *Spec) { s.Buffers.Activation = 128 }, "a power of two from 256"},
	{"buffers.activation_bytes", func(s *Spec) { s.Buffers.Activation = 3000 }, "a power of two from 256"},
	{"buffers.activation_bytes", func(s *Spec) { s.Array.Lanes, s.Buffers.Activation = 4, 1<<19 }, "at most 262144: word addresses have 16 bits"},
	{"buffers.weight_bytes", func(s *Spec) { s.Buffers.Weight = 128 }, "a power of two from 256"},
	{"buffers.weight_bytes", func(s *Spec) { s.Buffers.Weight = 2 << 20 }, "a power of two from 256"},
	{"buffers.weight_bytes", func(s *Spec) { s.Memory.WidthBits, s.Buffers.Weight = 64, 1<<20 }, "at most 524288: word addresses have 16 bits"},
	{"buffers.weight_bytes", func(s *Spec) { s.Array.Lanes, s.Array.Cols, s.Buffers.Weight = 64, 32, 256 }, "at least 416: a tile of 64 × 32 weights of N=3"},
	{"buffers.parameter_bytes", func(s *Spec) { s.Buffers.Parameter = 0 }, "a power of two from 256"},
	{"buffers.parameter_bytes", func(s *Spec) { s.Memory.WidthBits, s.Buffers.Parameter = 64, 1<<20 }, "at most 524288: word addresses have 16 bits"},
	{"buffers.parameter_bytes", func(s *Spec) { s.Array.Cols, s.Buffers.Parameter = 64, 512 }, "at least 1024: the parameters of two groups of 64 columns"},
	{"buffers.output_bytes", func(s *Spec) { s.Buffers.Output = 0 }, "a power of two from 256"},
	{"buffers.output_bytes", func(s *Spec) { s.Array.Cols, s.Array.Requantisers, s.Buffers.Output = 4, 4, 1<<19 }, "at most 262144: word addresses have 16 bits"},
	{"buffers.table_bytes", func(s *Spec) { s.Buffers.Table = 128 }, "a power of two from 256 to 2048"},
	{"buffers.table_bytes", func(s *Spec) { s.Buffers.Table = 768 }, "a power of two from 256 to 2048"},
	{"buffers.table_bytes", func(s *Spec) { s.Buffers.Table = 4096 }, "a power of two from 256 to 2048"},
	{"program.load", func(s *Spec) { s.Program.Load = 2 }, "a power of two from 4 to 4096"},
	{"program.load", func(s *Spec) { s.Program.Load = 8192 }, "a power of two from 4 to 4096"},
	{"program.compute", func(s *Spec) { s.Program.Compute = 100 }, "a power of two from 4 to 4096"},
	{"program.store", func(s *Spec) { s.Program.Store = 0 }, "a power of two from 4 to 4096"},
	{"memory.width_bits", func(s *Spec) { s.Memory.WidthBits = 32 }, "a power of two from 64 to 512"},
	{"memory.width_bits", func(s *Spec) { s.Memory.WidthBits = 96 }, "a power of two from 64 to 512"},
	{"memory.width_bits", func(s *Spec) { s.Memory.WidthBits, s.Memory.BurstBeats = 1024, 1 }, "a power of two from 64 to 512"},
	{"memory.latency_cycles", func(s *Spec) { s.Memory.LatencyCycles = 0 }, "1 to 1000"},
	{"memory.latency_cycles", func(s *Spec) { s.Memory.LatencyCycles = 1001 }, "1 to 1000"},
	{"memory.burst_beats", func(s *Spec) { s.Memory.BurstBeats = 0 }, "a power of two from 1 to 256"},
	{"memory.burst_beats", func(s *Spec) { s.Memory.BurstBeats = 12 }, "a power of two from 1 to 256"},
	{"memory.burst_beats", func(s *Spec) { s.Memory.WidthBits, s.Memory.BurstBeats = 512, 128 }, "at most 64: an AXI burst stays within 4096 bytes"},
	{"memory.outstanding", func(s *Spec) { s.Memory.Outstanding = 0 }, "1 to 16"},
	{"memory.outstanding", func(s *Spec) { s.Memory.Outstanding = 17 }, "1 to 16"},
	{"memory.stall_percent", func(s *Spec) { s.Memory.StallPercent = -1 }, "0 to 90"},
	{"memory.stall_percent", func(s *Spec) { s.Memory.StallPercent = 91 }, "0 to 90"},
	{"memory.stall_seed", func(s *Spec) { s.Memory.StallSeed = -1 }, "0 to 2147483647"},
	{"counters", func(s *Spec) { s.Counters = "none" }, "all or cycles"},
	{"clock_mhz", func(s *Spec) { s.ClockMHz = 0 }, "above 0 and at most 10000"},
	{"clock_mhz", func(s *Spec) { s.ClockMHz = math.NaN() }, "above 0 and at most 10000"},
	{"clock_mhz", func(s *Spec) { s.ClockMHz = 10001 }, "above 0 and at most 10000"},
	{"technology", func(s *Spec) { s.Technology = "" }, "the name of a technology"},
}

// Every illegal design is refused with one error, that of the field at fault.
func TestEveryIllegalDesignIsRefusedWithFieldAndRule(t *testing.T) {
	covered := map[string]bool{}
	for _, c := range illegal {
		s := DefaultSpec()
		c.change(&s)
		_, err := New(s)
		require.ErrorIs(t, err, ErrSpec, "%s", c.field)
		require.ErrorContains(t, err, "design: "+c.field+": ")
		require.ErrorContains(t, err, c.rule)
		var all interface{ Unwrap() []error }
		require.True(t, errors.As(err, &all))
		require.Len(t, all.Unwrap(), 1, "%v", err)
		field, _, _ := strings.Cut(c.field, "[")
		covered[field] = true
	}
	for field := range fieldsOf(reflect.ValueOf(DefaultSpec()), "") {
		require.True(t, covered[field], "no illegal value of %s is tested", field)
	}
}
