// SPDX-License-Identifier: Apache-2.0
// reduction_walk: visits the steps of a reduction: channel group by channel group,
// then kernel column, then kernel row.
//
//   step = (ky*kernel_cols + kx)*group_words + cg,  cg < group_words
//   offset_o = ky*row_words + kx*pixel_words + cg
//
// Latency  : step 0 stands in the cycle after start_i, the next step in the cycle
//            after each advance_i.
// Overflow : the offset wraps modulo 2^16, as addresses do.
`default_nettype none

module reduction_walk (
    input  wire        clk_i,         // clock, rising edge
    input  wire        rst_i,         // reset, active high
    input  wire        start_i,       // go to step 0
    input  wire        advance_i,     // go to the next step
    input  wire [15:0] row_words_i,   // activation words between input rows
    input  wire [15:0] pixel_words_i, // activation words between the pixels of a kernel row
    input  wire [15:0] group_words_i, // activation words of a pixel that are read
    input  wire [15:0] kernel_cols_i,
    output wire [15:0] offset_o,      // activation words from the position's address
    output wire [15:0] ky_o,
    output wire [15:0] kx_o
);

  // Counted from 2, to be compared as they are before the count is at its end; the offsets
  // are two less for it.
  reg [15:0] cg_q;      // cg + 2
  reg [15:0] kx_q;      // kx + 2
  reg [15:0] ky_q;
  reg [15:0] pixel_q;   // offset of the kernel column - 2
  reg [15:0] row_q;     // offset of the kernel row - 2
  reg        cg_end_q;  // cg is the last
  reg        kx_last_q; // kx is the last

  wire [15:0] row_next   = row_q + row_words_i;
  wire [15:0] pixel_next = kx_last_q ? row_next : pixel_q + pixel_words_i;
  wire        cg_begins  = start_i || (advance_i && cg_end_q);
  wire        kx_begins  = start_i || (advance_i && cg_end_q && kx_last_q);

  assign offset_o = pixel_q + cg_q;
  assign ky_o     = ky_q;
  assign kx_o     = kx_q - 16'd2;

  always @(posedge clk_i) begin
    if (rst_i) begin
      cg_q      <= 16'd2;
      cg_end_q  <= 1'b0;
      kx_q      <= 16'd2;
      kx_last_q <= 1'b0;
      ky_q      <= 16'd0;
      pixel_q   <= 16'hfffe;
      row_q     <= 16'hfffe;
    end else begin
      if (cg_begins) begin
        cg_q     <= 16'd2;
        cg_end_q <= (group_words_i == 16'd1);
      end else if (advance_i) begin
        cg_q     <= cg_q + 16'd1;
        cg_end_q <= (cg_q == group_words_i);
      end
      if (kx_begins) begin
        kx_q      <= 16'd2;
        kx_last_q <= (kernel_cols_i == 16'd1);
      end else if (cg_begins) begin
        kx_q      <= kx_q + 16'd1;
        kx_last_q <= (kx_q == kernel_cols_i);
      end
      if (start_i) begin
        ky_q    <= 16'd0;
        pixel_q <= 16'hfffe;
        row_q   <= 16'hfffe;
      end else if (cg_begins) begin
        pixel_q <= pixel_next;
        if (kx_last_q) begin
          ky_q  <= ky_q + 16'd1;
          row_q <= row_next;
        end
      end
    end
  end

endmodule

`default_nettype wire
