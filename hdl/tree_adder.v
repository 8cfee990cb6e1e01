// SPDX-License-Identifier: Apache-2.0
// tree_adder: adds two numbers whose signs are still open.
//
// A number stands for number ^ {negative}, its inverse where negative is 1. The
// adder settles the right sign against the left one and hands the left one on:
//
//   sum ^ {negative} = (left ^ {left_negative}) + 2^Shift * (right ^ {right_negative})
//
// So one sign inverts a whole tree once, at its root, and each adder needs one LUT
// a bit: the left number goes into the carry chain as it is. With Close = 1 the
// sign is settled in the sum: negative is 0. Where the LUT of a sum has an input left,
// as on iCE40, that costs nothing.
//
// Latency  : 1 cycle, or none with Registered = 0.
// Overflow : none if SumW bits hold left and right sum, one bit more than the wider.
`default_nettype none

module tree_adder #(
    parameter LeftW      = 8,  // bits, more than Shift
    parameter RightW     = 8,  // bits
    parameter Shift      = 0,  // places that the right number is shifted up
    parameter SumW       = 9,  // bits, more than LeftW and RightW + Shift
    parameter Close      = 0,  // 1: settle the left sign too
    parameter Registered = 1   // 0: no register behind the sum
) (
    input  wire              clk_i,  // clock, rising edge
    input  wire [LeftW-1:0]  left_i,
    input  wire              left_negative_i,
    input  wire [RightW-1:0] right_i,
    input  wire              right_negative_i,
    output wire [SumW-1:0]   sum_o,
    output wire              negative_o
);

  localparam HighW = SumW - Shift;

  // ^(a + b) = ^a + ^b + 1: an open sign on the left comes with a carry. It enters
  // through a bit below the sum, which tools build without logic.
  wire              differ     = left_negative_i ^ right_negative_i;
  wire              right_sign = right_i[RightW-1] ^ differ;
  wire [RightW-2:0] right_rest = right_i[RightW-2:0] ^ {(RightW - 1) {differ}};
  wire              left_sign  = left_i[LeftW-1];
  wire [HighW:0]    left       =
      {{(SumW - LeftW) {left_sign}}, left_i[LeftW-1:Shift], left_negative_i};
  wire [HighW:0]    right      =
      {{(HighW - RightW + 1) {right_sign}}, right_rest, left_negative_i};
  wire [HighW:0]    high       = left + right;

  // Below Shift the left number stands alone.
  wire            close = left_negative_i && (Close != 0);
  wire [SumW-1:0] sum;
  assign sum[SumW-1:Shift] = high[HighW:1] ^ {HighW{close}};
  generate
    if (Shift > 0) begin : shifted
      assign sum[Shift-1:0] = left_i[Shift-1:0] ^ {Shift{close}};
    end
  endgenerate

  pipeline_stages #(
      .Width (SumW + 1),
      .Stages((Registered != 0) ? 1 : 0)
  ) result (
      .clk_i (clk_i),
      .data_i({left_negative_i && (Close == 0), sum}),
      .data_o({negative_o, sum_o})
  );

  wire unused = &{1'b0, high[0], left_sign};  // the carry's bit; a sign that nothing extends

endmodule

`default_nettype wire
