// SPDX-License-Identifier: Apache-2.0
// pixel_offsets: how far the windows of a slot lie from its first one, and that from the
// first of the slot behind.
//
//   pitch       = (pool - overlap)*stride = window_step + (pool - 1)*stride, columns
//   words_o[p]  = p*px_words,  cols_o[p] = p*pitch
//   slot_step_o = window_step + (Pixels - 1)*pitch, from the last column of a window to the
//                 first of the one that is Pixels further
//
// Latency  : from the last cycle of idle_i 1 cycle to words_o, 2 to cols_o and slot_step_o.
// Overflow : wraps modulo 2^16, as addresses and columns do.
`default_nettype none

module pixel_offsets #(
    parameter Pixels = 2  // windows of a slot, 2 or more
) (
    input  wire                 clk_i,          // clock, rising edge
    input  wire                 idle_i,         // these are the next instruction's fields
    input  wire [15:0]          px_words_i,     // lane words from a window to the next
    input  wire [7:0]           window_step_i,  // two's complement
    input  wire [7:0]           pool_i,
    input  wire [7:0]           stride_i,
    output wire [16*Pixels-1:0] words_o,        // window 0 lowest
    output wire [16*Pixels-1:0] cols_o,
    output wire [15:0]          slot_step_o
);

  localparam [15:0] LastPixel = Pixels - 1;

  reg  [15:0] step_q;
  reg  [15:0] pitch_q;
  reg  [15:0] slot_step_q;
  wire [15:0] step  = {{8{window_step_i[7]}}, window_step_i};
  wire [15:0] pitch = step + {8'd0, pool_i - 8'd1} * {8'd0, stride_i};

  always @(posedge clk_i) begin
    if (idle_i) begin
      step_q  <= step;
      pitch_q <= pitch;
    end
    slot_step_q <= step_q + LastPixel * pitch_q;
  end

  genvar p;
  generate
    for (p = 0; p < Pixels; p = p + 1) begin : pixel
      localparam [15:0] P = p;
      reg [15:0] words_q;
      reg [15:0] cols_q;
      always @(posedge clk_i) begin
        if (idle_i) words_q <= P * px_words_i;
        cols_q <= P * pitch_q;
      end
      assign words_o[16*p+:16] = words_q;
      assign cols_o[16*p+:16]  = cols_q;
    end
  endgenerate

  assign slot_step_o = slot_step_q;

endmodule

`default_nettype wire
