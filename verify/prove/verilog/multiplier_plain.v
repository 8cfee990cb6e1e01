// SPDX-License-Identifier: Apache-2.0
// multiplier: the product by a multiplication, in place of the rows of hdl/multiplier.v,
// which multiplier_proof proves on their own.
`default_nettype none

module multiplier #(
    parameter SumW   = 24,
    parameter Stages = 2
) (
    input  wire                    clk_i,
    input  wire signed [SumW-1:0]  sum_i,
    input  wire [15:0]             mult_i,
    output wire signed [SumW+15:0] product_o
);

  reg signed [SumW-1:0]  sum_q;
  reg [15:0]             mult_q;
  reg signed [SumW+15:0] product_q;
  wire signed [16:0]     mult = {1'b0, mult_q};
  always @(posedge clk_i) begin
    sum_q     <= sum_i;
    mult_q    <= mult_i;
    product_q <= sum_q * mult;
  end
  pipeline_stages #(
      .Width (SumW + 16),
      .Stages(Stages - 2)
  ) later (
      .clk_i (clk_i),
      .data_i(product_q),
      .data_o(product_o)
  );

endmodule

`default_nettype wire
