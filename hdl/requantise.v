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
// Registers stand behind these steps:      Stages = 4   Stages = 10
//   bias added                                               *
//   sum tripled, in multiplier                 *             *
//   rows added up in pairs, in multiplier                    *
//   ... in bytes, in multiplier                *             *
//   bytes added up, in multiplier                            *
//   shifted by 32 or 16                                      *
//   shifted by 12, 8 or 4                      *             *
//   shifted by 3, 2 or 1                                     *
//   rounded and compared                                     *
//   clamped, or the byte of the sum            *             *
//
// Latency  : Stages cycles from acc_i to byte_o; all inputs belong together.
// Overflow : acc_i + bias_i wraps modulo 2^AccW; the mapping proves that it does
//            not happen. The product is exact.
`default_nettype none

module requantise #(
    parameter AccW   = 24,  // width of a sum, bits, at most 32
    parameter Stages = 4    // cycles, 4 or 10
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
  localparam Further     = (Stages == 10) ? 1 : 0;  // a register more at each of some steps
  localparam TimesStages = 2 + 2 * Further;         // of the multiplier
  localparam ToShift     = TimesStages + Further;   // cycles until there is a product
  localparam ToCompare   = Stages - 1 - Further;    // ... what is rounded and compared
  localparam ToByte      = Stages - 2 - Further;    // from a byte of the sum to the choice

  initial begin
    if ((Stages != 4) && (Stages != 10)) begin
      $display("requantise: Stages is not as the header says");
      $finish;
    end
  end

  // Bias added, multiplied
  wire signed [AccW-1:0]  biased = acc_i + bias_i;
  wire signed [AccW-1:0]  sum;
  wire [15:0]             mult;
  reg signed [AccW-1:0]   sum_q;
  wire signed [ProdW-1:0] product;

  pipeline_stages #(
      .Width (16 + AccW),
      .Stages(Further)
  ) to_times (
      .clk_i (clk_i),
      .data_i({mult_i, biased}),
      .data_o({mult, sum})
  );
  multiplier #(
      .SumW  (AccW),
      .Stages(TimesStages)
  ) times (
      .clk_i    (clk_i),
      .sum_i    (sum),
      .mult_i   (mult),
      .product_o(product)
  );
  always @(posedge clk_i) sum_q <= sum;

  // What goes along until it is wanted, the latest lowest
  wire [31:0] sum_ext = {{(32 - AccW + 1) {sum_q[AccW-1]}}, sum_q[AccW-2:0]};
  wire [1:0]  plane;       // with sum_q
  reg [8*ToByte-1:0]    plane_q;
  reg [Stages-2:0]      wide_q;
  reg [ToCompare-1:0]   relu_q;
  reg [6*ToShift-1:0]   less_q;  // shift - 1
  wire [5:0]            down_d = less_q[6*ToShift-1-:6];
  wire                  relu_d = relu_q[ToCompare-1];

  pipeline_stages #(
      .Width (2),
      .Stages(1 + Further)
  ) to_plane (
      .clk_i (clk_i),
      .data_i(plane_i),
      .data_o(plane)
  );
  always @(posedge clk_i) begin
    plane_q <= {plane_q[8*(ToByte-1)-1:0], sum_ext[8*plane+:8]};
    wide_q  <= {wide_q[Stages-3:0], wide_i};
    relu_q  <= {relu_q[ToCompare-2:0], relu_i};
    less_q  <= {less_q[6*(ToShift-1)-1:0], shift_i - 6'd1};
  end

  // The shift in three steps of up to 32, 12 and 3 places. A step keeps as many bits as
  // the later ones can reach; one that it drops above them and that is not the sign's
  // value means that the number does not fit. step_d is what a step gives, step the same
  // or a cycle later.
  wire                    sign_d   = product[ProdW-1];
  wire [WideW-1:0]        extended = {{(WideW - ProdW) {sign_d}}, product};
  wire [Keep4-1:0]        by16_d   =
      down_d[5] ? {{(Keep4 - WideW + 32) {sign_d}}, extended[WideW-1:32]} :
      down_d[4] ? extended[16+:Keep4] : extended[Keep4-1:0];
  wire                    drop4_d  = !down_d[5] && (down_d[4]
      ? (extended[WideW-1:16+Keep4] != {(WideW - 16 - Keep4) {sign_d}})
      : (extended[WideW-1:Keep4] != {(WideW - Keep4) {sign_d}}));
  wire [Keep4-1:0]        by16;
  wire                    drop4;
  wire                    sign;
  wire [3:0]              down;
  reg [Keep2-1:0]         by4;
  reg                     drop2;
  always @* begin
    case (down[3:2])
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
  reg [Keep2-1:0]         by4_q;
  reg                     fits_q;
  reg                     sign_q;
  reg [1:0]               down_q;
  reg [RoundW-1:0]        by1_d;
  reg                     drop1;
  always @* begin
    case (down_q)
      2'd0: begin
        by1_d = by4_q[0+:RoundW];
        drop1 = (by4_q[Keep2-1:RoundW-1] != {4{sign_q}});
      end
      2'd1: begin
        by1_d = by4_q[1+:RoundW];
        drop1 = (by4_q[Keep2-1:RoundW] != {3{sign_q}});
      end
      2'd2: begin
        by1_d = by4_q[2+:RoundW];
        drop1 = (by4_q[Keep2-1:RoundW+1] != {2{sign_q}});
      end
      default: begin
        by1_d = by4_q[3+:RoundW];
        drop1 = (by4_q[Keep2-1] != sign_q);
      end
    endcase
  end

  // A number that does not fit is beyond int8.
  wire signed [RoundW-1:0] by1;
  wire                    fits;
  wire                    negative;
  wire signed [RoundW:0]  plus      = {by1[RoundW-1], by1} + 11'd1;
  wire signed [RoundW:0]  rounded_d = plus >>> 1;
  wire                    above_d   = fits ? (rounded_d > 11'sd127) : !negative;
  wire                    below_d   =
      fits ? (rounded_d < (relu_d ? 11'sd0 : -11'sd128)) : negative;
  wire [7:0]              rounded;
  wire                    above;
  wire                    below;
  wire                    relu;
  wire [7:0]              lowest    = relu ? 8'h00 : 8'h80;

  always @(posedge clk_i) begin
    by4_q  <= by4;
    fits_q <= !drop4 && !drop2;
    down_q <= down[1:0];
    sign_q <= sign;
    byte_o <= wide_q[Stages-2] ? plane_q[8*ToByte-1-:8] : above ? 8'h7f : below ? lowest : rounded;
  end

  generate
    if (Further == 0) begin : direct
      assign {by16, drop4, sign, down}     = {by16_d, drop4_d, sign_d, down_d[3:0]};
      assign {by1, fits, negative}         = {by1_d, fits_q && !drop1, sign_q};
      assign {rounded, above, below, relu} = {rounded_d[7:0], above_d, below_d, relu_d};
    end else begin : registered
      reg [Keep4+5:0]  by16_q;
      reg [RoundW+1:0] by1_q;
      reg [10:0]       rounded_q;
      always @(posedge clk_i) begin
        by16_q    <= {by16_d, drop4_d, sign_d, down_d[3:0]};
        by1_q     <= {by1_d, fits_q && !drop1, sign_q};
        rounded_q <= {rounded_d[7:0], above_d, below_d, relu_d};
      end
      assign {by16, drop4, sign, down}     = by16_q;
      assign {by1, fits, negative}         = by1_q;
      assign {rounded, above, below, relu} = rounded_q;
    end
  endgenerate

  wire unused = &{1'b0, rounded_d};

endmodule

`default_nettype wire
