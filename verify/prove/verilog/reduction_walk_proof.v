// SPDX-License-Identifier: Apache-2.0
// reduction_walk_proof: a walk against three loops, each with the words that it has gone.
//
//   offset = ky*row_words + kx*pixel_words + cg
//
// peek_* are registers of the module, see instruction_front_proof.
`default_nettype none

module reduction_walk_proof (
    input  wire        clk_i,
    input  wire        start_i,
    input  wire        advance_i,
    input  wire        last_i,
    input  wire [15:0] row_words_i,
    input  wire [15:0] pixel_words_i,
    input  wire [15:0] group_words_i,
    input  wire [15:0] kernel_cols_i,
    output wire [15:0] offset_o,
    output wire [15:0] ky_o,
    output wire [15:0] kx_o,
    output wire        given,      // the kernel is stable and not empty
    output wire        reach,      // a second row of the kernel
    output wire        ok_offset,  // the offset is the equation's
    output wire        ok_kernel,  // row and column are the loops'
    output wire        ok_state    // what is within the module is the loops'
);

  (* keep *) wire [15:0] peek_cg;
  (* keep *) wire [15:0] peek_pixel;
  (* keep *) wire [15:0] peek_row;
  (* keep *) wire [2:0]  peek_ends;  // both, cg, kx

  reg         started_q = 1'b0;  // reset in the first cycle, never after
  reg [15:0]  cg_q, kx_q, ky_q;
  reg [15:0]  kx_at_q, ky_at_q;  // words gone
  reg         begun_q = 1'b0;           // it has been at step 0
  reg [63:0]  kernel_q;
  wire [63:0] kernel = {row_words_i, pixel_words_i, group_words_i, kernel_cols_i};
  wire        cg_end = cg_q == group_words_i - 16'd1;
  wire        kx_end = kx_q == kernel_cols_i - 16'd1;

  reduction_walk dut (
      .clk_i        (clk_i),
      .rst_i        (!started_q),
      .start_i      (start_i),
      .advance_i    (advance_i),
      .last_i       (last_i),
      .row_words_i  (row_words_i),
      .pixel_words_i(pixel_words_i),
      .group_words_i(group_words_i),
      .kernel_cols_i(kernel_cols_i),
      .offset_o     (offset_o),
      .ky_o         (ky_o),
      .kx_o         (kx_o)
  );

  always @(posedge clk_i) begin
    started_q <= 1'b1;
    kernel_q  <= kernel;
    begun_q   <= started_q && (start_i || begun_q);
    if (!started_q || start_i || (advance_i && last_i)) begin
      {cg_q, kx_q, ky_q, kx_at_q, ky_at_q} <= 80'd0;
    end else if (advance_i) begin
      cg_q <= cg_end ? 16'd0 : cg_q + 16'd1;
      if (cg_end) begin
        kx_q    <= kx_end ? 16'd0 : kx_q + 16'd1;
        kx_at_q <= kx_end ? 16'd0 : kx_at_q + pixel_words_i;
      end
      if (cg_end && kx_end) begin
        ky_q    <= ky_q + 16'd1;
        ky_at_q <= ky_at_q + row_words_i;
      end
    end
  end

  assign given     = (!advance_i || begun_q) && (!started_q || start_i || (kernel == kernel_q)) && (group_words_i != 16'd0) && (kernel_cols_i != 16'd0);
  assign reach     = started_q && (ky_q == 16'd1) && (kernel_cols_i == 16'd2) && (group_words_i == 16'd2);
  assign ok_offset = !begun_q || (offset_o == ky_at_q + kx_at_q + cg_q);
  assign ok_kernel = !begun_q || ((ky_o == ky_q) && (kx_o == kx_q));
  assign ok_state  = !begun_q || ((peek_cg == cg_q) && (peek_row == ky_at_q) && (peek_pixel == ky_at_q + kx_at_q) &&
                     (start_i || (peek_ends == {cg_end && kx_end, cg_end, kx_end})));

endmodule

`default_nettype wire
