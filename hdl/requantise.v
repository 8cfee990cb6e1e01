// SPDX-License-Identifier: Apache-2.0
// requantise: one column's sum to an int8 activation, or to a byte of the sum.
//
//   sum    = acc_i + bias_i
//   byte_o = wide_i ? sum[8*plane_i +: 8] (sign-extended to 32 bits)
//                   : clamp((sum * mult_i + 2^(shift_i - 1)) >> shift_i)
//
// where >> rounds towards minus infinity and clamp is to -128 ... 127, or to
// 0 ... 127 with relu_i. The rounding is done as ((p >> (shift-1)) + 1) >> 1.
//
// Latency  : 4 cycles from acc_i to byte_o; all inputs belong together.
// Overflow : acc_i + bias_i wraps modulo 2^AccW; the mapping proves that it does
//            not happen. The product is exact.
`default_nettype none

module requantise #(
    parameter AccW = 24  // width of a sum, bits, at most 32
) (
    input  wire                   clk_i,    // clock, rising edge
    input  wire signed [AccW-1:0] acc_i,
    input  wire signed [AccW-1:0] bias_i,
    input  wire [15:0]            mult_i,   // unsigned
    input  wire [5:0]             shift_i,  // 1 to 47
    input  wire                   relu_i,
    input  wire                   wide_i,
    input  wire [1:0]             plane_i,
    output reg  [7:0]             byte_o
);

  localparam ProdW  = AccW + 17;
  localparam RoundW = 10;  // enough to see any value beyond int8 after rounding

  // Stage 1: bias added
  reg signed [AccW-1:0]   sum1_q;
  reg [15:0]              mult1_q;
  reg [5:0]               down1_q;  // shift - 1
  reg                     relu1_q;
  reg                     wide1_q;
  reg [1:0]               plane1_q;
  // Stage 2: multiplied
  reg signed [ProdW-1:0]  product2_q;
  reg [5:0]               down2_q;
  reg                     relu2_q;
  reg                     wide2_q;
  reg [7:0]               plane2_q;
  // Stage 3: shifted by all but one place, saturated to RoundW bits
  reg signed [RoundW-1:0] half3_q;
  reg                     relu3_q;
  reg                     wide3_q;
  reg [7:0]               plane3_q;

  wire signed [16:0]      mult    = {1'b0, mult1_q};
  wire [31:0]             sum_ext = {{(32 - AccW + 1) {sum1_q[AccW-1]}}, sum1_q[AccW-2:0]};
  wire signed [ProdW-1:0] shifted = product2_q >>> down2_q;
  wire                    fits    =
      (shifted[ProdW-1:RoundW-1] == {(ProdW - RoundW + 1) {shifted[ProdW-1]}});
  wire [RoundW-1:0]       limit   = {shifted[ProdW-1], {(RoundW - 1) {~shifted[ProdW-1]}}};

  wire signed [RoundW:0]  plus    = {half3_q[RoundW-1], half3_q} + 11'd1;
  wire signed [RoundW:0]  rounded = plus >>> 1;
  wire                    above   = (rounded > 11'sd127);
  wire                    below   = (rounded < (relu3_q ? 11'sd0 : -11'sd128));
  wire [7:0]              lowest  = relu3_q ? 8'h00 : 8'h80;

  always @(posedge clk_i) begin
    sum1_q   <= acc_i + bias_i;
    mult1_q  <= mult_i;
    down1_q  <= shift_i - 6'd1;
    relu1_q  <= relu_i;
    wide1_q  <= wide_i;
    plane1_q <= plane_i;

    product2_q <= sum1_q * mult;
    down2_q    <= down1_q;
    relu2_q    <= relu1_q;
    wide2_q    <= wide1_q;
    plane2_q   <= sum_ext[8*plane1_q+:8];

    half3_q  <= fits ? shifted[RoundW-1:0] : limit;
    relu3_q  <= relu2_q;
    wide3_q  <= wide2_q;
    plane3_q <= plane2_q;

    byte_o <= wide3_q ? plane3_q : above ? 8'h7f : below ? lowest : rounded[7:0];
  end

endmodule

`default_nettype wire
