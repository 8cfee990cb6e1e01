// SPDX-License-Identifier: Apache-2.0
// pipeline_stages: data, Stages cycles later, without a reset.
//
//   data_o[t + Stages] = data_i[t]
//
// Latency  : Stages cycles, 0 or more.
// Overflow : none.
`default_nettype none

module pipeline_stages #(
    parameter Width  = 1,  // bits
    parameter Stages = 1   // cycles, 0 or more
) (
    input  wire             clk_i,  // clock, rising edge
    input  wire [Width-1:0] data_i,
    output wire [Width-1:0] data_o
);

  generate
    if (Stages == 0) begin : none
      wire unused = clk_i;
      assign data_o = data_i;
    end else if (Stages == 1) begin : one
      reg [Width-1:0] data_q;
      always @(posedge clk_i) data_q <= data_i;
      assign data_o = data_q;
    end else begin : many
      reg [Width*Stages-1:0] data_q;
      always @(posedge clk_i) data_q <= {data_q[Width*(Stages-1)-1:0], data_i};
      assign data_o = data_q[Width*Stages-1-:Width];
    end
  endgenerate

endmodule

`default_nettype wire
