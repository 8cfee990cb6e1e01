// SPDX-License-Identifier: Apache-2.0
// delay_line: a word, Stages cycles later.
//
//   data_o[t + Stages] = data_i[t]
//
// Latency  : Stages cycles, at least 1. Reset to zeros.
// Overflow : none.
`default_nettype none

module delay_line #(
    parameter Width  = 1,  // bits
    parameter Stages = 1   // cycles, 1 or more
) (
    input  wire             clk_i,   // clock, rising edge
    input  wire             rst_i,   // reset, active high
    input  wire [Width-1:0] data_i,
    output wire [Width-1:0] data_o
);

  reg [Width*Stages-1:0] line_q;

  generate
    if (Stages == 1) begin : one
      always @(posedge clk_i) begin
        if (rst_i) line_q <= {Width{1'b0}};
        else line_q <= data_i;
      end
    end else begin : many
      always @(posedge clk_i) begin
        if (rst_i) line_q <= {(Width * Stages) {1'b0}};
        else line_q <= {line_q[Width*(Stages-1)-1:0], data_i};
      end
    end
  endgenerate

  assign data_o = line_q[Width*Stages-1-:Width];

endmodule

`default_nettype wire
