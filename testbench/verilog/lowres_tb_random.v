// SPDX-License-Identifier: Apache-2.0
//
// lowres_tb_random: says in which cycles a channel of the testbench hesitates.
//
//   state[t+1] = xorshift32(state[t]);  hold_o = state mod 128 < threshold_i
//
// Both simulators see the same sequence. Threshold 0 never hesitates and costs
// nothing: the state then stands still.
`default_nettype none

module lowres_tb_random #(
    parameter [31:0] Stream = 32'd1  // tells the streams of one seed apart
) (
    input  wire        clk_i,        // clock, rising edge
    input  wire        rst_ni,       // asynchronous reset, active low
    input  wire [31:0] seed_i,       // steady from reset on
    input  wire [7:0]  threshold_i,  // chance to hesitate in 128ths, 0 to 127
    output wire        hold_o
);

  reg         seeded_q;
  reg  [31:0] state_q;
  wire [31:0] a = state_q ^ (state_q << 13);
  wire [31:0] b = a ^ (a >> 17);
  wire [31:0] c = b ^ (b << 5);
  wire [31:0] first = (seed_i * 32'h9E3779B1) ^ (Stream * 32'h85EBCA6B);

  assign hold_o = seeded_q && {1'b0, state_q[30:24]} < threshold_i;

  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      seeded_q <= 1'b0;
      state_q  <= 32'd1;
    end else if (threshold_i != 8'd0) begin
      seeded_q <= 1'b1;
      state_q  <= seeded_q ? c : (first == 32'd0 ? 32'd1 : first);
    end
  end

endmodule

`default_nettype wire
