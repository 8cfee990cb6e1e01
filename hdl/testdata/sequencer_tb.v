// SPDX-License-Identifier: Apache-2.0
//
// sequencer_tb: compute_sequencer or, with Tables, table_sequencer, between a front that lets
// instructions go when it likes and a drain that takes its time. Reads instructions.hex and prints
// every cycle's outputs, a line each, in the order of sequencer_test.go, which says what must have
// happened.
`default_nettype none

module sequencer_tb #(
    parameter Tables      = 0,
    parameter Hold        = 4,
    parameter HoldW       = 2,
    parameter Pixels      = 1,   // 1 with Tables
    parameter SumLatency  = 4,
    parameter FillLatency = 4,
    parameter Tiles       = 2,
    parameter Blocks      = 2,
    parameter Sets        = 2,
    parameter Count       = 1,   // instructions
    parameter Hesitate    = 50,  // percent of cycles in which front and drain do nothing
    parameter Seed        = 1
);

  localparam [31:0] Words   = {16'd3, 16'd2};  // of a tile, by set: 2 and 3; with tables 2
  localparam [31:0] Entries = {16'd7, 16'd4};  // of a table, by set: 4 and 7

  reg clk = 1'b0, rst_n = 1'b0;
  always #5 clk = !clk;

  integer seed = Seed, next = 0, retired = 0, cycles = 0, quiet = 0;
  function moves(input integer percent);
    moves = {$random(seed)} % 100 >= percent;
  endfunction

  // The front
  reg [383:0]  instructions[0:Count-1];
  reg [383:0]  instr;
  reg  [1:0]   come = 2'd0;  // words of the next instruction: none, all but two, all but one, all
  reg          run = 1'b0;
  wire         go = (come == 2'd3) && !run;
  wire [383:0] coming = instructions[next < Count ? next : 0];
  wire [383:0] next_instr = {(come == 2'd3) ? coming[383:352] : {32{1'bx}}, (come > 2'd1) ? coming[351:320] : {32{1'bx}},
                             (come != 2'd0) ? coming[319:0] : {320{1'bx}}};
  wire [31:0]  last_word = (come > 2'd1) ? coming[383:352] : {32{1'bx}};
  wire         done, retire, bad;

  // The drain: halves in the order in which they are filled
  reg              drained = 1'b0, emitted = 1'b0, half = 1'b0, ending = 1'b0;
  integer          waiting = 0;
  wire             block_ready, take;
  wire [HoldW:0]   block_0, block_1;
  wire [1:0]       final;

  wire [Pixels-1:0] act_re, act_zero, acc_valid;
  wire [10*Pixels-1:0] act_raddr;
  wire             act_take, act_low, fill, fill_bank, weight_re, tile_valid, swap, bank;
  wire             acc_first, active, stall;
  wire [9:0]       weight_raddr;
  wire [3:0]       fill_index, fill_next;
  wire [15:0]      fill_set, tile_index, set;
  wire [HoldW:0]   acc_addr;

  generate
    if (Tables == 0) begin : cells
      assign act_take = 1'b0;
      assign {fill, fill_bank, bank, fill_index, fill_next, fill_set} = 27'd0;
      compute_sequencer #(
          .Hold(Hold), .HoldW(HoldW), .Pixels(Pixels), .SumLatency(SumLatency), .Tiles(Tiles), .Blocks(Blocks), .Sets(Sets),
          .TileWords(Words[16*Sets-1:0]), .ActAddrW(10), .WgtAddrW(10)
      ) dut (
          .clk_i(clk), .rst_i(!rst_n), .next_i(next_instr), .last_word_i(last_word), .instr_i(instr), .go_i(go), .run_i(run), .idle_i(!run), .done_o(done),
          .retire_o(retire), .bad_o(bad), .act_re_o(act_re), .act_raddr_o(act_raddr), .act_zero_o(act_zero),
          .act_low_o(act_low), .weight_re_o(weight_re), .weight_raddr_o(weight_raddr), .tile_valid_o(tile_valid),
          .tile_index_o(tile_index), .set_o(set), .swap_o(swap), .acc_valid_o(acc_valid), .acc_first_o(acc_first),
          .acc_addr_o(acc_addr), .block_ready_o(block_ready), .block_0_o(block_0), .block_1_o(block_1),
          .drained_i(drained), .drain_half_i(half), .final_o(final), .take_o(take), .emitted_i(emitted),
          .active_o(active), .stall_o(stall)
      );
    end else begin : sums
      assign {swap, set} = 17'd0;
      table_sequencer #(
          .Hold(Hold), .HoldW(HoldW), .FillLatency(FillLatency), .SumLatency(SumLatency), .Tiles(Tiles), .Blocks(Blocks),
          .Sets(Sets), .Entries(Entries[16*Sets-1:0]), .TileWords(2), .IndexW(4), .ActAddrW(10), .WgtAddrW(10)
      ) dut (
          .clk_i(clk), .rst_i(!rst_n), .next_i(next_instr), .last_word_i(last_word), .instr_i(instr), .go_i(go), .run_i(run), .idle_i(!run), .done_o(done),
          .retire_o(retire), .bad_o(bad), .act_re_o(act_re), .act_raddr_o(act_raddr), .act_take_o(act_take),
          .act_zero_o(act_zero), .act_low_o(act_low), .fill_o(fill), .fill_bank_o(fill_bank), .fill_index_o(fill_index),
          .fill_set_o(fill_set), .fill_next_o(fill_next), .weight_re_o(weight_re), .weight_raddr_o(weight_raddr),
          .tile_valid_o(tile_valid), .tile_index_o(tile_index), .bank_o(bank), .acc_valid_o(acc_valid),
          .acc_first_o(acc_first), .acc_addr_o(acc_addr), .block_ready_o(block_ready), .block_0_o(block_0),
          .block_1_o(block_1), .drained_i(drained), .drain_half_i(half), .final_o(final), .take_o(take),
          .emitted_i(emitted), .active_o(active), .stall_o(stall)
      );
    end
  endgenerate

  always @(posedge clk) if (rst_n) begin
    $display("%h %h %h %h %h %h %h %h %h %h %h %h %h %h %h %h %h %h %h %h %h %h %h %h %h %h %h %h %h %h %h %h",
             go, bad, retire, take, active, stall, act_re, act_raddr, act_take, act_zero, act_low,
             fill, fill_bank, fill_index, fill_next, fill_set, weight_re, weight_raddr, tile_valid, tile_index, bank, swap,
             acc_valid, acc_first, acc_addr, block_ready, block_0, block_1, final, drained, half, emitted);
    if (!run) instr <= next_instr;
    if (go) come <= 2'd0;
    else if (come == 2'd0) come <= {1'b0, next < Count && moves(Hesitate)};
    else if (come != 2'd3) come <= come + 2'd1;
    if (go) begin
      run <= 1'b1;
      next = next + 1;
    end else if (done) begin
      run <= 1'b0;
    end
    if (retire) retired = retired + 1;

    drained <= 1'b0;
    emitted <= 1'b0;
    if (drained) begin
      waiting = waiting - 1;
      ending <= final[half];
      half <= half ^ (Blocks == 2);
    end else if (ending && !emitted) begin
      if (moves(Hesitate)) emitted <= 1'b1;
    end else if (emitted) begin
      ending <= 1'b0;
    end else if (waiting != 0 && moves(Hesitate)) begin
      drained <= 1'b1;
    end
    if (block_ready) waiting = waiting + 1;

    cycles = cycles + 1;
    quiet = retired == Count ? quiet + 1 : 0;
    if (quiet == 40) $finish;
    if (cycles > 8000) begin
      $display("timeout");
      $finish;
    end
  end

  initial begin
    $readmemh("instructions.hex", instructions);
    repeat (3) @(negedge clk);
    rst_n = 1'b1;
  end

endmodule

`default_nettype wire
