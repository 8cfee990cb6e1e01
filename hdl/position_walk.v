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
    input  wire        start_i,      // go to the first position
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
    output wire        last_o        // the last position of the tile
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

  // The loop is at its last: what is left of it is 1, of px at most Pixels.
  reg dx_end_q;
  reg dy_end_q;
  reg px_end_q;
  reg py_end_q;

  // Where the loop that goes on stands, and its step.
  wire [15:0] addr_from = !dx_end_q ? addr_dx_q :
                          !dy_end_q ? addr_dy_q :
                          !px_end_q ? addr_px_q : addr_py_q;
  wire [15:0] addr_step = !dx_end_q ? dx_words_i :
                          !dy_end_q ? dy_words_i :
                          !px_end_q ? px_words_i : py_words_i;
  wire [15:0] addr_next = start_i ? act_address_i : addr_from + addr_step;

  wire [15:0] window_step = {{8{window_step_i[7]}}, window_step_i};
  wire [15:0] row_next    = row_q + (dy_end_q ? window_step : {8'd0, stride_i});
  wire [15:0] col_next    = col_q + (dx_end_q ? slot_step_i : {8'd0, stride_i});

  // A row of one slot; two slots are left of this one
  wire row_one = (Pixels == 1) ? (out_cols_i == 16'd1) : (out_cols_i <= Together);
  wire row_two = (Pixels == 1) ? (px_left_q == 16'd2) : (px_left_q <= Together + Together);

  assign addr_o = addr_dx_q;
  assign row_o  = row_q;
  assign col_o  = col_q;
  assign last_o = dx_end_q && dy_end_q && px_end_q && py_end_q;

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
    if (rst_i) begin
      dx_left_q <= 8'd0;
      dy_left_q <= 8'd0;
      px_left_q <= 16'd0;
      py_left_q <= 16'd0;
      {dx_end_q, dy_end_q, px_end_q, py_end_q} <= 4'd0;
    end else if (start_i) begin
      dx_left_q <= pool_i;
      dy_left_q <= pool_i;
      px_left_q <= out_cols_i;
      py_left_q <= out_rows_i;
      dx_end_q    <= (pool_i == 8'd1);
      dy_end_q    <= (pool_i == 8'd1);
      px_end_q    <= row_one;
      py_end_q    <= (out_rows_i == 16'd1);
    end else if (advance_i) begin
      dx_left_q <= dx_end_q ? pool_i : dx_left_q - 8'd1;
      if (dx_end_q) dy_left_q <= dy_end_q ? pool_i : dy_left_q - 8'd1;
      if (dx_end_q && dy_end_q) px_left_q <= px_end_q ? out_cols_i : px_left_q - Together;
      if (dx_end_q && dy_end_q && px_end_q) py_left_q <= py_left_q - 16'd1;
      dx_end_q <= (dx_end_q ? pool_i == 8'd1 : dx_left_q == 8'd2);
      if (dx_end_q) dy_end_q <= (dy_end_q ? pool_i == 8'd1 : dy_left_q == 8'd2);
      if (dx_end_q && dy_end_q) px_end_q <= (px_end_q ? row_one : row_two);
      if (dx_end_q && dy_end_q && px_end_q) py_end_q <= (py_left_q == 16'd2);
    end
  end

  always @(posedge clk_i) begin
    if (start_i || advance_i) begin
      addr_dx_q <= addr_next;
      if (start_i || dx_end_q) addr_dy_q <= addr_next;
      if (start_i || (dx_end_q && dy_end_q)) addr_px_q <= addr_next;
      if (start_i || (dx_end_q && dy_end_q && px_end_q)) addr_py_q <= addr_next;
    end
  end

  always @(posedge clk_i) begin
    if (start_i) begin
      row_q    <= origin_y_i;
      row_py_q <= origin_y_i;
      col_q    <= origin_x_i;
      col_px_q <= origin_x_i;
    end else if (advance_i) begin
      if (!dx_end_q) begin
        col_q <= col_next;
      end else if (!dy_end_q) begin
        row_q <= row_next;
        col_q <= col_px_q;
      end else if (!px_end_q) begin
        row_q    <= row_py_q;
        col_q    <= col_next;
        col_px_q <= col_next;
      end else begin
        row_q    <= row_next;
        row_py_q <= row_next;
        col_q    <= origin_x_i;
        col_px_q <= origin_x_i;
      end
    end
  end

endmodule

`default_nettype wire
