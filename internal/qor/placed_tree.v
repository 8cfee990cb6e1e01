// placed_tree: one column between registers, for its clock rate: a shift register gives
// activations and decoded weights, and the sum, or with Accumulate a 24-bit accumulator of
// it, is taken by another one from time to time. No pin is on a path that is timed but for these.
// Skewed is for the adders of hdl/skewed: the low bits wait for the others, which come inverted.
`default_nettype none

module placed_tree #(
    parameter Lanes      = 16,
    parameter Digits     = 1,
    parameter CellW      = 8,
    parameter Accumulate = 0,
    parameter Skewed     = 0
) (
    input  wire clk_i,
    input  wire in_i,
    output wire out_o
);

  localparam SumW   = CellW + $clog2(Lanes) + ((Digits > 1) ? 2 * Digits - 1 : 0);
  localparam InputW = 8 * Lanes + 3 * Lanes * Digits;
  localparam ResultW = (Accumulate != 0) ? 24 : SumW + 1;

  reg  [InputW-1:0]  inputs_q;
  reg  [7:0]         take_q;
  reg  [ResultW-1:0] result_q;
  wire [ResultW-1:0] result;

  always @(posedge clk_i) begin
    inputs_q <= {inputs_q[InputW-2:0], in_i};
    take_q   <= {take_q[6:0], in_i};
    if (take_q[7]) result_q <= result;
    else result_q <= {result_q[ResultW-2:0], 1'b0};
  end
  assign out_o = result_q[ResultW-1];

  generate
    if (Accumulate != 0) begin : lane_and_accumulator
      lane #(
          .Lanes    (Lanes),
          .Digits   (Digits),
          .CellW    (CellW),
          .EarlySign(1),
          .Skewed   (Skewed)
      ) column (
          .clk_i   (clk_i),
          .clear_i (take_q[0]),
          .act_i   (inputs_q[8*Lanes-1:0]),
          .digits_i(inputs_q[InputW-1:8*Lanes]),
          .acc_o   (result)
      );
    end else begin : tree
      localparam LowW = (Skewed != 0) ? 7 : SumW;
      wire [SumW-1:0] sum;
      wire            negative;
      dot_product #(
          .Lanes    (Lanes),
          .Digits   (Digits),
          .CellW    (CellW),
          .SumW     (SumW),
          .EarlySign(1)
      ) column (
          .clk_i     (clk_i),
          .act_i     (inputs_q[8*Lanes-1:0]),
          .digits_i  (inputs_q[InputW-1:8*Lanes]),
          .sum_o     (sum),
          .negative_o(negative)
      );
      pipeline_stages #(
          .Width (LowW + 1),
          .Stages((Skewed != 0) ? 1 : 0)
      ) low (
          .clk_i (clk_i),
          .data_i({negative, sum[LowW-1:0]}),
          .data_o({result[SumW], result[LowW-1:0]})
      );
      if (SumW > LowW) begin : high
        assign result[SumW-1:LowW] = ~sum[SumW-1:LowW];
      end
    end
  endgenerate

endmodule

`default_nettype wire
