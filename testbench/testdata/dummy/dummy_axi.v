// SPDX-License-Identifier: Apache-2.0
//
// dummy_axi: dummy_core behind the ports of every generated wrapper.
`default_nettype none

module dummy_axi (
    input  wire        aclk,
    input  wire        aresetn,

    input  wire [11:0] s_axi_awaddr,
    input  wire        s_axi_awvalid,
    output wire        s_axi_awready,
    input  wire [31:0] s_axi_wdata,
    input  wire [3:0]  s_axi_wstrb,
    input  wire        s_axi_wvalid,
    output wire        s_axi_wready,
    output wire [1:0]  s_axi_bresp,
    output wire        s_axi_bvalid,
    input  wire        s_axi_bready,
    input  wire [11:0] s_axi_araddr,
    input  wire        s_axi_arvalid,
    output wire        s_axi_arready,
    output wire [31:0] s_axi_rdata,
    output wire [1:0]  s_axi_rresp,
    output wire        s_axi_rvalid,
    input  wire        s_axi_rready,

    output wire        m_axi_arid,
    output wire [31:0] m_axi_araddr,
    output wire [7:0]  m_axi_arlen,
    output wire [2:0]  m_axi_arsize,
    output wire [1:0]  m_axi_arburst,
    output wire [3:0]  m_axi_arcache,
    output wire [2:0]  m_axi_arprot,
    output wire        m_axi_arvalid,
    input  wire        m_axi_arready,
    input  wire        m_axi_rid,
    input  wire [63:0] m_axi_rdata,
    input  wire [1:0]  m_axi_rresp,
    input  wire        m_axi_rlast,
    input  wire        m_axi_rvalid,
    output wire        m_axi_rready,
    output wire        m_axi_awid,
    output wire [31:0] m_axi_awaddr,
    output wire [7:0]  m_axi_awlen,
    output wire [2:0]  m_axi_awsize,
    output wire [1:0]  m_axi_awburst,
    output wire [3:0]  m_axi_awcache,
    output wire [2:0]  m_axi_awprot,
    output wire        m_axi_awvalid,
    input  wire        m_axi_awready,
    output wire [63:0] m_axi_wdata,
    output wire [7:0]  m_axi_wstrb,
    output wire        m_axi_wlast,
    output wire        m_axi_wvalid,
    input  wire        m_axi_wready,
    input  wire        m_axi_bid,
    input  wire [1:0]  m_axi_bresp,
    input  wire        m_axi_bvalid,
    output wire        m_axi_bready,

    output wire        irq,
    output wire [2:0]  trace_go,
    output wire [2:0]  trace_retire
);

  wire        start, busy, prog_we;
  wire [31:0] base, prog_data, counter;
  wire [15:0] load_count, compute_count, store_count, prog_addr;
  wire [3:0]  error;
  wire [1:0]  prog_engine;
  wire [4:0]  counter_index;

  assign m_axi_arid    = 1'b0;
  assign m_axi_arsize  = 3'd3;
  assign m_axi_arburst = 2'b01;
  assign m_axi_arcache = 4'b0011;
  assign m_axi_arprot  = 3'b000;
  assign m_axi_awid    = 1'b0;
  assign m_axi_awsize  = 3'd3;
  assign m_axi_awburst = 2'b01;
  assign m_axi_awcache = 4'b0011;
  assign m_axi_awprot  = 3'b000;
  assign m_axi_wstrb   = 8'hFF;

  wire unused = &{1'b0, m_axi_rid, m_axi_bid, m_axi_rresp[0],
                  m_axi_bresp[0]};

  control_registers #(
      .Version(32'h00000100),
      .Design0(32'h01020404),
      .Design1(32'h00021808)
  ) registers (
      .clk_i          (aclk),
      .rst_i          (!aresetn),
      .s_axi_awaddr   (s_axi_awaddr),
      .s_axi_awvalid  (s_axi_awvalid),
      .s_axi_awready  (s_axi_awready),
      .s_axi_wdata    (s_axi_wdata),
      .s_axi_wstrb    (s_axi_wstrb),
      .s_axi_wvalid   (s_axi_wvalid),
      .s_axi_wready   (s_axi_wready),
      .s_axi_bresp    (s_axi_bresp),
      .s_axi_bvalid   (s_axi_bvalid),
      .s_axi_bready   (s_axi_bready),
      .s_axi_araddr   (s_axi_araddr),
      .s_axi_arvalid  (s_axi_arvalid),
      .s_axi_arready  (s_axi_arready),
      .s_axi_rdata    (s_axi_rdata),
      .s_axi_rresp    (s_axi_rresp),
      .s_axi_rvalid   (s_axi_rvalid),
      .s_axi_rready   (s_axi_rready),
      .start_o        (start),
      .base_o         (base),
      .load_count_o   (load_count),
      .compute_count_o(compute_count),
      .store_count_o  (store_count),
      .busy_i         (busy),
      .error_i        (error),
      .prog_we_o      (prog_we),
      .prog_engine_o  (prog_engine),
      .prog_addr_o    (prog_addr),
      .prog_data_o    (prog_data),
      .counter_index_o(counter_index),
      .counter_i      (counter),
      .irq_o          (irq)
  );

  dummy_core core (
      .clk_i          (aclk),
      .rst_ni         (aresetn),
      .prog_we_i      (prog_we),
      .prog_engine_i  (prog_engine),
      .prog_addr_i    (prog_addr),
      .prog_data_i    (prog_data),
      .start_i        (start),
      .base_i         (base),
      .load_count_i   (load_count),
      .compute_count_i(compute_count),
      .store_count_i  (store_count),
      .busy_o         (busy),
      .error_o        (error),
      .counter_index_i(counter_index),
      .counter_o      (counter),
      .rd_req_valid_o (m_axi_arvalid),
      .rd_req_ready_i (m_axi_arready),
      .rd_req_addr_o  (m_axi_araddr),
      .rd_req_len_o   (m_axi_arlen),
      .rd_valid_i     (m_axi_rvalid),
      .rd_ready_o     (m_axi_rready),
      .rd_data_i      (m_axi_rdata),
      .rd_last_i      (m_axi_rlast),
      .rd_error_i     (m_axi_rresp[1]),
      .wr_req_valid_o (m_axi_awvalid),
      .wr_req_ready_i (m_axi_awready),
      .wr_req_addr_o  (m_axi_awaddr),
      .wr_req_len_o   (m_axi_awlen),
      .wr_valid_o     (m_axi_wvalid),
      .wr_ready_i     (m_axi_wready),
      .wr_data_o      (m_axi_wdata),
      .wr_last_o      (m_axi_wlast),
      .wr_resp_valid_i(m_axi_bvalid),
      .wr_resp_ready_o(m_axi_bready),
      .wr_resp_error_i(m_axi_bresp[1]),
      .trace_go_o     (trace_go),
      .trace_retire_o (trace_retire)
  );

endmodule

`default_nettype wire
