// SPDX-License-Identifier: Apache-2.0
// tree_adder for Lattice ECP5: settles both signs and adds, in one LUT a bit.
//
//   sum = (left ^ {left_negative}) + 2^Shift * (right ^ {right_negative}),  negative = 0
//
// Equal to the portable tree_adder as a number: sum ^ {negative} is the same. A half of
// a CCU2C carries where P = LUT4(A, B, C, D) is 1, and else generates G = P(A, B, 0, 0):
//
//   P = (left ^ left_negative) ^ (right ^ right_negative),  G = left ^ left_negative
//
// so the inverses of both operands cost nothing, and no sign stays open.
//
// Latency  : 1 cycle, or none with Registered = 0.
// Overflow : none if SumW bits hold left and right sum, one bit more than the wider.
`default_nettype none

module tree_adder #(
    parameter LeftW      = 8,  // bits, more than Shift
    parameter RightW     = 8,  // bits
    parameter Shift      = 0,  // places that the right number is shifted up
    parameter SumW       = 9,  // bits, more than LeftW and RightW + Shift
    parameter Close      = 0,  // signs are always settled here
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

  localparam HighW  = SumW - Shift;
  localparam Cells  = (HighW + 1) / 2;  // two bits each
  localparam ExtW   = 2 * Cells;
  localparam [15:0] Parity = 16'h6996;  // A ^ B ^ C ^ D; A ^ B where C and D are 0

  wire [ExtW-1:0] left  = {{(ExtW + Shift - LeftW) {left_i[LeftW-1]}}, left_i[LeftW-1:Shift]};
  wire [ExtW-1:0] right = {{(ExtW - RightW) {right_i[RightW-1]}}, right_i};
  wire [ExtW-1:0] high;
  wire [Cells:0]  carry;
  wire [SumW-1:0] sum;

  assign carry[0] = 1'b0;
  genvar i;
  generate
    for (i = 0; i < Cells; i = i + 1) begin : bits
      CCU2C #(
          .INIT0    (Parity),
          .INIT1    (Parity),
          .INJECT1_0("NO"),
          .INJECT1_1("NO")
      ) add (
          .CIN (carry[i]),
          .A0  (left[2*i]),
          .B0  (left_negative_i),
          .C0  (right[2*i]),
          .D0  (right_negative_i),
          .A1  (left[2*i+1]),
          .B1  (left_negative_i),
          .C1  (right[2*i+1]),
          .D1  (right_negative_i),
          .S0  (high[2*i]),
          .S1  (high[2*i+1]),
          .COUT(carry[i+1])
      );
    end
    assign sum[SumW-1:Shift] = high[HighW-1:0];
    if (Shift > 0) begin : shifted
      assign sum[Shift-1:0] = left_i[Shift-1:0] ^ {Shift{left_negative_i}};
    end
  endgenerate

  pipeline_stages #(
      .Width (SumW),
      .Stages((Registered != 0) ? 1 : 0)
  ) result (
      .clk_i (clk_i),
      .data_i(sum),
      .data_o(sum_o)
  );
  assign negative_o = 1'b0;

  wire unused = &{1'b0, Close != 0, carry[Cells], high[ExtW-1]};

endmodule

`default_nettype wire
