// SPDX-License-Identifier: Apache-2.0
// ram_sdp: simple dual-port memory, one write port and one read port.
//
//   if (we_i) mem[waddr_i] <= wdata_i;   if (re_i) rdata_o <= mem[raddr_i];
//
// Latency  : 1 cycle from raddr_i to rdata_o. Reading and writing one address in
//            the same cycle returns the old word.
// Overflow : none; an address beyond Depth does not exist (Depth is 2^AddrW).
// Contents are not reset: they are undefined until written.
// This is the one file to replace where a target wants its own memory primitive.
`default_nettype none

module ram_sdp #(
    parameter Width = 32,  // word width, bits
    parameter AddrW = 8    // address width, bits; depth is 2^AddrW words
) (
    input  wire             clk_i,    // clock, rising edge
    input  wire             we_i,     // write wdata_i to waddr_i
    input  wire [AddrW-1:0] waddr_i,
    input  wire [Width-1:0] wdata_i,
    input  wire             re_i,     // read raddr_i; rdata_o holds otherwise
    input  wire [AddrW-1:0] raddr_i,
    output reg  [Width-1:0] rdata_o
);

  reg [Width-1:0] mem [0:(1<<AddrW)-1];

  always @(posedge clk_i) begin
    if (we_i) mem[waddr_i] <= wdata_i;
    if (re_i) rdata_o <= mem[raddr_i];
  end

endmodule

`default_nettype wire
