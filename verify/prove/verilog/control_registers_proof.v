// SPDX-License-Identifier: Apache-2.0
// control_registers_proof: AXI4-Lite rules of control_registers, for every host.
//
// The ledger counts the handshakes of each channel that are not yet answered.
// peek_* are registers of the module, see instruction_front_proof.
`default_nettype none

module control_registers_proof #(
    parameter Counters = 17
) (
    input  wire        clk_i,
    input  wire [11:0] awaddr_i,
    input  wire        awvalid_i,
    input  wire [31:0] wdata_i,
    input  wire [3:0]  wstrb_i,
    input  wire        wvalid_i,
    input  wire        bready_i,
    input  wire [11:0] araddr_i,
    input  wire        arvalid_i,
    input  wire        rready_i,
    input  wire        busy_i,
    input  wire [3:0]  error_i,
    input  wire [31:0] counter_i,
    output wire        awready_o,
    output wire        wready_o,
    output wire [1:0]  bresp_o,
    output wire        bvalid_o,
    output wire        arready_o,
    output wire [31:0] rdata_o,
    output wire [1:0]  rresp_o,
    output wire        rvalid_o,
    output wire        start_o,
    output wire        reach,          // a write and a read were answered after waiting
    output wire        ok_b_valid,     // a write response stays until it is taken
    output wire        ok_b_stable,    // and does not change
    output wire        ok_b_single,    // one for each address with data, none without
    output wire        ok_b_prompt,    // two cycles after the later of the two, if none waits
    output wire        ok_r_valid,     // a read response stays until it is taken
    output wire        ok_r_stable,    // and does not change, nor does its data
    output wire        ok_r_single,    // one for each address, none without
    output wire        ok_r_prompt,    // two cycles after the address, if none waits
    output wire        ok_resp,        // OKAY or SLVERR
    output wire        ok_decode,      // what is held of an address is what it names
    output wire        ok_start        // starts for one cycle, after a write to CONTROL, not while busy
);

  (* keep *) wire       peek_aw_full;
  (* keep *) wire       peek_w_full;
  (* keep *) wire       peek_ar_full;
  (* keep *) wire [9:0] peek_aw_of;   // known, then as of_front
  (* keep *) wire [2:0] peek_ar_of;   // known, front, counter
  (* keep *) wire [4:0] peek_ar_word;
  (* keep *) wire [31:0] peek_w_data;
  (* keep *) wire       peek_w_whole;

  reg        started_q = 1'b0;  // reset in the first cycle, never after
  reg [1:0]  aw_q;              // write addresses taken, not answered
  reg [1:0]  w_q;               // write data taken, not answered
  reg [1:0]  ar_q;              // read addresses taken, not answered
  reg        b_held_q;
  reg        r_held_q;
  reg [9:0]  aw_word_q;         // the last write address taken
  reg [9:0]  ar_word_q;
  reg        b_due_q;           // both were there in the last cycle, and no response waited
  reg        r_due_q;
  reg        asked_q;           // what starts a run was written in the last cycle
  reg [1:0]  bresp_q;
  reg [1:0]  rresp_q;
  reg [31:0] rdata_q;
  reg        wrote_q;
  reg        reach_q;

  // Whether a word is a register: one of the 13, or of the counters from 080 on.
  function known(input [9:0] word);
    known = (word < 10'd13) || ((word >= 10'd32) && (word < 10'd32 + Counters));
  endfunction

  // Of a word of the front page: guarded, CONTROL, BASE to PROGRAM_DATA, IRQ_ENABLE.
  function [8:0] of_front(input [3:0] word);
    case (word)
      4'd2: of_front = 9'b010000000;
      4'd4: of_front = 9'b101000000;
      4'd5: of_front = 9'b100100000;
      4'd6: of_front = 9'b100010000;
      4'd7: of_front = 9'b100001000;
      4'd8: of_front = 9'b100000100;
      4'd9: of_front = 9'b100000010;
      4'd12: of_front = 9'b000000001;
      default: of_front = 9'b000000000;
    endcase
  endfunction

  wire aw_fire = awvalid_i && awready_o;
  wire w_fire  = wvalid_i && wready_o;
  wire b_fire  = bvalid_o && bready_i;
  wire ar_fire = arvalid_i && arready_o;
  wire r_fire  = rvalid_o && rready_i;
  wire b_free  = !bvalid_o || bready_i;
  wire write   = (aw_q > {1'b0, bvalid_o}) && (w_q > {1'b0, bvalid_o}) && b_free;

  control_registers #(
      .Counters(Counters)
  ) dut (
      .clk_i          (clk_i),
      .rst_i          (!started_q),
      .s_axi_awaddr   (awaddr_i),
      .s_axi_awvalid  (awvalid_i),
      .s_axi_awready  (awready_o),
      .s_axi_wdata    (wdata_i),
      .s_axi_wstrb    (wstrb_i),
      .s_axi_wvalid   (wvalid_i),
      .s_axi_wready   (wready_o),
      .s_axi_bresp    (bresp_o),
      .s_axi_bvalid   (bvalid_o),
      .s_axi_bready   (bready_i),
      .s_axi_araddr   (araddr_i),
      .s_axi_arvalid  (arvalid_i),
      .s_axi_arready  (arready_o),
      .s_axi_rdata    (rdata_o),
      .s_axi_rresp    (rresp_o),
      .s_axi_rvalid   (rvalid_o),
      .s_axi_rready   (rready_i),
      .start_o        (start_o),
      .base_o         (),
      .load_count_o   (),
      .compute_count_o(),
      .store_count_o  (),
      .busy_i         (busy_i),
      .error_i        (error_i),
      .prog_we_o      (),
      .prog_engine_o  (),
      .prog_addr_o    (),
      .prog_data_o    (),
      .counter_index_o(),
      .counter_i      (counter_i),
      .irq_o          ()
  );

  always @(posedge clk_i) begin
    started_q <= 1'b1;
    bresp_q   <= bresp_o;
    rresp_q   <= rresp_o;
    rdata_q   <= rdata_o;
    if (aw_fire) aw_word_q <= awaddr_i[11:2];
    if (ar_fire) ar_word_q <= araddr_i[11:2];
    if (!started_q) begin
      aw_q     <= 2'd0;
      w_q      <= 2'd0;
      ar_q     <= 2'd0;
      b_held_q <= 1'b0;
      r_held_q <= 1'b0;
      b_due_q  <= 1'b0;
      r_due_q  <= 1'b0;
      asked_q  <= 1'b0;
      wrote_q  <= 1'b0;
      reach_q  <= 1'b0;
    end else begin
      aw_q     <= aw_q + {1'b0, aw_fire} - {1'b0, b_fire};
      w_q      <= w_q + {1'b0, w_fire} - {1'b0, b_fire};
      ar_q     <= ar_q + {1'b0, ar_fire} - {1'b0, r_fire};
      b_held_q <= bvalid_o && !bready_i;
      r_held_q <= rvalid_o && !rready_i;
      b_due_q  <= write;
      r_due_q  <= (ar_q > {1'b0, rvalid_o}) && (!rvalid_o || rready_i);
      asked_q  <= write && peek_w_whole && (aw_word_q == 10'h002) && peek_w_data[0] &&
                  !busy_i && !start_o;
      if (b_held_q && b_fire) wrote_q <= 1'b1;
      if (r_held_q && r_fire && wrote_q) reach_q <= 1'b1;
    end
  end

  assign reach       = reach_q;
  assign ok_b_valid  = !started_q || !b_held_q || bvalid_o;
  assign ok_b_stable = !started_q || !b_held_q || (bresp_q == bresp_o);
  assign ok_b_single = !started_q ||
                       ((aw_q == {1'b0, peek_aw_full} + {1'b0, bvalid_o}) &&
                        (w_q == {1'b0, peek_w_full} + {1'b0, bvalid_o}) &&
                        (!bvalid_o || ((aw_q != 2'd0) && (w_q != 2'd0))));
  assign ok_b_prompt = !started_q || (bvalid_o == (b_held_q || b_due_q));
  assign ok_r_valid  = !started_q || !r_held_q || rvalid_o;
  assign ok_r_stable = !started_q || !r_held_q || ((rresp_q == rresp_o) && (rdata_q == rdata_o));
  assign ok_r_single = !started_q || ((ar_q == {1'b0, peek_ar_full} + {1'b0, rvalid_o}) &&
                       (!rvalid_o || (ar_q != 2'd0)));
  assign ok_r_prompt = !started_q || (rvalid_o == (r_held_q || r_due_q));
  assign ok_resp     = !started_q || (!bresp_o[0] && !rresp_o[0]);
  assign ok_decode   = !started_q ||
                       ((peek_aw_of[9] == (peek_aw_full && known(aw_word_q))) &&
                        (peek_aw_of[8:0] == (peek_aw_full && (aw_word_q < 10'd16) ? of_front(aw_word_q[3:0]) : 9'd0)) &&
                        (!peek_w_whole || peek_w_full) &&
                        (!peek_ar_full || ((peek_ar_of[2] == known(ar_word_q)) &&
                        (peek_ar_of[1] == (ar_word_q < 10'd16)) &&
                        (peek_ar_of[0] == (known(ar_word_q) && (ar_word_q >= 10'd32))) &&
                        (peek_ar_word == ar_word_q[4:0]))));
  assign ok_start    = !started_q || (start_o == asked_q);

endmodule

`default_nettype wire
