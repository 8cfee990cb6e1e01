// SPDX-License-Identifier: Apache-2.0
// table_sequencer_proof: the halves of the accumulators: a block is never filled
// into a half that still waits for the drain, for every instruction; and the
// hand-over: the drain has one instruction at a time, and none is lost.
//
// The front goes and runs as instruction_front_proof shows. The drain is what drain_proof
// shows: it drains blocks that wait, halves in turn, in any rhythm; its side of that, that a block
// becomes ready only while it has room, is shown here. It ends what it has taken. peek_* are
// registers of the module.
`default_nettype none

module table_sequencer_proof #(
    parameter Hold       = 4,
    parameter HoldW      = 2,
    parameter FillLatency = 2,
    parameter SumLatency = 4,
    parameter Tiles      = 2,
    parameter Blocks     = 2,
    parameter TileWords  = 1,  // weight words of a tile
    parameter Entries    = 2   // of a table
) (
    input  wire         clk_i,
    input  wire [383:0] next_i,
    input  wire [31:0]  last_word_i,
    input  wire         go_i,
    input  wire         drained_i,
    input  wire         drain_half_i,
    input  wire         emitted_i,
    output wire         active_o,
    output wire         stall_o,
    output wire         done_o,
    output wire         retire_o,
    output wire         take_o,
    output wire         given,     // the front's protocol; drains what waits, ends what it has
    output wire         reach,     // all halves were full, and the instruction left
    output wire         ok_free,   // sums are added to only in a half that is empty
    output wire         ok_block,  // and so a block ends in one
    output wire         ok_take,   // the drain takes an instruction when it has none or ends it now
    output wire         ok_once,   // what emits is taken once, before the next may go
    output wire         ok_ready,  // a block becomes ready only while the drain has room for it
    output wire         ok_sizes,  // a full half keeps the size of its block
    output wire         ok_blocks, // full halves are the blocks on their way and those that wait, in turn
    output wire         ok_bad,    // illegal: a count of the instruction that is 0, or a level set that there is not
    output wire         ok_walks,  // the reduction's walk goes on only while a legal instruction runs, not in its first cycle
    output wire         ok_where,  // with one block no address follows a block's end before it is drained
    output wire         ok_order   // what does not emit retires only when the drain has nothing
);

  localparam [1:0] All = (Blocks == 2) ? 2'b11 : 2'b01;
  localparam [2:0] Most = Blocks;
  localparam Stages = 4 + SumLatency;  // from the end of a block to its sums
  localparam LineW  = 3;          // of what travels there: a block's end is bit 0
  localparam Wheres = Stages - 1;  // and of where it goes
  localparam WhereW = HoldW + 1;

  (* keep *) wire [1:0] peek_busy;
  (* keep *) wire [1:0] peek_state;
  (* keep *) wire       peek_half;
  (* keep *) wire       peek_block_end;
  (* keep *) wire       peek_skip;
  (* keep *) wire [2:0] peek_bad;        // of words up to 9, in two parts, and of all
  (* keep *) wire       peek_started;    // first cycle of the run
  (* keep *) wire       peek_step_full;  // a step's tables are filled
  (* keep *) wire [15:0] peek_cycle;
  (* keep *) wire       peek_leaves;
  (* keep *) wire       peek_untaken;
  (* keep *) wire       peek_owned;
  (* keep *) wire [LineW*Stages-1:0] peek_line;
  (* keep *) wire [WhereW*Wheres-1:0] peek_where;

  reg         started_q = 1'b0;  // reset in the first cycle, never after
  reg         run_q;
  reg         ran_q;             // it ran in the cycle before
  reg [383:0] instr_q;
  reg         untaken_q;         // an instruction that emits runs, and the drain has not taken it
  reg         owned_q;           // the drain has one that has not retired
  reg [2*HoldW+1:0] sizes_q;     // of blocks, and which halves were full, a cycle ago
  reg [1:0]   busy_q;
  reg [2:0]   waiting_q;         // blocks that are ready and not drained
  reg         turn_q;            // half that is drained next
  reg         both_q;
  reg         reach_q;
  wire        bad;
  wire        last  = instr_q[25];
  wire        block_ready;
  wire [HoldW:0] block_0, block_1;

  table_sequencer #(
      .Hold      (Hold),
      .HoldW     (HoldW),
      .FillLatency(FillLatency),
      .SumLatency(SumLatency),
      .Tiles     (Tiles),
      .Blocks    (Blocks),
      .TileWords (TileWords),
      .Entries   (Entries)
  ) dut (
      .clk_i         (clk_i),
      .rst_i         (!started_q),
      .next_i        (next_i),
      .last_word_i   (last_word_i),
      .instr_i       (instr_q),
      .go_i          (go_i),
      .run_i         (run_q),
      .idle_i        (!run_q),
      .done_o        (done_o),
      .retire_o      (retire_o),
      .bad_o         (bad),
      .act_re_o      (),
      .act_raddr_o   (),
      .act_take_o    (),
      .act_zero_o    (),
      .act_low_o     (),
      .fill_o        (),
      .fill_bank_o   (),
      .fill_index_o  (),
      .fill_set_o    (),
      .fill_next_o   (),
      .weight_re_o   (),
      .weight_raddr_o(),
      .tile_valid_o  (),
      .tile_index_o  (),
      .bank_o        (),
      .acc_valid_o   (),
      .acc_first_o   (),
      .acc_addr_o    (),
      .acc_next_o    (),
      .block_ready_o (block_ready),
      .block_0_o     (block_0),
      .block_1_o     (block_1),
      .drained_i     (drained_i),
      .drain_half_i  (drain_half_i),
      .final_o       (),
      .take_o        (take_o),
      .emitted_i     (emitted_i),
      .active_o      (active_o),
      .stall_o       (stall_o)
  );

  always @(posedge clk_i) begin
    started_q <= 1'b1;
    sizes_q   <= {block_1, block_0};
    busy_q    <= peek_busy & {2{started_q}};
    if (!run_q) instr_q <= next_i;
    ran_q     <= started_q && run_q;
    if (!started_q) begin
      run_q     <= 1'b0;
      untaken_q <= 1'b0;
      owned_q   <= 1'b0;
      waiting_q <= 3'd0;
      turn_q    <= 1'b0;
      both_q    <= 1'b0;
      reach_q <= 1'b0;
    end else begin
      if (go_i) run_q <= 1'b1;
      else if (done_o) run_q <= 1'b0;
      untaken_q <= go_i ? next_i[25] && !bad : untaken_q && !take_o;
      owned_q   <= take_o || (owned_q && !emitted_i);
      waiting_q <= waiting_q + {2'd0, block_ready} - {2'd0, drained_i};
      if (drained_i) turn_q <= !turn_q && (Blocks == 2);
      if (peek_busy == All) both_q <= 1'b1;
      if (both_q && done_o) reach_q <= 1'b1;
    end
  end

  wire        next_stands;
  wire        next_right;
  next_instruction #(
      .KernelW(10)
  ) next (
      .clk_i      (clk_i),
      .started_i  (started_q),
      .next_i     (next_i),
      .last_word_i(last_word_i),
      .go_i       (go_i),
      .bad_i      (bad),
      .known_i    (peek_bad),
      .stands_o   (next_stands),
      .right_o    (next_right),
      .steps_o    ()
  );

  wire [7:0] coming;  // blocks on their way
  wire       strays;
  blocks_coming #(
      .Stages(Stages),
      .LineW (LineW),
      .Wheres(Wheres),
      .WhereW(WhereW),
      .HoldW (HoldW),
      .Blocks(Blocks)
  ) way (
      .line_i   (peek_line),
      .where_i  (peek_where),
      .waiting_i(waiting_q != 3'd0),
      .coming_o (coming),
      .strays_o (strays)
  );
  wire [2:0] full = {2'd0, peek_busy[0]} + {2'd0, peek_busy[1]};

  wire step = run_q && (peek_state == 2'd1) && !peek_skip;

  assign given    = !started_q || ((!go_i || (!run_q && next_stands)) && (!emitted_i || owned_q) &&
                    (!drained_i || ((waiting_q != 3'd0) && (drain_half_i == turn_q))));
  assign reach    = reach_q;
  assign ok_free  = !started_q || !step || !peek_busy[peek_half];
  assign ok_block = !started_q || !peek_block_end || !last || !peek_busy[peek_half];
  assign ok_take  = !started_q || ((owned_q == peek_owned) && (!take_o || !owned_q || emitted_i));
  assign ok_once  = !started_q || ((untaken_q == peek_untaken) && (!take_o || untaken_q) &&
                    ((run_q && last && !peek_skip) || !untaken_q));
  assign ok_ready = !started_q || !block_ready || (waiting_q < Most);
  assign ok_sizes = !started_q ||
                    ((!peek_busy[0] || ((block_0 != {(HoldW + 1) {1'b0}}) && (!busy_q[0] || (block_0 == sizes_q[HoldW:0])))) &&
                     (!peek_busy[1] || ((block_1 != {(HoldW + 1) {1'b0}}) && (!busy_q[1] || (block_1 == sizes_q[2*HoldW+1:HoldW+1])))));
  assign ok_blocks = !started_q || (({5'd0, full} == coming + {5'd0, waiting_q}) && (waiting_q <= Most) &&
                     (!drained_i || peek_busy[drain_half_i]) &&
                     ((Blocks == 1) ? !peek_half && !turn_q && !peek_busy[1] :
                      (full == 3'd1) ? peek_busy[turn_q] && (peek_half != turn_q) : (peek_half == turn_q)));

  assign ok_bad   = !started_q || next_right;
  assign ok_walks = !started_q || ((!peek_step_full || (run_q && ran_q && !peek_skip)) && (peek_started == (run_q && !ran_q && !peek_skip)) &&
                    (!peek_started || ((peek_state == 2'd0) && (peek_cycle == 16'd0))));

  assign ok_where = !started_q || !strays;
  assign ok_order = !started_q || ((!retire_o || emitted_i || (!owned_q && !untaken_q)) &&
                    (!peek_leaves || (run_q && !owned_q && (peek_skip || ((peek_state == 2'd3) && !last)))) &&
                    (peek_leaves || !(run_q && peek_skip) || owned_q));

endmodule

`default_nettype wire
