package hdl_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/hdl"
)

func TestALaneCellIsTheActivationTimesTheDigit(t *testing.T) {
	for _, c := range []struct{ cellW, early int }{{9, 0}, {9, 1}, {9, 2}, {8, 0}, {8, 1}, {8, 2}} {
		t.Run(fmt.Sprintf("of %d bits, early %d", c.cellW, c.early), func(t *testing.T) {
			b := bench{
				module: "lane_cell", params: fmt.Sprintf(".CellW(%d), .Early(%d)", c.cellW, c.early), sources: []string{"lane_cell.v"}, latency: 1,
				inputs:  []port{{"act_i", 8}, {"digit_i", 3}, {"frame_i", 1}},
				outputs: []port{{"value_o", c.cellW}, {"negative_o", 1}},
			}
			digits := map[int]uint64{-1: 4, 0: 1, 1: 0}
			if c.cellW == 9 {
				digits[-2], digits[2] = 6, 2
			}
			for a := -128; a < 128; a++ {
				for digit := -2; digit <= 2; digit++ {
					code, ok := digits[digit]
					if !ok {
						continue
					}
					for frame := range uint64(2) {
						size, negative := uint64(max(digit, -digit)*a), bit(digit < 0)
						if c.early == 2 {
							size, negative = size^-negative^-frame, frame
						}
						b.rows = append(b.rows, []uint64{uint64(a), code, frame, size, negative})
					}
				}
			}
			b.run(t)
		})
	}
}

func TestATreeAdderSettlesTheDifferenceOfItsSigns(t *testing.T) {
	for _, shift := range []int{0, 2} {
		t.Run(fmt.Sprintf("shifted by %d", shift), func(t *testing.T) {
			const leftW, rightW, sumW = 8, 7, 10
			rng := rand.New(rand.NewPCG(16, uint64(shift)))
			b := bench{
				module: "tree_adder", params: fmt.Sprintf(".LeftW(%d), .RightW(%d), .Shift(%d), .SumW(%d)", leftW, rightW, shift, sumW),
				sources: []string{"tree_adder.v", "pipeline_stages.v"}, latency: 1,
				inputs:  []port{{"left_i", leftW}, {"left_negative_i", 1}, {"right_i", rightW}, {"right_negative_i", 1}},
				outputs: []port{{"sum_o", sumW}, {"negative_o", 1}},
			}
			for range 1000 {
				left, right := rng.Int64N(1<<leftW)-1<<(leftW-1), rng.Int64N(1<<rightW)-1<<(rightW-1)
				ln, rn := rng.Int64N(2), rng.Int64N(2)
				sum := (left ^ -ln) + (right^-rn)<<shift
				b.rows = append(b.rows, []uint64{uint64(left), uint64(ln), uint64(right), uint64(rn), uint64(sum ^ -ln), uint64(ln)})
			}
			b.run(t)
		})
	}
}

// halvesAdder is an adder of sums in two halves that takes whole numbers, and whose sum is whole
// and has no open sign. Cells come whole to the adder too.
const halvesAdder = `module adder (
  input wire clk_i, input wire [%[1]d:0] left_i, input wire left_negative_i, input wire [%[2]d:0] right_i, input wire right_negative_i,
  output wire [%[3]d:0] sum_o
);
  reg [%[1]d:7] left_high;
  reg [%[2]d:7] right_high;
  wire [%[3]d:0] sum;
  wire negative;
  reg [6:0] low;
  reg inverted;
  always @(posedge clk_i) begin
    left_high <= ~left_i[%[1]d:7];
    right_high <= ~right_i[%[2]d:7];
    {inverted, low} <= {negative, sum[6:0]};
  end
  wire [%[1]d:0] left = %[5]d ? left_i : {left_high, left_i[6:0]};
  wire [%[2]d:0] right = %[5]d ? right_i : {right_high, right_i[6:0]};
  tree_adder #(.LeftW(%[1]d + 1), .RightW(%[2]d + 1), .Shift(%[4]d), .SumW(%[3]d + 1), .Close(%[5]d)) sums (.clk_i(clk_i), .left_i(left),
    .left_negative_i(left_negative_i), .right_i(right), .right_negative_i(right_negative_i), .sum_o(sum), .negative_o(negative));
  assign sum_o = {~sum[%[3]d:7], low} ^ {%[3]d + 1{inverted}};
endmodule
`

