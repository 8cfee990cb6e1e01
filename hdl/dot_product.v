// SPDX-License-Identifier: Apache-2.0
// dot_product: one column of the array: Lanes activations by Lanes weights.
//
//   sum_o ^ {negative_o} = sum over lanes l and digits d of 4^d * cell(act[l], digit[l][d])
//   cell(a, digit) = digit < 0 ? ^(|digit| * a) : digit * a
//
// A negative digit inverts instead of negating, one less than the product; the
// program adds the missing ones to the column's bias, since they do not depend on
// the activations. So -128 * -1 needs no wider number. The inverse of the sum as a
// whole is left to the accumulator; see tree_adder.
//
// Latency  : 1 + ceil(($clog2(Lanes) + $clog2(Digits)) / StageLevels) cycles from act_i
//            to sum_o: a cell, then an adder tree over the lanes and the digits with a
//            register behind every StageLevels levels and behind the last.
// Overflow : none: SumW = CellW + log2(Lanes) + (Digits > 1 ? 2*Digits - 1 : 0) bits
//            hold any sum.
`default_nettype none

module dot_product #(
    parameter Lanes       = 16,  // activations, a power of two
    parameter Digits      = 1,   // radix-4 digits of a weight, 1 to 4
    parameter CellW       = 9,   // width of a cell, bits: 8 if no digit is -2 or 2, else 9
    parameter SumW        = 13,  // width of the sum, bits: see above
    parameter StageLevels = 1,   // levels of the tree between registers, 1 or more
    parameter Zeros       = 1,   // 0: no digit is ever 0
    parameter EarlySign   = 0    // 1: signs are settled before the carry chains, see lane_tree
) (
    input  wire                      clk_i,    // clock, rising edge
    input  wire [8*Lanes-1:0]        act_i,    // int8 activations, lane 0 lowest
    input  wire [3*Lanes*Digits-1:0] digits_i, // {negative, two, zero} of lane, digit
    output wire [SumW-1:0]           sum_o,
    output wire                      negative_o
);

  localparam Levels    = $clog2(Lanes);
  localparam AllLevels = Levels + $clog2(Digits);
  localparam LaneW     = CellW + Levels;  // width of one digit's sum over the lanes

  initial begin
    if ((Lanes != (1 << Levels)) || (Lanes < 2) || (Digits < 1) || (Digits > 4) ||
        (CellW < 8) || (CellW > 9) || (StageLevels < 1) ||
        (SumW < LaneW + ((Digits > 1) ? 2 * Digits - 1 : 0))) begin
      $display("dot_product: Lanes, Digits, CellW, SumW or StageLevels is not as the header says");
      $finish;
    end
  end

  wire [LaneW*Digits-1:0] sums;  // of each digit
  wire [Digits-1:0]       negatives;
  genvar d, n;
  generate
    for (d = 0; d < Digits; d = d + 1) begin : digit
      wire [3*Lanes-1:0] digits;
      for (n = 0; n < Lanes; n = n + 1) begin : lane
        assign digits[3*n+:3] = digits_i[3*(n*Digits+d)+:3];
      end
      lane_tree #(
          .Lanes      (Lanes),
          .CellW      (CellW),
          .SumW       (LaneW),
          .StageLevels(StageLevels),
          .AllLevels  (AllLevels),
          .Zeros      (Zeros),
          .EarlySign  (EarlySign)
      ) tree (
          .clk_i     (clk_i),
          .act_i     (act_i),
          .digits_i  (digits),
          .sum_o     (sums[d*LaneW+:LaneW]),
          .negative_o(negatives[d])
      );
    end
  endgenerate

  digit_sum #(
      .Digits     (Digits),
      .InW        (LaneW),
      .SumW       (SumW),
      .Level      (Levels),
      .StageLevels(StageLevels)
  ) weighted (
      .clk_i      (clk_i),
      .sums_i     (sums),
      .negatives_i(negatives),
      .sum_o      (sum_o),
      .negative_o (negative_o)
  );

endmodule

`default_nettype wire
