// SPDX-License-Identifier: Apache-2.0
// requantise_proof: requantise against its equation in 64-bit arithmetic.
//
//   sum = acc + bias (modulo 2^AccW)
//   y   = clamp((sum*mult + 2^(shift-1)) >> shift)    byte_o[t + Stages] = y[t]
//
// The script checks that one multiplier is left when equal cells are merged, so
// both sides multiply the same operands at the same width, and then lets its
// output be any number: what is proved holds for every product.
`default_nettype none

module requantise_proof #(
    parameter AccW   = 24,
    parameter Stages = 4
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
      .AccW  (AccW),
      .Stages(Stages)
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

  // Both sides multiply in the same cycle: a cycle later where there is a register behind
  // the bias.
  localparam Later = (Stages == 10) ? 1 : 0;
  wire signed [AccW-1:0] biased = acc_i + bias_i;
  wire signed [AccW-1:0] sum;
  wire [15:0]            times;
  wire [5:0]             shift;
  wire                   relu;
  wire                   wide_sum;
  wire [1:0]             plane;
  pipeline_stages #(
      .Width (16 + AccW),
      .Stages(Later)
  ) to_times (
      .clk_i (clk_i),
      .data_i({mult_i, biased}),
      .data_o({times, sum})
  );
  pipeline_stages #(
      .Width (10),
      .Stages(Later)
  ) others (
      .clk_i (clk_i),
      .data_i({shift_i, relu_i, wide_i, plane_i}),
      .data_o({shift, relu, wide_sum, plane})
  );

  reg signed [AccW-1:0] sum_q;
  reg [15:0]            mult_q;
  reg [5:0]             shift_q;
  reg                   relu_q;
  reg                   wide_q;
  reg [1:0]             plane_q;
  always @(posedge clk_i) begin
    sum_q   <= sum;
    mult_q  <= times;
    shift_q <= shift;
    relu_q  <= relu;
    wide_q  <= wide_sum;
    plane_q <= plane;
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

  wire [7:0] want = wide_q ? moved[7:0] : clamped[7:0];
  pipeline_stages #(
      .Width (8),
      .Stages(Stages - 1 - Later)
  ) to_want (
      .clk_i (clk_i),
      .data_i(want),
      .data_o(want_o)
  );

  assign given   = (shift_i != 6'd0) && (shift_i < 6'd48);
  assign ok_byte = (byte_o == want_o);

endmodule

`default_nettype wire
