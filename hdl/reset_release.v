// SPDX-License-Identifier: Apache-2.0
// reset_release: the reset of all other modules: asserted at once, released by a clock edge.
//
//   rst_o = !rst_ni, one cycle longer
//
// All registers behind it are reset by a clock edge (rst_o is high for one at least), which
// most flip-flops do without a LUT, together with whatever else clears them.
//
// Latency  : rst_o rises with the fall of rst_ni, without a clock; it falls in the cycle
//            after the first clock edge at which rst_ni is high.
// Overflow : none. rst_ni rises in time with clk_i; what drives it sees to that.
`default_nettype none

module reset_release (
    input  wire clk_i,   // clock, rising edge
    input  wire rst_ni,  // asynchronous reset, active low
    output wire rst_o    // reset, active high
);

  reg rst_q;

  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) rst_q <= 1'b1;
    else rst_q <= 1'b0;
  end

  assign rst_o = rst_q;

endmodule

`default_nettype wire
