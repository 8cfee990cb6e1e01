// SPDX-License-Identifier: Apache-2.0
// accumulator: the partial sums of one column, one for each position of one or two blocks.
//
//   sums[addr_i] <= (first_i ? 0 : sums[addr_i]) + (sum_i ^ {negative_i})   when valid_i
//   drain_o = sums[drain_addr_i]
//
// Latency  : a sum is readable in the cycle after valid_i; drain_o is
//            combinational.
// Overflow : wraps modulo 2^AccW; the mapping proves that it does not happen.
// Sums are not reset: the first step of a block writes them.
`default_nettype none

module accumulator #(
    parameter AddrW = 5,   // log2 of the sums: one bit for the block, the rest its position
    parameter SumW  = 13,  // width of the array's sums, bits
    parameter AccW  = 24   // width of a partial sum, bits
) (
    input  wire                   clk_i,    // clock, rising edge
    input  wire                   valid_i,  // sum_i belongs to position addr_i
    input  wire                   first_i,  // first step: forget the old sum
    input  wire [AddrW-1:0]       addr_i,
    input  wire signed [SumW-1:0] sum_i,
    input  wire                   negative_i,  // the sum is to be inverted
    input  wire [AddrW-1:0]       drain_addr_i,
    output wire signed [AccW-1:0] drain_o
);

  localparam ExtW = (AccW > SumW) ? AccW : SumW;

  reg [AccW-1:0] sums [0:(1<<AddrW)-1];

  // The sum goes into the carry chain; zeroing the old one is left to the LUTs before it.
  wire [ExtW-1:0]        sum_ext = {{(ExtW - SumW + 1) {sum_i[SumW-1]}}, sum_i[SumW-2:0]};
  wire [ExtW-1:0]        settled = sum_ext ^ {ExtW{negative_i}};
  wire [AccW-1:0]        kept    = sums[addr_i];
  wire                   top     = kept[AccW-1] && !first_i;
  wire [AccW-2:0]        rest    = kept[AccW-2:0] & {(AccW - 1) {!first_i}};

  always @(posedge clk_i) begin
    if (valid_i) sums[addr_i] <= settled[AccW-1:0] + {top, rest};
  end

  assign drain_o = sums[drain_addr_i];

  wire unused = &{1'b0, settled};

endmodule

`default_nettype wire
