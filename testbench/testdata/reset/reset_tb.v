// SPDX-License-Identifier: Apache-2.0
// reset_tb: a host that does not wait for the end of the reset: it offers a write of BASE
// from the beginning on, takes every handshake that it sees, and reads BASE back.
//
// Prints pass, or what was wrong.
`default_nettype none
`timescale 1ns / 1ns

module reset_tb;

  reg         clk = 1'b0;
  reg         rst_n = 1'b0;
  reg         awvalid = 1'b1;
  reg         wvalid = 1'b1;
  reg         arvalid = 1'b0;
  wire        awready, wready, arready, bvalid, rvalid, arvalid_m, awvalid_m, wvalid_m;
  wire [31:0] rdata;
  integer     cycle;
  integer     answers = 0;
  integer     early = 0;

  tiny_axi dut (
      .aclk(clk), .aresetn(rst_n),
      .s_axi_awaddr(12'h010), .s_axi_awvalid(awvalid), .s_axi_awready(awready),
      .s_axi_wdata(32'hA5A50010), .s_axi_wstrb(4'hF), .s_axi_wvalid(wvalid), .s_axi_wready(wready),
      .s_axi_bvalid(bvalid), .s_axi_bready(1'b1),
      .s_axi_araddr(12'h010), .s_axi_arvalid(arvalid), .s_axi_arready(arready),
      .s_axi_rdata(rdata), .s_axi_rvalid(rvalid), .s_axi_rready(1'b0),
      .m_axi_arvalid(arvalid_m), .m_axi_arready(1'b1), .m_axi_awvalid(awvalid_m), .m_axi_awready(1'b1),
      .m_axi_wvalid(wvalid_m), .m_axi_wready(1'b1), .m_axi_rvalid(1'b0), .m_axi_bvalid(1'b0)
  );

  always #5 clk = !clk;

  initial begin
    for (cycle = 0; cycle < 20; cycle = cycle + 1) begin
      #4;  // just before an edge
      if (!rst_n && ({awready, wready, arready, bvalid, rvalid, arvalid_m, awvalid_m, wvalid_m} !== 8'd0))
        early = early + 1;
      if (bvalid) answers = answers + 1;
      if (bvalid) arvalid <= 1'b1;
      if (awvalid && awready) awvalid <= #2 1'b0;
      if (wvalid && wready) wvalid <= #2 1'b0;
      if (arvalid && arready) arvalid <= #2 1'b0;
      #3;  // just behind it
      if (cycle == 4) rst_n = 1'b1;
      #3;
    end
    if (early != 0) $display("handshakes in reset: %0d", early);
    else if (answers != 1) $display("answers to one write: %0d", answers);
    else if (!rvalid || (rdata != 32'hA5A50010)) $display("BASE: %h", rdata);
    else $display("pass");
    $finish;
  end

endmodule

`default_nettype wire
