// SPDX-License-Identifier: Apache-2.0
// drain_proof: the blocks that wait in drain, given the sequencer's protocol: a block becomes
// ready only while one of the two halves of the accumulators is free, and while the drain has
// an instruction; it takes the next one when it has none or ends it, and at once if its blocks
// wait. The size of a block that waits is steady.
//
// compute_sequencer_proof shows the sequencer's side of it. peek_* are
// registers of the module, see instruction_front_proof.
`default_nettype none

module drain_proof #(
    parameter Cols  = 4,
    parameter Units = 1,
    parameter AccW  = 20,
    parameter Stages = 4,  // of requantise
    parameter HoldW = 2,
    parameter Pixels = 1,
    parameter Blocks = 2,  // blocks of sums: halves of the accumulators
    parameter Ahead  = 0,
    parameter ByGroup = 0
) (
    input  wire           clk_i,
    input  wire           take_i,
    input  wire           relu_i,
    input  wire           wide_i,
    input  wire [7:0]     pool_i,
    input  wire [15:0]    out_cols_i,
    input  wire           block_ready_i,
    input  wire [HoldW:0] block_0_i,
    input  wire [HoldW:0] block_1_i,
    input  wire [1:0]     final_i,
    input  wire [HoldW-1:0] array_next_i,
    output wire           drained_o,
    output wire           half_o,
    output wire           emitted_o,
    output wire           active_o,
    output wire           given,       // the protocol
    output wire           reach,       // Blocks blocks waited, and all were drained
    output wire           ok_waiting,  // the counter is the blocks that wait, 0 to Blocks
    output wire           ok_drained,  // drains only blocks that wait, reads only then
    output wire           ok_half,     // halves take turns, from half 0 on
    output wire           ok_address,  // a block is read from slot 0 on, and before the array's address is kept
    output wire           ok_ahead,    // ahead: the address is the slot of the next cycle
    output wire           ok_take,     // the fields are taken a cycle after take, when nothing is read
    output wire           ok_last,     // a block is read to its last slot
    output wire           ok_rest,     // nothing is read between a final block and its end
    output wire           ok_emitted   // a final block ends when nothing is on its way any more
);

  localparam [2:0] Most = Blocks;
  localparam GroupW = (Cols > Units) ? $clog2(Cols / Units) : 1;
  localparam [31:0] LastGroup = Cols / Units - 1;
  localparam WayW = Stages + 2;  // cycles from a read to its word

  (* keep *) wire [1:0]      peek_waiting;
  (* keep *) wire [WayW-2:0] peek_way;
  (* keep *) wire            peek_ending;
  (* keep *) wire [HoldW-1:0] peek_slot;
  (* keep *) wire            peek_slot_end;   // the slot is read to its end
  (* keep *) wire [GroupW-1:0] peek_group;    // of the columns of a slot
  (* keep *) wire            peek_group_end;
  (* keep *) wire            peek_plane_end;
  (* keep *) wire            peek_take;
  (* keep *) wire            peek_slot_last;  // the slot is its block's last

  reg            started_q = 1'b0;  // reset in the first cycle, never after
  reg [2:0]      waiting_q;         // blocks ready and not drained
  reg            half_q;
  reg [WayW-1:0] way_q;             // sums read in the last WayW cycles
  reg            ending_q;          // a final block is drained, and has not ended
  reg [HoldW-1:0] next_q;           // slot that is read next unless sums were
  wire [HoldW:0] addr;
  reg [HoldW-1:0] addr_q;           // address of the cycle before
  reg            took_q;            // take in the cycle before
  reg            taken_q;           // ... or in an earlier one
  reg            owned_q;           // there is an instruction
  reg [1:0]      waited_q;          // by half: a block waited in the cycle before, and was not drained
  reg [HoldW:0]  block_0_q;         // sizes in the cycle before
  reg [HoldW:0]  block_1_q;
  reg            two_q;
  reg            reach_q;

  drain #(
      .Cols    (Cols),
      .Units   (Units),
      .AccW    (AccW),
      .Stages  (Stages),
      .HoldW   (HoldW),
      .Pixels  (Pixels),
      .Blocks  (Blocks),
      .Ahead   (Ahead),
      .ByGroup (ByGroup),
      .OutAddrW(4),
      .ParAddrW(4)
  ) dut (
      .clk_i            (clk_i),
      .rst_i            (!started_q),
      .take_i           (take_i),
      .relu_i           (relu_i),
      .wide_i           (wide_i),
      .pool_i           (pool_i),
      .table_i          (1'b0),
      .table_index_i    (3'd0),
      .param_address_i  (16'd0),
      .out_address_i    (16'd0),
      .out_pixel_words_i(16'd0),
      .out_cols_i       (out_cols_i),
      .block_ready_i    (block_ready_i),
      .block_0_i        (block_0_i),
      .block_1_i        (block_1_i),
      .final_i          (final_i),
      .drained_o        (drained_o),
      .half_o           (half_o),
      .emitted_o        (emitted_o),
      .active_o         (active_o),
      .addr_o           (addr),
      .array_next_i     (array_next_i),
      .sums_i           ({(Pixels * AccW * Cols) {1'b0}}),
      .table_we_i       (1'b0),
      .table_waddr_i    (1'b0),
      .table_wdata_i    (64'd0),
      .par_re_o         (),
      .par_raddr_o      (),
      .par_i            ({(64 * Units) {1'b0}}),
      .we_o             (),
      .waddr_o          (),
      .wdata_o          ()
  );

  always @(posedge clk_i) begin
    started_q <= 1'b1;
    addr_q    <= addr[HoldW-1:0];
    took_q    <= started_q && take_i;
    taken_q   <= started_q && (taken_q || took_q);
    owned_q   <= started_q && (take_i || (owned_q && !emitted_o));
    waited_q  <= waits & ~{drained_o && half_o, drained_o && !half_o} & {2{started_q}};
    block_0_q <= block_0_i;
    block_1_q <= block_1_i;
    if (!started_q) begin
      waiting_q <= 3'd0;
      half_q    <= 1'b0;
      way_q     <= {WayW{1'b0}};
      next_q    <= {HoldW{1'b0}};
      ending_q  <= 1'b0;
      two_q     <= 1'b0;
      reach_q   <= 1'b0;
    end else begin
      waiting_q <= waiting_q + {2'd0, block_ready_i} - {2'd0, drained_o};
      if (drained_o) half_q <= !half_q && (Blocks == 2);
      ending_q  <= (drained_o && final_i[half_o]) || (ending_q && !emitted_o);
      way_q     <= {way_q[WayW-2:0], active_o};
      next_q    <= (Blocks == 1) ? array_next_i : {HoldW{1'b0}};
      if (waiting_q == Most) two_q <= 1'b1;
      if (two_q && (waiting_q == 3'd0)) reach_q <= 1'b1;
    end
  end

  wire [1:0]     waits = {(waiting_q == 3'd2) || ((waiting_q == 3'd1) && half_q), (waiting_q == 3'd2) || ((waiting_q == 3'd1) && !half_q)};
  wire [HoldW:0] block = half_q ? block_1_i : block_0_i;
  wire [HoldW:0] most  = {1'b1, {HoldW{1'b0}}};
  assign given      = !started_q || ((!block_ready_i || ((waiting_q < Most) && owned_q && (take_i || !emitted_o))) &&
                      (!take_i || !owned_q || emitted_o) && (!emitted_o || take_i || (waiting_q == 3'd0)) &&
                      (!waits[0] || ((block_0_i != {(HoldW + 1) {1'b0}}) && (block_0_i <= most))) && (!waited_q[0] || (block_0_i == block_0_q)) &&
                      (!waits[1] || ((block_1_i != {(HoldW + 1) {1'b0}}) && (block_1_i <= most))) && (!waited_q[1] || (block_1_i == block_1_q)) &&
                      ((Blocks == 2) || (array_next_i == {HoldW{1'b0}}) ||
                       (!block_ready_i && (waiting_q == 3'd0))));
  assign reach      = reach_q;
  assign ok_waiting = !started_q || ((waiting_q == {1'b0, peek_waiting}) && (waiting_q <= Most));
  assign ok_drained = !started_q || !(drained_o || active_o) || (waiting_q != 3'd0);
  assign ok_half    = !started_q || (half_o == half_q);
  assign ok_address = !started_q || ((way_q[0] || (addr[HoldW-1:0] == next_q)) &&
                      (way_q[0] || !active_o || (addr[HoldW-1:0] == {HoldW{1'b0}})));

  // A slot's end is the last of several groups of columns.
  wire [HoldW-1:0] after = peek_slot + 1'b1;
  assign ok_ahead   = !started_q || (Ahead == 0) ||
                      (!half_o && (taken_q || (waiting_q == 3'd0)) && (peek_group_end == (peek_group == LastGroup)) && (peek_group <= LastGroup) &&
                       (!peek_plane_end || peek_group_end || !taken_q) &&
                       (active_o ? (addr[HoldW-1:0] == (peek_slot_end ? after : peek_slot)) && (addr_q == peek_slot) && taken_q
                                 : (peek_slot == {HoldW{1'b0}}) && !peek_group_end && (peek_group == {GroupW{1'b0}}) &&
                                   (!peek_plane_end || !taken_q)));
  assign ok_take    = !started_q || ((peek_take == took_q) && !(took_q && active_o) && (owned_q || ((waiting_q == 3'd0) && !ending_q)) &&
                      (!owned_q || taken_q || took_q));
  assign ok_last    = !started_q ||
                      (((waited_q & ~waits) == 2'd0) &&
                       (active_o ? ({1'b0, peek_slot} < block) && (peek_slot_last == ({1'b0, peek_slot} + 1'b1 == block))
                                 : ((Blocks == 1) && (Ahead == 0)) || (peek_slot == {HoldW{1'b0}})));
  assign ok_rest    = !started_q || ((ending_q == peek_ending) && !(ending_q && active_o));
  assign ok_emitted = !started_q || ((way_q[WayW-2:0] == peek_way) &&
                      (emitted_o == (ending_q && (way_q == {WayW{1'b0}}))));

endmodule

`default_nettype wire
