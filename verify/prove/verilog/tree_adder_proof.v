// SPDX-License-Identifier: Apache-2.0
// tree_adder_proof: the sum of two numbers, whatever their signs.
//
//   (sum_o ^ {negative_o})[t + 1] = ((left_i ^ {left_negative_i}) + 2^Shift * (right_i ^ {right_negative_i}))[t]
`default_nettype none

module tree_adder_proof #(
    parameter LeftW  = 8,
    parameter RightW = 8,
    parameter Shift  = 0,
    parameter SumW   = 9,
    parameter Close  = 0
) (
    input  wire                   clk_i,
    input  wire [LeftW-1:0]       left_i,
    input  wire                   left_negative_i,
    input  wire [RightW-1:0]      right_i,
    input  wire                   right_negative_i,
    output wire signed [SumW-1:0] sum_o,
    output wire signed [SumW-1:0] want_o,
    output wire                   ok_sum,    // the sum
    output wire                   ok_close   // no sign stays open where it is to be closed
);

  wire [SumW-1:0] sum;
  wire            negative;
  tree_adder #(
      .LeftW (LeftW),
      .RightW(RightW),
      .Shift (Shift),
      .SumW  (SumW),
      .Close (Close)
  ) dut (
      .clk_i           (clk_i),
      .left_i          (left_i),
      .left_negative_i (left_negative_i),
      .right_i         (right_i),
      .right_negative_i(right_negative_i),
      .sum_o           (sum),
      .negative_o      (negative)
  );

  wire signed [LeftW-1:0]  left  = left_i ^ {LeftW{left_negative_i}};
  wire signed [RightW-1:0] right = right_i ^ {RightW{right_negative_i}};
  reg signed [SumW-1:0] want_q;
  always @(posedge clk_i) want_q <= left + (right <<< Shift);

  assign sum_o    = sum ^ {SumW{negative}};
  assign want_o   = want_q;
  assign ok_sum   = (sum_o == want_o);
  assign ok_close = (Close == 0) || !negative;

endmodule

`default_nettype wire
