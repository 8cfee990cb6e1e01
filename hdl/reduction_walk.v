// SPDX-License-Identifier: Apache-2.0
// reduction_walk: visits the steps of a reduction: channel group by channel group,
// then kernel column, then kernel row.
//
//   step = (ky*kernel_cols + kx)*group_words + cg,  cg < group_words
//   offset_o = ky*row_words + kx*pixel_words + cg
//
// Latency  : step 0 stands in the cycle after start_i, the next step in the cycle
//            after each advance_i; before the first start_i there is none.
// Overflow : the offset wraps modulo 2^16, as addresses do.
`default_nettype none

module reduction_walk (
    input  wire        clk_i,         // clock, rising edge
    input  wire        rst_i,         // reset, active high
    input  wire        idle_i,        // between kernels: the next one becomes the kernel
    input  wire        start_i,       // go to step 0; not with idle_i
    input  wire        advance_i,     // go to the next step ...
    input  wire        last_i,        // ... or, from the last one, to step 0

    // The next kernel, in the last cycle of idle_i
    input  wire [15:0] next_group_words_i,
    input  wire [15:0] next_kernel_cols_i,

    // The kernel; stable behind idle_i
    input  wire [15:0] row_words_i,   // activation words between input rows
    input  wire [15:0] pixel_words_i, // activation words between the pixels of a kernel row
    input  wire [15:0] group_words_i, // activation words of a pixel that are read
    input  wire [15:0] kernel_cols_i,

    output wire [15:0] offset_o,      // activation words from the position's address
    output wire [15:0] ky_o,
    output wire [15:0] kx_o
);

  reg [15:0] cg_q;
  reg [15:0] kx_q;
  reg [15:0] ky_q;
  reg [15:0] pixel_q;   // offset of the kernel column
  reg [15:0] row_q;     // offset of the kernel row

  // A loop's end is known a step ahead: it is at its last; or, if not, at the last but one.
  reg        cg_end_q;
  reg        cg_near_q;
  reg        kx_last_q;
  reg        kx_near_q;
  reg        row_end_q;  // cg and kx are at their last

  // Loops of one and of two; the last but two of others
  reg        cg_one_q;
  reg        cg_two_q;
  reg        kx_one_q;
  reg        kx_two_q;
  reg [15:0] cg_third_q;
  reg [15:0] kx_third_q;

  always @(posedge clk_i) begin
    if (idle_i) begin
      cg_one_q <= (next_group_words_i == 16'd1);
      cg_two_q <= (next_group_words_i == 16'd2);
      kx_one_q <= (next_kernel_cols_i == 16'd1);
      kx_two_q <= (next_kernel_cols_i == 16'd2);
    end
    cg_third_q <= group_words_i - 16'd3;
    kx_third_q <= kernel_cols_i - 16'd3;
  end

  wire [15:0] row_next   = row_q + row_words_i;
  wire [15:0] pixel_next = kx_last_q ? row_next : pixel_q + pixel_words_i;
  wire        moves      = start_i || advance_i;
  wire        begins     = start_i || last_i;
  wire        cg_begins  = begins || cg_end_q;
  wire        kx_begins  = begins || kx_last_q;
  wire        row_begins = begins || row_end_q;
  wire        kx_next    = kx_begins ? kx_one_q : kx_near_q;  // where kx goes on, or begins

  assign offset_o = pixel_q + cg_q;
  assign ky_o     = ky_q;
  assign kx_o     = kx_q;

  always @(posedge clk_i) begin
    if (rst_i) begin
      cg_end_q  <= 1'b0;
      cg_near_q <= 1'b0;
      kx_last_q <= 1'b0;
      kx_near_q <= 1'b0;
      row_end_q <= 1'b0;
    end else if (moves) begin
      cg_end_q  <= cg_begins ? cg_one_q : cg_near_q;
      cg_near_q <= cg_begins ? cg_two_q : (cg_q == cg_third_q);
      row_end_q <= cg_begins ? cg_one_q && kx_next : cg_near_q && kx_last_q;
      if (cg_begins) begin
        kx_last_q <= kx_next;
        kx_near_q <= kx_begins ? kx_two_q : (kx_q == kx_third_q);
      end
    end
  end

  always @(posedge clk_i) begin
    if (moves) cg_q <= cg_begins ? 16'd0 : cg_q + 16'd1;
    if (moves && cg_begins) begin
      kx_q    <= kx_begins ? 16'd0 : kx_q + 16'd1;
      pixel_q <= begins ? 16'd0 : pixel_next;
    end
    if (moves && row_begins) begin
      ky_q  <= begins ? 16'd0 : ky_q + 16'd1;
      row_q <= begins ? 16'd0 : row_next;
    end
  end

endmodule

`default_nettype wire
