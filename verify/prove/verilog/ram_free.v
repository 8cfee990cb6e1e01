// SPDX-License-Identifier: Apache-2.0
// ram_sdp with any contents: what is read is any word whenever a read was asked, and stands
// until the next, so that what is proved with it holds for every program. It stands in for
// hdl/ram_sdp.v.
`default_nettype none

module ram_sdp #(
    parameter Width = 32,
    parameter AddrW = 8
) (
    input  wire             clk_i,
    input  wire             we_i,
    input  wire [AddrW-1:0] waddr_i,
    input  wire [Width-1:0] wdata_i,
    input  wire             re_i,
    input  wire [AddrW-1:0] raddr_i,
    output wire [Width-1:0] rdata_o
);

  wire [Width-1:0] anything;  // undriven: the script makes it free in every cycle
  reg              asked_q;   // a read was asked in the cycle before
  reg  [Width-1:0] kept_q;    // what stood there
  assign rdata_o = asked_q ? anything : kept_q;

  always @(posedge clk_i) begin
    asked_q <= re_i;
    kept_q  <= rdata_o;
  end

endmodule

`default_nettype wire
