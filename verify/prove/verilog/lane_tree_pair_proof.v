// SPDX-License-Identifier: Apache-2.0
// lane_tree_pair_proof: two lanes add up.
//
//   sum(both lanes) = sum(the other lane's digit zero) + sum(this lane's digit zero)
//
// for all inputs. With lane_tree_lane_proof: two lanes are a sum of products.
`default_nettype none

module lane_tree_pair_proof #(
    parameter CellW       = 9,
    parameter SumW        = 10,
    parameter StageLevels = 1,
    parameter AllLevels   = 1,
    parameter Zeros       = 1,
    parameter EarlySign   = 0,
    parameter Skewed      = 0   // array.skewed_sums
) (
    input  wire                   clk_i,
    input  wire [15:0]            act_i,
    input  wire [5:0]             digits_i,
    output wire signed [SumW-1:0] sum_o,
    output wire signed [SumW-1:0] low_o,
    output wire signed [SumW-1:0] high_o,
    output wire                   ok_sum    // the sum of the parts
);

  localparam [2:0] None = 3'b001;

  wire [SumW-1:0] sum, low_sum, high_sum;
  wire            negative, low_negative, high_negative;
  unskewed #(
      .Width (SumW),
      .Skewed(Skewed)
  ) sum_number (
      .clk_i     (clk_i),
      .sum_i     (sum),
      .negative_i(negative),
      .number_o  (sum_o)
  );
  unskewed #(
      .Width (SumW),
      .Skewed(Skewed)
  ) low_number (
      .clk_i     (clk_i),
      .sum_i     (low_sum),
      .negative_i(low_negative),
      .number_o  (low_o)
  );
  unskewed #(
      .Width (SumW),
      .Skewed(Skewed)
  ) high_number (
      .clk_i     (clk_i),
      .sum_i     (high_sum),
      .negative_i(high_negative),
      .number_o  (high_o)
  );

  lane_tree #(
      .Lanes      (2),
      .CellW      (CellW),
      .SumW       (SumW),
      .StageLevels(StageLevels),
      .AllLevels  (AllLevels),
      .Zeros      (Zeros),
      .EarlySign  (EarlySign)
  ) both (
      .clk_i     (clk_i),
      .act_i     (act_i),
      .digits_i  (digits_i),
      .sum_o     (sum),
      .negative_o(negative)
  );
  lane_tree #(
      .Lanes      (2),
      .CellW      (CellW),
      .SumW       (SumW),
      .StageLevels(StageLevels),
      .AllLevels  (AllLevels),
      .Zeros      (Zeros),
      .EarlySign  (EarlySign)
  ) low (
      .clk_i     (clk_i),
      .act_i     (act_i),
      .digits_i  ({None, digits_i[2:0]}),
      .sum_o     (low_sum),
      .negative_o(low_negative)
  );
  lane_tree #(
      .Lanes      (2),
      .CellW      (CellW),
      .SumW       (SumW),
      .StageLevels(StageLevels),
      .AllLevels  (AllLevels),
      .Zeros      (Zeros),
      .EarlySign  (EarlySign)
  ) high (
      .clk_i     (clk_i),
      .act_i     (act_i),
      .digits_i  ({digits_i[5:3], None}),
      .sum_o     (high_sum),
      .negative_o(high_negative)
  );

  wire signed [SumW:0] exact = sum_o;
  wire signed [SumW:0] parts = low_o + high_o;
  assign ok_sum = (exact == parts);

endmodule

`default_nettype wire
