// SPDX-License-Identifier: Apache-2.0
// instruction_front: the front end that every engine has: program memory, fetch,
// tokens, go, and the count of what has retired.
//
// An instruction is fetched word by word while the one before it runs. It goes
// when the engine is free and tokens of both kinds suffice, and takes them; the
// engine runs until it raises done_i, and may retire the instruction later. What it wants
// is subtracted as soon as its first word is there, so that a sign says whether it may go:
//
//   tokens_x[t+1] = tokens_x[t] + give_x_i[t] - (first word there in t ? wanted_x : 0)
//   go = fetched and not run_o and tokens_a >= 0 and tokens_b >= 0
//   with wanted_a = instr[11:0], wanted_b = instr[23:12]
//
// Latency  : the first fetch starts in the cycle after start_i, the others in the
//            cycle after the go of the instruction before; a fetch takes Words + 1
//            cycles; go is in the cycle after it, or after done_i, at the earliest;
//            the engine runs from the cycle after go.
// Overflow : none; a token counter counts at most 2^16 - 1 instructions.
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
    input  wire [15:0]         count_i,
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

  reg                fetch_q;    // an instruction is fetched
  reg                full_q;     // … and complete
  reg                run_q;
  reg                finished_q;
  reg [AddrW-1:0]    addr_q;     // next word to read
  reg [WordW-1:0]    word_q;     // words requested of this instruction
  reg [15:0]         ahead_q;    // instructions that have not gone
  reg [15:0]         left_q;     // instructions that have not retired
  reg [16:0]         tokens_a_q; // of those given, what is left when this instruction has gone
  reg [16:0]         tokens_b_q; // … negative while it has to wait
  reg [32*Words-1:0] instr_q;

  wire [31:0] fetched;
  wire        reading = fetch_q && (word_q != LastWord);
  wire        got     = fetch_q && (word_q != {WordW{1'b0}});
  wire        start   = start_i && (count_i != 16'd0);

  wire        first   = fetch_q && (word_q == {{(WordW - 2) {1'b0}}, 2'd2});  // word 0 has come
  wire [16:0] wanted_a = {5'd0, instr_q[11:0]};
  wire [16:0] wanted_b = {5'd0, instr_q[23:12]};
  wire        enough   = !tokens_a_q[16] && !tokens_b_q[16];

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
      addr_q  <= {AddrW{1'b0}};
      word_q  <= {WordW{1'b0}};
      ahead_q <= 16'd0;
    end else if (start) begin
      fetch_q <= 1'b1;
      addr_q  <= {AddrW{1'b0}};
      word_q  <= {WordW{1'b0}};
      ahead_q <= count_i;
    end else if (reading) begin
      addr_q <= addr_q + 1'b1;
      word_q <= word_q + 1'b1;
    end else if (fetch_q) begin
      fetch_q <= 1'b0;
      full_q  <= 1'b1;
    end else if (go_o) begin
      fetch_q <= (ahead_q != 16'd1);
      full_q  <= 1'b0;
      word_q  <= {WordW{1'b0}};
      ahead_q <= ahead_q - 16'd1;
    end
  end

  // Run and retire
  always @(posedge clk_i) begin
    if (rst_i) begin
      run_q      <= 1'b0;
      finished_q <= 1'b1;
      left_q     <= 16'd0;
    end else begin
      if (go_o) run_q <= 1'b1;
      else if (done_i) run_q <= 1'b0;
      if (start) begin
        finished_q <= 1'b0;
        left_q     <= count_i;
      end else if (retire_i) begin
        finished_q <= (left_q == 16'd1);
        left_q     <= left_q - 16'd1;
      end
    end
  end

  always @(posedge clk_i) begin
    if (rst_i) begin
      tokens_a_q <= 17'd0;
      tokens_b_q <= 17'd0;
    end else if (start_i) begin
      tokens_a_q <= 17'd0;
      tokens_b_q <= 17'd0;
    end else begin
      tokens_a_q <= tokens_a_q + {16'd0, give_a_i} - (first ? wanted_a : 17'd0);
      tokens_b_q <= tokens_b_q + {16'd0, give_b_i} - (first ? wanted_b : 17'd0);
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
