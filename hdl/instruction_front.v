// SPDX-License-Identifier: Apache-2.0
// instruction_front: the front end that every engine has: program memory, fetch,
// tokens, go, and the count of what has retired.
//
// An instruction is fetched word by word while the one before it runs. It goes
// when the engine is free and tokens of both kinds suffice, and takes them; the
// engine runs until it raises done_i, and may retire the instruction later:
//
//   go = fetched and not run_o and tokens_a >= instr[11:0] and tokens_b >= instr[23:12]
//   tokens_x[t+1] = tokens_x[t] + give_x_i[t] - (go[t] ? wanted_x : 0)
//
// What an instruction wants is subtracted once its first word is there, long before it
// goes: what is left is negative until its tokens suffice. To subtract is to add the
// complement and one; the one comes two cycles earlier, so a token is the carry of one sum:
//
//   - wanted = ~wanted + 1
//
// Latency  : the first fetch starts in the cycle after start_i, the others in the
//            cycle after the go of the instruction before; a fetch takes Words + 1
//            cycles; go is in the cycle after it, or after done_i, at the earliest;
//            the engine runs from the cycle after go.
// Overflow : none for what a program memory holds, at most 4096 instructions: a balance
//            of tokens is -4095 to 4096.
`default_nettype none

module instruction_front #(
    parameter Words = 4,  // 32-bit words of an instruction, 2 or more
    parameter AddrW = 8   // program memory address width, in 32-bit words
) (
    input  wire                clk_i,     // clock, rising edge
    input  wire                rst_i,     // reset, active high

    // Program memory, written while the machine is idle
    input  wire                prog_we_i,
    input  wire [AddrW-1:0]    prog_addr_i,
    input  wire [31:0]         prog_data_i,

    // Control
    input  wire                start_i,   // run count_i instructions from the first
    input  wire [15:0]         count_i,   // steady from the cycle before until all have retired
    output wire                finished_o,  // all have retired

    // Tokens from the two other engines
    input  wire                give_a_i,
    input  wire                give_b_i,

    // The engine
    output wire [32*Words-1:0] instr_o,   // the instruction that goes; stands while go_o, all but
                                          // its last word in the cycle before, too
    output wire [31:0]         last_word_o,  // of it, at go_o and in the cycle before
    output wire                go_o,      // tokens are taken in this cycle
    output wire                run_o,     // the engine works
    output wire                idle_o,    // it does not: !run_o, a flip-flop of its own
    input  wire                done_i,    // last cycle of the work: the next may go
    input  wire                retire_i,  // an instruction retires
    output wire                wait_o     // waits for tokens
);

  localparam TokenW = 14;  // of a balance, two's complement

  reg [Words:0]      step_q;     // of a fetch: bit w, word w is requested and the one before comes
  reg                reading_q;  // a word is requested
  reg                full_q;     // an instruction is complete
  reg                run_q;
  reg                idle_q;
  reg                finished_q;
  reg [AddrW-1:0]    addr_q;     // next word to read
  reg                more_q;     // others follow the instruction that goes next
  reg [15:0]         going_q;    // number of the instruction that is fetched, from 1 on
  reg [15:0]         behind_q;   // number of the instruction behind the one that retires next
  reg                last_q;     // the one that retires next is the last
  reg                any_q;      // there are instructions
  reg [TokenW-1:0]   left_a_q;   // tokens given, less those wanted until now
  reg [TokenW-1:0]   left_b_q;
  reg [32*Words-1:0] instr_q;

  wire [31:0] fetched;
  wire        start    = start_i && any_q;
  wire        begins   = start || (go_o && more_q);
  wire        finishes = retire_i && last_q;

  wire              claim  = step_q[2];  // instr_q has the first word
  wire [TokenW-1:0] one    = {{(TokenW - 1) {1'b0}}, step_q[0]};
  wire [TokenW-1:0] more_a = claim ? ~{2'd0, instr_q[11:0]} : one;
  wire [TokenW-1:0] more_b = claim ? ~{2'd0, instr_q[23:12]} : one;
  wire [TokenW:0]   next_a = {left_a_q, 1'b1} + {more_a, give_a_i};
  wire [TokenW:0]   next_b = {left_b_q, 1'b1} + {more_b, give_b_i};
  wire              enough = !left_a_q[TokenW-1] && !left_b_q[TokenW-1];

  initial begin
    if (Words < 2) begin
      $display("instruction_front: Words: %0d: want 2 or more", Words);
      $finish;
    end
  end

  assign instr_o     = instr_q;
  assign last_word_o = fetched;
  assign go_o        = full_q && !run_q && enough;
  assign wait_o      = full_q && !run_q && !enough;
  assign run_o       = run_q;
  assign idle_o      = idle_q;
  assign finished_o  = finished_q;

  ram_sdp #(
      .Width(32),
      .AddrW(AddrW)
  ) program_memory (
      .clk_i  (clk_i),
      .we_i   (prog_we_i),
      .waddr_i(prog_addr_i),
      .wdata_i(prog_data_i),
      .re_i   (reading_q),
      .raddr_i(addr_q),
      .rdata_o(fetched)
  );

  // Fetch: one instruction ahead of the engine.
  always @(posedge clk_i) begin
    if (rst_i) begin
      step_q    <= {(Words + 1) {1'b0}};
      reading_q <= 1'b0;
      full_q    <= 1'b0;
    end else begin
      step_q    <= {step_q[Words-1:0], begins};
      reading_q <= begins || (reading_q && !step_q[Words-1]);
      full_q    <= step_q[Words] || (full_q && !go_o);
    end
  end

  always @(posedge clk_i) begin
    if (start_i) addr_q <= {AddrW{1'b0}};
    else if (reading_q) addr_q <= addr_q + 1'b1;
    if (start_i) going_q <= 16'd0;
    else if (step_q[0]) going_q <= going_q + 16'd1;
    more_q <= (going_q != count_i);
  end

  // Run and retire
  always @(posedge clk_i) begin
    if (rst_i) begin
      run_q      <= 1'b0;
      idle_q     <= 1'b1;
      finished_q <= 1'b1;
    end else begin
      run_q  <= go_o || (run_q && !done_i);
      idle_q <= !(go_o || (run_q && !done_i));
      finished_q <= finishes || (finished_q && !start);
    end
    any_q <= (count_i != 16'd0);
    if (start || retire_i) last_q <= (behind_q == count_i);
    if (rst_i || finishes) behind_q <= 16'd1;
    else if (start || retire_i) behind_q <= behind_q + 16'd1;
  end

  // Tokens
  always @(posedge clk_i) begin
    if (rst_i || start_i) begin
      left_a_q <= {TokenW{1'b0}};
      left_b_q <= {TokenW{1'b0}};
    end else begin
      left_a_q <= next_a[TokenW:1];
      left_b_q <= next_b[TokenW:1];
    end
  end

  // The first word stands at the bottom. Bits that no one reads cost nothing this way.
  integer w;
  always @(posedge clk_i) begin
    for (w = 0; w < Words; w = w + 1)
      if (step_q[w+1]) instr_q[32*w+:32] <= fetched;
  end

  wire unused = &{1'b0, next_a[0], next_b[0]};

endmodule

`default_nettype wire
