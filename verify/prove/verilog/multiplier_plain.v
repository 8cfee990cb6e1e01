// SPDX-License-Identifier: Apache-2.0
// multiplier: the product by a multiplication, in place of the rows of hdl/multiplier.v,
// which multiplier_proof proves on their own.
`default_nettype none

module multiplier #(
    parameter SumW = 24
) (
    input  wire signed [SumW-1:0]  sum_i,
    input  wire [15:0]             mult_i,
    output wire signed [SumW+15:0] product_o
);

  wire signed [16:0] mult = {1'b0, mult_i};
  assign product_o = sum_i * mult;

endmodule

`default_nettype wire
