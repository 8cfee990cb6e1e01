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
// Latency  : the first position stands in the cycle after start_i, the next one in
//            the cycle after each advance_i.
// Overflow : addresses wrap modulo 2^16; rows and columns are the program's to keep
//            within 16 bits.
`default_nettype none

module position_walk #(
    parameter Pixels = 1  // windows of a row that are visited together
) (
    input  wire        clk_i,        // clock, rising edge
    input  wire        rst_i,        // reset, active high
    input  wire        start_i,      // go to the first position ...
    input  wire        single_i,     // ... which is the last, too; stands with start_i
    input  wire        advance_i,    // go to the next position

    // The tile; stable from start_i on
    input  wire [15:0] act_address_i,
    input  wire [15:0] origin_y_i,   // two's complement
    input  wire [15:0] origin_x_i,   // two's complement
    input  wire [15:0] out_rows_i,
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

  // Positions left in each loop, this one included.
  reg [7:0]  dx_left_q;
  reg [7:0]  dy_left_q;
  reg [15:0] px_left_q;
  reg [15:0] py_left_q;

  // Addresses where the loops stand: dx, and the starts of dy, px and py.
  reg [15:0] addr_dx_q;
  reg [15:0] addr_dy_q;
  reg [15:0] addr_px_q;
  reg [15:0] addr_py_q;

  // Row and column, and those of the window's first position.
  reg [15:0] row_q;
  reg [15:0] col_q;
  reg [15:0] row_py_q;
  reg [15:0] col_px_q;

  // The loop is at its last; or, if not, at the last but one. A step of px is Pixels windows.
  reg        dx_end_q;
  reg        dx_near_q;
  reg        dy_end_q;
  reg        dy_near_q;
  reg        px_end_q;
  reg        px_near_q;
  reg        py_end_q;
  reg        py_near_q;
  reg        last_q;   // all are at their last
  reg        pool_one_q;  // as below, from start_i on
  reg        row_one_q;
  reg [1:0]  goes_q;   // the loop that goes on: 0 dx, 1 dy, 2 px, 3 py
  reg        within_q; // dx or dy goes on, within the window: !goes_q[1], a flip-flop of its own

  wire       window_end = !within_q;
  wire       row_end    = !within_q && goes_q[0];

  // Loops of one and of two
  wire pool_one = (pool_i == 8'd1);
  wire pool_two = (pool_i == 8'd2);
  wire rows_one = (out_rows_i == 16'd1);
  wire rows_two = (out_rows_i == 16'd2);
  wire row_one;
  wire row_two;
  wire row_three;  // three slots are left of the row
  generate
    if (Pixels == 1) begin : count
      assign row_one   = (out_cols_i == 16'd1);
      assign row_two   = (out_cols_i == 16'd2);
      assign row_three = (px_left_q == 16'd3);
    end else begin : compare
      assign row_one   = (out_cols_i <= Together);
      assign row_two   = (out_cols_i <= Together + Together);
      assign row_three = (px_left_q <= Together + Together + Together);
    end
  endgenerate

  // Where the loop that goes on stands, and its step.
  wire [15:0] addr_from = goes_q[1] ? (goes_q[0] ? addr_py_q : addr_px_q)
                                    : (goes_q[0] ? addr_dy_q : addr_dx_q);
  wire [15:0] addr_step = goes_q[1] ? (goes_q[0] ? py_words_i : px_words_i)
                                    : (goes_q[0] ? dy_words_i : dx_words_i);
  wire [15:0] addr_next = start_i ? act_address_i : addr_from + addr_step;

  wire [15:0] window_step = {{8{window_step_i[7]}}, window_step_i};
  wire [15:0] row_next    = row_q + (window_end ? window_step : {8'd0, stride_i});
  wire [15:0] col_next    = col_q + (window_end ? slot_step_i : {8'd0, stride_i});

  // Each loop counts when those within it are at their last, and begins again after its own.
  wire dx_moves = start_i || advance_i;
  wire dy_moves = start_i || (advance_i && dx_end_q);
  wire px_moves = start_i || (advance_i && window_end);
  wire py_moves = start_i || (advance_i && row_end);
  wire dx_begins = start_i || dx_end_q;
  wire dy_begins = start_i || window_end;
  wire px_begins = start_i || row_end;

  // What follows from the ends of the next position. Windows of one position go from px to px,
  // others begin with dx.
  reg [1:0] goes_next;
  reg       last_next;
  always @* begin
    case (goes_q)
      2'd0: begin
        goes_next = {dx_near_q && dy_end_q, dx_near_q && (!dy_end_q || px_end_q)};
        last_next = dx_near_q && dy_end_q && px_end_q && py_end_q;
      end
      2'd1: begin
        goes_next = 2'd0;
        last_next = 1'b0;
      end
      2'd2: begin
        goes_next = {pool_one_q, pool_one_q && px_near_q};
        last_next = pool_one_q && px_near_q && py_end_q;
      end
      default: begin
        goes_next = {pool_one_q, pool_one_q && row_one_q};
        last_next = pool_one_q && row_one_q && py_near_q;
      end
    endcase
    if (start_i) begin
      goes_next = {pool_one, pool_one && row_one};
      last_next = single_i;
    end
  end

  assign addr_o = addr_dx_q;
  assign row_o  = row_q;
  assign col_o  = col_q;
  assign last_o = last_q;
  assign last_next_o = dx_moves ? last_next : last_q;

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
    if (start_i) pool_one_q <= pool_one;
    if (start_i) row_one_q <= row_one;
    if (dx_moves) dx_left_q <= dx_begins ? pool_i : dx_left_q - 8'd1;
    if (dy_moves) dy_left_q <= dy_begins ? pool_i : dy_left_q - 8'd1;
    if (px_moves) px_left_q <= px_begins ? out_cols_i : px_left_q - Together;
    if (py_moves) py_left_q <= start_i ? out_rows_i : py_left_q - 16'd1;
  end

  always @(posedge clk_i) begin
    if (dx_moves) begin
      dx_end_q  <= dx_begins ? pool_one : dx_near_q;
      dx_near_q <= dx_begins ? pool_two : (dx_left_q == 8'd3);
    end
    if (dy_moves) begin
      dy_end_q  <= dy_begins ? pool_one : dy_near_q;
      dy_near_q <= dy_begins ? pool_two : (dy_left_q == 8'd3);
    end
    if (px_moves) begin
      px_end_q  <= px_begins ? row_one : px_near_q;
      px_near_q <= px_begins ? row_two : row_three;
    end
    if (py_moves) begin
      py_end_q  <= start_i ? rows_one : py_near_q;
      py_near_q <= start_i ? rows_two : (py_left_q == 16'd3);
    end
  end

  always @(posedge clk_i) begin
    if (rst_i) begin
      goes_q   <= 2'd0;
      within_q <= 1'b1;
      last_q   <= 1'b0;
    end else if (dx_moves) begin
      goes_q   <= goes_next;
      within_q <= !goes_next[1];
      last_q   <= last_next;
    end
  end

  always @(posedge clk_i) begin
    if (dx_moves) addr_dx_q <= addr_next;
    if (dy_moves) addr_dy_q <= addr_next;
    if (px_moves) addr_px_q <= addr_next;
    if (py_moves) addr_py_q <= addr_next;
  end

  // From dx and px on the column is the next one, from dy on its window's first, from py on the
  // row's first. The row is the next one from dy and py on, and from px on its window's first.
  wire [15:0] row_first = start_i ? origin_y_i : row_py_q;
  wire [15:0] col_first = (start_i || goes_q[1]) ? origin_x_i : col_px_q;

  always @(posedge clk_i) begin
    if (dy_moves) row_q <= (start_i || !goes_q[0]) ? row_first : row_next;
    if (py_moves) row_py_q <= start_i ? origin_y_i : row_next;
    if (dx_moves) col_q <= (start_i || goes_q[0]) ? col_first : col_next;
    if (px_moves) col_px_q <= (start_i || goes_q[0]) ? origin_x_i : col_next;
  end

endmodule

`default_nettype wire
