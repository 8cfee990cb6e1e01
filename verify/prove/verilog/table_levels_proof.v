// SPDX-License-Identifier: Apache-2.0
// table_levels_proof: the weights of an entry of the tables, from the module here named
// table_levels, against arithmetic on the entry's number.
//
//   code[g]  = floor((index + Base) / N^g) mod N
//   level[g] = code - floor(N/2), one more from the middle on when N is even;
//              of a custom set Values[code]
//   level[g] = sum over d of 4^d * digit[g][d]
//
// Digits are also held to the one form that has -1, 0, 1, 2 for positive levels and their
// opposites for negative ones: biases count on it.
`default_nettype none

module table_levels_proof #(
    parameter N      = 3,   // levels
    parameter Group  = 3,   // weights of an entry
    parameter Base   = 13,  // combination of entry 0
    parameter IndexW = 4,
    parameter Digits = 1,   // radix-4 digits of a weight
    parameter CellW  = 9,   // width of the cells that take the digits: 8 knows no -2 and 2
    parameter Sets   = 1,   // the module has an input for the set
    parameter Set    = 0,
    parameter Custom = 0,   // levels are Values instead of the paper's
    parameter [10*N-1:0] Values = 0  // 10 bits a level, that of code 0 lowest
) (
    input  wire [IndexW-1:0]         index_i,
    output wire [3*Digits*Group-1:0] digits_o,
    output wire                      ok_level,   // digits add up to the level
    output wire                      ok_form,    // and have the form that biases count on
    output wire                      ok_cell,    // digits are what a cell knows: no zero that is two or negative
    output wire                      ok_beyond   // an entry beyond the table gives zeros
);

  localparam signed [9:0] Half = N / 2;
  localparam [15:0] Used = N ** Group;
  localparam [15:0] Radix = N;

  generate
    if (Sets == 1) begin : one_set
      table_levels dut (
          .index_i (index_i),
          .digits_o(digits_o)
      );
    end else begin : many_sets
      table_levels dut (
          .set_i   (Set),
          .index_i (index_i),
          .digits_o(digits_o)
      );
    end
  endgenerate

  wire [15:0]      k      = index_i + Base;
  wire             beyond = (k >= Used);
  wire [Group-1:0] level_differs;
  wire [Group-1:0] form_differs;
  wire [Group-1:0] cell_differs;

  genvar g;
  generate
    for (g = 0; g < Group; g = g + 1) begin : weight
      localparam [15:0] Place = N ** g;
      wire [15:0]       code  = (k / Place) % Radix;
      wire signed [9:0] plain = $signed({2'b00, code[7:0]}) - Half;
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
          bits  = digits_o[3*(g*Digits+d)+:3];
          digit = bits[0] ? 10'sd0 : bits[1] ? 10'sd2 : 10'sd1;
          if (bits[2]) digit = -digit;
          total = (total <<< 2) + digit;
          if ((level >= 0) ? (digit < -1) : (digit > 1)) bad_form = 1'b1;
          if ((bits[0] && (bits[2:1] != 2'b00)) || (bits[1] && (CellW < 9)))
            bad_cell = 1'b1;
        end
      end
      assign level_differs[g] = !beyond && (total != level);
      assign form_differs[g]  = !beyond && bad_form;
      assign cell_differs[g]  = bad_cell;
    end
  endgenerate

  assign ok_level  = (level_differs == {Group{1'b0}});
  assign ok_form   = (form_differs == {Group{1'b0}});
  assign ok_cell   = (cell_differs == {Group{1'b0}});
  assign ok_beyond = !beyond || (digits_o == {(Digits * Group) {3'b001}});

endmodule

`default_nettype wire
