package hdl_test

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/hdl"
	"lowres/internal/needs"
	"lowres/quant"
	"lowres/sim/arch"
	"lowres/verify"
)

// modelFile is the path of the simulation models of a target's cells, which are Yosys's; "" for
// portable ones.
func modelFile(t *testing.T, target string) string {
	t.Helper()
	if target != "" {
		needs.Tools(t, "yosys")
	}
	path, err := verify.CellModels(arch.Target(target))
	require.NoError(t, err)
	return path
}

// TestEveryFormOfTheDotProductIsTheSum drives whole columns of every target, size and
// depth, extreme and random values, in Icarus with the models of the cells.
func TestEveryFormOfTheDotProductIsTheSum(t *testing.T) {
	for i, c := range []struct {
		target                                   string
		lanes, digits, cell, stage, zeros, early int
	}{
		{"", 16, 1, 8, 1, 1, 0}, {"", 8, 1, 9, 3, 1, 0}, {"", 16, 2, 9, 2, 1, 0}, {"", 8, 4, 9, 4, 1, 0},
		{"", 16, 1, 8, 1, 1, 1}, {"", 8, 1, 9, 2, 1, 1}, {"", 64, 1, 9, 1, 0, 1}, {"", 4, 3, 9, 8, 1, 1},
		{"xilinx7", 4, 1, 8, 1, 1, 0}, {"xilinx7", 8, 1, 8, 2, 1, 0}, {"xilinx7", 16, 1, 8, 1, 1, 0}, {"xilinx7", 32, 1, 8, 3, 1, 0}, {"xilinx7", 64, 1, 8, 1, 1, 0},
		{"xilinx7", 16, 1, 9, 8, 1, 0}, {"xilinx7", 32, 2, 9, 2, 1, 0}, {"xilinx7", 8, 4, 9, 1, 1, 0},
		{hdl.Skewed, 16, 1, 8, 1, 1, 1}, {hdl.Skewed, 4, 1, 8, 1, 0, 1}, {hdl.Skewed, 64, 1, 9, 1, 1, 1}, {hdl.Skewed, 8, 1, 9, 1, 0, 1},
		{hdl.Skewed, 16, 2, 9, 1, 1, 1}, {hdl.Skewed, 4, 3, 9, 1, 1, 1}, {hdl.Skewed, 8, 4, 9, 1, 0, 1},
		{"ecp5", 64, 1, 8, 1, 1, 0}, {"ecp5", 16, 1, 9, 2, 1, 0}, {"ecp5", 8, 3, 9, 1, 1, 0},
	} {
		t.Run(fmt.Sprintf("%d lanes of %d digits, cells of %d bits, %d levels a stage, zeros %d, early %d, target %s",
			c.lanes, c.digits, c.cell, c.stage, c.zeros, c.early, c.target), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(3, uint64(i)))
			b, skewed := bench{module: "column"}, c.target == hdl.Skewed
			if !skewed {
				b.models = modelFile(t, c.target)
			}
			library, err := hdl.Library(c.target)
			require.NoError(t, err)
			for _, s := range library {
				if slices.Contains([]string{"dot_product.v", "lane_tree.v", "digit_sum.v", "lane_cell.v", "tree_adder.v", "pipeline_stages.v", "ternary_adder.v"}, s.Name) {
					b.more = append(b.more, s)
				}
			}
			levels, sumW := log2(c.lanes)+log2(c.digits), c.cell+log2(c.lanes)
			if c.digits > 1 {
				sumW += 2*c.digits - 1
			}
			for g := range c.lanes / 4 {
				b.inputs = append(b.inputs, port{fmt.Sprintf("act_%d", g), 32}, port{fmt.Sprintf("digits_%d", g), 12 * c.digits})
			}
			b.outputs, b.latency = []port{{"sum_o", sumW}}, 1+(levels+c.stage-1)/c.stage+int(bit(skewed))
			params := fmt.Sprintf(".Lanes(%d), .Digits(%d), .CellW(%d), .SumW(%d), .StageLevels(%d), .Zeros(%d), .EarlySign(%d)",
				c.lanes, c.digits, c.cell, sumW, c.stage, c.zeros, c.early)
			b.more = append(b.more, column(b.inputs, sumW, params, skewed))
			for range 4000 / (c.lanes * c.digits) {
				b.rows = append(b.rows, columnRow(rng, c.lanes, c.digits, c.cell, c.zeros == 1))
			}
			b.run(t)
		})
	}
}

// column is a module around dot_product whose inputs come four lanes at a time, and
// whose sum has no open sign; one that comes in halves is whole a cycle later.
func column(inputs []port, sumW int, params string, skewed bool) hdl.Source {
	whole := fmt.Sprintf("assign sum_o = sum ^ {%d{negative}};", sumW)
	if skewed {
		whole = fmt.Sprintf(`reg [6:0] low;
  reg inverted;
  always @(posedge clk_i) {inverted, low} <= {negative, sum[6:0]};
  assign sum_o = {~sum[%d:7], low} ^ {%d{inverted}};`, sumW-1, sumW)
	}
	var ports, acts, digits string
	for i, p := range inputs {
		ports += fmt.Sprintf("  input wire [%d:0] %s,\n", p.width-1, p.name)
		list := &acts
		if i%2 == 1 {
			list = &digits
		}
		*list = ", " + p.name + *list
	}
	return hdl.Source{Name: "column.v", Text: fmt.Appendf(nil, `module column (
  input wire clk_i,
%s  output wire [%d:0] sum_o
);
  wire [%d:0] sum;
  wire negative;
  dot_product #(%s) dot (.clk_i(clk_i), .act_i({%s}), .digits_i({%s}), .sum_o(sum), .negative_o(negative));
  %s
endmodule
`, ports, sumW-1, sumW-1, params, acts[2:], digits[2:], whole)}
}

// columnRow draws activations and weights, four lanes a port, and their sum.
func columnRow(rng *rand.Rand, lanes, digits, cell int, zeros bool) []uint64 {
	reach, sum := []int{2, 10, 42, 128}[digits-1], 0
	if cell == 8 {
		reach = 1
	}
	var row []uint64
	extreme := rng.IntN(3) == 0
	for l := range lanes {
		a, v := rng.IntN(256)-128, rng.IntN(2*reach+1)-reach
		if extreme {
			a, v = []int{-128, 127}[rng.IntN(2)], []int{-reach, reach}[rng.IntN(2)]
		}
		if v == 0 && !zeros {
			v = reach
		}
		if l%4 == 0 {
			row = append(row, 0, 0)
		}
		row[l/4*2] |= uint64(uint8(a)) << (8 * (l % 4))
		row[l/4*2+1] |= digitCode(v, digits) << (3 * digits * (l % 4))
		sum += a*v - quant.NegativeWeight(v, digits)
	}
	return append(row, uint64(sum))
}

// log2 is ceil(log2 n) for n ≥ 1.
func log2(n int) int { return bits.Len(uint(n - 1)) }
