// SPDX-License-Identifier: Apache-2.0
// skewed: a number as the adders of array.skewed_sums take it, with Skewed = 1: bits
// LowW-1 to 0 at once, and the inverse of the others a cycle later. Else as it is.
`default_nettype none

module skewed #(
    parameter Width  = 8,  // bits
    parameter Skewed = 0
) (
    input  wire             clk_i,
    input  wire [Width-1:0] number_i,
    output wire [Width-1:0] number_o
);

  localparam LowW = 7;
  generate
    if ((Skewed == 0) || (Width <= LowW)) begin : whole
      assign number_o = number_i;
    end else begin : halves
      reg [Width-1:LowW] high_q;
      always @(posedge clk_i) high_q <= ~number_i[Width-1:LowW];
      assign number_o = {high_q, number_i[LowW-1:0]};
    end
  endgenerate

endmodule

`default_nettype wire
