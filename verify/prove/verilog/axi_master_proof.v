// SPDX-License-Identifier: Apache-2.0
// axi_master_proof: the memory side of the whole accelerator, at its pins.
//
// Programs are free, and so are host, memory and reset after the first cycle. What is on offer
// stays on offer and does not change until it is taken; but for a reset, which takes it back.
// The engines keep the rules as load_engine_proof and store_engine_proof show; what the core and
// the wrapper make of that is shown here. peek_* are what the engines offer.
`default_nettype none

module axi_master_proof #(
    parameter MemW  = 64,
    parameter Burst = 16
) (
    input  wire            clk_i,
    input  wire            resetn_i,
    input  wire [11:0]     awaddr_i,       // host
    input  wire [11:0]     araddr_i,
    input  wire [31:0]     wdata_i,
    input  wire [3:0]      wstrb_i,
    input  wire [4:0]      host_i,         // valids and readys
    input  wire            arready_i,      // memory
    input  wire [MemW-1:0] rdata_i,
    input  wire [1:0]      rresp_i,
    input  wire            rlast_i,
    input  wire            rvalid_i,
    input  wire            awready_i,
    input  wire            wready_i,
    input  wire [1:0]      bresp_i,
    input  wire            bvalid_i,
    output wire [31:0]     araddr_o,
    output wire [7:0]      arlen_o,
    output wire            arvalid_o,
    output wire [31:0]     awaddr_o,
    output wire [7:0]      awlen_o,
    output wire            awvalid_o,
    output wire            wlast_o,
    output wire            wvalid_o,
    output wire            given,          // the engines keep the rules, but in reset
    output wire            ok_reset,       // nothing is on offer in reset
    output wire            ok_host,        // of the host nothing is taken in reset, nor what the registers do not take; answers are theirs
    output wire            ok_read,        // a read address stays until it is taken, and does not change
    output wire            ok_write,       // so does a write address
    output wire            ok_beat,        // and a beat, and whether it is the last
    output wire            ok_boundary,    // bursts do not cross 4 KB
    output wire            ok_length,      // and have 1 to Burst beats
    output wire            ok_form         // whole beats, INCR, all strobes
);

  localparam BeatBytes = MemW / 8;

  (* keep *) wire        peek_ar_valid;
  (* keep *) wire [31:0] peek_ar_addr;
  (* keep *) wire [7:0]  peek_ar_len;
  (* keep *) wire        peek_aw_valid;
  (* keep *) wire [31:0] peek_aw_addr;
  (* keep *) wire [7:0]  peek_aw_len;
  (* keep *) wire        peek_w_valid;
  (* keep *) wire        peek_w_last;
  (* keep *) wire        peek_ar_ready;
  (* keep *) wire        peek_aw_ready;
  (* keep *) wire        peek_w_ready;
  (* keep *) wire [4:0]  peek_host;

  reg         started_q = 1'b0;  // reset in the first cycle
  wire        resetn = started_q && resetn_i;
  wire [4:0]  host;             // what is taken of the host, and answers to it
  wire [2:0]  arsize, awsize;
  wire [1:0]  arburst, awburst;
  wire [BeatBytes-1:0] wstrb;

  wrapper dut (
      .aclk         (clk_i),
      .aresetn      (resetn),
      .s_axi_awaddr (awaddr_i),
      .s_axi_awvalid(host_i[0]),
      .s_axi_awready(host[4]),
      .s_axi_wdata  (wdata_i),
      .s_axi_wstrb  (wstrb_i),
      .s_axi_wvalid (host_i[1]),
      .s_axi_wready (host[3]),
      .s_axi_bresp  (),
      .s_axi_bvalid (host[1]),
      .s_axi_bready (host_i[2]),
      .s_axi_araddr (araddr_i),
      .s_axi_arvalid(host_i[3]),
      .s_axi_arready(host[2]),
      .s_axi_rdata  (),
      .s_axi_rresp  (),
      .s_axi_rvalid (host[0]),
      .s_axi_rready (host_i[4]),
      .m_axi_arid   (),
      .m_axi_araddr (araddr_o),
      .m_axi_arlen  (arlen_o),
      .m_axi_arsize (arsize),
      .m_axi_arburst(arburst),
      .m_axi_arcache(),
      .m_axi_arprot (),
      .m_axi_arvalid(arvalid_o),
      .m_axi_arready(arready_i),
      .m_axi_rid    (1'b0),
      .m_axi_rdata  (rdata_i),
      .m_axi_rresp  (rresp_i),
      .m_axi_rlast  (rlast_i),
      .m_axi_rvalid (rvalid_i),
      .m_axi_rready (),
      .m_axi_awid   (),
      .m_axi_awaddr (awaddr_o),
      .m_axi_awlen  (awlen_o),
      .m_axi_awsize (awsize),
      .m_axi_awburst(awburst),
      .m_axi_awcache(),
      .m_axi_awprot (),
      .m_axi_awvalid(awvalid_o),
      .m_axi_awready(awready_i),
      .m_axi_wdata  (),
      .m_axi_wstrb  (wstrb),
      .m_axi_wlast  (wlast_o),
      .m_axi_wvalid (wvalid_o),
      .m_axi_wready (wready_i),
      .m_axi_bid    (1'b0),
      .m_axi_bresp  (bresp_i),
      .m_axi_bvalid (bvalid_i),
      .m_axi_bready (),
      .irq          (),
      .trace_go     (),
      .trace_retire ()
  );

  // What is on offer, at the pins and in the engines
  reg  [2:0]  held_q;          // on offer at the pins and not taken
  reg  [40:0] read_q, write_q;
  reg  [1:0]  beat_q;
  wire [2:0]  valid  = {wvalid_o, awvalid_o, arvalid_o};
  wire [2:0]  ready  = {wready_i, awready_i, arready_i};
  wire [2:0]  engine = {peek_w_valid, peek_aw_valid, peek_ar_valid};
  reg  [2:0]  engine_held_q;   // on offer in an engine and not taken
  reg  [40:0] ar_q, aw_q;      // what was on offer there
  reg         w_q;
  always @(posedge clk_i) begin
    started_q     <= 1'b1;
    held_q        <= {3{resetn}} & valid & ~ready;
    engine_held_q <= {3{resetn}} & engine & ~{peek_w_ready, peek_aw_ready, peek_ar_ready};
    read_q        <= {1'b1, arlen_o, araddr_o};
    write_q       <= {1'b1, awlen_o, awaddr_o};
    beat_q        <= {1'b1, wlast_o};
    ar_q          <= {1'b1, peek_ar_len, peek_ar_addr};
    aw_q          <= {1'b1, peek_aw_len, peek_aw_addr};
    w_q           <= peek_w_last;
  end

  // The byte behind a burst, in its page.
  function [31:0] end_of(input [31:0] addr, input [7:0] len);
    end_of = (addr & 32'd4095 & ~(BeatBytes - 32'd1)) + ({24'd0, len} + 32'd1) * BeatBytes;
  endfunction

  assign given       = !started_q || !resetn ||
                       ((!engine_held_q[0] || (ar_q == {peek_ar_valid, peek_ar_len, peek_ar_addr})) &&
                        (!engine_held_q[1] || (aw_q == {peek_aw_valid, peek_aw_len, peek_aw_addr})) &&
                        (!engine_held_q[2] || (peek_w_valid && (w_q == peek_w_last))) &&
                        (!peek_ar_valid || ((end_of(peek_ar_addr, peek_ar_len) <= 32'd4096) && ({24'd0, peek_ar_len} < Burst))) &&
                        (!peek_aw_valid || ((end_of(peek_aw_addr, peek_aw_len) <= 32'd4096) && ({24'd0, peek_aw_len} < Burst))));
  assign ok_reset    = resetn || (valid == 3'b000);
  assign ok_host     = (host & ~(peek_host & {5{resetn}})) == 5'd0;
  assign ok_read     = !started_q || !resetn || !held_q[0] || (read_q == {arvalid_o, arlen_o, araddr_o});
  assign ok_write    = !started_q || !resetn || !held_q[1] || (write_q == {awvalid_o, awlen_o, awaddr_o});
  assign ok_beat     = !started_q || !resetn || !held_q[2] || (beat_q == {wvalid_o, wlast_o});
  assign ok_boundary = !started_q || ((!arvalid_o || (end_of(araddr_o, arlen_o) <= 32'd4096)) &&
                                      (!awvalid_o || (end_of(awaddr_o, awlen_o) <= 32'd4096)));
  assign ok_length   = !started_q || ((!arvalid_o || ({24'd0, arlen_o} < Burst)) && (!awvalid_o || ({24'd0, awlen_o} < Burst)));
  assign ok_form     = (arsize == awsize) && ((32'd1 << arsize) == BeatBytes) && (arburst == 2'b01) &&
                       (awburst == 2'b01) && (&wstrb);

endmodule

`default_nettype wire
