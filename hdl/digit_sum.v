// SPDX-License-Identifier: Apache-2.0
// digit_sum: the sums of radix-4 digits, weighted.
//
//   sum_o ^ {negative_o} = sum over digits d of 4^d * (sums_i[d] ^ {negatives_i[d]})
//
// Latency  : levels Level + 1 to Level + $clog2(Digits) of a tree: a register behind those
//            that StageLevels divides, and behind the last. None for one digit.
// Overflow : none: SumW = InW + (Digits > 1 ? 2*Digits - 1 : 0) bits hold any sum.
`default_nettype none

module digit_sum #(
    parameter Digits      = 2,   // 1 to 4
    parameter InW         = 13,  // width of a digit's sum
    parameter SumW        = 16,  // see above
    parameter Level       = 4,   // levels of the tree before
    parameter StageLevels = 1    // levels between registers, 1 or more
) (
    input  wire                  clk_i,  // clock, rising edge
    input  wire [InW*Digits-1:0] sums_i,
    input  wire [Digits-1:0]     negatives_i,
    output wire [SumW-1:0]       sum_o,
    output wire                  negative_o
);

  // The digits: 0 and 1, 2 and 3, then these two.
  localparam First = (Digits < 3) || ((Level + 1) % StageLevels == 0);  // registered?
  generate
    if (Digits == 1) begin : one_digit
      wire unused = clk_i;
      assign sum_o      = {{(SumW - InW) {sums_i[InW-1]}}, sums_i};
      assign negative_o = negatives_i;
    end else begin : more_digits
      localparam PairW = (Digits == 2) ? SumW : InW + 3;
      wire [PairW-1:0] low;
      wire             low_negative;
      tree_adder #(
          .LeftW     (InW),
          .RightW    (InW),
          .Shift     (2),
          .SumW      (PairW),
          .Registered(First)
      ) low_digits (
          .clk_i           (clk_i),
          .left_i          (sums_i[0+:InW]),
          .left_negative_i (negatives_i[0]),
          .right_i         (sums_i[InW+:InW]),
          .right_negative_i(negatives_i[1]),
          .sum_o           (low),
          .negative_o      (low_negative)
      );
      if (Digits == 2) begin : two_digits
        assign sum_o      = low;
        assign negative_o = low_negative;
      end else begin : four_digits
        localparam HighW = (Digits == 3) ? InW : PairW;
        wire [HighW-1:0] high;
        wire             high_negative;
        if (Digits == 3) begin : single
          pipeline_stages #(
              .Width (InW + 1),
              .Stages(First ? 1 : 0)
          ) third_digit (
              .clk_i (clk_i),
              .data_i({negatives_i[2], sums_i[2*InW+:InW]}),
              .data_o({high_negative, high})
          );
        end else begin : double
          tree_adder #(
              .LeftW     (InW),
              .RightW    (InW),
              .Shift     (2),
              .SumW      (PairW),
              .Registered(First)
          ) high_digits (
              .clk_i           (clk_i),
              .left_i          (sums_i[2*InW+:InW]),
              .left_negative_i (negatives_i[2]),
              .right_i         (sums_i[3*InW+:InW]),
              .right_negative_i(negatives_i[3]),
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
