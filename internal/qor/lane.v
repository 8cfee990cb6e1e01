// lane: what a lane figure counts: one column's dot product and a 24-bit accumulator,
// decoded weights and activations given. Unused digits of a level set are constants.
// Skewed is for the adders of hdl/skewed: acc_o's low bits come first, the others a cycle later.
`default_nettype none

module lane #(
    parameter Lanes       = 16,
    parameter Digits      = 1,
    parameter CellW       = 8,
    parameter TopTwo      = 1,  // the highest digit reaches 2
    parameter Zero        = 1,  // a digit may be 0
    parameter StageLevels = 1,
    parameter EarlySign   = 0,
    parameter Skewed      = 0
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

  generate
    if (Skewed == 0) begin : whole
      wire            top  = sum[SumW-1] ^ negative;
      wire [SumW-2:0] rest = sum[SumW-2:0] ^ {(SumW - 1) {negative}};
      always @(posedge clk_i) begin
        if (clear_i) acc_o <= 24'd0;
        else acc_o <= acc_o + {{(25 - SumW) {top}}, rest};
      end
    end else begin : halves
      // As in hdl/skewed/accumulator.v: inverses of the upper bits, a cycle later.
      localparam LowW = 7;
      wire [LowW:0]  low  = {1'b0, acc_o[LowW-1:0]} + {1'b0, sum[LowW-1:0] ^ {LowW{negative}}};
      reg            no_carry_q, negative_q, clear_q;
      reg  [23:LowW] high_q;
      wire [23:LowW] next = {{(25 - SumW) {sum[SumW-1]}}, sum[SumW-2:LowW]} ^ {(24 - LowW) {negative_q}};
      wire [24:LowW] high = {next, no_carry_q} + {high_q, 1'b1};
      always @(posedge clk_i) begin
        no_carry_q <= !low[LowW];
        negative_q <= negative;
        clear_q    <= clear_i;
        if (clear_i) acc_o[LowW-1:0] <= {LowW{1'b0}};
        else acc_o[LowW-1:0] <= low[LowW-1:0];
        if (clear_q) high_q <= {(24 - LowW) {1'b1}};
        else high_q <= high[24:LowW+1];
      end
      always @* acc_o[23:LowW] = ~high_q;
    end
  endgenerate

endmodule

`default_nettype wire
