// SPDX-License-Identifier: Apache-2.0
// accumulator_ahead: the partial sums of one column, one for each position of a block. The old
// sum stands in a register before the new one comes, so that no choice of it precedes the adder.
//
//   old = sums[addr_i] of the cycle before, 0 if it was first_i
//   sums[addr_i of the cycle before] <= old + (sum_i ^ {negative_i})   when valid_i
//   drain_o = old
//
// Latency  : a sum is readable in the cycle after valid_i, by addr_i in that cycle at the
//            earliest: never is one read in the cycle that writes it. drain_o stands a
//            cycle after its address.
// Overflow : wraps modulo 2^AccW; the mapping proves that it does not happen.
// Sums are not reset: the first step of a block writes them. Tools may take block RAM for many.
`default_nettype none

module accumulator_ahead #(
    parameter AddrW = 2,   // log2 of the sums
    parameter SumW  = 13,  // width of the array's sums, bits
    parameter AccW  = 24   // width of a partial sum, bits
) (
    input  wire                   clk_i,    // clock, rising edge
    input  wire                   first_i,  // of the next cycle's sum: forget the old one
    input  wire [AddrW-1:0]       addr_i,   // position of the next cycle's sum, or of the drain's
    input  wire                   valid_i,  // sum_i is to be added
    input  wire signed [SumW-1:0] sum_i,
    input  wire                   negative_i,  // the sum is to be inverted
    output wire signed [AccW-1:0] drain_o
);

  localparam ExtW = (AccW > SumW) ? AccW : SumW;

  reg [AccW-1:0]  sums [0:(1<<AddrW)-1];
  reg [AddrW-1:0] addr_q;
  reg [AccW-1:0]  old_q;

  wire [ExtW-1:0] sum_ext = {{(ExtW - SumW + 1) {sum_i[SumW-1]}}, sum_i[SumW-2:0]};
  wire [ExtW-1:0] settled = sum_ext ^ {ExtW{negative_i}};

  always @(posedge clk_i) begin
    addr_q <= addr_i;
    if (first_i) old_q <= {AccW{1'b0}};
    else old_q <= sums[addr_i];
    if (valid_i) sums[addr_q] <= settled[AccW-1:0] + old_q;
  end

  assign drain_o = old_q;

  wire unused = &{1'b0, settled};

endmodule

`default_nettype wire
