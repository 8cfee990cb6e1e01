// SPDX-License-Identifier: Apache-2.0
// weight_tile: the weights in place, and behind them the tile that follows.
//
//   Tiles = 2: next[s] <= digits_i[s] where we_i[s];   tile_o <= next when swap_i
//   Tiles = 1: tile_o[s] <= digits_i[s] where we_i[s]
//
// Slot s is lane s mod Lanes of column s / Lanes.
//
// Latency  : 1 cycle. A write in the cycle of swap_i belongs to the tile after.
// Overflow : none.
`default_nettype none

module weight_tile #(
    parameter Lanes  = 16,  // weights of a column
    parameter Cols   = 16,  // columns
    parameter DigitW = 3,   // bits of a weight: 3 a digit
    parameter Tiles  = 2    // 1: the next tile is written over the one in place
) (
    input  wire                         clk_i,    // clock, rising edge
    input  wire [Lanes*Cols-1:0]        we_i,     // write slot s of the next tile
    input  wire [Lanes*Cols*DigitW-1:0] digits_i,
    input  wire                         swap_i,   // the next tile takes over
    output wire [Lanes*Cols*DigitW-1:0] tile_o
);

  reg [Lanes*Cols*DigitW-1:0] next_q;

  genvar c, l;
  generate
    for (c = 0; c < Cols; c = c + 1) begin : column
      for (l = 0; l < Lanes; l = l + 1) begin : lane
        localparam S = c * Lanes + l;
        always @(posedge clk_i) begin
          if (we_i[S]) next_q[S*DigitW+:DigitW] <= digits_i[S*DigitW+:DigitW];
        end
      end
    end
  endgenerate

  generate
    if (Tiles == 1) begin : in_place
      wire unused = swap_i;
      assign tile_o = next_q;
    end else begin : behind
      reg [Lanes*Cols*DigitW-1:0] tile_q;
      always @(posedge clk_i) begin
        if (swap_i) tile_q <= next_q;
      end
      assign tile_o = tile_q;
    end
  endgenerate

endmodule

`default_nettype wire
