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
// goes: what is left is negative until its tokens suffice.
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
    input  wire [15:0]         count_i,   // steady until all have retired
    output wire                finished_o,  // all have retired

    // Tokens from the two other engines
    input  wire                give_a_i,
    input  wire                give_b_i,

    // The engine
    output wire [32*Words-1:0] instr_o,   // the instruction that goes; stands only while go_o
    output wire                go_o,      // tokens are taken in this cycle
    output wire                run_o,     // the engine works
    input  wire                done_i,    // last cycle of the work: the next may go
    input  wire                retire_i,  // an instruction retires
    output wire                wait_o     // waits for tokens
);

  localparam WordW = $clog2(Words + 1);
  localparam [WordW-1:0] LastWord = Words;
  localparam TokenW = 14;  // of a balance, two's complement

  reg                fetch_q;    // an instruction is fetched
  reg                full_q;     // … and complete
  reg                run_q;
  reg                finished_q;
  reg [AddrW-1:0]    addr_q;     // next word to read
  reg [WordW-1:0]    word_q;     // words requested of this instruction
  reg [15:0]         going_q;    // number of the instruction that goes next, from 1 on
  reg [15:0]         retiring_q; // number of the instruction that retires next
  reg [TokenW-1:0]   left_a_q;   // tokens given, less those wanted until now
  reg [TokenW-1:0]   left_b_q;
  reg [32*Words-1:0] instr_q;

  wire [31:0] fetched;
  wire        reading = fetch_q && (word_q != LastWord);
  wire        got     = fetch_q && (word_q != {WordW{1'b0}});
  wire        start   = start_i && (count_i != 16'd0);

  wire              claim    = fetch_q && (word_q == 2);  // instr_q has the first word
  wire [TokenW-1:0] wanted_a = {2'd0, instr_q[11:0]} & {TokenW{claim}};
  wire [TokenW-1:0] wanted_b = {2'd0, instr_q[23:12]} & {TokenW{claim}};
  wire              enough   = !left_a_q[TokenW-1] && !left_b_q[TokenW-1];

  initial begin
    if (Words < 2) begin
      $display("instruction_front: Words: %0d: want 2 or more", Words);
      $finish;
    end
  end

  assign instr_o    = instr_q;
  assign go_o       = full_q && !run_q && enough;
  assign wait_o     = full_q && !run_q && !enough;
  assign run_o      = run_q;
  assign finished_o = finished_q;

  ram_sdp #(
      .Width(32),
      .AddrW(AddrW)
  ) program_memory (
      .clk_i  (clk_i),
      .we_i   (prog_we_i),
      .waddr_i(prog_addr_i),
      .wdata_i(prog_data_i),
      .re_i   (reading),
      .raddr_i(addr_q),
      .rdata_o(fetched)
  );

  // Fetch: one instruction ahead of the engine.
  always @(posedge clk_i) begin
    if (rst_i) begin
      fetch_q <= 1'b0;
      full_q  <= 1'b0;
    end else if (start) begin
      fetch_q <= 1'b1;
    end else if (fetch_q) begin
      fetch_q <= reading;
      full_q  <= !reading;
    end else if (go_o) begin
      fetch_q <= (going_q != count_i);
      full_q  <= 1'b0;
    end
  end

  always @(posedge clk_i) begin
    if (rst_i || start) addr_q <= {AddrW{1'b0}};
    else if (reading) addr_q <= addr_q + 1'b1;
    if (rst_i || start || go_o) word_q <= {WordW{1'b0}};
    else if (reading) word_q <= word_q + 1'b1;
    if (rst_i || start) going_q <= 16'd1;
    else if (go_o) going_q <= going_q + 16'd1;
  end

  // Run and retire
  always @(posedge clk_i) begin
    if (rst_i) begin
      run_q      <= 1'b0;
      finished_q <= 1'b1;
    end else begin
      if (go_o) run_q <= 1'b1;
      else if (done_i) run_q <= 1'b0;
      if (start) finished_q <= 1'b0;
      else if (retire_i) finished_q <= (retiring_q == count_i);
    end
    if (rst_i || start) retiring_q <= 16'd1;
    else if (retire_i) retiring_q <= retiring_q + 16'd1;
  end

  // Tokens
  always @(posedge clk_i) begin
    if (rst_i || start_i) begin
      left_a_q <= {TokenW{1'b0}};
      left_b_q <= {TokenW{1'b0}};
    end else begin
      left_a_q <= left_a_q + {{(TokenW - 1) {1'b0}}, give_a_i} - wanted_a;
      left_b_q <= left_b_q + {{(TokenW - 1) {1'b0}}, give_b_i} - wanted_b;
    end
  end

  // The first word stands at the bottom. Bits that no one reads cost nothing this way.
  integer w;
  always @(posedge clk_i) begin
    for (w = 0; w < Words; w = w + 1)
      if (got && (word_q == w[WordW-1:0] + 1'b1)) instr_q[32*w+:32] <= fetched;
  end

endmodule

`default_nettype wire
