// SPDX-License-Identifier: Apache-2.0
// accumulator: the partial sums of one column, one for each position of one or two blocks, in two
// halves: the low bits in a cycle, the others in the next.
//
//   sums[addr_i] <= (first_i ? 0 : sums[addr_i]) + (sum_i ^ {negative_i})   when valid_i
//   drain_o = sums[drain_addr_i]
//
// The sum is skewed as tree_adder makes it: its bits LowW-1 to 0 come with valid_i, the inverse
// of the others a cycle later. The upper halves are kept as inverses too, so that a
// carry chain takes both as they are.
//
// Latency  : a sum is readable two cycles after valid_i, its low half after one; drain_o is
//            combinational. The drain reads no sum earlier, so that the core has the same
//            cycles with the portable form, whose sums are readable after one.
// Overflow : wraps modulo 2^AccW; the mapping proves that it does not happen.
// Sums are not reset: the first step of a block writes them.
`default_nettype none

module accumulator #(
    parameter AddrW = 5,   // log2 of the sums: one bit for the block, the rest its position
    parameter SumW  = 13,  // width of the array's sums, bits
    parameter AccW  = 24   // width of a partial sum, bits, more than LowW
) (
    input  wire                   clk_i,    // clock, rising edge
    input  wire                   valid_i,  // sum_i belongs to position addr_i
    input  wire                   first_i,  // first step: forget the old sum
    input  wire [AddrW-1:0]       addr_i,
    input  wire signed [SumW-1:0] sum_i,    // skewed
    input  wire                   negative_i,  // the sum is to be inverted
    input  wire [AddrW-1:0]       drain_addr_i,
    output wire signed [AccW-1:0] drain_o
);

  localparam LowW  = 7;  // as in tree_adder
  localparam HighW = AccW - LowW;
  localparam ExtW  = (AccW > SumW) ? AccW : SumW;

  // Low halves
  reg [LowW-1:0]  lows [0:(1<<AddrW)-1];
  wire [LowW-1:0] low_old = lows[addr_i] & {LowW{!first_i}};
  wire [LowW-1:0] low_sum;
  wire [LowW:0]   low     = {1'b0, low_sum} + {1'b0, low_old};
  always @(posedge clk_i) begin
    if (valid_i) lows[addr_i] <= low[LowW-1:0];
  end

  // A cycle later: inverses of the upper halves. ^(a + b + carry) = ^a + ^b + !carry.
  reg             valid_q;
  reg             first_q;
  reg [AddrW-1:0] addr_q;
  reg             negative_q;
  reg             no_carry_q;
  always @(posedge clk_i) begin
    valid_q    <= valid_i;
    first_q    <= first_i;
    addr_q     <= addr_i;
    negative_q <= negative_i;
    no_carry_q <= !low[LowW];
  end
  reg [HighW-1:0]  highs [0:(1<<AddrW)-1];
  wire [HighW-1:0] high_old = highs[addr_q] | {HighW{first_q}};
  wire [HighW-1:0] high_sum;
  wire [HighW:0]   high     = {high_sum, no_carry_q} + {high_old, 1'b1};
  always @(posedge clk_i) begin
    if (valid_q) highs[addr_q] <= high[HighW:1];
  end

  // What is added up: the sum's bits, or its sign where it has no more
  generate
    if (SumW > LowW) begin : skewed_sum
      wire [SumW-1:LowW-1] later = {sum_i[SumW-1:LowW], 1'b0};  // and a bit that makes none empty
      wire [ExtW-1:LowW-1] ext   = {{(ExtW - SumW + 1) {later[SumW-1]}}, later[SumW-2:LowW-1]};
      wire                 unused_ext = &{1'b0, ext};
      assign low_sum  = sum_i[LowW-1:0] ^ {LowW{negative_i}};
      assign high_sum = ext[AccW-1:LowW] ^ {HighW{negative_q}};
    end else begin : short_sum
      wire [LowW-1:0] ext = {{(LowW - SumW + 1) {sum_i[SumW-1]}}, sum_i[SumW-2:0]};
      reg             sign_q;
      always @(posedge clk_i) sign_q <= sum_i[SumW-1];
      assign low_sum  = ext ^ {LowW{negative_i}};
      assign high_sum = {HighW{!sign_q ^ negative_q}};
    end
  endgenerate

  assign drain_o = {~highs[drain_addr_i], lows[drain_addr_i]};

  wire unused = &{1'b0, high[0]};

endmodule

`default_nettype wire
