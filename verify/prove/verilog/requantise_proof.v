// SPDX-License-Identifier: Apache-2.0
// requantise_proof: requantise against its equation in 64-bit arithmetic.
//
//   sum = acc + bias (modulo 2^AccW)
//   y   = clamp((sum*mult + 2^(shift-1)) >> shift)    byte_o[t + 4] = y[t]
//
// The script checks that one multiplier is left when equal cells are merged, so
// both sides multiply the same operands at the same width, and then lets its
// output be any number: what is proved holds for every product.
`default_nettype none

module requantise_proof #(
    parameter AccW = 24
) (
    input  wire                   clk_i,
    input  wire signed [AccW-1:0] acc_i,
    input  wire signed [AccW-1:0] bias_i,
    input  wire [15:0]            mult_i,
    input  wire [5:0]             shift_i,
    input  wire                   relu_i,
    input  wire                   wide_i,
    input  wire [1:0]             plane_i,
    output wire                   given,    // a legal shift
    output wire [7:0]             byte_o,
    output wire [7:0]             want_o,
    output wire                   ok_byte   // the byte of the equation
);

  localparam ProdW = AccW + 16;  // bits of a signed number of AccW times an unsigned one of 16: exact

  requantise #(
      .AccW(AccW)
  ) dut (
      .clk_i  (clk_i),
      .acc_i  (acc_i),
      .bias_i (bias_i),
      .mult_i (mult_i),
      .shift_i(shift_i),
      .relu_i (relu_i),
      .wide_i (wide_i),
      .plane_i(plane_i),
      .byte_o (byte_o)
  );

  reg signed [AccW-1:0] sum_q;
  reg [15:0]            mult_q;
  reg [5:0]             shift_q;
  reg                   relu_q;
  reg                   wide_q;
  reg [1:0]             plane_q;
  always @(posedge clk_i) begin
    sum_q   <= acc_i + bias_i;
    mult_q  <= mult_i;
    shift_q <= shift_i;
    relu_q  <= relu_i;
    wide_q  <= wide_i;
    plane_q <= plane_i;
  end

  wire signed [16:0]      mult    = {1'b0, mult_q};
  wire signed [ProdW-1:0] product = sum_q * mult;
  wire signed [63:0]      wide    = product;
  wire signed [63:0]      half    = (64'sd1 << shift_q) >>> 1;
  wire signed [63:0]      rounded = (wide + half) >>> shift_q;
  wire signed [63:0]      lowest  = relu_q ? 64'sd0 : -64'sd128;
  wire signed [63:0]      clamped =
      (rounded > 64'sd127) ? 64'sd127 : (rounded < lowest) ? lowest : rounded;
  wire signed [31:0]      sum_ext = sum_q;
  wire [31:0]             moved   = sum_ext >> {plane_q, 3'b000};

  reg [7:0] want2_q;
  reg [7:0] want3_q;
  reg [7:0] want4_q;
  always @(posedge clk_i) begin
    want2_q <= wide_q ? moved[7:0] : clamped[7:0];
    want3_q <= want2_q;
    want4_q <= want3_q;
  end

  assign given   = (shift_i != 6'd0) && (shift_i < 6'd48);
  assign want_o  = want4_q;
  assign ok_byte = (byte_o == want_o);

endmodule

`default_nettype wire