func TestATreeAdderOfTwoHalvesAddsNumbersOfEverySign(t *testing.T) {
	for _, c := range []struct{ leftW, rightW, shift, sumW, closed int }{
		{8, 8, 0, 9, 1}, {9, 9, 0, 10, 1}, {9, 9, 0, 10, 0}, {13, 13, 0, 14, 0}, {13, 13, 2, 16, 0}, {16, 13, 4, 18, 0}, {16, 16, 4, 21, 0},
	} {
		t.Run(fmt.Sprintf("of %d and %d bits, shifted by %d, closed %d", c.leftW, c.rightW, c.shift, c.closed), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(22, uint64(c.sumW)))
			b := bench{
				module: "adder", sources: []string{"skewed/tree_adder.v"}, latency: 2,
				more:    []hdl.Source{{Name: "adder.v", Text: fmt.Appendf(nil, halvesAdder, c.leftW-1, c.rightW-1, c.sumW-1, c.shift, c.closed)}},
				inputs:  []port{{"left_i", c.leftW}, {"left_negative_i", 1}, {"right_i", c.rightW}, {"right_negative_i", 1}},
				outputs: []port{{"sum_o", c.sumW}},
			}
			for range 2000 {
				left, right := rng.Int64N(1<<c.leftW)-1<<(c.leftW-1), rng.Int64N(1<<c.rightW)-1<<(c.rightW-1)
				ln, rn := rng.Int64N(2), rng.Int64N(2)
				b.rows = append(b.rows, []uint64{uint64(left), uint64(ln), uint64(right), uint64(rn), uint64((left ^ -ln) + (right^-rn)<<c.shift)})
			}
			b.run(t)
		})
	}
}

func TestALaneTreeAddsItsCells(t *testing.T) {
	const lanes = 4
	for _, c := range []struct{ cellW, early int }{{8, 0}, {8, 1}, {9, 0}, {9, 1}} {
		t.Run(fmt.Sprintf("of %d bits, early %d", c.cellW, c.early), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(18, uint64(c.cellW)))
			b := bench{
				module:  "lane_tree",
				params:  fmt.Sprintf(".Lanes(%d), .CellW(%d), .SumW(%d), .AllLevels(2), .EarlySign(%d)", lanes, c.cellW, c.cellW+2, c.early),
				sources: []string{"lane_tree.v", "lane_cell.v", "tree_adder.v", "pipeline_stages.v"}, latency: 3,
				inputs:  []port{{"act_i", 8 * lanes}, {"digits_i", 3 * lanes}},
				outputs: []port{{"sum_o", c.cellW + 2}, {"negative_o", 1}},
			}
			for range 1000 {
				act, digits, sum := uint64(0), uint64(0), 0
				for l := range lanes {
					a, digit := rng.IntN(256)-128, rng.IntN(2*(c.cellW-7)+1)-(c.cellW-7)
					act |= uint64(uint8(a)) << (8 * l)
					digits |= digitCode(digit, 1) << (3 * l)
					sum += max(digit, -digit)*a ^ -int(bit(digit < 0))
				}
				open := digits >> 2 & uint64(1-c.early)
				b.rows = append(b.rows, []uint64{act, digits, uint64(sum) ^ -open, open})
			}
			b.run(t)
		})
	}
}

func TestADigitSumWeighsItsDigits(t *testing.T) {
	const inW = 9
	for digits := 2; digits <= 4; digits++ {
		t.Run(fmt.Sprintf("of %d digits", digits), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(19, uint64(digits)))
			b := bench{
				module: "digit_sum", params: fmt.Sprintf(".Digits(%d), .InW(%d), .SumW(%d)", digits, inW, inW+2*digits-1),
				sources: []string{"digit_sum.v", "tree_adder.v", "pipeline_stages.v"}, latency: digits/3 + 1,
				inputs:  []port{{"sums_i", inW * digits}, {"negatives_i", digits}},
				outputs: []port{{"sum_o", inW + 2*digits - 1}, {"negative_o", 1}},
			}
			for range 1000 {
				sums, negatives, sum := uint64(0), rng.Uint64N(1<<digits), int64(0)
				for d := range digits {
					digit := rng.Int64N(1<<inW) - 1<<(inW-1)
					sums |= uint64(digit) & (1<<inW - 1) << (inW * d)
					sum += (digit ^ -int64(negatives>>d&1)) << (2 * d)
				}
				open := negatives & 1
				b.rows = append(b.rows, []uint64{sums, negatives, uint64(sum) ^ -open, open})
			}
			b.run(t)
		})
	}
}

