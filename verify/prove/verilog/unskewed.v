// SPDX-License-Identifier: Apache-2.0
// unskewed: the number that a sum and its open sign stand for, whole.
//
//   number_o = sum_i ^ {negative_i}
//
// With Skewed = 1 the sum comes as the adders of array.skewed_sums make it: bits LowW-1 to 0
// with negative_i, and the inverse of the others a cycle later, when the number is there.
`default_nettype none

module unskewed #(
    parameter Width  = 8,  // bits, with Skewed = 1 more than LowW
    parameter Skewed = 0
) (
    input  wire                    clk_i,
    input  wire [Width-1:0]        sum_i,
    input  wire                    negative_i,
    output wire signed [Width-1:0] number_o
);

  generate
    if (Skewed == 0) begin : whole
      assign number_o = sum_i ^ {Width{negative_i}};
    end else begin : halves
      localparam LowW = 7;
      reg [LowW-1:0] low_q;
      reg            negative_q;
      always @(posedge clk_i) begin
        low_q      <= sum_i[LowW-1:0];
        negative_q <= negative_i;
      end
      assign number_o = {~sum_i[Width-1:LowW], low_q} ^ {Width{negative_q}};
    end
  endgenerate

endmodule

`default_nettype wire
