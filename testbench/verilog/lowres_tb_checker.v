// SPDX-License-Identifier: Apache-2.0
//
// lowres_tb_checker: the AXI rules that a lowres accelerator must keep.
//
// Bit i of violation_o is high in the cycle after rule i was broken:
//
//   0 ar-unstable  ARVALID fell, or its payload changed, before ARREADY
//   1 aw-unstable  the same for AW
//   2 w-unstable   the same for W
//   3 b-unstable   the same for B of the register slave
//   4 r-unstable   the same for R of the register slave
//   5 ar-4k        a read burst crosses a 4 KB boundary
//   6 aw-4k        a write burst crosses a 4 KB boundary
//   7 ar-form      not an aligned INCR burst of whole beats with id 0,
//                  cache 0011 and prot 000
//   8 aw-form      the same for AW
//   9 w-strobe     a write strobe is 0
//  10 reset        a valid is high in reset
//  11 unknown      a handshake signal, what is on offer, the interrupt or a trace
//                  is X (four-state simulators)
`default_nettype none

module lowres_tb_checker #(
    parameter MemW = 64                  // memory width, bits
) (
    input  wire              clk_i,      // clock, rising edge
    input  wire              awake_i,    // out of reset

    // AXI4 master of the accelerator
    input  wire              arid_i,
    input  wire [31:0]       araddr_i,
    input  wire [7:0]        arlen_i,
    input  wire [2:0]        arsize_i,
    input  wire [1:0]        arburst_i,
    input  wire [3:0]        arcache_i,
    input  wire [2:0]        arprot_i,
    input  wire              arvalid_i,
    input  wire              arready_i,
    input  wire              rready_i,
    input  wire              awid_i,
    input  wire [31:0]       awaddr_i,
    input  wire [7:0]        awlen_i,
    input  wire [2:0]        awsize_i,
    input  wire [1:0]        awburst_i,
    input  wire [3:0]        awcache_i,
    input  wire [2:0]        awprot_i,
    input  wire              awvalid_i,
    input  wire              awready_i,
    input  wire [MemW-1:0]   wdata_i,
    input  wire [MemW/8-1:0] wstrb_i,
    input  wire              wlast_i,
    input  wire              wvalid_i,
    input  wire              wready_i,
    input  wire              bready_i,

    // AXI4-Lite slave of the accelerator
    input  wire              lite_awready_i,
    input  wire              lite_wready_i,
    input  wire [1:0]        lite_bresp_i,
    input  wire              lite_bvalid_i,
    input  wire              lite_bready_i,
    input  wire              lite_arready_i,
    input  wire [31:0]       lite_rdata_i,
    input  wire [1:0]        lite_rresp_i,
    input  wire              lite_rvalid_i,
    input  wire              lite_rready_i,

    input  wire [6:0]        signals_i,  // interrupt and traces

    output reg  [11:0]       violation_o
);

  localparam Bytes = MemW / 8;
  localparam ByteW = $clog2(Bytes);
  localparam [2:0] Size = ByteW[2:0];

  // A beat on offer that was not taken must be there again, unchanged.
  reg              ar_wait_q, aw_wait_q, w_wait_q, b_wait_q, r_wait_q;
  reg  [52:0]      ar_q, aw_q;
  reg  [MemW:0]    w_q;
  reg  [1:0]       b_q;
  reg  [33:0]      r_q;

  wire [52:0] ar = {arid_i, araddr_i, arlen_i, arsize_i, arburst_i, arcache_i, arprot_i};
  wire [52:0] aw = {awid_i, awaddr_i, awlen_i, awsize_i, awburst_i, awcache_i, awprot_i};

  // Bytes from the start of the 4 KB page to the last byte of the burst, plus 1
  wire [31:0] ar_reach = {20'd0, araddr_i[11:0]} + (({24'd0, arlen_i} + 32'd1) << ByteW);
  wire [31:0] aw_reach = {20'd0, awaddr_i[11:0]} + (({24'd0, awlen_i} + 32'd1) << ByteW);

  wire ar_bad = arid_i || arsize_i != Size || arburst_i != 2'b01 || arcache_i != 4'b0011 ||
                arprot_i != 3'b000 || araddr_i[ByteW-1:0] != {ByteW{1'b0}};
  wire aw_bad = awid_i || awsize_i != Size || awburst_i != 2'b01 || awcache_i != 4'b0011 ||
                awprot_i != 3'b000 || awaddr_i[ByteW-1:0] != {ByteW{1'b0}};

  // In two-state simulators this is never true.
  wire parity  = arvalid_i ^ rready_i ^ awvalid_i ^ wvalid_i ^ bready_i ^ lite_awready_i ^
                 lite_wready_i ^ lite_bvalid_i ^ lite_arready_i ^ lite_rvalid_i ^
                 (arvalid_i & ^ar) ^ (awvalid_i & ^aw) ^ (wvalid_i & ^{wlast_i, wstrb_i, wdata_i}) ^
                 (lite_bvalid_i & ^lite_bresp_i) ^ (lite_rvalid_i & ^{lite_rresp_i, lite_rdata_i}) ^
                 ^signals_i;
  wire unknown = parity !== 1'b0 && parity !== 1'b1;

  always @(posedge clk_i) begin
    violation_o <= 12'd0;
    ar_wait_q   <= awake_i && arvalid_i && !arready_i;
    aw_wait_q   <= awake_i && awvalid_i && !awready_i;
    w_wait_q    <= awake_i && wvalid_i && !wready_i;
    b_wait_q    <= awake_i && lite_bvalid_i && !lite_bready_i;
    r_wait_q    <= awake_i && lite_rvalid_i && !lite_rready_i;
    if (arvalid_i) ar_q <= ar;
    if (awvalid_i) aw_q <= aw;
    if (wvalid_i) w_q <= {wlast_i, wdata_i};
    if (lite_bvalid_i) b_q <= lite_bresp_i;
    if (lite_rvalid_i) r_q <= {lite_rresp_i, lite_rdata_i};
    if (awake_i) begin
      violation_o[0]  <= ar_wait_q && (!arvalid_i || ar != ar_q);
      violation_o[1]  <= aw_wait_q && (!awvalid_i || aw != aw_q);
      violation_o[2]  <= w_wait_q && (!wvalid_i || {wlast_i, wdata_i} != w_q);
      violation_o[3]  <= b_wait_q && (!lite_bvalid_i || lite_bresp_i != b_q);
      violation_o[4]  <= r_wait_q && (!lite_rvalid_i || {lite_rresp_i, lite_rdata_i} != r_q);
      violation_o[5]  <= arvalid_i && ar_reach > 32'd4096;
      violation_o[6]  <= awvalid_i && aw_reach > 32'd4096;
      violation_o[7]  <= arvalid_i && ar_bad;
      violation_o[8]  <= awvalid_i && aw_bad;
      violation_o[9]  <= wvalid_i && wstrb_i != {Bytes{1'b1}};
      violation_o[11] <= unknown;
    end else begin
      violation_o[10] <= arvalid_i || awvalid_i || wvalid_i || lite_bvalid_i || lite_rvalid_i;
    end
  end

endmodule

`default_nettype wire