func TestPipelineStagesDelay(t *testing.T) {
	for stages := 1; stages <= 3; stages++ {
		t.Run(fmt.Sprintf("by %d", stages), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(20, uint64(stages)))
			b := bench{
				module: "pipeline_stages", params: fmt.Sprintf(".Width(5), .Stages(%d)", stages), sources: []string{"pipeline_stages.v"},
				latency: stages, inputs: []port{{"data_i", 5}}, outputs: []port{{"data_o", 5}},
			}
			for range 200 {
				data := rng.Uint64N(32)
				b.rows = append(b.rows, []uint64{data, data})
			}
			b.run(t)
		})
	}
}

func TestAnAccumulatorKeepsASumForEachPosition(t *testing.T) {
	for _, c := range []struct{ sumW, accW int }{{9, 14}, {13, 12}} {
		t.Run(fmt.Sprintf("of %d bits for sums of %d", c.accW, c.sumW), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(17, uint64(c.accW)))
			b := bench{
				module: "accumulator", params: fmt.Sprintf(".AddrW(3), .SumW(%d), .AccW(%d)", c.sumW, c.accW), sources: []string{"accumulator.v"}, latency: 1,
				inputs:  []port{{"valid_i", 1}, {"first_i", 1}, {"addr_i", 3}, {"sum_i", c.sumW}, {"negative_i", 1}, {"drain_addr_i", 3}},
				outputs: []port{{"drain_o", c.accW}},
			}
			b.rows = accumulatorRows(t, rng, c.sumW, c.accW)
			b.run(t)
		})
	}
}

// accumulatorRows draw what is added up at which of eight positions, and which one is read.
func accumulatorRows(t *testing.T, rng *rand.Rand, sumW, accW int) (rows [][]uint64) {
	t.Helper()
	var sums [8]int64
	var known [8]bool
	read := 0
	for range 2000 {
		valid, first, at, drain := bit(rng.IntN(4) > 0), bit(rng.IntN(4) == 0), rng.Uint64N(8), rng.Uint64N(8)
		sum, negative := rng.Int64N(1<<sumW)-1<<(sumW-1), rng.Int64N(2)
		if valid == 1 {
			if first == 1 {
				sums[at], known[at] = 0, true
			}
			sums[at] += sum ^ -negative
		}
		want := uint64(sums[drain]) & (1<<accW - 1)
		if !known[drain] {
			want = free
		}
		read += int(bit(want != free))
		rows = append(rows, []uint64{valid, first, at, uint64(sum), uint64(negative), drain, want})
	}
	require.Greater(t, read, 1500)
	return rows
}

func TestAnAccumulatorThatReadsAheadKeepsASumForEachPosition(t *testing.T) {
	for _, c := range []struct{ sumW, accW int }{{9, 14}, {13, 12}} {
		t.Run(fmt.Sprintf("of %d bits for sums of %d", c.accW, c.sumW), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(23, uint64(c.accW)))
			b := bench{
				module: "accumulator_ahead", params: fmt.Sprintf(".AddrW(3), .SumW(%d), .AccW(%d)", c.sumW, c.accW), sources: []string{"accumulator_ahead.v"}, latency: 1,
				inputs:  []port{{"first_i", 1}, {"addr_i", 3}, {"valid_i", 1}, {"sum_i", c.sumW}, {"negative_i", 1}},
				outputs: []port{{"drain_o", c.accW}},
			}
			var sums [8]uint64 // from which free is read until they are written
			for i := range sums {
				sums[i] = free
			}
			old, written, read := uint64(free), uint64(0), 0
			for range 2000 {
				first, at, valid := bit(rng.IntN(4) == 0), rng.Uint64N(8), bit(rng.IntN(4) > 0)
				sum, negative := rng.Int64N(1<<c.sumW)-1<<(c.sumW-1), rng.Int64N(2)
				next := sums[at] // as it is before this cycle's sum
				if first == 1 {
					next = 0
				}
				if valid == 1 && old != free {
					sums[written] = (old + uint64(sum^-negative)) & (1<<c.accW - 1)
				} else if valid == 1 {
					sums[written] = free
				}
				old, written = next, at
				read += int(bit(next != free))
				b.rows = append(b.rows, []uint64{first, at, valid, uint64(sum), uint64(negative), next})
			}
			require.Greater(t, read, 1500)
			b.run(t)
		})
	}
}

