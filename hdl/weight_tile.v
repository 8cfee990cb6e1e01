// SPDX-License-Identifier: Apache-2.0
// weight_tile: the weights in place, and behind them the tile that follows.
//
//   next[s] <= digits_i[s] where we_i[s];   tile_o <= next when swap_i
//
// Latency  : 1 cycle. A write in the cycle of swap_i belongs to the tile after.
// Overflow : none.
`default_nettype none

module weight_tile #(
    parameter Slots  = 256,  // weights of a tile
    parameter DigitW = 3     // bits of a weight: 3 a digit
) (
    input  wire                    clk_i,    // clock, rising edge
    input  wire [Slots-1:0]        we_i,     // write slot s of the next tile
    input  wire [Slots*DigitW-1:0] digits_i,
    input  wire                    swap_i,   // the next tile takes over
    output reg  [Slots*DigitW-1:0] tile_o
);

  reg [Slots*DigitW-1:0] next_q;

  genvar s;
  generate
    for (s = 0; s < Slots; s = s + 1) begin : slot
      always @(posedge clk_i) begin
        if (we_i[s]) next_q[s*DigitW+:DigitW] <= digits_i[s*DigitW+:DigitW];
      end
    end
  endgenerate

  always @(posedge clk_i) begin
    if (swap_i) tile_o <= next_q;
  end

endmodule

`default_nettype wire
