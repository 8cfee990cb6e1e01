// SPDX-License-Identifier: Apache-2.0
// tile_fill: which slots of a weight tile a word of decoded weights fills.
//
// Word w of a tile holds the weights w*Codes ... w*Codes + Codes - 1 of the tile,
// Codes being those of the word's level set; weight s goes to slot s, which is
// lane s mod Lanes of column s / Lanes:
//
//   we_o[s] = valid and index = s / Codes;   digits_o[s] = word[s mod Codes]
//
// Latency  : 1 cycle from word_i to we_o and digits_o.
// Overflow : none. Weights beyond the tile's last slot are dropped.
`default_nettype none

module tile_fill #(
    parameter Lanes  = 16,   // weights of a column
    parameter Cols   = 16,   // columns
    parameter DigitW = 3,    // bits of a weight: 3 a digit
    parameter WordW  = 240,  // bits of a word: the most Codes of a set, DigitW each
    parameter Sets   = 1,    // level sets of the design
    parameter [16*Sets-1:0] Codes = {Sets{16'd80}}  // weights of a word, by set
) (
    input  wire                         clk_i,    // clock, rising edge
    input  wire                         rst_i,    // reset, active high
    input  wire                         valid_i,  // word_i is a word of a tile
    input  wire [15:0]                  index_i,  // which
    input  wire [15:0]                  set_i,    // of which level set
    input  wire [WordW-1:0]             word_i,
    output wire [Lanes*Cols-1:0]        we_o,     // slot is filled
    output wire [Lanes*Cols*DigitW-1:0] digits_o  // {negative, two, zero} of each digit
);

  reg             valid_q;
  reg [15:0]      index_q;
  reg [WordW-1:0] word_q;
  reg [Sets-1:0]  of_set_q;  // the word is of this set

  always @(posedge clk_i) begin
    if (rst_i) valid_q <= 1'b0;
    else valid_q <= valid_i;
  end

  always @(posedge clk_i) begin
    index_q <= index_i;
    word_q  <= word_i;
  end

  genvar c, l, i;
  generate
    for (i = 0; i < Sets; i = i + 1) begin : set
      localparam [15:0] Set = i;
      always @(posedge clk_i) of_set_q[i] <= (set_i == Set);
    end

    for (c = 0; c < Cols; c = c + 1) begin : column
      for (l = 0; l < Lanes; l = l + 1) begin : lane
        localparam S = c * Lanes + l;
        wire [Sets-1:0]        here;  // the slot's weight is in this word, by set
        wire [Sets*DigitW-1:0] from;  // and it is this
        for (i = 0; i < Sets; i = i + 1) begin : set
          localparam [31:0] PerWord = {16'd0, Codes[16*i+:16]};
          localparam [31:0] Word    = S / PerWord;
          localparam [31:0] At      = S % PerWord;
          assign here[i] = (index_q == Word[15:0]);
          assign from[i*DigitW+:DigitW] = word_q[At*DigitW+:DigitW];
        end
        if (Sets == 1) begin : one_set
          assign we_o[S] = valid_q && here[0];
          assign digits_o[S*DigitW+:DigitW] = from;
        end else begin : many_sets
          reg [DigitW-1:0] taken;
          integer          k;
          always @(*) begin
            taken = {DigitW{1'b0}};
            for (k = 0; k < Sets; k = k + 1)
              if (of_set_q[k]) taken = taken | from[k*DigitW+:DigitW];
          end
          assign we_o[S] = valid_q && |(here & of_set_q);
          assign digits_o[S*DigitW+:DigitW] = taken;
        end
      end
    end
  endgenerate

  // The last word of a tile may hold more weights than the tile has left.
  wire unused = &{1'b0, word_q, of_set_q};

endmodule

`default_nettype wire
