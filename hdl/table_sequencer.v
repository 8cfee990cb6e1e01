// SPDX-License-Identifier: Apache-2.0
// table_sequencer: says which activation word fills the tables and which weight word
// passes when, in an array of tables.
//
// A block is one output position with the sums of an instruction's column groups. For
// each block, step by step:
//   fill of step s + 1   : its activation word, then the entries of its tables, one a cycle
//   step s               : the weight words of all groups, one a cycle; with the last word
//                          of a group's tile its sums are added to
// side by side (Tiles = 2) or one after the other (Tiles = 1), so a step takes
// max(groups * tile words, entries) cycles, or their sum. After the last step of a block
// the next one fills; with Tiles = 2 its first fill goes along with that last step. Blocks
// and drain share the accumulators as in compute_sequencer.
//
// Latency  : cycle 0 fills an entry or fetches a weight word. act_re_o is 1 in cycle 2 of a
//            fill, act_take_o in 3; fill_o in 4, entry by entry. The weight word follows
//            FillLatency cycles later, so that its tables are full: weight_re_o in
//            1 + FillLatency, tile_valid_o in 2 + FillLatency, bank_o in 4 + FillLatency,
//            acc_valid_o in 4 + SumLatency, which includes FillLatency.
// Overflow : none; the mapping keeps counts and addresses within their fields.
`default_nettype none

module table_sequencer #(
    parameter Hold        = 16,  // most column groups of an instruction
    parameter HoldW       = 4,   // log2 of Hold rounded up to a power of two, at least 1
    parameter FillLatency = 4,   // latency of table_fill
    parameter SumLatency  = 8,   // FillLatency, and cycles through tables and tree
    parameter Tiles       = 2,   // banks of tables: 1 or 2
    parameter Blocks      = 2,   // blocks of sums: 1 or 2
    parameter Sets        = 1,   // level sets of the design
    parameter [16*Sets-1:0] Entries = {Sets{16'd14}},  // of a table, by set; 2 or more
    parameter TileWords   = 1,   // weight words of a tile
    parameter IndexW      = 4,   // of an entry's number, bits
    parameter ActAddrW    = 10,  // activation buffer address width, lane words
    parameter WgtAddrW    = 10   // weight buffer address width, words
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
    output wire                act_re_o,
    output wire [ActAddrW-1:0] act_raddr_o,
    output wire                act_take_o,    // the word now read is kept ...
    output wire                act_zero_o,    // ... and is padding ...
    output wire                act_low_o,     // ... of the lowest values, not of zeros

    // Filling: entry fill_index_o of the tables of the activations kept
    output wire                fill_o,
    output wire                fill_bank_o,
    output wire [IndexW-1:0]   fill_index_o,
    output wire [15:0]         fill_set_o,    // level set of the weights, one cycle ahead
    output wire [IndexW-1:0]   fill_next_o,   // the index, one cycle ahead

    // Weight buffer and tile
    output wire                weight_re_o,
    output wire [WgtAddrW-1:0] weight_raddr_o,
    output wire                tile_valid_o,  // the weight word now read ...
    output wire [15:0]         tile_index_o,  // ... is this word of the tile
    output wire                bank_o,        // the tables that the tile reads

    // Accumulators
    output wire                acc_valid_o,
    output wire                acc_first_o,
    output wire [HoldW:0]      acc_addr_o,    // {half, column group}
    output wire [HoldW-1:0]    acc_next_o,    // a cycle ahead; with one block 0 from its end on

    // Drain
    output wire                block_ready_o, // a block's sums are complete: drain it
    output wire [HoldW:0]      block_0_o,     // column groups of the block in half 0
    output wire [HoldW:0]      block_1_o,     // column groups of the block in half 1
    input  wire                drained_i,     // the drain reads its block's last sums
    input  wire                drain_half_i,  // the half that the drain reads
    output wire [1:0]          final_o,       // by half: the block is its instruction's last
    output wire                take_o,        // the drain takes the instruction's fields
    input  wire                emitted_i,     // the drain's instruction is in the output buffer

    // Events
    output wire                active_o,      // the tile of a column group is complete
    output wire                stall_o        // waits for a half of the accumulators
);

  localparam Preload = 2'd0;
  localparam Step    = 2'd1;
  localparam Gap     = 2'd2;
  localparam Flush   = 2'd3;

  localparam AccLatency = 4 + SumLatency;
  localparam [15:0] SetCount  = Sets;
  localparam [15:0] LastWord  = TileWords - 1;
  localparam [15:0] LastFlush = FillLatency - 1;

  initial begin
    if ((Hold < 1) || (Hold > (1 << HoldW)) || (HoldW < 1) || (HoldW > 6)) begin
      $display("table_sequencer: want 1 <= Hold <= 1 << HoldW, HoldW 1 to 6");
      $finish;
    end
  end

  // Fields of the instruction; see docs/instruction-set.md.
  wire        first           = instr_i[24];
  wire        last            = instr_i[25];
  wire [15:0] weight_address  = instr_i[32*1+:16];
  wire [5:0]  set             = instr_i[32*1+16+:6];
  wire        low             = instr_i[32*1+22];
  wire [7:0]  window_step     = instr_i[32*1+24+:8];
  wire [15:0] steps           = instr_i[32*2+:16];
  wire [15:0] row_words       = instr_i[32*3+:16];
  wire [15:0] pixel_words     = instr_i[32*3+16+:16];
  wire [15:0] in_rows         = instr_i[32*5+16+:16];
  wire [15:0] in_cols         = instr_i[32*6+:16];
  wire [15:0] origin_x        = instr_i[32*7+:16];
  wire [15:0] out_cols        = instr_i[32*8+:16];
  wire [15:0] kernel_cols     = {6'd0, instr_i[32*8+16+:10]};
  wire [HoldW-1:0] last_group = instr_i[32*8+26+:HoldW];
  wire [7:0]  stride          = instr_i[32*9+:8];
  wire [7:0]  pool            = instr_i[32*9+8+:8];
  wire [15:0] dx_words        = instr_i[32*9+16+:16];
  wire [15:0] dy_words        = instr_i[32*10+:16];
  wire [15:0] px_words        = instr_i[32*10+16+:16];
  wire [15:0] py_words        = instr_i[32*11+:16];
  wire [15:0] group_words     = instr_i[32*11+16+:16];

  // Fields that must be known at go
  wire        next_last        = next_i[25];
  wire [15:0] next_weight      = next_i[32*1+:16];
  wire [15:0] next_set         = {10'd0, next_i[32*1+16+:6]};
  wire [15:0] next_kernel_cols = {6'd0, next_i[32*8+16+:10]};
  wire [15:0] next_group_words = next_i[32*11+16+:16];

  // Whether it is illegal is known at go: the last word is looked at a cycle before, the
  // others two.
  reg bad_kernel_q;
  reg bad_places_q;
  reg bad_q;
  always @(posedge clk_i) begin
    bad_kernel_q <= (next_i[32*2+:16] == 16'd0) || (next_kernel_cols == 16'd0) ||
                    (next_set >= SetCount);
    bad_places_q <= (next_i[32*7+16+:16] == 16'd0) || (next_i[32*8+:16] == 16'd0) ||
                    (next_i[32*9+8+:8] == 8'd0);
    bad_q        <= bad_kernel_q || bad_places_q || (last_word_i[31:16] == 16'd0);
  end

  wire [15:0] entries;
  generate
    if (Sets == 1) begin : one_set
      assign entries = Entries;
    end else begin : many_sets
      assign entries = Entries[16*set[$clog2(Sets)-1:0]+:16];
    end
  endgenerate

  reg [1:0]       state_q;
  reg             skip_q;       // the running instruction is illegal
  reg [15:0]      cycle_q;      // cycle of the preload or step
  reg [15:0]      step_q;
  reg [15:0]      fill_step_q;  // step that is filled
  reg             filled_q;     // all steps of all positions are
  reg             bank_q;       // that is filled; the other one is read
  reg [15:0]      word_q;       // of the tile that passes
  reg [HoldW-1:0] group_q;      // whose tile passes
  reg             passed_q;     // all tiles of the step have
  reg             half_q;       // half of the accumulators that the block fills
  reg [1:0]       busy_q;       // halves filled and not yet drained
  reg [HoldW:0]   block_0_q;    // column groups of the block in half 0
  reg [HoldW:0]   block_1_q;    // column groups of the block in half 1
  reg [1:0]       final_q;      // by half: the block is its instruction's last
  reg [WgtAddrW-1:0] waddr_q;   // next weight word
  reg [15:0]      flush_q;      // cycles in Flush
  reg             started_q;    // first cycle of the run
  reg             untaken_q;    // the drain has not taken the running instruction's fields
  reg             owned_q;      // the drain has an instruction that has not retired
  reg             leaves_q;     // the running instruction retires by itself: kept sums, or skipped

  wire [15:0] walk_addr;
  wire [15:0] walk_row;
  wire [15:0] walk_col;
  wire        walk_last;
  wire        walk_last_next;
  wire        walk_pixel;  // 1
  wire [15:0] offset;
  wire [15:0] ky;
  wire [15:0] kx;

  // What fills and what passes. cycle_q counts to at most the longer of them.
  wire stepping   = run_i && !skip_q && (state_q == Step);
  wire preloading = run_i && !skip_q && (state_q == Preload);
  wire filling    = preloading || (stepping && (Tiles == 2) && !filled_q);
  wire fill       = filling && (cycle_q < entries);
  wire fill_end   = (cycle_q + 16'd1 >= entries);
  wire pass       = stepping && !passed_q;
  wire issue      = pass && (word_q == LastWord);
  wire pass_end   = issue && (group_q == last_group);

  // Ends of steps and blocks
  wire preloaded  = preloading && fill_end;
  wire step_end   = stepping && (fill_end || (Tiles == 1)) && (pass_end || passed_q);
  wire block_end  = step_end && (step_q == steps - 16'd1);
  wire step_full  = filling && (preloaded || step_end);  // the step's tables are filled
  wire place_full = step_full && (fill_step_q == steps - 16'd1);  // the position's last step
  wire starting   = started_q && first;
  wire flushed    = (state_q == Flush) && (flush_q == LastFlush);
  wire [HoldW:0] block = {1'b0, last_group} + 1'b1;

  assign bad_o     = go_i && bad_q;
  assign active_o  = issue;
  assign stall_o   = run_i && !skip_q && (state_q == Gap);
  assign block_0_o = block_0_q;
  assign block_1_o = block_1_q;
  assign final_o   = final_q;
  assign done_o    = leaves_q || (run_i && last && !skip_q && (state_q == Flush) && !untaken_q);
  assign retire_o  = emitted_i || leaves_q;
  assign take_o    = untaken_q && (!owned_q || emitted_i);

  // Hand-over to the drain. What it does not get leaves after all before it.
  wire keeps = skip_q || (flushed && !last);
  always @(posedge clk_i) begin
    if (rst_i) begin
      started_q <= 1'b0;
      untaken_q <= 1'b0;
      owned_q   <= 1'b0;
      leaves_q  <= 1'b0;
    end else begin
      started_q <= go_i && !bad_q;
      if (go_i) untaken_q <= next_last && !bad_q;
      else if (take_o) untaken_q <= 1'b0;
      if (take_o) owned_q <= 1'b1;
      else if (emitted_i) owned_q <= 1'b0;
      leaves_q <= (go_i ? bad_q : run_i && !leaves_q && keeps) && (!owned_q || emitted_i);
    end
  end

  always @(posedge clk_i) begin
    if (rst_i) begin
      state_q     <= Preload;
      skip_q      <= 1'b0;
      cycle_q     <= 16'd0;
      step_q      <= 16'd0;
      fill_step_q <= 16'd0;
      filled_q    <= 1'b0;
      bank_q      <= 1'b0;
      half_q      <= 1'b0;
      flush_q     <= 16'd0;
    end else if (go_i) begin
      state_q     <= Preload;
      skip_q      <= bad_q;
      cycle_q     <= 16'd0;
      step_q      <= 16'd0;
      fill_step_q <= 16'd0;
      filled_q    <= 1'b0;
      flush_q     <= 16'd0;
    end else begin
      if (preloaded || step_end) begin
        cycle_q <= 16'd0;
        bank_q  <= !bank_q && (Tiles == 2);
      end else if (preloading || stepping) begin
        cycle_q <= cycle_q + 16'd1;
      end
      if (step_full) fill_step_q <= place_full ? 16'd0 : fill_step_q + 16'd1;
      if (place_full && walk_last) filled_q <= 1'b1;
      if (preloaded) state_q <= busy_q[half_q] ? Gap : Step;
      if (step_end) step_q <= block_end ? 16'd0 : step_q + 16'd1;
      if (step_end && (Tiles == 1)) state_q <= Preload;
      if (block_end) begin
        half_q  <= half_q ^ (last && (Blocks == 2));
        state_q <= filled_q ? Flush :
                   (Tiles == 1) ? Preload :
                   ((Blocks == 1) || busy_q[!half_q]) ? Gap : Step;
      end
      if (stall_o && !busy_q[half_q]) state_q <= Step;
      if ((state_q == Flush) && (flush_q != LastFlush)) flush_q <= flush_q + 16'd1;
    end
  end

  // What passes
  always @(posedge clk_i) begin
    if (rst_i) begin
      word_q   <= 16'd0;
      group_q  <= {HoldW{1'b0}};
      passed_q <= 1'b0;
    end else if (go_i || step_end) begin
      word_q   <= 16'd0;
      group_q  <= {HoldW{1'b0}};
      passed_q <= 1'b0;
    end else if (pass) begin
      word_q <= issue ? 16'd0 : word_q + 16'd1;
      if (issue) group_q <= group_q + 1'b1;
      if (pass_end) passed_q <= 1'b1;
    end
  end

  // Weight pointer: every position reads the instruction's weights again.
  always @(posedge clk_i) begin
    if (rst_i) waddr_q <= {WgtAddrW{1'b0}};
    else if (go_i) waddr_q <= next_weight[WgtAddrW-1:0];
    else if (block_end) waddr_q <= weight_address[WgtAddrW-1:0];
    else if (pass) waddr_q <= waddr_q + 1'b1;
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
      if (block_end && last) begin
        busy_q[half_q]  <= 1'b1;
        final_q[half_q] <= filled_q;
        if (half_q) block_1_q <= block;
        else block_0_q <= block;
      end
    end
  end

  position_walk positions (
      .clk_i             (clk_i),
      .rst_i             (rst_i),
      .idle_i            (idle_i),
      .advance_i         (started_q || (place_full && last && !walk_last)),
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
      .slot_step_i       ({{8{window_step[7]}}, window_step}),
      .dx_words_i        (dx_words),
      .dy_words_i        (dy_words),
      .px_words_i        (px_words),
      .py_words_i        (py_words),
      .addr_o            (walk_addr),
      .row_o             (walk_row),
      .col_o             (walk_col),
      .pixels_o          (walk_pixel),
      .last_o            (walk_last),
      .last_next_o       (walk_last_next)
  );

  reduction_walk reduction (
      .clk_i        (clk_i),
      .rst_i        (rst_i),
      .idle_i       (idle_i),
      .start_i      (starting),
      .advance_i    (step_full),
      .last_i       (place_full && last),
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

  // The activation word of a fill. Its address stands from cycle 1 on, and at least 2
  // cycles, so it is added up then; it is read in 2 and kept behind 3.
  reg [15:0] addr_q;
  reg [15:0] row_q;
  reg [15:0] col_q;
  reg        inside_q;
  reg        low_q;
  reg [2:0]  read_q;

  wire in_map = (row_q < in_rows) && (col_q < in_cols);  // negative is large

  always @(posedge clk_i) begin
    if (read_q[0]) begin
      addr_q <= walk_addr + offset;
      col_q  <= walk_col + kx;
      row_q  <= walk_row + ky;
    end
    inside_q <= in_map;
    low_q    <= low;
  end

  always @(posedge clk_i) begin
    if (rst_i) read_q <= 3'b000;
    else read_q <= {read_q[1:0], fill && (cycle_q == 16'd0)};
  end

  assign act_re_o    = read_q[1] && in_map;
  assign act_raddr_o = addr_q[ActAddrW-1:0];
  assign act_take_o  = read_q[2];
  assign act_zero_o  = !inside_q;
  assign act_low_o   = low_q;

  // The entries
  wire       fill_next;
  wire       fill_next_bank;
  wire [5:0] fill_set;
  delay_line #(
      .Width (IndexW + 8),
      .Stages(3)
  ) to_levels (
      .clk_i (clk_i),
      .rst_i (rst_i),
      .data_i({fill, bank_q, set, cycle_q[IndexW-1:0]}),
      .data_o({fill_next, fill_next_bank, fill_set, fill_next_o})
  );
  delay_line #(
      .Width (IndexW + 2),
      .Stages(1)
  ) to_fill (
      .clk_i (clk_i),
      .rst_i (rst_i),
      .data_i({fill_next, fill_next_bank, fill_next_o}),
      .data_o({fill_o, fill_bank_o, fill_index_o})
  );
  assign fill_set_o = {10'd0, fill_set};

  // The weights, when their tables are full
  wire [15:0] index;
  delay_line #(
      .Width (WgtAddrW + 17),
      .Stages(1 + FillLatency)
  ) to_weights (
      .clk_i (clk_i),
      .rst_i (rst_i),
      .data_i({pass, word_q, waddr_q}),
      .data_o({weight_re_o, index, weight_raddr_o})
  );
  delay_line #(
      .Width (17),
      .Stages(1)
  ) to_tile (
      .clk_i (clk_i),
      .rst_i (rst_i),
      .data_i({weight_re_o, index}),
      .data_o({tile_valid_o, tile_index_o})
  );
  delay_line #(
      .Width (1),
      .Stages(4 + FillLatency)
  ) to_tables (
      .clk_i (clk_i),
      .rst_i (rst_i),
      .data_i(!bank_q && (Tiles == 2)),
      .data_o(bank_o)
  );

  // What travels with a tile to the accumulators
  delay_line #(
      .Width (3),
      .Stages(AccLatency)
  ) to_accumulators (
      .clk_i (clk_i),
      .rst_i (rst_i),
      .data_i({issue, first && (step_q == 16'd0), block_end && last}),
      .data_o({acc_valid_o, acc_first_o, block_ready_o})
  );

  // Where they are, known a cycle ahead: with one block the drain's own address follows it.
  wire [HoldW:0] acc_next;
  reg  [HoldW:0] acc_addr_q;
  delay_line #(
      .Width (HoldW + 1),
      .Stages(AccLatency - 1)
  ) address (
      .clk_i (clk_i),
      .rst_i (rst_i),
      .data_i({half_q, group_q}),
      .data_o(acc_next)
  );
  always @(posedge clk_i) acc_addr_q <= acc_next;
  assign acc_next_o = acc_next[HoldW-1:0];
  assign acc_addr_o = acc_addr_q;

  wire unused = &{1'b0, walk_last_next, next_i, last_word_i, instr_i, weight_address,
                  next_weight, addr_q, walk_pixel};

endmodule

`default_nettype wire
