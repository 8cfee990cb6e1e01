// SPDX-License-Identifier: Apache-2.0
// position_walk: visits the output positions of a tile, pool window by pool
// window, and gives each one's activation address and input row and column.
//
//   for py < out_rows, px < out_cols in steps of Pixels, dy < pool, dx < pool:
//     addr = act_address + py*py_words + px*px_words + dy*dy_words + dx*dx_words
//     row  = origin_y + (py*(pool - overlap) + dy)*stride
//     col  = origin_x + (px*(pool - overlap) + dx)*stride
//     window_step = (1 - overlap)*stride, from the last row of a window to the first of
//                   the next; slot_step from its last column to the first of the
//                   window that is Pixels further
//     pixels_o[p] : window px + p exists, and has a position at this one's place
//
// The walk begins before the first position, as if at the end of a row before the first one:
// from there the first advance goes, too, by steps of zero and origin_y.
//
// Latency  : the next position stands in the cycle after each advance_i, the first one
//            behind the first advance_i behind idle_i.
// Overflow : addresses wrap modulo 2^16; rows and columns are the program's to keep
//            within 16 bits.
`default_nettype none

module position_walk #(
    parameter Pixels = 1  // windows of a row that are visited together
) (
    input  wire        clk_i,        // clock, rising edge
    input  wire        rst_i,        // reset, active high
    input  wire        idle_i,       // between tiles: go before the next one's first position
    input  wire        advance_i,    // go to the next position; not with idle_i

    // The next tile, in the last cycle of idle_i; the last three in the cycle before, too
    input  wire [15:0] next_act_address_i,
    input  wire [15:0] next_origin_y_i,  // two's complement
    input  wire [15:0] next_out_rows_i,
    input  wire [15:0] next_out_cols_i,
    input  wire [7:0]  next_pool_i,

    // The tile; stable behind idle_i
    input  wire [15:0] origin_x_i,   // two's complement
    input  wire [15:0] out_cols_i,
    input  wire [7:0]  pool_i,
    input  wire [7:0]  stride_i,
    input  wire [7:0]  window_step_i, // two's complement
    input  wire [15:0] slot_step_i,   // two's complement; window_step_i for one pixel
    input  wire [15:0] dx_words_i,
    input  wire [15:0] dy_words_i,
    input  wire [15:0] px_words_i,    // of Pixels windows
    input  wire [15:0] py_words_i,

    // The position
    output wire [15:0] addr_o,
    output wire [15:0] row_o,
    output wire [15:0] col_o,
    output wire [Pixels-1:0] pixels_o,
    output wire        last_o,       // the last position of the tile
    output wire        last_next_o   // last_o of the next cycle
);

  localparam [15:0] Together = Pixels;

  // Positions left in each loop, this one included; and rows behind this one.
  reg [7:0]  dx_left_q;
  reg [7:0]  dy_left_q;
  reg [15:0] px_left_q;
  reg [15:0] py_behind_q;

  // Addresses where the loops stand: dx, and the starts of dy, px and py.
  reg [15:0] addr_dx_q;
  reg [15:0] addr_dy_q;
  reg [15:0] addr_px_q;
  reg [15:0] addr_py_q;

  // Where the loop that goes on stands, and its step.
  reg [15:0] from_q;
  reg [15:0] step_q;

  // Row and column, and those of the window's first position.
  reg [15:0] row_q;
  reg [15:0] col_q;
  reg [15:0] row_py_q;
  reg [15:0] col_px_q;
  reg [15:0] row_step_q;  // to the next row of the window, or of the next one

  // The loop is at its last; or, if not, at the last but one. A step of px is Pixels windows.
  reg        dx_end_q;
  reg        dx_near_q;
  reg        dy_end_q;
  reg        dy_near_q;
  reg        px_end_q;
  reg        px_near_q;
  reg        py_end_q;
  reg        py_near_q;
  reg        py_two_q;       // two rows of windows are behind this one
  reg        window_last_q;  // px and py are at their last
  reg        last_q;         // all are
  reg        near_q;         // the next position is the last
  reg        pool_one_q;     // dx and dy have one position
  reg        row_one_q;      // px has
  reg [1:0]  goes_q;   // the loop that goes on: 0 dx, 1 dy, 2 px, 3 py
  reg        within_q; // dx or dy goes on, within the window: !goes_q[1], a flip-flop of its own
  reg        row_end_q; // py goes on: goes_q = 3, likewise

  wire       window_end = !within_q;

  // Loops of one, and two rows of windows, are known a cycle before.
  reg        pool_one_early_q;
  reg        row_one_early_q;
  reg        rows_one_early_q;
  reg        rows_two_early_q;
  wire       row_two;
  wire       row_three;  // three slots are left of the row
  generate
    if (Pixels == 1) begin : count
      assign row_two   = (out_cols_i == 16'd2);
      assign row_three = (px_left_q == 16'd3);
    end else begin : compare
      assign row_two   = (out_cols_i <= Together + Together) && !row_one_q;
      assign row_three = (px_left_q <= Together + Together + Together) && !px_near_q;
    end
  endgenerate

  always @(posedge clk_i) begin
    pool_one_early_q <= (next_pool_i == 8'd1);
    row_one_early_q  <= (next_out_cols_i <= Together);
    rows_one_early_q <= (next_out_rows_i == 16'd1);
    rows_two_early_q <= (next_out_rows_i == 16'd2);
    if (idle_i) pool_one_q <= pool_one_early_q;
    if (idle_i) row_one_q <= row_one_early_q;
  end

  wire        pool_two    = (pool_i == 8'd2);
  wire        dx_three    = (dx_left_q == 8'd3);    // three positions are left
  wire [15:0] window_step = {{8{window_step_i[7]}}, window_step_i};
  wire [15:0] addr_next = from_q + step_q;
  wire [15:0] row_next  = row_q + row_step_q;
  wire [15:0] col_next  = col_q + (window_end ? slot_step_i : {8'd0, stride_i});

  // Each loop counts when those within it are at their last, and begins again after its own.
  wire dy_moves = advance_i && dx_end_q;
  wire px_moves = advance_i && window_end;
  wire py_moves = advance_i && row_end_q;

  // What follows from the ends of the next position. Windows of one position go from px to px,
  // others begin with dx. A loop at its last is not near to it: where dx is near, dx goes, and px
  // where px is and windows are of one.
  wire [1:0] goes_next = {pool_one_q || (dx_near_q && dy_end_q),
                          (pool_one_q && (row_one_q || px_near_q)) ||
                          (dx_near_q && (!dy_end_q || px_end_q))};

  // Whether the position behind the next one is the last, by the loop that goes to the next one
  reg  near_next;
  always @* begin
    case (goes_q)
      2'd0: near_next = dx_three && dy_end_q && window_last_q;
      2'd1: near_next = pool_two && dy_near_q && window_last_q;
      2'd2: near_next = pool_one_q && row_three && py_end_q;
      default: near_next = pool_one_q && ((row_two && py_near_q) || (row_one_q && py_two_q));
    endcase
  end

  // The next loop goes from this address if it is the one that goes now or within it.
  wire from_dy = dx_near_q && !dy_end_q;
  wire from_px = dx_near_q && dy_end_q && !px_end_q;
  wire from_py = (dx_near_q && dy_end_q && px_end_q) || (pool_one_q && px_near_q);
  wire from_next = !idle_i && !from_dy && !from_px && !from_py;
  wire [15:0] from = (addr_dy_q & {16{!idle_i && from_dy}}) |
                     (addr_px_q & {16{!idle_i && from_px}}) |
                     (addr_py_q & {16{!idle_i && from_py}}) | (next_act_address_i & {16{idle_i}}) |
                     (addr_next & {16{from_next}});
  wire [15:0] step = goes_next[1] ? (goes_next[0] ? py_words_i : px_words_i)
                                  : (goes_next[0] ? dy_words_i : dx_words_i);

  assign addr_o = addr_dx_q;
  assign row_o  = row_q;
  assign col_o  = col_q;
  assign last_o = last_q;
  assign last_next_o = advance_i ? near_q : last_q;

  genvar p;
  generate
    for (p = 0; p < Pixels; p = p + 1) begin : pixel
      if (p == 0) begin : first
        assign pixels_o[p] = 1'b1;
      end else begin : another
        assign pixels_o[p] = (px_left_q > p);
      end
    end
  endgenerate

  always @(posedge clk_i) begin
    if (advance_i) dx_left_q <= dx_end_q ? pool_i : dx_left_q - 8'd1;
    if (dy_moves) dy_left_q <= window_end ? pool_i : dy_left_q - 8'd1;
    if (px_moves) px_left_q <= row_end_q ? out_cols_i : px_left_q - Together;
    if (idle_i) py_behind_q <= next_out_rows_i;
    else if (py_moves) py_behind_q <= py_behind_q - 16'd1;
    if (idle_i) py_two_q <= rows_two_early_q;
    else if (py_moves) py_two_q <= (py_behind_q == 16'd3);
  end

  always @(posedge clk_i) begin
    if (idle_i) begin
      dx_end_q  <= 1'b1;
      dx_near_q <= 1'b0;
      px_near_q <= 1'b0;
      py_near_q <= rows_one_early_q;
    end else begin
      if (advance_i) begin
        dx_end_q  <= dx_end_q ? pool_one_q : dx_near_q;
        dx_near_q <= dx_end_q ? pool_two : dx_three;
      end
      if (px_moves) px_near_q <= row_end_q ? row_two : row_three;
      if (py_moves) py_near_q <= py_two_q;
    end
    if (dy_moves) begin
      dy_end_q  <= window_end ? pool_one_q : dy_near_q;
      dy_near_q <= window_end ? pool_two : (dy_left_q == 8'd3);
    end
    if (px_moves) begin
      px_end_q      <= row_end_q ? row_one_q : px_near_q;
      window_last_q <= row_end_q ? row_one_q && py_near_q : px_near_q && py_end_q;
    end
    if (py_moves) py_end_q <= py_near_q;
  end

  always @(posedge clk_i) begin
    if (rst_i || idle_i) begin
      goes_q    <= 2'd3;
      within_q  <= 1'b0;
      row_end_q <= 1'b1;
    end else if (advance_i) begin
      goes_q    <= goes_next;
      within_q  <= !goes_next[1];
      row_end_q <= goes_next[1] && goes_next[0];
    end
    if (rst_i) last_q <= 1'b0;
    else if (advance_i) last_q <= near_q;
    if (rst_i) near_q <= 1'b0;
    else if (idle_i) near_q <= pool_one_early_q && row_one_early_q && rows_one_early_q;
    else if (advance_i) near_q <= near_next;
  end

  always @(posedge clk_i) begin
    if (idle_i || advance_i) from_q <= from;
    if (idle_i) step_q <= 16'd0;
    else if (advance_i) step_q <= step;
    if (advance_i) addr_dx_q <= addr_next;
    if (dy_moves) addr_dy_q <= addr_next;
    if (px_moves) addr_px_q <= addr_next;
    if (py_moves) addr_py_q <= addr_next;
  end

  // From dx and px on the column is the next one, from dy on its window's first, from py on the
  // row's first. The row is the next one from dy and py on, and from px on its window's first.
  wire [15:0] col_first = goes_q[1] ? origin_x_i : col_px_q;

  always @(posedge clk_i) begin
    if (idle_i) row_q <= 16'd0;
    else if (dy_moves) row_q <= goes_q[0] ? row_next : row_py_q;
    if (idle_i) row_step_q <= next_origin_y_i;
    else if (advance_i) row_step_q <= goes_next[1] ? window_step : {8'd0, stride_i};
    if (py_moves) row_py_q <= row_next;
    if (advance_i) col_q <= goes_q[0] ? col_first : col_next;
    if (px_moves) col_px_q <= goes_q[0] ? origin_x_i : col_next;
  end

endmodule

`default_nettype wire
