// SPDX-License-Identifier: Apache-2.0
// ternary_adder_proof: the sum of three numbers, whatever their signs.
//
//   (sum_o ^ {negative})[t + 1] = ((first ^ {negative}) + (second ^ {negative}) + (third ^ {negative ^ differ}))[t]
`default_nettype none

module ternary_adder_proof #(
    parameter InW  = 8,
    parameter SumW = 10
) (
    input  wire                   clk_i,
    input  wire [InW-1:0]         first_i,
    input  wire [InW-1:0]         second_i,
    input  wire [InW-1:0]         third_i,
    input  wire                   negative_i,
    input  wire                   differ_i,
    output wire signed [SumW-1:0] sum_o,
    output wire signed [SumW-1:0] want_o,
    output wire                   ok_sum    // the sum
);

  wire [SumW-1:0] sum;
  ternary_adder #(
      .InW (InW),
      .SumW(SumW)
  ) dut (
      .clk_i     (clk_i),
      .first_i   (first_i),
      .second_i  (second_i),
      .third_i   (third_i),
      .negative_i(negative_i),
      .differ_i  (differ_i),
      .sum_o     (sum)
  );

  wire signed [InW-1:0] first  = first_i ^ {InW{negative_i}};
  wire signed [InW-1:0] second = second_i ^ {InW{negative_i}};
  wire signed [InW-1:0] third  = third_i ^ {InW{negative_i ^ differ_i}};
  reg signed [SumW-1:0] want_q;
  reg                   negative_q;
  always @(posedge clk_i) begin
    want_q     <= first + second + third;
    negative_q <= negative_i;
  end

  assign sum_o  = sum ^ {SumW{negative_q}};
  assign want_o = want_q;
  assign ok_sum = (sum_o == want_o);

endmodule

`default_nettype wire
