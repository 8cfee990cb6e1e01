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
// Latency  : 1 + $clog2(Lanes) + $clog2(Digits) cycles from act_i to sum_o: a cell,
//            a registered adder tree over the lanes, then over the digits.
// Overflow : none: SumW = CellW + log2(Lanes) + (Digits > 1 ? 2*Digits - 1 : 0) bits
//            hold any sum.
`default_nettype none

module dot_product #(
    parameter Lanes     = 16,  // activations, a power of two
    parameter Digits    = 1,   // radix-4 digits of a weight, 1 to 4
    parameter CellW     = 9,   // width of a cell, bits: 8 if no digit is -2 or 2, else 9
    parameter SumW      = 13,  // width of the sum, bits: see above
    parameter EarlySign = 0    // where signs are settled: see lane_cell
) (
    input  wire                      clk_i,    // clock, rising edge
    input  wire [8*Lanes-1:0]        act_i,    // int8 activations, lane 0 lowest
    input  wire [3*Lanes*Digits-1:0] digits_i, // {negative, two, zero} of lane, digit
    output wire [SumW-1:0]           sum_o,
    output wire                      negative_o
);

  localparam Levels = $clog2(Lanes);
  localparam LaneW  = CellW + Levels;  // width of one digit's sum over the lanes

  initial begin
    if ((Lanes != (1 << Levels)) || (Lanes < 2) || (Digits < 1) || (Digits > 4) ||
        (CellW < 8) || (CellW > 9) ||
        (SumW < LaneW + ((Digits > 1) ? 2 * Digits - 1 : 0))) begin
      $display("dot_product: Lanes, Digits, CellW or SumW is not as the header says");
      $finish;
    end
  end

  // A tree over the lanes for each digit; level k has Lanes >> k adders.
  genvar d, k, n;
  generate
    for (d = 0; d < Digits; d = d + 1) begin : tree
      for (n = 0; n < Lanes; n = n + 1) begin : lane
        wire [CellW-1:0] value;
        wire             negative;
        lane_cell #(
            .CellW(CellW),
            .Early((EarlySign != 0) ? 2 : (n % 2 == 0) ? 1 : 0)
        ) product (
            .clk_i     (clk_i),
            .act_i     (act_i[8*n+:8]),
            .digit_i   (digits_i[3*(n*Digits+d)+:3]),
            .value_o   (value),
            .negative_o(negative)
        );
      end
      for (k = 1; k <= Levels; k = k + 1) begin : level
        localparam InW = CellW + k - 1;
        for (n = 0; n < (Lanes >> k); n = n + 1) begin : pair
          wire [InW-1:0] left;
          wire [InW-1:0] right;
          wire           left_negative;
          wire           right_negative;
          wire [InW:0]   sum;
          wire           negative;
          if (k == 1) begin : cells
            assign left           = lane[2*n].value;
            assign left_negative  = lane[2*n].negative;
            assign right          = lane[2*n+1].value;
            assign right_negative = lane[2*n+1].negative;
          end else begin : sums
            assign left           = level[k-1].pair[2*n].sum;
            assign left_negative  = level[k-1].pair[2*n].negative;
            assign right          = level[k-1].pair[2*n+1].sum;
            assign right_negative = level[k-1].pair[2*n+1].negative;
          end
          tree_adder #(
              .LeftW (InW),
              .RightW(InW),
              .SumW  (InW + 1)
          ) adder (
              .clk_i           (clk_i),
              .left_i          (left),
              .left_negative_i (left_negative),
              .right_i         (right),
              .right_negative_i(right_negative),
              .sum_o           (sum),
              .negative_o      (negative)
          );
        end
      end
      wire [LaneW-1:0] sum      = level[Levels].pair[0].sum;
      wire             negative = level[Levels].pair[0].negative;
    end

    // The digits: 0 and 1, 2 and 3, then these two.
    if (Digits == 1) begin : one_digit
      assign sum_o      = {{(SumW - LaneW) {tree[0].sum[LaneW-1]}}, tree[0].sum};
      assign negative_o = tree[0].negative;
    end else begin : more_digits
      localparam PairW = (Digits == 2) ? SumW : LaneW + 3;
      wire [PairW-1:0] low;
      wire             low_negative;
      tree_adder #(
          .LeftW (LaneW),
          .RightW(LaneW),
          .Shift (2),
          .SumW  (PairW)
      ) low_digits (
          .clk_i           (clk_i),
          .left_i          (tree[0].sum),
          .left_negative_i (tree[0].negative),
          .right_i         (tree[1].sum),
          .right_negative_i(tree[1].negative),
          .sum_o           (low),
          .negative_o      (low_negative)
      );
      if (Digits == 2) begin : two_digits
        assign sum_o      = low;
        assign negative_o = low_negative;
      end else begin : four_digits
        localparam HighW = (Digits == 3) ? LaneW : PairW;
        wire [HighW-1:0] high;
        wire             high_negative;
        if (Digits == 3) begin : single
          reg [LaneW-1:0] sum_q;
          reg             negative_q;
          always @(posedge clk_i) begin
            sum_q      <= tree[2].sum;
            negative_q <= tree[2].negative;
          end
          assign high          = sum_q;
          assign high_negative = negative_q;
        end else begin : double
          tree_adder #(
              .LeftW (LaneW),
              .RightW(LaneW),
              .Shift (2),
              .SumW  (PairW)
          ) high_digits (
              .clk_i           (clk_i),
              .left_i          (tree[2].sum),
              .left_negative_i (tree[2].negative),
              .right_i         (tree[3].sum),
              .right_negative_i(tree[3].negative),
              .sum_o           (high),
              .negative_o      (high_negative)
          );
        end
        tree_adder #(
            .LeftW (PairW),
            .RightW(HighW),
            .Shift (4),
            .SumW  (SumW)
        ) all_digits (
            .clk_i           (clk_i),
            .left_i          (low),
            .left_negative_i (low_negative),
            .right_i         (high),
            .right_negative_i(high_negative),
            .sum_o           (sum_o),
            .negative_o      (negative_o)
        );
      end
    end
  endgenerate

endmodule

`default_nettype wire
