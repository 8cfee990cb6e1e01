// SPDX-License-Identifier: Apache-2.0
// compute_sequencer_proof: the halves of the accumulators: a block is never filled
// into a half that still waits for the drain, for every instruction.
//
// The front goes and runs as instruction_front_proof shows; the drain empties only
// halves that are full, in any rhythm. peek_* are registers of the module.
`default_nettype none

module compute_sequencer_proof #(
    parameter Hold       = 4,
    parameter HoldW      = 2,
    parameter SumLatency = 2
) (
    input  wire         clk_i,
    input  wire [383:0] instr_i,
    input  wire         go_i,
    input  wire         drained_i,
    input  wire         drain_half_i,
    input  wire         drain_idle_i,
    output wire         active_o,
    output wire         stall_o,
    output wire         done_o,
    output wire         given,     // the front's protocol; drains only full halves
    output wire         reach,     // both halves were full, and the instruction retired
    output wire         ok_free,   // positions are issued only into a half that is empty
    output wire         ok_block,  // and so a block ends in one
    output wire         ok_rest    // both are empty but while an instruction emits blocks
);

  (* keep *) wire [1:0] peek_busy;
  (* keep *) wire [1:0] peek_state;
  (* keep *) wire       peek_half;
  (* keep *) wire       peek_block_end;
  (* keep *) wire       peek_skip;

  reg         started_q = 1'b0;  // reset in the first cycle, never after
  reg         run_q;
  reg [383:0] instr_q;
  reg         both_q;
  reg         reach_q;
  wire        last  = instr_i[25];

  compute_sequencer #(
      .Hold      (Hold),
      .HoldW     (HoldW),
      .SumLatency(SumLatency)
  ) dut (
      .clk_i         (clk_i),
      .rst_ni        (started_q),
      .instr_i       (instr_i),
      .go_i          (go_i),
      .run_i         (run_q),
      .done_o        (done_o),
      .bad_o         (),
      .act_re_o      (),
      .act_raddr_o   (),
      .act_zero_o    (),
      .weight_re_o   (),
      .weight_raddr_o(),
      .tile_valid_o  (),
      .tile_index_o  (),
      .set_o         (),
      .swap_o        (),
      .acc_valid_o   (),
      .acc_first_o   (),
      .acc_addr_o    (),
      .block_ready_o (),
      .block_0_o     (),
      .block_1_o     (),
      .drained_i     (drained_i),
      .drain_half_i  (drain_half_i),
      .drain_idle_i  (drain_idle_i),
      .active_o      (active_o),
      .stall_o       (stall_o)
  );

  always @(posedge clk_i) begin
    started_q <= 1'b1;
    instr_q   <= instr_i;
    if (!started_q) begin
      run_q   <= 1'b0;
      both_q  <= 1'b0;
      reach_q <= 1'b0;
    end else begin
      if (go_i) run_q <= 1'b1;
      else if (done_o) run_q <= 1'b0;
      if (peek_busy == 2'b11) both_q <= 1'b1;
      if (both_q && done_o) reach_q <= 1'b1;
    end
  end

  wire step = run_q && (peek_state == 2'd1) && !peek_skip;

  assign given    = !started_q || ((!go_i || !run_q) && (!run_q || (instr_i == instr_q)) &&
                    (!drained_i || peek_busy[drain_half_i]));
  assign reach    = reach_q;
  assign ok_free  = !started_q || !step || !peek_busy[peek_half];
  assign ok_block = !started_q || !peek_block_end || !last || !peek_busy[peek_half];
  assign ok_rest  = !started_q || (run_q && last && (peek_state != 2'd0) && !peek_skip) ||
                    (peek_busy == 2'b00);

endmodule

`default_nettype wire
