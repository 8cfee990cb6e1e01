// SPDX-License-Identifier: Apache-2.0
// decode_proof: the decoder of a level set, here named decode, against arithmetic
// on its byte.
//
//   code[i]  = (byte / N^i) mod N
//   level[i] = code - floor(N/2), one more from the middle on when N is even
//   level[i] = sum over d of 4^d * digit[i][d]
//
// The table in the decoder comes from lists of levels and digits; nothing of them
// is used here. Digits are also held to the one form that has -1, 0, 1, 2 for
// positive levels and their opposites for negative ones: biases count on it.
`default_nettype none

module decode_proof #(
    parameter N      = 3,  // levels
    parameter K      = 5,  // weights of a byte
    parameter Digits = 1,  // radix-4 digits of a weight
    parameter CellW  = 9   // width of the cells that take the digits: 8 knows no -2 and 2
) (
    input  wire [7:0]            byte_i,
    output wire [3*Digits*K-1:0] digits_o,
    output wire                  ok_level,     // digits add up to the level
    output wire                  ok_form,      // and have the form that biases count on
    output wire                  ok_cell,      // digits are what a cell knows: not one and two, not minus nothing
    output wire                  ok_reserved   // bytes that no weights pack to give zeros
);

  localparam [8:0] Used = N ** K;
  localparam signed [9:0] Half = N / 2;

  decode dut (
      .byte_i  (byte_i),
      .digits_o(digits_o)
  );

  wire         reserved = ({1'b0, byte_i} >= Used);
  wire [K-1:0] level_differs;
  wire [K-1:0] form_differs;
  wire [K-1:0] cell_differs;

  genvar i;
  generate
    for (i = 0; i < K; i = i + 1) begin : weight
      localparam [7:0] Place = N ** i;
      localparam [7:0] Radix = N;
      wire [7:0]        code  = (byte_i / Place) % Radix;
      wire signed [9:0] plain = $signed({2'b00, code}) - Half;
      wire signed [9:0] level = ((N % 2 == 0) && (plain >= 0)) ? plain + 10'sd1 : plain;

      integer          d;
      reg signed [9:0] total;
      reg signed [9:0] digit;
      reg [2:0]        bits;
      reg              bad_form;
      reg              bad_cell;
      always @* begin
        total    = 10'sd0;
        bad_form = 1'b0;
        bad_cell = 1'b0;
        for (d = Digits - 1; d >= 0; d = d - 1) begin
          bits  = digits_o[3*(i*Digits+d)+:3];
          digit = $signed({8'd0, bits[1:0]});
          if (bits[2]) digit = -digit;
          total = (total <<< 2) + digit;
          if ((level >= 0) ? (digit < -1) : (digit > 1)) bad_form = 1'b1;
          if ((bits[1:0] == 2'b11) || (bits == 3'b100) || (bits[1] && (CellW < 9)))
            bad_cell = 1'b1;
        end
      end
      assign level_differs[i] = (total != level);
      assign form_differs[i]  = bad_form;
      assign cell_differs[i]  = bad_cell;
    end
  endgenerate

  assign ok_level    = reserved || (level_differs == {K{1'b0}});
  assign ok_form     = reserved || (form_differs == {K{1'b0}});
  assign ok_cell     = (cell_differs == {K{1'b0}});
  assign ok_reserved = !reserved || (digits_o == {(3 * Digits * K) {1'b0}});

endmodule

`default_nettype wire
