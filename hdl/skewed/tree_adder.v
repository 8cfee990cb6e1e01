// SPDX-License-Identifier: Apache-2.0
// tree_adder: adds two numbers whose signs are still open, in two cycles: the low bits first.
//
// A number stands for number ^ {negative}, its inverse where negative is 1. The
// adder settles the right sign against the left one and hands the left one on:
//
//   sum ^ {negative} = (left ^ {left_negative}) + 2^Shift * (right ^ {right_negative})
//
// Sums are skewed: bits LowW-1 to 0 come in a cycle, and the inverse of the others in the
// next. So are the numbers, but for cells, which come whole; their adders are those that
// settle the left sign too, Close = 1. So no carry chain is longer than LowW bits, or than
// those above, and a tree takes no cycle more: each adder begins with what is there.
//
// The carry between the halves has no register, which many carry chains do not reach without
// a detour. It follows from the low half's highest bit: with a and b the bits that
// were added up there and s their sum, it is 0 where two or three of ^a, ^b and s are 1. That
// is what the next cell of a chain of inverses makes of them.
//
// The portable form adds up in a cycle.
//
// Latency  : 1 cycle for the low bits, a cycle more for the others. Registered must be 1.
// Overflow : none if SumW bits hold left and right sum, one bit more than the wider.
`default_nettype none

module tree_adder #(
    parameter LeftW      = 8,  // bits, more than LowW
    parameter RightW     = 8,  // bits, more than LowW
    parameter Shift      = 0,  // places that the right number is shifted up, less than LowW
    parameter SumW       = 9,  // bits, more than LeftW and RightW + Shift
    parameter Close      = 0,  // 1: settle the left sign too; the numbers are cells
    parameter Registered = 1   // see above
) (
    input  wire              clk_i,  // clock, rising edge
    input  wire [LeftW-1:0]  left_i,
    input  wire              left_negative_i,
    input  wire [RightW-1:0] right_i,
    input  wire              right_negative_i,
    output wire [SumW-1:0]   sum_o,
    output wire              negative_o
);

  localparam LowW     = 7;             // as in accumulator
  localparam Top      = LowW - 1;      // the highest bit of the low half
  localparam AddW     = LowW - Shift;  // its carry chain
  localparam RightTop = Top - Shift;   // what the right number adds there
  localparam HighW    = SumW - Top;    // the upper half's carry chain, from that bit on

  initial begin
    if ((Registered == 0) || (Shift >= LowW) || (LeftW <= LowW) || (RightW <= LowW)) begin
      $display("tree_adder: LeftW, RightW, Shift or Registered is not as the header says");
      $finish;
    end
  end

  // ^(a + b) = ^a + ^b + 1: an open sign on the left comes with a carry, through a bit
  // below the sum.
  wire            differ = left_negative_i ^ right_negative_i;
  wire            close  = left_negative_i && (Close != 0);
  wire [AddW-1:0] right  = right_i[RightTop:0] ^ {AddW{differ}};
  wire [AddW:0]   low    = {left_i[Top:Shift], left_negative_i} + {right, 1'b1};

  reg [LowW-1:0] low_q;
  reg            negative_q;
  always @(posedge clk_i) begin
    low_q[Top:Shift] <= low[AddW:1] ^ {AddW{close}};
    negative_q       <= left_negative_i && (Close == 0);
  end
  generate
    if (Shift > 0) begin : shifted  // below Shift the left number stands alone
      always @(posedge clk_i) low_q[Shift-1:0] <= left_i[Shift-1:0] ^ {Shift{close}};
    end
  endgenerate

  // A cycle later the inverses; of a sum that is inverted as a whole, what it was before.
  wire [LeftW-1:Top]       left_later;
  wire [RightW-1:RightTop] right_later;
  generate
    if (Close != 0) begin : whole
      reg [LeftW-1:Top]       left_q;
      reg [RightW-1:RightTop] right_q;
      always @(posedge clk_i) begin
        left_q  <= left_i[LeftW-1:Top] ^ {(LeftW - Top) {!close}};
        right_q <= right_i[RightW-1:RightTop] ^ {(RightW - RightTop) {differ == close}};
      end
      assign left_later  = left_q;
      assign right_later = right_q;
    end else begin : skewed
      reg           left_q;
      reg [Shift:0] right_q;
      reg           differ_q;
      always @(posedge clk_i) begin
        left_q   <= !left_i[Top];
        right_q  <= ~right_i[Top:RightTop];
        differ_q <= differ;
      end
      assign left_later  = {left_i[LeftW-1:LowW], left_q};
      assign right_later = {right_i[RightW-1:LowW], right_q} ^ {(RightW - RightTop) {differ_q}};
    end
  endgenerate
  wire [HighW-1:0] left_high  = {{(SumW - LeftW) {left_later[LeftW-1]}}, left_later};
  wire [HighW-1:0] right_high = {{(SumW - RightW - Shift) {right_later[RightW-1]}}, right_later};
  wire [HighW:0]   high       = {left_high, low_q[Top]} + {right_high, 1'b1};
  reg [HighW-2:0]  high_q;
  always @(posedge clk_i) high_q <= high[HighW:2];

  assign sum_o      = {high_q, low_q};
  assign negative_o = negative_q;

  wire unused = &{1'b0, low[0], high[1:0]};  // the carries' bits

endmodule

`default_nettype wire
