// SPDX-License-Identifier: Apache-2.0
// lane_tree_lane_proof: one lane against signed multiplication.
//
//   (sum_o ^ {negative_o})[t + Latency] = a*digit - (digit < 0)
//
// for every activation, all digits that a cell can have (no zero that is two or
// negative, no two where cells are 8 bits wide),
// in any lane, while the other lanes have any activation and zero digits.
`default_nettype none

module lane_tree_lane_proof #(
    parameter Lanes       = 2,
    parameter CellW       = 9,   // 8 if no digit is -2 or 2
    parameter SumW        = 10,
    parameter StageLevels = 1,
    parameter AllLevels   = 1,
    parameter Zeros       = 1,
    parameter EarlySign   = 0,
    parameter Skewed      = 0,  // array.skewed_sums
    parameter Latency     = 1   // cycles from act_i to sum_o
) (
    input  wire                   clk_i,
    input  wire [8*Lanes-1:0]     acts_i,   // activations of all lanes
    input  wire [2:0]             digit_i,
    input  wire [5:0]             lane_i,   // which lane has the digit
    output wire                   given,    // the digit is one
    output wire signed [SumW-1:0] sum_o,
    output wire signed [11:0]     want_o,
    output wire                   ok_sum    // the sum is the product
);

  wire [SumW-1:0] sum;
  wire            negative;
  unskewed #(
      .Width (SumW),
      .Skewed(Skewed)
  ) number (
      .clk_i     (clk_i),
      .sum_i     (sum),
      .negative_i(negative),
      .number_o  (sum_o)
  );

  wire [3*Lanes-1:0] digits;
  wire [8*Lanes-1:0] chosen;  // the lane's activation, in its place
  genvar l;
  generate
    for (l = 0; l < Lanes; l = l + 1) begin : lane
      assign digits[3*l+:3] = (lane_i == l) ? digit_i : 3'b001;
      assign chosen[8*l+:8] = (lane_i == l) ? acts_i[8*l+:8] : 8'd0;
    end
  endgenerate

  lane_tree #(
      .Lanes      (Lanes),
      .CellW      (CellW),
      .SumW       (SumW),
      .StageLevels(StageLevels),
      .AllLevels  (AllLevels),
      .Zeros      (Zeros),
      .EarlySign  (EarlySign)
  ) dut (
      .clk_i     (clk_i),
      .act_i     (acts_i),
      .digits_i  (digits),
      .sum_o     (sum),
      .negative_o(negative)
  );

  wire signed [2:0] size  = digit_i[0] ? 3'sd0 : digit_i[1] ? 3'sd2 : 3'sd1;
  wire signed [2:0] digit = digit_i[2] ? -size : size;

  reg signed [7:0] act;
  integer          m;
  always @* begin
    act = 8'sd0;
    for (m = 0; m < Lanes; m = m + 1) act = act | chosen[8*m+:8];
  end
  wire signed [11:0] want = act * digit - $signed({1'b0, digit_i[2]});

  reg [12*Latency-1:0] want_q;
  wire [12*Latency+11:0] want_next = {want_q, want};
  always @(posedge clk_i) want_q <= want_next[12*Latency-1:0];

  assign given  = !(digit_i[0] && (digit_i[2:1] != 2'b00)) && !(digit_i[1] && (CellW < 9)) &&
                  (lane_i < Lanes);
  assign want_o = want_q[12*Latency-1-:12];
  assign ok_sum = (want_o == sum_o);

endmodule

`default_nettype wire
