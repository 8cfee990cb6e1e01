// SPDX-License-Identifier: Apache-2.0
// position_walk_proof: a walk against four loops that count up, each with the words that
// it has gone so far.
//
//   addr = act_address + py*py_words + px*px_words + dy*dy_words + dx*dx_words
//   row  = origin_y + first row of the window + dy*stride, col likewise
//
// where px counts in steps of Pixels, px_words for each of them.
//
// peek_* are registers of the module, see instruction_front_proof.
`default_nettype none

module position_walk_proof #(
    parameter Pixels = 1
) (
    input  wire        clk_i,
    input  wire        idle_i,
    input  wire        advance_i,
    input  wire [15:0] next_act_address_i,
    input  wire [15:0] next_origin_y_i,
    input  wire [15:0] next_out_rows_i,
    input  wire [15:0] next_out_cols_i,
    input  wire [7:0]  next_pool_i,
    input  wire [15:0] origin_x_i,
    input  wire [15:0] out_cols_i,
    input  wire [7:0]  pool_i,
    input  wire [7:0]  stride_i,
    input  wire [7:0]  window_step_i,
    input  wire [15:0] slot_step_i,
    input  wire [15:0] dx_words_i,
    input  wire [15:0] dy_words_i,
    input  wire [15:0] px_words_i,
    input  wire [15:0] py_words_i,
    output wire [15:0] addr_o,
    output wire [15:0] row_o,
    output wire [15:0] col_o,
    output wire [Pixels-1:0] pixels_o,
    output wire        last_o,
    output wire        last_next_o,
    output wire        given,     // the tile is the next one of the last idle cycle, stable; walked behind it if it was known a cycle before and is not empty
    output wire        reach,     // a second window
    output wire        ok_before, // the walk stands before the first position
    output wire        ok_addr,   // the address is the equation's
    output wire        ok_row,    // the row is
    output wire        ok_col,    // the column is
    output wire        ok_pixels, // those of the row that are there
    output wire        ok_last,   // last on the last position only
    output wire        ok_left,   // what is left of each loop is exact
    output wire        ok_flags,  // what is kept of the loops' ends is true of where they stand
    output wire        ok_starts, // where the loops started is exact
    output wire        ok_steps   // where the next loop goes from, and how far
);

  localparam [16:0] Together = Pixels;

  (* keep *) wire [7:0]  peek_dx_left;
  (* keep *) wire [7:0]  peek_dy_left;
  (* keep *) wire [15:0] peek_px_left;
  (* keep *) wire [15:0] peek_py_behind;
  (* keep *) wire [3:0]  peek_ends;  // dx, dy, px, py
  (* keep *) wire [3:0]  peek_near;
  (* keep *) wire [1:0]  peek_goes;
  (* keep *) wire [1:0]  peek_ones;  // pool, row
  (* keep *) wire [3:0]  peek_early;  // the next tile's rows are of two; pool, row, rows of one
  (* keep *) wire        peek_last_near;  // the next position is the last
  (* keep *) wire        peek_py_two;     // two rows are behind
  (* keep *) wire        peek_within;
  (* keep *) wire        peek_window_last;
  (* keep *) wire        peek_row_end;
  (* keep *) wire [15:0] peek_from;
  (* keep *) wire [15:0] peek_step;
  (* keep *) wire [15:0] peek_row_step;
  (* keep *) wire [15:0] peek_addr_dy;
  (* keep *) wire [15:0] peek_addr_px;
  (* keep *) wire [15:0] peek_addr_py;
  (* keep *) wire [15:0] peek_row_py;
  (* keep *) wire [15:0] peek_col_px;

  reg          started_q = 1'b0;  // reset in the first cycle, never after
  reg          before_q;          // before the first position of a tile
  reg          walks_q;           // within a tile
  reg          went_q;            // the cycle before was idle
  reg          known_q;           // the tile's early fields were there a cycle before its others
  reg          first_q;           // its first position came with the last advance, in this cycle
  reg [15:0]   act_address_q, origin_y_q, out_rows_q, out_cols_q;
  reg [7:0]    pool_q;
  reg [39:0]   early_q;           // of the next tile, a cycle ago
  reg [7:0]    dx_q, dy_q;
  reg [15:0]   px_q, py_q;
  reg [15:0]   dx_at_q, dy_at_q, px_at_q, py_at_q;        // words gone by each loop
  reg [15:0]   row_dy_q, col_dx_q, row_py_q, col_px_q;    // rows and columns
  reg [95:0]   tile_q;
  reg [15:0]   slot_step_q;
  reg          last_next_q;
  wire [39:0]  early = {next_out_rows_i, next_out_cols_i, next_pool_i};
  wire [95:0]  tile  = {origin_x_i, stride_i, window_step_i, dx_words_i, dy_words_i, px_words_i, py_words_i};
  wire [15:0]  between = {{8{window_step_i[7]}}, window_step_i};
  wire         dx_end  = dx_q == pool_i - 8'd1;
  wire         dy_end  = dy_q == pool_i - 8'd1;
  wire [16:0]  px_next = {1'b0, px_q} + Together;
  wire         px_end  = px_next >= {1'b0, out_cols_i};
  wire         py_end  = py_q == out_rows_q - 16'd1;

  position_walk #(
      .Pixels(Pixels)
  ) dut (
      .clk_i        (clk_i),
      .rst_i        (!started_q),
      .idle_i       (idle_i),
      .advance_i    (advance_i),
      .next_act_address_i(next_act_address_i),
      .next_origin_y_i   (next_origin_y_i),
      .next_out_rows_i   (next_out_rows_i),
      .next_out_cols_i   (next_out_cols_i),
      .next_pool_i       (next_pool_i),
      .origin_x_i   (origin_x_i),
      .out_cols_i   (out_cols_i),
      .pool_i       (pool_i),
      .stride_i     (stride_i),
      .window_step_i(window_step_i),
      .slot_step_i  (slot_step_i),
      .dx_words_i   (dx_words_i),
      .dy_words_i   (dy_words_i),
      .px_words_i   (px_words_i),
      .py_words_i   (py_words_i),
      .addr_o       (addr_o),
      .row_o        (row_o),
      .col_o        (col_o),
      .pixels_o     (pixels_o),
      .last_o       (last_o),
      .last_next_o  (last_next_o)
  );

  always @(posedge clk_i) begin
    started_q <= 1'b1;
    tile_q    <= tile;
    slot_step_q <= slot_step_i;
    last_next_q <= last_next_o;
    early_q     <= early;
    went_q      <= started_q && idle_i;
    first_q     <= started_q && before_q && advance_i;
    before_q    <= started_q && (idle_i || (before_q && !advance_i));
    if (idle_i) begin
      known_q       <= (early == early_q);
      act_address_q <= next_act_address_i;
      origin_y_q    <= next_origin_y_i;
      {out_rows_q, out_cols_q, pool_q} <= early;
    end
    if (!started_q || idle_i || before_q) begin
      walks_q <= started_q && before_q && advance_i && !idle_i;
      {dx_q, dy_q, px_q, py_q} <= 48'd0;
      {dx_at_q, dy_at_q, px_at_q, py_at_q} <= 64'd0;
      {row_dy_q, col_dx_q, row_py_q, col_px_q} <= 64'd0;
    end else if (advance_i) begin
      if (dx_end && dy_end && px_end && py_end) walks_q <= 1'b0;
      dx_q     <= dx_end ? 8'd0 : dx_q + 8'd1;
      dx_at_q  <= dx_end ? 16'd0 : dx_at_q + dx_words_i;
      col_dx_q <= dx_end ? 16'd0 : col_dx_q + {8'd0, stride_i};
      if (dx_end) begin
        dy_q     <= dy_end ? 8'd0 : dy_q + 8'd1;
        dy_at_q  <= dy_end ? 16'd0 : dy_at_q + dy_words_i;
        row_dy_q <= dy_end ? 16'd0 : row_dy_q + {8'd0, stride_i};
      end
      if (dx_end && dy_end) begin
        px_q     <= px_end ? 16'd0 : px_next[15:0];
        px_at_q  <= px_end ? 16'd0 : px_at_q + px_words_i;
        col_px_q <= px_end ? 16'd0 : col_px_q + col_dx_q + slot_step_i;
      end
      if (dx_end && dy_end && px_end) begin
        py_q     <= py_q + 16'd1;
        py_at_q  <= py_at_q + py_words_i;
        row_py_q <= row_py_q + row_dy_q + between;
      end
    end
  end

  wire [Pixels-1:0] exist;
  genvar p;
  generate
    for (p = 0; p < Pixels; p = p + 1) begin : pixel
      assign exist[p] = {1'b0, px_q} + p < {1'b0, out_cols_i};
    end
  endgenerate

  wire same   = (went_q || (tile == tile_q)) && (!walks_q || first_q || (slot_step_i == slot_step_q)) &&
                (out_cols_i == out_cols_q) && (pool_i == pool_q);
  wire checks = started_q && walks_q;
  wire [15:0] addr_py = act_address_q + py_at_q;
  wire [15:0] addr_px = addr_py + px_at_q;
  wire [15:0] addr_dy = addr_px + dy_at_q;
  wire [15:0] addr_dx = addr_dy + dx_at_q;
  wire [1:0]  ones    = {pool_q == 8'd1, {1'b0, out_cols_q} <= Together};
  wire [1:0]  goes    = {dx_end && dy_end, dx_end && (!dy_end || px_end)};
  wire [3:0]  near    = {dx_q + 8'd2 == pool_q, dy_q + 8'd2 == pool_q,
                         !px_end && (px_next + Together >= {1'b0, out_cols_q}), py_q + 16'd2 == out_rows_q};
  wire        full    = (pool_q != 8'd0) && (out_rows_q != 16'd0) && (out_cols_q != 16'd0);
  assign given     = !started_q || ((!advance_i || (!idle_i && (!before_q || (known_q && full)))) &&
                     ((!before_q && !walks_q) || same));
  assign reach     = checks && (px_q == Together[15:0]) && (pool_q == 8'd2);
  assign ok_before = !started_q || ((peek_early == {early_q[39:24] == 16'd2, early_q[7:0] == 8'd1, {1'b0, early_q[23:8]} <= Together, early_q[39:24] == 16'd1}) &&
                     (!before_q || !walks_q) && (!went_q || before_q) && (!first_q || walks_q) && (!walks_q || (full && (peek_ones == ones))) &&
                     (!before_q || ((peek_from == act_address_q) && (peek_step == 16'd0) && (row_o == 16'd0) && (peek_row_step == origin_y_q) &&
                     (peek_py_behind == out_rows_q) && (peek_goes == 2'd3) && !peek_within && peek_row_end && peek_ends[3] && !peek_near[3] && !peek_near[1] &&
                     (!known_q || ((peek_ones == ones) && (peek_near[0] == (out_rows_q == 16'd1)) &&
                     (peek_py_two == (out_rows_q == 16'd2)) && (peek_last_near == ((ones == 2'd3) && (out_rows_q == 16'd1))))))));
  assign ok_addr   = !checks || (addr_o == addr_dx);
  assign ok_row    = !checks || (row_o == origin_y_q + row_py_q + row_dy_q);
  assign ok_col    = !checks || (col_o == origin_x_i + col_px_q + col_dx_q);
  assign ok_pixels = !checks || (pixels_o == exist);
  wire last_near = (near[3] && dy_end && px_end && py_end) ||
                   (ones[1] && ((near[1] && py_end) || (ones[0] && near[0])));
  assign ok_last   = !checks || ((last_o == (dx_end && dy_end && px_end && py_end)) && (last_next_q == last_o) && (peek_last_near == last_near));
  assign ok_left   = !checks || ((peek_dx_left == pool_q - dx_q) && (peek_dy_left == pool_q - dy_q) &&
                     (peek_px_left == out_cols_q - px_q) && (peek_py_behind == out_rows_q - py_q - 16'd1) && (peek_py_two == (peek_py_behind == 16'd2)) &&
                     (peek_ends == {dx_end, dy_end, px_end, py_end}) &&
                     (dx_q < pool_q) && (dy_q < pool_q) && (px_q < out_cols_q) && (py_q < out_rows_q));
  assign ok_flags  = !checks || ((peek_within == !peek_goes[1]) && (peek_row_end == (peek_goes == 2'd3)) && (peek_goes == goes) &&
                     (peek_near == near) && (peek_window_last == (px_end && py_end)));
  assign ok_starts = !checks || ((peek_addr_py == addr_py) && (peek_addr_px == addr_px) && (peek_addr_dy == addr_dy) &&
                     (peek_row_py == origin_y_q + row_py_q) && (peek_col_px == origin_x_i + col_px_q));
  assign ok_steps  = !checks || ((peek_from == (goes[1] ? (goes[0] ? addr_py : addr_px) : (goes[0] ? addr_dy : addr_dx))) &&
                     (peek_step == (goes[1] ? (goes[0] ? py_words_i : px_words_i) : (goes[0] ? dy_words_i : dx_words_i))) &&
                     (peek_row_step == (goes[1] ? between : {8'd0, stride_i})));

endmodule

`default_nettype wire
