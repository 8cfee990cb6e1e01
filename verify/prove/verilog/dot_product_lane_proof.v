// SPDX-License-Identifier: Apache-2.0
// dot_product_lane_proof: one lane against signed multiplication.
//
//   (sum_o ^ {negative_o})[t + Latency] = a*w - (4^d for every negative digit)
//   w = sum over d of 4^d * digit[d]
//
// for every activation, all digits that a cell can have (no zero that is two or
// negative, no two where cells are 8 bits wide),
// in any lane, while the other lanes have any activation and zero digits.
`default_nettype none

module dot_product_lane_proof #(
    parameter Lanes       = 2,
    parameter Digits      = 1,
    parameter CellW       = 9,   // 8 if no digit is -2 or 2
    parameter SumW        = 10,
    parameter StageLevels = 1,
    parameter Zeros       = 1,
    parameter EarlySign   = 0,
    parameter Latency     = 1   // cycles from act_i to sum_o
) (
    input  wire                   clk_i,
    input  wire [8*Lanes-1:0]     acts_i,   // activations of all lanes
    input  wire [3*Digits-1:0]    digits_i,
    input  wire [5:0]             lane_i,   // which lane has the weight
    output wire                   given,    // digits are digits
    output wire signed [SumW-1:0] sum_o,
    output wire signed [19:0]     want_o,
    output wire                   ok_sum    // the sum is the product
);

  localparam [3*Digits-1:0] None = {Digits{3'b001}};

  wire [SumW-1:0] sum;
  wire            negative;
  assign sum_o = sum ^ {SumW{negative}};

  wire [3*Lanes*Digits-1:0] digits;
  wire [8*Lanes-1:0]        chosen;  // the lane's activation, in its place
  genvar l;
  generate
    for (l = 0; l < Lanes; l = l + 1) begin : lane
      assign digits[3*l*Digits+:3*Digits] = (lane_i == l) ? digits_i : None;
      assign chosen[8*l+:8] = (lane_i == l) ? acts_i[8*l+:8] : 8'd0;
    end
  endgenerate

  dot_product #(
      .Lanes      (Lanes),
      .Digits     (Digits),
      .CellW      (CellW),
      .SumW       (SumW),
      .StageLevels(StageLevels),
      .Zeros      (Zeros),
      .EarlySign  (EarlySign)
  ) dut (
      .clk_i     (clk_i),
      .act_i     (acts_i),
      .digits_i  (digits),
      .sum_o     (sum),
      .negative_o(negative)
  );

  integer          d;
  reg              legal;
  reg [2:0]        bits;
  reg signed [9:0] digit;
  reg signed [9:0] weight;
  reg signed [9:0] missing;
  always @* begin
    legal   = 1'b1;
    weight  = 10'sd0;
    missing = 10'sd0;
    for (d = Digits - 1; d >= 0; d = d - 1) begin
      bits  = digits_i[3*d+:3];
      digit = bits[0] ? 10'sd0 : bits[1] ? 10'sd2 : 10'sd1;
      if (bits[2]) digit = -digit;
      weight  = (weight <<< 2) + digit;
      missing = (missing <<< 2) + $signed({9'd0, bits[2]});
      if ((bits[0] && (bits[2:1] != 2'b00)) || (bits[1] && (CellW < 9))) legal = 1'b0;
    end
  end

  reg signed [7:0] act;
  integer          m;
  always @* begin
    act = 8'sd0;
    for (m = 0; m < Lanes; m = m + 1) act = act | chosen[8*m+:8];
  end
  wire signed [19:0] want = act * weight - missing;

  reg [20*Latency-1:0] want_q;
  wire [20*Latency+19:0] want_next = {want_q, want};
  always @(posedge clk_i) want_q <= want_next[20*Latency-1:0];

  assign given  = legal && (lane_i < Lanes);
  assign want_o = want_q[20*Latency-1-:20];
  assign ok_sum = (want_o == sum_o);

endmodule

`default_nettype wire
