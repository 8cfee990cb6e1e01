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

  localparam ProdW  = AccW + 16;
  localparam WideW  = 48;         // a product, sign-extended to the greatest shift
  localparam RoundW = 10;  // enough to see any value beyond int8 after rounding
  localparam Keep4  = RoundW + 15;  // see the shift
  localparam Keep2  = RoundW + 3;

  // Stage 1: bias added
  reg signed [AccW-1:0]   sum1_q;
  reg [5:0]               down1_q;  // shift - 1
  reg                     relu1_q;
  reg                     wide1_q;
  reg [1:0]               plane1_q;
  // Stage 2: multiplied, but for the multiplier's last adder
  reg [5:0]               down2_q;
  reg                     relu2_q;
  reg                     wide2_q;
  reg [7:0]               plane2_q;
  // Stage 3: shifted, but for the last step and one place
  reg [Keep2-1:0]         by4_q;
  reg                     fits3_q;
  reg [1:0]               down3_q;
  reg                     sign3_q;
  reg                     relu3_q;
  reg                     wide3_q;
  reg [7:0]               plane3_q;

  wire signed [AccW-1:0]  sum     = acc_i + bias_i;
  wire [31:0]             sum_ext = {{(32 - AccW + 1) {sum1_q[AccW-1]}}, sum1_q[AccW-2:0]};

  wire signed [ProdW-1:0] product;
  multiplier #(
      .SumW(AccW)
  ) times (
      .clk_i    (clk_i),
      .sum_i    (sum),
      .mult_i   (mult_i),
      .product_o(product)
  );

  // The shift in three steps of up to 32, 12 and 3 places. A step keeps as many bits as
  // the later ones can reach; one that it drops above them and that is not the sign's
  // value means that the number does not fit.
  wire                    sign  = product[ProdW-1];
  wire [WideW-1:0]        wide  = {{(WideW - ProdW) {sign}}, product};
  wire [Keep4-1:0]        by16  = down2_q[5] ? {{(Keep4 - WideW + 32) {sign}}, wide[WideW-1:32]} :
                                  down2_q[4] ? wide[16+:Keep4] : wide[Keep4-1:0];
  wire                    drop4 = !down2_q[5] && (down2_q[4]
      ? (wide[WideW-1:16+Keep4] != {(WideW - 16 - Keep4) {sign}})
      : (wide[WideW-1:Keep4] != {(WideW - Keep4) {sign}}));
  reg [Keep2-1:0]         by4;
  reg                     drop2;
  always @* begin
    case (down2_q[3:2])
      2'd0: begin
        by4   = by16[0+:Keep2];
        drop2 = (by16[Keep4-1:Keep2] != {12{sign}});
      end
      2'd1: begin
        by4   = by16[4+:Keep2];
        drop2 = (by16[Keep4-1:Keep2+4] != {8{sign}});
      end
      2'd2: begin
        by4   = by16[8+:Keep2];
        drop2 = (by16[Keep4-1:Keep2+8] != {4{sign}});
      end
      default: begin
        by4   = by16[12+:Keep2];
        drop2 = 1'b0;
      end
    endcase
  end
  reg signed [RoundW-1:0] by1;
  reg                     drop1;
  always @* begin
    case (down3_q)
      2'd0: begin
        by1   = by4_q[0+:RoundW];
        drop1 = (by4_q[Keep2-1:RoundW-1] != {4{sign3_q}});
      end
      2'd1: begin
        by1   = by4_q[1+:RoundW];
        drop1 = (by4_q[Keep2-1:RoundW] != {3{sign3_q}});
      end
      2'd2: begin
        by1   = by4_q[2+:RoundW];
        drop1 = (by4_q[Keep2-1:RoundW+1] != {2{sign3_q}});
      end
      default: begin
        by1   = by4_q[3+:RoundW];
        drop1 = (by4_q[Keep2-1] != sign3_q);
      end
    endcase
  end

  // A number that does not fit is beyond int8.
  wire                    fits    = fits3_q && !drop1;
  wire signed [RoundW:0]  plus    = {by1[RoundW-1], by1} + 11'd1;
  wire signed [RoundW:0]  rounded = plus >>> 1;
  wire                    above   = fits ? (rounded > 11'sd127) : !sign3_q;
  wire                    below   = fits ? (rounded < (relu3_q ? 11'sd0 : -11'sd128)) : sign3_q;
  wire [7:0]              lowest  = relu3_q ? 8'h00 : 8'h80;

  always @(posedge clk_i) begin
    sum1_q   <= sum;
    down1_q  <= shift_i - 6'd1;
    relu1_q  <= relu_i;
    wide1_q  <= wide_i;
    plane1_q <= plane_i;

    down2_q  <= down1_q;
    relu2_q  <= relu1_q;
    wide2_q  <= wide1_q;
    plane2_q <= sum_ext[8*plane1_q+:8];

    by4_q    <= by4;
    fits3_q  <= !drop4 && !drop2;
    down3_q  <= down2_q[1:0];
    sign3_q  <= sign;
    relu3_q  <= relu2_q;
    wide3_q  <= wide2_q;
    plane3_q <= plane2_q;

    byte_o <= wide3_q ? plane3_q : above ? 8'h7f : below ? lowest : rounded[7:0];
  end

endmodule

`default_nettype wire
