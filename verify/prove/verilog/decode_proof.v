// SPDX-License-Identifier: Apache-2.0
// decode_proof: the decoder of a level set, here named decode, against arithmetic
// on the fields of its word.
//
//   symbol[j] = (field / Radix^p) mod Radix, of field j / M at place p = j mod M
//   symbol[j] of an escaped field: 2^B if the flag and bit p are set, else the field's
//               B bits p; for p = 0 under the flag, those of the first bit that is set
//   code[i]   = symbol[i], or symbol[2i] + Radix*symbol[2i + 1] with pairs
//   level[i]  = code - floor(N/2), one more from the middle on when N is even;
//               of a custom set Values[code]
//   level[i]  = sum over d of 4^d * digit[i][d]
//
// The tables in the decoder come from lists of levels and digits; nothing of them
// is used here. Digits are also held to the one form that has -1, 0, 1, 2 for
// positive levels and their opposites for negative ones: biases count on it.
`default_nettype none

module decode_proof #(
    parameter N       = 3,  // levels
    parameter K       = 5,  // weights of a word
    parameter Digits  = 1,  // radix-4 digits of a weight
    parameter CellW   = 9,  // width of the cells that take the digits: 8 knows no -2 and 2
    parameter WordW   = 8,  // bits of a word
    parameter FieldW  = 8,  // bits of a field; an escaped one of fewer symbols is shorter
    parameter M       = 5,  // symbols of a field
    parameter Radix   = 3,  // of a symbol
    parameter Pairs   = 0,  // a code is two symbols
    parameter Escaped = 0,
    parameter Custom  = 0,  // levels are Values instead of the paper's
    parameter [10*N-1:0] Values = 0  // 10 bits a level, that of code 0 lowest
) (
    input  wire [WordW-1:0]      word_i,
    output wire [3*Digits*K-1:0] digits_o,
    output wire                  ok_level,    // digits add up to the level
    output wire                  ok_form,     // and have the form that biases count on
    output wire                  ok_cell,     // digits are what a cell knows: no zero that is two or negative
    output wire                  ok_reserved  // a field that no weights pack to gives zeros, or levels as above
);

  localparam Symbols = (Pairs != 0) ? 2 * K : K;
  localparam Fields  = (Symbols + M - 1) / M;
  localparam B       = (Escaped != 0) ? (FieldW - 1) / M : 1;  // bits of an escaped symbol
  localparam signed [9:0] Half = N / 2;

  decode dut (
      .word_i  (word_i),
      .digits_o(digits_o)
  );

  wire [Symbols*8-1:0] symbol;
  wire [Fields-1:0]    reserved;       // by field
  wire [Fields-1:0]    not_zero;
  wire [K-1:0]         level_differs;
  wire [K-1:0]         form_differs;
  wire [K-1:0]         cell_differs;

  genvar i, j;
  generate
    for (i = 0; i < Fields; i = i + 1) begin : field
      localparam Here = (Symbols - i * M < M) ? Symbols - i * M : M;
      localparam Wide = (Escaped != 0) ? Here * B + 1 : FieldW;
      wire [Wide-1:0] value = word_i[FieldW*i+:Wide];

      if (Escaped != 0) begin : escaped
        integer       p;
        reg [B-1:0]   first;
        always @* begin
          first = value[B-1:0];
          if (value[Wide-1] && !value[0]) begin
            first = {B{1'b0}};
            for (p = Here - 1; p > 0; p = p - 1) if (value[p]) first = value[B*p+:B];
            // No code is escaped: no weights pack to that; the last place is as good as any.
            if (value[Here-1:0] == {Here{1'b0}}) first = value[B*(Here-1)+:B];
          end
        end
        for (j = 0; j < Here; j = j + 1) begin : place
          wire [B-1:0] own = (j == 0) ? first : value[B*j+:B];
          assign symbol[8*(i*M+j)+:8] =
              (value[Wide-1] && value[j]) ? 8'd1 << B : {{(8 - B) {1'b0}}, own};
        end
        assign reserved[i] = 1'b0;
      end else begin : table_of
        localparam [FieldW:0] Used = Radix ** M;
        localparam [FieldW:0] Base = Radix;
        for (j = 0; j < Here; j = j + 1) begin : place
          localparam [FieldW:0] Place = Radix ** j;
          wire [FieldW:0] digit = ({1'b0, value} / Place) % Base;
          assign symbol[8*(i*M+j)+:8] = reserved[i] ? 8'd0 : digit;
        end
        assign reserved[i] = ({1'b0, value} >= Used);
      end
      if ((Pairs == 0) && (Escaped == 0)) begin : of_weights
        assign not_zero[i] = (digits_o[3*Digits*M*i+:3*Digits*Here] != {(Digits * Here) {3'b001}});
      end else begin : of_symbols
        assign not_zero[i] = 1'b0;
      end
    end

    for (i = 0; i < K; i = i + 1) begin : weight
      wire unpacked = (Pairs == 0) && reserved[i/M];
      wire [7:0]        code  = (Pairs != 0) ? symbol[16*i+:8] + symbol[16*i+8+:8] * Radix : symbol[8*i+:8];
      wire signed [9:0] plain = $signed({2'b00, code}) - Half;
      wire signed [9:0] level = (Custom != 0) ? $signed(Values[10*code+:10]) :
                                ((N % 2 == 0) && (plain >= 0)) ? plain + 10'sd1 : plain;

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
          digit = bits[0] ? 10'sd0 : bits[1] ? 10'sd2 : 10'sd1;
          if (bits[2]) digit = -digit;
          total = (total <<< 2) + digit;
          if ((level >= 0) ? (digit < -1) : (digit > 1)) bad_form = 1'b1;
          if ((bits[0] && (bits[2:1] != 2'b00)) || (bits[1] && (CellW < 9)))
            bad_cell = 1'b1;
        end
      end
      assign level_differs[i] = !unpacked && (total != level);
      assign form_differs[i]  = !unpacked && bad_form;
      assign cell_differs[i]  = bad_cell;
    end
  endgenerate

  assign ok_level    = (level_differs == {K{1'b0}});
  assign ok_form     = (form_differs == {K{1'b0}});
  assign ok_cell     = (cell_differs == {K{1'b0}});
  assign ok_reserved = ((reserved & not_zero) == {Fields{1'b0}});

endmodule

`default_nettype wire
