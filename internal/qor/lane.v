// lane: what a lane figure counts: one column's dot product and a 24-bit accumulator,
// decoded weights and activations given. Unused digits of a level set are constants.
`default_nettype none

module lane #(
    parameter Lanes       = 16,
    parameter Digits      = 1,
    parameter CellW       = 8,
    parameter TopTwo      = 1,  // the highest digit reaches 2
    parameter Zero        = 1,  // a digit may be 0
    parameter StageLevels = 1,
    parameter EarlySign   = 0
) (
    input  wire                      clk_i,
    input  wire                      clear_i,
    input  wire [8*Lanes-1:0]        act_i,
    input  wire [3*Lanes*Digits-1:0] digits_i,
    output reg  [23:0]               acc_o
);

  localparam SumW = CellW + $clog2(Lanes) + ((Digits > 1) ? 2 * Digits - 1 : 0);

  wire [3*Lanes*Digits-1:0] digits;
  genvar i;
  generate
    for (i = 0; i < Lanes * Digits; i = i + 1) begin : digit
      assign digits[3*i]   = (Zero != 0) && digits_i[3*i];
      assign digits[3*i+1] = ((TopTwo != 0) || (i % Digits != Digits - 1)) && digits_i[3*i+1];
      assign digits[3*i+2] = digits_i[3*i+2];
    end
  endgenerate

  wire [SumW-1:0] sum;
  wire            negative;
  dot_product #(
      .Lanes      (Lanes),
      .Digits     (Digits),
      .CellW      (CellW),
      .SumW       (SumW),
      .StageLevels(StageLevels),
      .Zeros      (Zero),
      .EarlySign  (EarlySign)
  ) dot (
      .clk_i     (clk_i),
      .act_i     (act_i),
      .digits_i  (digits),
      .sum_o     (sum),
      .negative_o(negative)
  );

  wire            top  = sum[SumW-1] ^ negative;
  wire [SumW-2:0] rest = sum[SumW-2:0] ^ {(SumW - 1) {negative}};
  always @(posedge clk_i) begin
    if (clear_i) acc_o <= 24'd0;
    else acc_o <= acc_o + {{(25 - SumW) {top}}, rest};
  end

endmodule

`default_nettype wire
