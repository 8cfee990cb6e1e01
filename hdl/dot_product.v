// SPDX-License-Identifier: Apache-2.0
// dot_product: one column of the array: Lanes activations by Lanes weights.
//
//   sum_o = sum over lanes l and digits d of 4^d * cell(act[l], digit[l][d])
//   cell(a, digit) = digit < 0 ? ^(|digit| * a) : digit * a
//
// A negative digit inverts instead of negating, one less than the product; the
// program adds the missing ones to the column's bias, since they do not depend on
// the activations. So -128 * -1 needs no wider number.
//
// Latency  : $clog2(Lanes) + $clog2(Digits) cycles from act_i to sum_o: a
//            registered adder tree over the lanes, then over the digits.
// Overflow : none: SumW = CellW + log2(Lanes) + 2*(Digits - 1) + (Digits > 1) bits
//            hold any sum.
`default_nettype none

module dot_product #(
    parameter Lanes  = 16,  // activations, a power of two
    parameter Digits = 1,   // radix-4 digits of a weight, 1 to 4
    parameter CellW  = 9,   // width of a cell, bits: 8 if no digit is -2 or 2, else 9
    parameter SumW   = 13   // width of the sum, bits: see above
) (
    input  wire                      clk_i,    // clock, rising edge
    input  wire [8*Lanes-1:0]        act_i,    // int8 activations, lane 0 lowest
    input  wire [3*Lanes*Digits-1:0] digits_i, // {negative, two, one} of lane, digit
    output wire signed [SumW-1:0]    sum_o
);

  localparam Levels     = $clog2(Lanes);
  localparam DigitTrees = 1 << $clog2(Digits);  // trees, padded to a power of two
  localparam LaneW      = CellW + Levels;       // width of one digit's sum over the lanes

  initial begin
    if ((Lanes != (1 << Levels)) || (Lanes < 2) || (Digits < 1) || (Digits > 4) ||
        (CellW < 8) || (CellW > 9) ||
        (SumW < LaneW + ((Digits > 1) ? 2 * Digits - 1 : 0))) begin
      $display("dot_product: Lanes, Digits, CellW or SumW is not as the header says");
      $finish;
    end
  end

  // A tree over the lanes for each digit: the cells feed the adders of level 1 without
  // a register; level k has Lanes >> k adders.
  genvar d, k, n;
  generate
    for (d = 0; d < Digits; d = d + 1) begin : tree
      for (n = 0; n < Lanes; n = n + 1) begin : lane
        wire             one      = digits_i[3*(n*Digits+d)+0];
        wire             two      = digits_i[3*(n*Digits+d)+1];
        wire             negative = digits_i[3*(n*Digits+d)+2];
        wire [7:0]       act      = act_i[8*n+:8];
        wire [8:0]       single   = {9{one}} & {act[7], act};
        wire [8:0]       double   = {9{two}} & {act, 1'b0};
        wire [8:0]       inverted = (single | double) ^ {9{negative}};
        wire             unused   = inverted[8];  // the sign again, if CellW is 8
        wire signed [CellW-1:0] value = inverted[CellW-1:0];
      end
      for (k = 1; k <= Levels; k = k + 1) begin : adders
        localparam InW = CellW + k - 1;
        for (n = 0; n < (Lanes >> k); n = n + 1) begin : pair
          wire signed [InW-1:0] left;
          wire signed [InW-1:0] right;
          if (k == 1) begin : cells
            assign left  = lane[2*n].value;
            assign right = lane[2*n+1].value;
          end else begin : sums
            assign left  = adders[k-1].pair[2*n].sum_q;
            assign right = adders[k-1].pair[2*n+1].sum_q;
          end
          reg signed [InW:0] sum_q;
          always @(posedge clk_i) sum_q <= {left[InW-1], left} + {right[InW-1], right};
        end
      end
    end

    if (Digits == 1) begin : single_digit
      assign sum_o = tree[0].adders[Levels].pair[0].sum_q;
    end else begin : many_digits
      // Shifted sums of the digits, missing ones zero.
      wire [SumW*DigitTrees-1:0] shifted;
      for (d = 0; d < DigitTrees; d = d + 1) begin : digit
        if (d < Digits) begin : present
          wire signed [LaneW-1:0] plain = tree[d].adders[Levels].pair[0].sum_q;
          assign shifted[SumW*d+:SumW] = {{(SumW - LaneW) {plain[LaneW-1]}}, plain} << (2 * d);
        end else begin : absent
          assign shifted[SumW*d+:SumW] = {SumW{1'b0}};
        end
      end
      reg [SumW-1:0] low_q;
      if (DigitTrees == 2) begin : two_digits
        always @(posedge clk_i) low_q <= shifted[0+:SumW] + shifted[SumW+:SumW];
      end else begin : four_digits
        reg [SumW-1:0] first_q;
        reg [SumW-1:0] second_q;
        always @(posedge clk_i) begin
          first_q  <= shifted[0+:SumW] + shifted[SumW+:SumW];
          second_q <= shifted[2*SumW+:SumW] + shifted[3*SumW+:SumW];
          low_q    <= first_q + second_q;
        end
      end
      assign sum_o = low_q;
    end
  endgenerate

endmodule

`default_nettype wire
