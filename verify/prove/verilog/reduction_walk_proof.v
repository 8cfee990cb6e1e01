// SPDX-License-Identifier: Apache-2.0
// reduction_walk_proof: a walk against three loops, each with the words that it has gone.
//
//   offset = ky*row_words + kx*pixel_words + cg
//
// peek_* are registers of the module, see instruction_front_proof.
`default_nettype none

module reduction_walk_proof (
    input  wire        clk_i,
    input  wire        idle_i,
    input  wire        start_i,
    input  wire        advance_i,
    input  wire        last_i,
    input  wire [15:0] next_group_words_i,
    input  wire [15:0] next_kernel_cols_i,
    input  wire [15:0] row_words_i,
    input  wire [15:0] pixel_words_i,
    input  wire [15:0] group_words_i,
    input  wire [15:0] kernel_cols_i,
    output wire [15:0] offset_o,
    output wire [15:0] ky_o,
    output wire [15:0] kx_o,
    output wire        given,      // a kernel is the next one of the last idle cycle, and stable; it starts behind it, and not empty; steps go later, with the kernel that started
    output wire        reach,      // a second row of the kernel
    output wire        ok_offset,  // the offset is the equation's
    output wire        ok_kernel,  // row and column are the loops'
    output wire        ok_state,   // what is within the module is the loops'
    output wire        ok_flags    // what is kept of the kernel is true of it
);

  (* keep *) wire [15:0] peek_cg;
  (* keep *) wire [15:0] peek_pixel;
  (* keep *) wire [15:0] peek_row;
  (* keep *) wire [2:0]  peek_ends;  // both, cg, kx
  (* keep *) wire [1:0]  peek_near;  // cg, kx: the last but one
  (* keep *) wire [3:0]  peek_few;   // cg of one, of two, kx of one, of two
  (* keep *) wire [15:0] peek_cg_third;
  (* keep *) wire [15:0] peek_kx_third;

  reg         started_q = 1'b0;  // reset in the first cycle, never after
  reg [15:0]  cg_q, kx_q, ky_q;
  reg [15:0]  kx_at_q, ky_at_q;  // words gone
  reg         begun_q = 1'b0;           // it has been at step 0
  reg         known_q;           // there was an idle cycle
  reg         idle_q;            // the cycle before was one
  reg [31:0]  next_q;            // the next kernel of the cycle before
  reg [63:0]  kernel_q;          // the kernel of the cycle before
  reg [63:0]  walked_q;          // that of the walk
  wire [63:0] kernel = {row_words_i, pixel_words_i, group_words_i, kernel_cols_i};
  wire [15:0] row_words, pixel_words, group_words, kernel_cols;
  assign {row_words, pixel_words, group_words, kernel_cols} = walked_q;
  wire        cg_end = cg_q == group_words - 16'd1;
  wire        kx_end = kx_q == kernel_cols - 16'd1;

  reduction_walk dut (
      .clk_i        (clk_i),
      .rst_i        (!started_q),
      .idle_i       (idle_i),
      .start_i      (start_i),
      .advance_i    (advance_i),
      .last_i       (last_i),
      .next_group_words_i(next_group_words_i),
      .next_kernel_cols_i(next_kernel_cols_i),
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
    known_q   <= started_q && (idle_i || known_q);
    idle_q    <= idle_i;
    next_q    <= {next_group_words_i, next_kernel_cols_i};
    kernel_q  <= kernel;
    if (start_i) walked_q <= kernel;
    begun_q   <= started_q && (start_i || begun_q);
    if (!started_q || start_i || (advance_i && last_i)) begin
      {cg_q, kx_q, ky_q, kx_at_q, ky_at_q} <= 80'd0;
    end else if (advance_i) begin
      cg_q <= cg_end ? 16'd0 : cg_q + 16'd1;
      if (cg_end) begin
        kx_q    <= kx_end ? 16'd0 : kx_q + 16'd1;
        kx_at_q <= kx_end ? 16'd0 : kx_at_q + pixel_words;
      end
      if (cg_end && kx_end) begin
        ky_q    <= ky_q + 16'd1;
        ky_at_q <= ky_at_q + row_words;
      end
    end
  end

  assign given     = !started_q ||
                     ((idle_i || (idle_q ? kernel[31:0] == next_q : kernel == kernel_q)) &&
                      (!start_i || (!idle_i && known_q && (group_words_i != 16'd0) && (kernel_cols_i != 16'd0))) &&
                      (!advance_i || start_i || (!idle_i && !idle_q && begun_q && (kernel == walked_q))));
  assign reach     = started_q && (ky_q == 16'd1) && (kernel_cols == 16'd2) && (group_words == 16'd2);
  assign ok_offset = !begun_q || (offset_o == ky_at_q + kx_at_q + cg_q);
  assign ok_kernel = !begun_q || ((ky_o == ky_q) && (kx_o == kx_q));
  assign ok_state  = !begun_q || ((peek_cg == cg_q) && (peek_row == ky_at_q) && (peek_pixel == ky_at_q + kx_at_q) &&
                     (cg_q < group_words) && (kx_q < kernel_cols) && known_q &&
                     (peek_ends == {cg_end && kx_end, cg_end, kx_end}) &&
                     (peek_near == {cg_q + 16'd2 == group_words, kx_q + 16'd2 == kernel_cols}));
  assign ok_flags  = !started_q || !known_q || idle_i ||
                     ((peek_few == {group_words_i == 16'd1, group_words_i == 16'd2, kernel_cols_i == 16'd1, kernel_cols_i == 16'd2}) &&
                      (idle_q || ((peek_cg_third == group_words_i - 16'd3) && (peek_kx_third == kernel_cols_i - 16'd3))));

endmodule

`default_nettype wire