// halves is an accumulator of sums in two halves that takes whole ones. Sums are read two cycles
// after what is added up, when the low halves have what comes in the cycle after too.
const halves = `module halves (
  input wire clk_i, input wire valid_i, input wire first_i, input wire [2:0] addr_i, input wire [%[1]d:0] sum_i,
  input wire negative_i, input wire [2:0] drain_addr_i, output wire [%[2]d:0] drain_o
);
  reg [%[1]d:7] high;
  reg [2:0] before, drain;
  always @(posedge clk_i) begin
    high <= ~sum_i[%[1]d:7];
    {drain, before} <= {before, drain_addr_i};
  end
  accumulator #(.AddrW(3), .SumW(%[3]d), .AccW(%[4]d)) sums (.clk_i(clk_i), .valid_i(valid_i), .first_i(first_i), .addr_i(addr_i),
    .sum_i({high, sum_i[6:0]}), .negative_i(negative_i), .drain_addr_i(drain), .drain_o(drain_o));
endmodule
`

func TestAnAccumulatorOfTwoHalvesKeepsASumForEachPosition(t *testing.T) {
	for _, c := range []struct{ sumW, accW int }{{10, 12}, {13, 24}, {16, 12}, {22, 32}} {
		t.Run(fmt.Sprintf("of %d bits for sums of %d", c.accW, c.sumW), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(21, uint64(c.accW)))
			b := bench{
				module: "halves", sources: []string{"skewed/accumulator.v"}, latency: 2,
				more:    []hdl.Source{{Name: "halves.v", Text: fmt.Appendf(nil, halves, c.sumW-1, c.accW-1, c.sumW, c.accW)}},
				inputs:  []port{{"valid_i", 1}, {"first_i", 1}, {"addr_i", 3}, {"sum_i", c.sumW}, {"negative_i", 1}, {"drain_addr_i", 3}},
				outputs: []port{{"drain_o", c.accW}},
			}
			b.rows = accumulatorRows(t, rng, c.sumW, c.accW)
			for i, row := range b.rows[1:] {
				if row[0] == 1 && row[2] == b.rows[i][5] {
					b.rows[i][6] = free
				}
			}
			b.run(t)
		})
	}
}

func TestTheMultiplierIsExact(t *testing.T) {
	for _, sumW := range []int{12, 24, 32} {
		t.Run(fmt.Sprintf("for sums of %d bits", sumW), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(18, uint64(sumW)))
			b := bench{
				module: "multiplier", params: fmt.Sprintf(".SumW(%d)", sumW), sources: []string{"multiplier.v"},
				inputs:  []port{{"sum_i", sumW}, {"mult_i", 16}},
				outputs: []port{{"product_o", sumW + 16}}, latency: 2,
			}
			limit := int64(1) << (sumW - 1)
			for range 1000 {
				sum := []int64{-limit, limit - 1, -1, 0, 1, rng.Int64N(2*limit) - limit}[rng.IntN(6)]
				mult := []int64{0, 1, 1 << 15, 1<<16 - 1, rng.Int64N(1 << 16)}[rng.IntN(5)]
				b.rows = append(b.rows, []uint64{uint64(sum), uint64(mult), uint64(sum*mult) & (1<<(sumW+16) - 1)})
			}
			b.run(t)
		})
	}
}

func TestEveryEventHasACounter(t *testing.T) {
	const events = 3
	rng := rand.New(rand.NewPCG(19, 1))
	b := bench{
		module: "event_counters", params: fmt.Sprintf(".Events(%d)", events), sources: []string{"event_counters.v"}, latency: 1,
		inputs:  []port{{"rst_i", 1}, {"clear_i", 1}, {"event_i", events}, {"index_i", 5}},
		outputs: []port{{"count_o", 32}},
		rows:    [][]uint64{{1, 0, 7, 0, 0}},
	}
	var counts [32]uint64
	for range 500 {
		clearing, event, index := bit(rng.IntN(50) == 0), rng.Uint64N(1<<events), rng.Uint64N(events+2)
		for e := range events {
			counts[e] += event >> e & 1
		}
		if clearing == 1 {
			counts = [32]uint64{}
		}
		b.rows = append(b.rows, []uint64{0, clearing, event, index, counts[index]})
	}
	b.run(t)
}
