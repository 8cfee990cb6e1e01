// SPDX-License-Identifier: Apache-2.0
// dot_product_proof: a column is the weighted sum of a tree for each digit.
//
//   dot_product = digit_sum(lane_tree(act, digit 0 of every lane), lane_tree(act, digit 1), ...)
//
// for all inputs. lane_tree_*_proof and digit_sum_proof say what those are. Each tree has
// its digits from {digit 0 of lane 0, digit 1 of lane 0, ...}, lowest first.
`default_nettype none

module dot_product_proof #(
    parameter Lanes       = 2,
    parameter Digits      = 1,
    parameter CellW       = 9,
    parameter SumW        = 10,
    parameter StageLevels = 1,
    parameter Zeros       = 1,
    parameter EarlySign   = 0
) (
    input  wire                      clk_i,
    input  wire [8*Lanes-1:0]        act_i,
    input  wire [3*Lanes*Digits-1:0] digits_i,
    output wire [SumW-1:0]           sum_o,
    output wire [SumW-1:0]           want_o,
    output wire                      ok_sum,  // the sum
    output wire                      ok_sign  // and its open sign
);

  localparam Levels    = $clog2(Lanes);
  localparam AllLevels = Levels + $clog2(Digits);
  localparam LaneW     = CellW + Levels;

  wire negative, want_negative;
  dot_product #(
      .Lanes      (Lanes),
      .Digits     (Digits),
      .CellW      (CellW),
      .SumW       (SumW),
      .StageLevels(StageLevels),
      .Zeros      (Zeros),
      .EarlySign  (EarlySign)
  ) dut (
      .clk_i     (clk_i),
      .act_i     (act_i),
      .digits_i  (digits_i),
      .sum_o     (sum_o),
      .negative_o(negative)
  );

  wire [LaneW*Digits-1:0] sums;
  wire [Digits-1:0]       negatives;
  genvar l, d;
  generate
    for (d = 0; d < Digits; d = d + 1) begin : digit
      wire [3*Lanes-1:0] digits;
      for (l = 0; l < Lanes; l = l + 1) begin : lane
        wire [3*Digits-1:0] weight = digits_i[3*Digits*l+:3*Digits];
        assign digits[3*l+:3] = weight[3*d+:3];
      end
      lane_tree #(
          .Lanes      (Lanes),
          .CellW      (CellW),
          .SumW       (LaneW),
          .StageLevels(StageLevels),
          .AllLevels  (AllLevels),
          .Zeros      (Zeros),
          .EarlySign  (EarlySign)
      ) tree (
          .clk_i     (clk_i),
          .act_i     (act_i),
          .digits_i  (digits),
          .sum_o     (sums[LaneW*d+:LaneW]),
          .negative_o(negatives[d])
      );
    end
  endgenerate
  digit_sum #(
      .Digits     (Digits),
      .InW        (LaneW),
      .SumW       (SumW),
      .Level      (Levels),
      .StageLevels(StageLevels)
  ) weighted (
      .clk_i      (clk_i),
      .sums_i     (sums),
      .negatives_i(negatives),
      .sum_o      (want_o),
      .negative_o (want_negative)
  );

  assign ok_sum  = (sum_o == want_o);
  assign ok_sign = (negative == want_negative);

endmodule

`default_nettype wire
