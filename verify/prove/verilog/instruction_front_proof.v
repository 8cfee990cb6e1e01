// SPDX-License-Identifier: Apache-2.0
// instruction_front_proof: tokens, phases and counts of instruction_front, for
// every program (ram_free) and any giver of tokens.
//
// A ledger counts tokens given and taken in a wider number, and instructions left.
// peek_* are registers of the module, connected by the script, and the word that its memory gives:
// that they equal the ledger is proved along with the rest and makes the induction close.
`default_nettype none

module instruction_front_proof #(
    parameter Words = 4
) (
    input  wire        clk_i,
    input  wire        start_i,
    input  wire [15:0] count_i,
    input  wire        give_a_i,
    input  wire        give_b_i,
    input  wire        done_i,
    input  wire        retire_i,
    output wire        go_o,
    output wire        run_o,
    output wire        wait_o,
    output wire        finished_o,
    output wire        given,            // starts only when finished, at most 4096 tokens, a count that is steady from the cycle before on, retires what went
    output wire        reach,            // an instruction has run that took both kinds
    output wire        ok_tokens,        // go only with the tokens that it takes
    output wire        ok_ledger,        // counters are what was given less what was taken
    output wire        ok_wait,          // waits only while a token is missing
    output wire        ok_phase,         // waits, goes and runs one at a time; what goes is a whole instruction
    output wire        ok_run,           // runs from the cycle after go until done, and is idle otherwise
    output wire        ok_instr,         // the instruction is stable from fetched to go, all but its last word a cycle longer, all but its last two words two
    output wire        ok_last,          // its last word is what the memory gave last while it is whole, and a cycle before
    output wire        ok_words,         // it is the words that the program memory has given, the first at the bottom
    output wire        ok_count          // finished when count instructions have retired
);

  (* keep *) wire [13:0]      peek_left_a;
  (* keep *) wire [13:0]      peek_left_b;
  (* keep *) wire [15:0]      peek_going;
  (* keep *) wire [15:0]      peek_behind;
  (* keep *) wire             peek_last;
  (* keep *) wire             peek_any;
  (* keep *) wire             peek_more;
  (* keep *) wire [Words:0]   peek_step;
  (* keep *) wire             peek_reading;
  (* keep *) wire             peek_full;
  (* keep *) wire [31:0]      peek_word;
  (* keep *) wire             peek_asked;  // of the memory
  (* keep *) wire [31:0]      peek_kept;

  reg                 started_q = 1'b0;  // reset in the first cycle, never after
  reg [16:0]          have_a_q;
  reg [16:0]          have_b_q;
  reg [15:0]          ahead_q;           // instructions that have not gone
  reg [15:0]          left_q;            // instructions that have not retired
  reg [15:0]          count_q;           // instructions of the run
  reg [15:0]          count_before_q;    // the count a cycle ago
  reg                 go_q;
  reg                 run_q;             // ran and was not done
  reg                 full_q;            // a whole instruction was there, and did not go
  reg                 took_q;
  reg                 reach_q;
  reg [32*Words-1:0]  instr_q;
  reg [32*Words-1:0]  early_q;           // two cycles ago
  reg [31:0]          last_word_q;
  reg                 came_q;            // a word was requested, which comes now
  reg [32*Words-1:0]  words_q;           // what has come, the last at the top

  wire [32*Words-1:0] instr;
  wire [31:0]         last_word;
  wire                idle;
  wire [16:0]         wanted_a = {5'd0, instr[11:0]};
  wire [16:0]         wanted_b = {5'd0, instr[23:12]};
  wire [16:0]         ahead    = {1'b0, ahead_q};
  wire [16:0]         left     = {1'b0, left_q};
  wire                fetch    = (peek_step != {(Words + 1) {1'b0}});
  wire                claimed  = peek_full || ((peek_step >> 3) != {(Words + 1) {1'b0}});  // wanted is subtracted
  wire [16:0]         early    = {16'd0, |peek_step[2:1]};  // one was added ahead of the complement
  wire [16:0]         next_a   = have_a_q + {16'd0, give_a_i} - (go_o ? wanted_a : 17'd0);
  wire [16:0]         next_b   = have_b_q + {16'd0, give_b_i} - (go_o ? wanted_b : 17'd0);

  instruction_front #(
      .Words(Words),
      .AddrW(2)
  ) dut (
      .clk_i      (clk_i),
      .rst_i      (!started_q),
      .prog_we_i  (1'b0),
      .prog_addr_i(2'd0),
      .prog_data_i(32'd0),
      .start_i    (start_i),
      .count_i    (count_i),
      .finished_o (finished_o),
      .give_a_i   (give_a_i),
      .give_b_i   (give_b_i),
      .instr_o    (instr),
      .go_o       (go_o),
      .run_o      (run_o),
      .idle_o     (idle),
      .last_word_o(last_word),
      .done_i     (done_i),
      .retire_i   (retire_i),
      .wait_o     (wait_o)
  );

  always @(posedge clk_i) begin
    started_q <= 1'b1;
    instr_q   <= instr;
    early_q   <= instr_q;
    last_word_q <= last_word;
    came_q    <= started_q && peek_reading;
    if (came_q) words_q <= {peek_word, words_q[32*Words-1:32]};
    if (start_i) count_q <= count_i;
    count_before_q <= count_i;
    if (!started_q) begin
      have_a_q <= 17'd0;
      have_b_q <= 17'd0;
      ahead_q  <= 16'd0;
      left_q   <= 16'd0;
      go_q     <= 1'b0;
      run_q    <= 1'b0;
      full_q   <= 1'b0;
      took_q   <= 1'b0;
      reach_q  <= 1'b0;
    end else begin
      have_a_q <= start_i ? 17'd0 : next_a;
      have_b_q <= start_i ? 17'd0 : next_b;
      go_q     <= go_o;
      run_q    <= run_o && !done_i;
      full_q   <= peek_full && !go_o;
      if (start_i) ahead_q <= count_i;
      else if (go_o) ahead_q <= ahead_q - 16'd1;
      if (start_i) left_q <= count_i;
      else if (retire_i) left_q <= left_q - 16'd1;
      if (go_o) took_q <= (wanted_a != 17'd0) && (wanted_b != 17'd0);
      if (retire_i && took_q) reach_q <= 1'b1;
    end
  end

  // Of an instruction that is fetched, the words before the one that comes
  wire [Words-1:0] same;
  assign same[0] = 1'b1;
  genvar w;
  generate
    for (w = 1; w < Words; w = w + 1) begin : word
      assign same[w] = !peek_step[w+1] || (instr[32*w-1:0] == words_q[32*Words-1:32*(Words-w)]);
    end
  endgenerate

  // What retires has gone, and has left the engine by then or leaves it now.
  assign given     = (!start_i || finished_o) && (!done_i || run_o) &&
                     (!retire_i || (left > ahead + {16'd0, run_o && !done_i})) &&
                     ((have_a_q < 17'd4096) || !give_a_i) && ((have_b_q < 17'd4096) || !give_b_i) &&
                     ((finished_o && !start_i) || !started_q || (count_i == count_before_q));
  assign reach     = reach_q;
  assign ok_tokens = !started_q || !go_o || ((have_a_q >= wanted_a) && (have_b_q >= wanted_b));
  assign ok_ledger = !started_q ||
                     ((have_a_q + early == {{3{peek_left_a[13]}}, peek_left_a} + (claimed ? wanted_a : 17'd0)) &&
                      (have_b_q + early == {{3{peek_left_b[13]}}, peek_left_b} + (claimed ? wanted_b : 17'd0)) &&
                      (have_a_q <= 17'd4096) && (have_b_q <= 17'd4096));
  assign ok_wait   = !started_q || !wait_o || (have_a_q < wanted_a) || (have_b_q < wanted_b);
  assign ok_phase  = !started_q ||
                     (({1'b0, go_o} + {1'b0, wait_o} + {1'b0, run_o} < 2'd2) &&
                      ((go_o || wait_o) == (peek_full && !run_o)) && !(peek_full && fetch) &&
                      ((peek_step & (peek_step - 1'b1)) == {(Words + 1) {1'b0}}) &&
                      (!claimed || (peek_more == (ahead_q != 16'd1))) && (peek_reading == |peek_step[Words-1:0]));
  assign ok_run    = !started_q || ((run_o == (go_q || run_q)) && (idle == !run_o));
  assign ok_instr  = !started_q || ((!full_q || (peek_full && (instr == instr_q))) &&
                     (!peek_full || (instr[32*Words-33:0] == instr_q[32*Words-33:0])) &&
                     (!(peek_full || peek_step[Words]) || (instr[32*Words-65:0] == instr_q[32*Words-65:0])) &&
                     (!peek_full || (instr[32*Words-65:0] == early_q[32*Words-65:0])));
  assign ok_last   = !started_q || ((last_word == peek_word) && (peek_kept == last_word_q) && (!(fetch || peek_full) || (peek_asked == came_q)) &&
                     (!peek_full || ((instr[32*Words-1-:32] == last_word) && (last_word == last_word_q))));
  assign ok_words  = !started_q || ((came_q == |peek_step[Words:1]) && &same && (!peek_full || (instr == words_q)));
  assign ok_count  = !started_q ||
                     ((finished_o == (left_q == 16'd0)) && (peek_any == (count_before_q != 16'd0)) &&
                      (!finished_o || (peek_behind == 16'd1)) &&
                      (finished_o || ((count_q == count_before_q) && (left_q + peek_behind == count_q + 16'd2) &&
                                      (peek_last == (left_q == 16'd1)) &&
                                      (ahead_q + peek_going + {15'd0, peek_step[0] || (ahead_q == 16'd0)} == count_q + 16'd1) &&
                                      (left_q <= count_q))) && ((ahead_q != 16'd0) == (peek_full || fetch)) &&
                      (left >= ahead + {16'd0, run_o}));

endmodule

`default_nettype wire
