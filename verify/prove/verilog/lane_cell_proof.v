// SPDX-License-Identifier: Apache-2.0
// lane_cell_proof: the cell against what the portable one's header says.
//
//   (value_o ^ {negative_o})[t + 1] = ((|digit_i| * act_i) ^ {digit_i < 0})[t]
//   negative_o[t + 1] = (Early == 2) ? frame_i[t] : (digit_i < 0)[t]
//
// Both together leave one value, so cells that hold this are equal.
`default_nettype none

module lane_cell_proof #(
    parameter CellW = 9,
    parameter Early = 2
) (
    input  wire                    clk_i,
    input  wire signed [7:0]       act_i,
    input  wire [2:0]              digit_i,
    input  wire                    frame_i,
    output wire                    given,       // the digit is one
    output wire signed [CellW-1:0] product_o,
    output wire signed [CellW-1:0] want_o,
    output wire                    ok_product,  // the product
    output wire                    ok_sign      // and its open sign
);

  wire [CellW-1:0] value;
  wire             negative;
  lane_cell #(
      .CellW(CellW),
      .Early(Early)
  ) dut (
      .clk_i     (clk_i),
      .act_i     (act_i),
      .digit_i   (digit_i),
      .frame_i   (frame_i),
      .value_o   (value),
      .negative_o(negative)
  );

  wire signed [9:0] size = digit_i[0] ? 10'sd0 : digit_i[1] ? act_i * 10'sd2 : {{2{act_i[7]}}, act_i};
  reg signed [CellW-1:0] want_q;
  reg                    sign_q;
  always @(posedge clk_i) begin
    want_q <= size[CellW-1:0] ^ {CellW{digit_i[2]}};
    sign_q <= (Early == 2) ? frame_i : digit_i[2];
  end

  assign given      = !(digit_i[0] && (digit_i[2:1] != 2'b00)) && !(digit_i[1] && (CellW < 9));
  assign product_o  = value ^ {CellW{negative}};
  assign want_o     = want_q;
  assign ok_product = (product_o == want_o);
  assign ok_sign    = (negative == sign_q);

endmodule

`default_nettype wire
