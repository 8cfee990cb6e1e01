// SPDX-License-Identifier: Apache-2.0
// lane_tree_step_proof: twice the lanes are the sum of two halves, a register later.
//
//   lane_tree(2*Lanes)[t + Later] = lane_tree(Lanes, low)[t] + lane_tree(Lanes, high)[t]
//
// for all inputs. With lane_tree_pair_proof this is induction over the lanes.
`default_nettype none

module lane_tree_step_proof #(
    parameter Lanes       = 2,   // of a half
    parameter CellW       = 9,
    parameter SumW        = 10,  // of a half
    parameter StageLevels = 1,
    parameter AllLevels   = 1,
    parameter Later       = 1,  // cycles: 0 where the level has no register of its own
    parameter Zeros       = 1,
    parameter EarlySign   = 0,
    parameter Skewed      = 0   // array.skewed_sums
) (
    input  wire                   clk_i,
    input  wire [16*Lanes-1:0]    act_i,
    input  wire [6*Lanes-1:0]     digits_i,
    output wire signed [SumW:0]   sum_o,
    output wire signed [SumW-1:0] low_o,
    output wire signed [SumW-1:0] high_o,
    output wire                   ok_sum    // the sum of the parts
);

  wire [SumW:0]   sum;
  wire [SumW-1:0] low_sum, high_sum;
  wire            negative, low_negative, high_negative;
  unskewed #(
      .Width (SumW + 1),
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
      .Lanes      (2 * Lanes),
      .CellW      (CellW),
      .SumW       (SumW + 1),
      .StageLevels(StageLevels),
      .AllLevels  (AllLevels),
      .Zeros      (Zeros),
      .EarlySign  (EarlySign)
  ) whole (
      .clk_i     (clk_i),
      .act_i     (act_i),
      .digits_i  (digits_i),
      .sum_o     (sum),
      .negative_o(negative)
  );
  lane_tree #(
      .Lanes      (Lanes),
      .CellW      (CellW),
      .SumW       (SumW),
      .StageLevels(StageLevels),
      .AllLevels  (AllLevels),
      .Zeros      (Zeros),
      .EarlySign  (EarlySign)
  ) low (
      .clk_i     (clk_i),
      .act_i     (act_i[8*Lanes-1:0]),
      .digits_i  (digits_i[3*Lanes-1:0]),
      .sum_o     (low_sum),
      .negative_o(low_negative)
  );
  lane_tree #(
      .Lanes      (Lanes),
      .CellW      (CellW),
      .SumW       (SumW),
      .StageLevels(StageLevels),
      .AllLevels  (AllLevels),
      .Zeros      (Zeros),
      .EarlySign  (EarlySign)
  ) high (
      .clk_i     (clk_i),
      .act_i     (act_i[16*Lanes-1:8*Lanes]),
      .digits_i  (digits_i[6*Lanes-1:3*Lanes]),
      .sum_o     (high_sum),
      .negative_o(high_negative)
  );

  wire signed [SumW:0] want = low_o + high_o;
  wire signed [SumW:0] want_later;
  pipeline_stages #(
      .Width (SumW + 1),
      .Stages(Later)
  ) later (
      .clk_i (clk_i),
      .data_i(want),
      .data_o(want_later)
  );

  assign ok_sum = (sum_o == want_later);

endmodule

`default_nettype wire
