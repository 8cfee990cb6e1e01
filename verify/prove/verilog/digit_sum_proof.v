// SPDX-License-Identifier: Apache-2.0
// digit_sum_proof: digits add up with their weights, whatever their signs.
//
//   (sum_o ^ {negative_o})[t + Latency] = sum over d of 4^d * (sums_i[d] ^ {negatives_i[d]})[t]
//
// for all inputs.
`default_nettype none

module digit_sum_proof #(
    parameter Digits      = 2,
    parameter InW         = 8,
    parameter SumW        = 11,
    parameter Level       = 1,
    parameter StageLevels = 1,
    parameter Skewed      = 0,  // array.skewed_sums
    parameter Latency     = 1   // cycles from sums_i to sum_o
) (
    input  wire                   clk_i,
    input  wire [InW*Digits-1:0]  sums_i,
    input  wire [Digits-1:0]      negatives_i,
    output wire signed [SumW-1:0] sum_o,
    output wire signed [SumW-1:0] want_o,
    output wire                   ok_sum    // the weighted sum
);

  wire [InW*Digits-1:0] sums;  // as digit_sum takes them
  genvar d;
  generate
    for (d = 0; d < Digits; d = d + 1) begin : taken
      skewed #(
          .Width (InW),
          .Skewed(Skewed)
      ) number (
          .clk_i   (clk_i),
          .number_i(sums_i[d*InW+:InW]),
          .number_o(sums[d*InW+:InW])
      );
    end
  endgenerate

  wire [SumW-1:0] sum;
  wire            negative;
  digit_sum #(
      .Digits     (Digits),
      .InW        (InW),
      .SumW       (SumW),
      .Level      (Level),
      .StageLevels(StageLevels)
  ) dut (
      .clk_i      (clk_i),
      .sums_i     (sums),
      .negatives_i(negatives_i),
      .sum_o      (sum),
      .negative_o (negative)
  );

  // Pairs first: a solver takes longer for another order.
  wire signed [SumW-1:0] part[0:3];
  generate
    for (d = 0; d < 4; d = d + 1) begin : digit
      if (d < Digits) begin : used
        wire signed [InW-1:0] number = sums_i[d*InW+:InW] ^ {InW{negatives_i[d]}};
        assign part[d] = number;
      end else begin : none
        assign part[d] = {SumW{1'b0}};
      end
    end
  endgenerate
  wire signed [SumW-1:0] low  = part[0] + (part[1] <<< 2);
  wire signed [SumW-1:0] high = part[2] + (part[3] <<< 2);
  wire signed [SumW-1:0] want = low + (high <<< 4);

  pipeline_stages #(
      .Width (SumW),
      .Stages(Latency)
  ) later (
      .clk_i (clk_i),
      .data_i(want),
      .data_o(want_o)
  );

  unskewed #(
      .Width (SumW),
      .Skewed(Skewed)
  ) number (
      .clk_i     (clk_i),
      .sum_i     (sum),
      .negative_i(negative),
      .number_o  (sum_o)
  );
  assign ok_sum = (sum_o == want_o);

endmodule

`default_nettype wire
