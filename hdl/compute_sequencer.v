// SPDX-License-Identifier: Apache-2.0
// compute_sequencer: runs compute instructions: which position and which weight
// word go into the array in which cycle, and where the sums go.
//
// An instruction preloads its first weight tile (TileWords cycles) and then works
// block by block (up to Hold slots), step by step. A slot is a position, or with Pixels
// those at the same place of so many neighbouring windows of a row, of which the ones past
// the row's end are padding. In a step the block's slots are issued one a cycle, while the
// words of the next tile are read:
//
//   cycles of a step = max(slots of the block, TileWords of the level set)
//
// With one tile of weights (Tiles) each step reads its words first and then issues the
// slots, so that its cycles are the sum of both. With one block of sums (Blocks) a
// block begins only when the one before is drained.
//
// The first step of an instruction's block walks the slots and notes the first position of
// each; the other steps replay them. A block that is emitted fills one half of the
// accumulators; the block after the next waits until the drain has emptied that half again.
//
// The next instruction may go while the drain still emits the sums of this one:
// the drain takes the fields that it needs (take_o) when it has finished with the
// instruction before. One that keeps its sums (not last) retires when it has issued
// its positions and the drain has nothing before it.
//
// Latency  : from the issue of a position (cycle 0) to its uses:
//            act_re_o 2, act_zero_o with the buffer's data 3, array input 4,
//            acc_valid_o 4 + SumLatency; swap_o 3 after the first cycle of a step;
//            weight_re_o 1 after a weight read is issued, tile_valid_o 2.
// Overflow : none; the mapping keeps counts and addresses within their fields.
`default_nettype none

module compute_sequencer #(
    parameter Hold       = 16,  // most slots of a block
    parameter Pixels     = 1,   // positions of a slot
    parameter HoldW      = 4,   // log2 of Hold rounded up to a power of two, at least 1
    parameter SumLatency = 4,   // cycles through the array
    parameter Tiles      = 2,   // tiles of weights in the array: 1 or 2
    parameter Blocks     = 2,   // blocks of sums: 1 or 2
    parameter Ahead      = 0,   // 1: sums are read a cycle ahead; one tile and one block
    parameter Sets       = 1,   // level sets of the design
    parameter [16*Sets-1:0] TileWords = {Sets{16'd1}},  // weight words of a tile, by set
    parameter ActAddrW   = 10,  // activation buffer address width, lane words
    parameter WgtAddrW   = 10   // weight buffer address width, words
) (
    input  wire                clk_i,         // clock, rising edge
    input  wire                rst_i,         // reset, active high

    // The instruction, from the front
    input  wire [383:0]        next_i,        // at go; all but its last two words two cycles
                                              // before, too
    input  wire [31:0]         last_word_i,   // of it, at go and a cycle before
    input  wire [383:0]        instr_i,       // from the cycle after go to the next go
    input  wire                go_i,
    input  wire                run_i,
    input  wire                idle_i,        // !run_i
    output wire                done_o,        // the next instruction may go
    output wire                retire_o,
    output wire                bad_o,         // the instruction at go is illegal: skipped

    // Activation buffer and the register behind it
    output wire [Pixels-1:0]   act_re_o,      // by pixel
    output wire [Pixels*ActAddrW-1:0] act_raddr_o,
    output wire [Pixels-1:0]   act_zero_o,    // the word now read is padding ...
    output wire                act_low_o,     // ... of the lowest values, not of zeros

    // Weight buffer, decoder and tile
    output wire                weight_re_o,
    output wire [WgtAddrW-1:0] weight_raddr_o,
    output wire                tile_valid_o,  // the weight word now read ...
    output wire [15:0]         tile_index_o,  // ... is this word of the tile
    output wire [15:0]         set_o,         // level set of the weights
    output wire                swap_o,        // the next tile takes over

    // Accumulators
    output wire [Pixels-1:0]   acc_valid_o,   // by pixel
    output wire                acc_first_o,   // ahead: a cycle earlier
    output wire [HoldW:0]      acc_addr_o,    // {half, slot}, with acc_valid_o
    output wire [HoldW-1:0]    acc_next_o,    // the slot a cycle before, ahead two; one block: or 0

    // Drain
    output wire                block_ready_o, // a block's sums are complete: drain it
    output wire [HoldW:0]      block_0_o,     // slots of the block in half 0
    output wire [HoldW:0]      block_1_o,     // slots of the block in half 1
    input  wire                drained_i,     // the drain reads its block's last sums
    input  wire                drain_half_i,  // the half that the drain reads
    output wire [1:0]          final_o,       // by half: the block is its instruction's last
    output wire                take_o,        // the drain takes the instruction's fields
    input  wire                emitted_i,     // the drain's instruction is in the output buffer

    // Events
    output wire                active_o,      // a slot is issued
    output wire                stall_o        // waits for a half of the accumulators
);

  localparam AccLatency = 4 + SumLatency;
  localparam [15:0] Together = Pixels;
  localparam [15:0] SetCount = Sets;
  localparam WordsW          = width_of_words(0);
  localparam CycleW          = (WordsW > HoldW + 1) ? WordsW : HoldW + 1;
  localparam [31:0] Most     = Hold;

  // width_of_words: bits of the number of words of a tile, in any level set.
  function integer width_of_words(input integer from);
    integer set_index;
    begin
      width_of_words = 1;
      for (set_index = from; set_index < Sets; set_index = set_index + 1)
        while ((TileWords[16*set_index+:16] >> width_of_words) != 16'd0)
          width_of_words = width_of_words + 1;
    end
  endfunction

  initial begin
    if ((Hold < 1) || (Hold > (1 << HoldW)) || (HoldW < 1) || (HoldW > 14) ||
        ((Ahead != 0) && ((Tiles != 1) || (Blocks != 1)))) begin
      $display("compute_sequencer: want 1 <= Hold <= 1 << HoldW, HoldW 1 to 14; Ahead as it says");
      $finish;
    end
  end

  // Fields of the instruction; see docs/instruction-set.md.
  wire        first           = instr_i[24];
  wire        last            = instr_i[25];
  wire [15:0] weight_address  = instr_i[32*1+:16];
  wire [15:0] set             = {10'd0, instr_i[32*1+16+:6]};
  wire        low             = instr_i[32*1+22];
  wire [7:0]  window_step     = instr_i[32*1+24+:8];
  wire [15:0] steps           = instr_i[32*2+:16];
  wire [15:0] row_words       = instr_i[32*3+:16];
  wire [15:0] pixel_words     = instr_i[32*3+16+:16];
  wire [15:0] in_rows         = instr_i[32*5+16+:16];
  wire [15:0] in_cols         = instr_i[32*6+:16];
  wire [15:0] origin_x        = instr_i[32*7+:16];
  wire [15:0] out_cols        = instr_i[32*8+:16];
  wire [15:0] kernel_cols     = instr_i[32*8+16+:16];
  wire [7:0]  stride          = instr_i[32*9+:8];
  wire [7:0]  pool            = instr_i[32*9+8+:8];
  wire [15:0] dx_words        = instr_i[32*9+16+:16];
  wire [15:0] dy_words        = instr_i[32*10+:16];
  wire [15:0] px_words        = instr_i[32*10+16+:16];
  wire [15:0] py_words        = instr_i[32*11+:16];
  wire [15:0] group_words     = instr_i[32*11+16+:16];

  // Fields that must be known at go
  wire        next_first       = next_i[24];
  wire        next_last        = next_i[25];
  wire [15:0] next_steps       = next_i[32*2+:16];
  wire [15:0] next_weight      = next_i[32*1+:16];
  wire [15:0] next_kernel_cols = next_i[32*8+16+:16];
  wire [15:0] next_group_words = next_i[32*11+16+:16];
  wire [15:0] next_set         = {10'd0, next_i[32*1+16+:6]};

  // Whether it is illegal, and whether it has one step or two, is known at go: the last word
  // is looked at a cycle before, the others two.
  reg bad_kernel_q;
  reg bad_places_q;
  reg bad_q;
  reg steps_one_early_q;
  reg steps_two_early_q;
  always @(posedge clk_i) begin
    bad_kernel_q <= (next_steps == 16'd0) || (next_kernel_cols == 16'd0) ||
                    (next_set >= SetCount);
    bad_places_q <= (next_i[32*7+16+:16] == 16'd0) || (next_i[32*8+:16] == 16'd0) ||
                    (next_i[32*9+8+:8] == 8'd0);
    bad_q        <= bad_kernel_q || bad_places_q || (last_word_i[31:16] == 16'd0);
    steps_one_early_q <= (next_steps == 16'd1);
    steps_two_early_q <= (next_steps == 16'd2);
  end

  wire [15:0] tile_words;
  wire [15:0] next_tile_words;
  generate
    if (Sets == 1) begin : one_set
      assign tile_words      = TileWords;
      assign next_tile_words = TileWords;
    end else begin : many_sets
      assign tile_words      = TileWords[16*set[$clog2(Sets)-1:0]+:16];
      assign next_tile_words = TileWords[16*next_set[$clog2(Sets)-1:0]+:16];
    end
  endgenerate

  // What the sequencer does, one of these or nothing
  reg           preload_q;    // reads words of a tile and issues nothing
  reg           step_q;       // issues slots and, with two tiles, reads the next one
  reg           gap_q;        // waits for a half of the accumulators
  reg           flush_q;      // has issued everything, until it is idle
  reg           skip_q;       // runs an illegal instruction
  reg [CycleW-1:0] cycle_q;   // cycle of the preload or step
  reg           words_end_q;  // this cycle's word is the tile's last, or all were read
  reg           fetched_q;    // all were read
  reg           step_end_q;   // the step ends: its slots are issued and its words read
  reg           slots_end_q;  // this cycle's slot is the block's last by number, or all were issued
  reg           issued_q;     // all slots of the step were issued
  reg           walk_q;       // this cycle's slot is issued and walked
  reg           advance_q;    // ... or it is the first cycle of the run, before the first slot
  reg [15:0]    third_q;      // steps of the block up to the next but one
  reg           last_q;       // this step is the last
  reg           near_q;       // the next one is
  reg           steps_one_q;  // the block has one step ...
  reg           steps_two_q;  // ... or two
  reg           emits_q;      // this step is the last, and the block's sums are complete with it
  reg           half_q;       // half of the accumulators that the block fills
  reg           replay_q;     // the slots of the block are known
  reg [HoldW:0] block_q;      // slots of the block
  reg           block_one_q;  // it has one
  reg           tile_last_q;  // the block is the tile's last
  reg [1:0]     busy_q;       // halves filled and not yet drained
  reg [HoldW:0] block_0_q;    // slots of the block in half 0
  reg [HoldW:0] block_1_q;    // slots of the block in half 1
  reg [1:0]     final_q;      // by half: the block is its instruction's last
  reg [WgtAddrW-1:0] waddr_q; // next weight word
  reg           started_q;    // first cycle of the run
  reg           begins_q;     // ... of an instruction that begins a reduction
  reg           untaken_q;    // the drain has not taken the running instruction's fields
  reg           owned_q;      // the drain has an instruction that has not retired
  reg           leaves_q;     // the running instruction retires by itself: kept sums, or skipped

  wire [15:0] walk_addr;
  wire [15:0] walk_row;
  wire [15:0] walk_col;
  wire        walk_last;
  wire        walk_last_next;
  wire [Pixels-1:0] walk_pixels;
  wire [15:0] offset;
  wire [15:0] ky;
  wire [15:0] kx;

  // is_two_more: whether b = a + 2, without a carry: where a has 1 and b has 0, the bit above
  // changes.
  function is_two_more(input [15:0] a, input [15:0] b);
    is_two_more = ((a ^ b) == {a[14:1] & ~b[14:1], 2'b10});
  endfunction

  // Issue of slots. cycle_q counts to at most Hold or TileWords.
  wire        issue      = step_q && !issued_q;

  // Ends of steps and blocks
  wire        fetch      = (preload_q || (step_q && (Tiles == 2))) && !fetched_q;
  wire        preloaded  = preload_q && words_end_q;
  wire        slots_end  = slots_end_q || (walk_q && walk_last);  // or it is the tile's last
  wire        block_end  = step_end_q && last_q;
  wire        emits      = step_end_q && emits_q;
  wire        walk_ends  = walk_q && slots_end;

  // The block, known when its first step ends
  wire           tile_last = walk_q ? walk_last : tile_last_q;
  wire [HoldW:0] block     = walk_q ? cycle_q[HoldW:0] + 1'b1 : block_q;
  wire           block_one = walk_q ? (cycle_q == {CycleW{1'b0}}) : block_one_q;

  wire        last_next  = last_q ? steps_one_q : near_q;
  wire        flushes    = block_end && tile_last;
  wire        rewind     = (Tiles == 1) ? block_end :
                           preloaded    ? last_q : (step_end_q && last_next);

  // The next cycle
  wire        next_free  = (Blocks == 2) && !busy_q[!half_q];
  wire        step_next  = (preloaded || gap_q) ? !busy_q[half_q] :
                           !step_end_q          ? step_q :
                           (Tiles == 2) && (!last_q || (!tile_last && next_free));
  wire        gap_next   = (preloaded || gap_q) ? busy_q[half_q] :
                           (Tiles == 2) && block_end && !tile_last && !next_free;
  wire        replay_next = !started_q && (step_end_q ? !last_q : replay_q);
  wire [15:0] slots       = {{(15 - HoldW) {1'b0}}, replay_q ? block_q : Most[HoldW:0]};
  wire [15:0] slots_past  = {{(15 - HoldW) {1'b0}}, cycle_q[HoldW:0]};
  wire [CycleW+15:0] cycle = {16'd0, cycle_q};
  wire        walk_next   = step_next && !replay_next &&
                            (preloaded || gap_q || step_end_q || !(issued_q || slots_end));
  wire        words_next  = (preloaded || step_end_q)
      ? (preloaded && (Tiles == 1)) || (tile_words == 16'd1)
      : words_end_q || ((preload_q || step_q) && is_two_more(cycle[15:0], tile_words));
  wire        slots_end_next = (preloaded || step_end_q)
      ? (replay_next ? block_one : (Hold == 1))
      : slots_end || (step_q && is_two_more(slots_past, slots));

  assign bad_o     = go_i && bad_q;
  assign active_o  = issue;
  assign stall_o   = gap_q;
  assign set_o     = set;
  assign block_0_o = block_0_q;
  assign block_1_o = block_1_q;
  assign final_o   = final_q;
  assign done_o    = leaves_q || (run_i && flush_q && last && !untaken_q);
  assign retire_o  = emitted_i || leaves_q;
  assign take_o    = untaken_q && (!owned_q || emitted_i);

  // Hand-over to the drain. What it does not get leaves after all before it.
  wire keeps = skip_q || ((flush_q || flushes) && !last);
  always @(posedge clk_i) begin
    if (rst_i) begin
      started_q <= 1'b0;
      begins_q  <= 1'b0;
      untaken_q <= 1'b0;
      owned_q   <= 1'b0;
      leaves_q  <= 1'b0;
    end else begin
      started_q <= go_i && !bad_q;
      begins_q  <= go_i && !bad_q && next_first;
      if (go_i) untaken_q <= next_last && !bad_q;
      else if (take_o) untaken_q <= 1'b0;
      if (take_o) owned_q <= 1'b1;
      else if (emitted_i) owned_q <= 1'b0;
      leaves_q <= (go_i ? bad_q : run_i && !leaves_q && keeps) && (!owned_q || emitted_i);
    end
  end

  always @(posedge clk_i) begin
    if (rst_i) begin
      preload_q  <= 1'b0;
      step_q     <= 1'b0;
      gap_q      <= 1'b0;
      flush_q    <= 1'b0;
      skip_q     <= 1'b0;
      step_end_q <= 1'b0;
      walk_q     <= 1'b0;
      advance_q  <= 1'b0;
    end else begin
      preload_q  <= (go_i && !bad_q) || (preload_q && !words_end_q) ||
                    ((Tiles == 1) && step_end_q && !(last_q && tile_last));
      step_q     <= step_next;
      gap_q      <= gap_next;
      if (idle_i) flush_q <= 1'b0;
      else if (flushes) flush_q <= 1'b1;
      if (idle_i) skip_q <= go_i && bad_q;
      step_end_q <= step_next && ((Tiles == 1) || words_next) &&
                    (slots_end_next || (walk_next && walk_last_next));
      walk_q     <= walk_next;
      advance_q  <= (go_i && !bad_q) || walk_next;
    end
  end

  always @(posedge clk_i) begin
    if (rst_i) begin
      cycle_q     <= {CycleW{1'b0}};
      words_end_q <= 1'b0;
      fetched_q   <= 1'b0;
      slots_end_q <= 1'b0;
      issued_q    <= 1'b0;
      last_q      <= 1'b0;
      near_q      <= 1'b0;
      emits_q     <= 1'b0;
      half_q      <= 1'b0;
      replay_q    <= 1'b0;
      tile_last_q <= 1'b0;
      block_q     <= {(HoldW + 1) {1'b0}};
      block_one_q <= 1'b0;
    end else begin
      replay_q    <= replay_next;
      slots_end_q <= slots_end_next;
      words_end_q <= idle_i ? (next_tile_words == 16'd1) : words_next;
      if (preloaded || step_end_q) begin
        cycle_q     <= {CycleW{1'b0}};
        fetched_q   <= 1'b0;
        issued_q    <= 1'b0;
      end else begin
        if (preload_q || step_q) cycle_q <= cycle_q + 1'b1;
        if (fetch && words_end_q) fetched_q <= 1'b1;
        if (step_q && slots_end) issued_q <= 1'b1;
      end
      if (walk_ends) begin
        block_q     <= block;
        block_one_q <= block_one;
        tile_last_q <= walk_last;
      end
      if (idle_i) begin
        last_q  <= steps_one_early_q;
        near_q  <= steps_two_early_q;
        emits_q <= steps_one_early_q && next_last;
      end else if (step_end_q) begin
        last_q  <= last_next;
        near_q  <= last_q ? steps_two_q : (third_q == steps);
        emits_q <= last_next && last;
      end
      if (emits) half_q <= !half_q && (Blocks == 2);
    end
  end

  always @(posedge clk_i) begin
    if (idle_i) steps_one_q <= steps_one_early_q;
    if (idle_i) steps_two_q <= steps_two_early_q;
    if (idle_i || block_end) third_q <= 16'd3;
    else if (step_end_q) third_q <= third_q + 16'd1;
  end

  // Weight pointer: with two tiles the last step reads the first one again, for the next
  // block; with one that block does.
  always @(posedge clk_i) begin
    if (rst_i) waddr_q <= {WgtAddrW{1'b0}};
    else if (idle_i) waddr_q <= next_weight[WgtAddrW-1:0];
    else if (rewind) waddr_q <= weight_address[WgtAddrW-1:0];
    else if (fetch) waddr_q <= waddr_q + 1'b1;
  end

  // Halves of the accumulators
  always @(posedge clk_i) begin
    if (rst_i) begin
      busy_q    <= 2'b00;
      final_q   <= 2'b00;
      block_0_q <= {(HoldW + 1) {1'b0}};
      block_1_q <= {(HoldW + 1) {1'b0}};
    end else begin
      if (drained_i) busy_q[drain_half_i] <= 1'b0;
      if (emits) begin
        busy_q[half_q]  <= 1'b1;
        final_q[half_q] <= tile_last;
        if (half_q) block_1_q <= block;
        else block_0_q <= block;
      end
    end
  end

  // How far the pixels of a slot lie from its first, and the slots of a row from each other
  wire [16*Pixels-1:0] ahead_words;
  wire [16*Pixels-1:0] ahead_cols;
  wire [15:0]          slot_step;
  wire [15:0]          slot_words = Together * px_words;
  generate
    if (Pixels == 1) begin : one_pixel
      assign ahead_words = 16'd0;
      assign ahead_cols  = 16'd0;
      assign slot_step   = {{8{window_step[7]}}, window_step};
    end else begin : many_pixels
      pixel_offsets #(
          .Pixels(Pixels)
      ) offsets (
          .clk_i        (clk_i),
          .idle_i       (idle_i),
          .px_words_i   (next_i[32*10+16+:16]),
          .window_step_i(next_i[32*1+24+:8]),
          .pool_i       (next_i[32*9+8+:8]),
          .stride_i     (next_i[32*9+:8]),
          .words_o      (ahead_words),
          .cols_o       (ahead_cols),
          .slot_step_o  (slot_step)
      );
    end
  endgenerate

  position_walk #(
      .Pixels(Pixels)
  ) positions (
      .clk_i             (clk_i),
      .rst_i             (rst_i),
      .idle_i            (idle_i),
      .advance_i         (advance_q),
      .next_act_address_i(next_i[32*2+16+:16]),
      .next_origin_y_i   (next_i[32*6+16+:16]),
      .next_out_rows_i   (next_i[32*7+16+:16]),
      .next_out_cols_i   (next_i[32*8+:16]),
      .next_pool_i       (next_i[32*9+8+:8]),
      .origin_x_i        (origin_x),
      .out_cols_i        (out_cols),
      .pool_i            (pool),
      .stride_i          (stride),
      .window_step_i     (window_step),
      .slot_step_i       (slot_step),
      .dx_words_i        (dx_words),
      .dy_words_i        (dy_words),
      .px_words_i        (slot_words),
      .py_words_i        (py_words),
      .addr_o            (walk_addr),
      .row_o             (walk_row),
      .col_o             (walk_col),
      .pixels_o          (walk_pixels),
      .last_o            (walk_last),
      .last_next_o       (walk_last_next)
  );

  reduction_walk reduction (
      .clk_i        (clk_i),
      .rst_i        (rst_i),
      .idle_i       (idle_i),
      .start_i      (begins_q),
      .advance_i    (step_end_q),
      .last_i       (emits_q),
      .next_group_words_i(next_group_words),
      .next_kernel_cols_i(next_kernel_cols),
      .row_words_i  (row_words),
      .pixel_words_i(pixel_words),
      .group_words_i(group_words),
      .kernel_cols_i(kernel_cols),
      .offset_o     (offset),
      .ky_o         (ky),
      .kx_o         (kx)
  );

  // Cycle 0: the slot, walked or noted: its first position, and which pixels it has.
  localparam NoteW = 47 + Pixels;
  reg [NoteW-1:0] noted [0:(1<<HoldW)-1];
  wire [NoteW-1:0]  walked;
  wire [HoldW-1:0]  slot     = cycle_q[HoldW-1:0];
  wire [NoteW-1:0]  position = replay_q ? noted[slot] : walked;
  wire [Pixels-1:0] exist;
  generate
    if (Pixels == 1) begin : note
      assign walked = {walk_row, walk_col, walk_addr};
      assign exist  = walk_pixels;
    end else begin : notes
      assign walked = {walk_pixels[Pixels-1:1], walk_row, walk_col, walk_addr};
      assign exist  = {position[NoteW-1:48], walk_pixels[0]};
    end
  endgenerate

  always @(posedge clk_i) begin
    if (walk_q) noted[slot] <= walked;
  end

  // Cycle 1: position and step side by side, the step's with each pixel's way from the
  // first. Cycle 2: their sum, which addresses the buffer, and whether it is in the map.
  reg [47:0]       position_q;
  reg [15:0]       ky_q;
  reg [16:0]       ky_left_q;
  reg [Pixels-1:0] exist_q;
  reg              low_q;
  reg [1:0]        issue_q;
  reg              row_in_map_q;

  // in_map: whether a place that lies away from another, modulo 2^16, is less than the map's
  // size (negative is large); left = size - away. Either the sum has a carry, or the other
  // is less than what is left, or both where left is negative, and less than it modulo 2^16.
  function in_map(input [15:0] other, input [15:0] away, input [16:0] left);
    reg carry;
    reg less;
    begin
      carry  = ~away < other;
      less   = other < left[15:0];
      in_map = left[16] ? (carry && less) : (carry || less);
    end
  endfunction

  always @(posedge clk_i) begin
    position_q   <= position[47:0];
    ky_q         <= ky;
    ky_left_q    <= {1'b0, in_rows} - {1'b0, ky};
    row_in_map_q <= in_map(position_q[47:32], ky_q, ky_left_q);
    exist_q      <= exist;
    low_q        <= low;
  end

  genvar p;
  generate
    for (p = 0; p < Pixels; p = p + 1) begin : pixel
      wire [15:0] kx_ahead = kx + ahead_cols[16*p+:16];
      reg [15:0]  words_q;
      reg [15:0]  kx_q;
      reg [16:0]  kx_left_q;
      reg [15:0]  addr_q;
      reg         col_in_map_q;
      reg         exist2_q;
      reg         inside_q;
      wire        reads  = exist2_q && row_in_map_q && col_in_map_q;
      wire        unused = &{1'b0, addr_q};

      always @(posedge clk_i) begin
        words_q      <= offset + ahead_words[16*p+:16];
        kx_q         <= kx_ahead;
        kx_left_q    <= {1'b0, in_cols} - {1'b0, kx_ahead};
        addr_q       <= position_q[15:0] + words_q;
        col_in_map_q <= in_map(position_q[31:16], kx_q, kx_left_q);
        exist2_q     <= exist_q[p];
        inside_q     <= reads;
      end

      assign act_re_o[p]                         = issue_q[1] && reads;
      assign act_raddr_o[p*ActAddrW+:ActAddrW]   = addr_q[ActAddrW-1:0];
      assign act_zero_o[p]                       = !inside_q;
    end
  endgenerate

  always @(posedge clk_i) begin
    if (rst_i) issue_q <= 2'b00;
    else issue_q <= {issue_q[0], issue};
  end

  assign act_low_o = low_q;

  // Weight reads
  reg [WgtAddrW-1:0] raddr_q;
  reg [CycleW-1:0]   index1_q;
  reg [CycleW-1:0]   index2_q;
  wire [CycleW+15:0] index = {16'd0, index2_q};
  reg [1:0]          fetch_q;

  always @(posedge clk_i) begin
    raddr_q  <= waddr_q;
    index1_q <= cycle_q;
    index2_q <= index1_q;
  end

  always @(posedge clk_i) begin
    if (rst_i) fetch_q <= 2'b00;
    else fetch_q <= {fetch_q[0], fetch};
  end

  assign weight_re_o    = fetch_q[0];
  assign weight_raddr_o = raddr_q;
  assign tile_valid_o   = fetch_q[1];
  assign tile_index_o   = index[15:0];

  // What travels with a slot to the accumulators
  delay_line #(
      .Width (1 + Pixels),
      .Stages(AccLatency)
  ) to_accumulators (
      .clk_i (clk_i),
      .rst_i (rst_i),
      .data_i({exist & {Pixels{issue}}, emits}),
      .data_o({acc_valid_o, block_ready_o})
  );

  // Where it goes is known a cycle before, for the drain's own address follows it with one
  // block. Sums that are read ahead want that and acc_first_o a cycle earlier still.
  wire           acc_first;
  wire [HoldW:0] acc_next;
  reg            acc_first_q;
  reg  [HoldW:0] acc_addr_q;
  reg  [HoldW:0] acc_later_q;
  delay_line #(
      .Width (2 + HoldW),
      .Stages(AccLatency - 1 - Ahead)
  ) address (
      .clk_i (clk_i),
      .rst_i (rst_i),
      .data_i({first && !replay_q && issue, half_q, slot & {HoldW{issue || (Blocks == 2)}}}),
      .data_o({acc_first, acc_next})
  );
  always @(posedge clk_i) begin
    acc_first_q <= acc_first;
    acc_addr_q  <= acc_next;
    acc_later_q <= acc_addr_q;
  end
  assign acc_first_o = acc_first_q;
  assign acc_next_o  = acc_next[HoldW-1:0];
  assign acc_addr_o  = (Ahead != 0) ? acc_later_q : acc_addr_q;

  delay_line #(
      .Width (1),
      .Stages(3)
  ) to_tile (
      .clk_i (clk_i),
      .rst_i (rst_i),
      .data_i(step_q && (cycle_q == {CycleW{1'b0}})),
      .data_o(swap_o)
  );

  wire unused = &{1'b0, next_i, instr_i, last_word_i, weight_address, next_weight, cycle, index};

endmodule

`default_nettype wire
