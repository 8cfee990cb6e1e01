// SPDX-License-Identifier: Apache-2.0
// instruction_front: the front end that every engine has: program memory, fetch,
// tokens, go and retire.
//
// An instruction is fetched word by word, waits until tokens of both kinds
// suffice, takes them and goes; the engine runs until it raises done_i:
//
//   go = waiting and tokens_a >= instr[11:0] and tokens_b >= instr[23:12]
//   tokens_x[t+1] = tokens_x[t] + give_x_i[t] - (go[t] ? wanted_x : 0)
//
// Latency  : the first fetch starts in the cycle after start_i; a fetch takes
//            Words + 1 cycles; go is in the cycle after it at the earliest, the
//            engine runs from the cycle after go; the next fetch starts in the
//            cycle after done_i.
// Overflow : none; a token counter counts at most 2^16 - 1 instructions.
`default_nettype none

module instruction_front #(
    parameter Words = 4,  // 32-bit words of an instruction
    parameter AddrW = 8   // program memory address width, in 32-bit words
) (
    input  wire                clk_i,     // clock, rising edge
    input  wire                rst_ni,    // asynchronous reset, active low

    // Program memory, written while the machine is idle
    input  wire                prog_we_i,
    input  wire [AddrW-1:0]    prog_addr_i,
    input  wire [31:0]         prog_data_i,

    // Control
    input  wire                start_i,   // run count_i instructions from the first
    input  wire [15:0]         count_i,
    output wire                finished_o,  // no instruction left, none running

    // Tokens from the two other engines
    input  wire                give_a_i,
    input  wire                give_b_i,

    // The engine
    output wire [32*Words-1:0] instr_o,   // stable while run_o
    output wire                go_o,      // tokens are taken in this cycle
    output wire                run_o,     // the engine works on instr_o
    input  wire                done_i,    // last cycle of the instruction
    output wire                wait_o     // waits for tokens
);

  localparam Idle  = 2'd0;
  localparam Fetch = 2'd1;
  localparam Wait  = 2'd2;
  localparam Run   = 2'd3;

  localparam WordW = $clog2(Words + 1);
  localparam [WordW-1:0] LastWord = Words;

  reg [1:0]          state_q;
  reg [AddrW-1:0]    addr_q;    // next word to read
  reg [WordW-1:0]    word_q;    // words requested of this instruction
  reg [15:0]         left_q;    // instructions not yet retired
  reg [15:0]         tokens_a_q;
  reg [15:0]         tokens_b_q;
  reg [32*Words-1:0] instr_q;

  wire [31:0] fetched;
  wire        reading = (state_q == Fetch) && (word_q != LastWord);
  wire        got     = (state_q == Fetch) && (word_q != {WordW{1'b0}});

  wire [15:0] wanted_a = {4'd0, instr_q[11:0]};
  wire [15:0] wanted_b = {4'd0, instr_q[23:12]};
  wire        enough   = (tokens_a_q >= wanted_a) && (tokens_b_q >= wanted_b);

  assign instr_o    = instr_q;
  assign go_o       = (state_q == Wait) && enough;
  assign wait_o     = (state_q == Wait) && !enough;
  assign run_o      = (state_q == Run);
  assign finished_o = (state_q == Idle);

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

  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= Idle;
      addr_q  <= {AddrW{1'b0}};
      word_q  <= {WordW{1'b0}};
      left_q  <= 16'd0;
    end else begin
      case (state_q)
        Idle: begin
          addr_q <= {AddrW{1'b0}};
          word_q <= {WordW{1'b0}};
          left_q <= count_i;
          if (start_i && count_i != 16'd0) state_q <= Fetch;
        end
        Fetch: begin
          if (reading) begin
            addr_q <= addr_q + 1'b1;
            word_q <= word_q + 1'b1;
          end else begin
            state_q <= Wait;
          end
        end
        Wait: begin
          word_q <= {WordW{1'b0}};
          if (enough) state_q <= Run;
        end
        default: begin
          if (done_i) begin
            left_q  <= left_q - 16'd1;
            state_q <= (left_q == 16'd1) ? Idle : Fetch;
          end
        end
      endcase
    end
  end

  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      tokens_a_q <= 16'd0;
      tokens_b_q <= 16'd0;
    end else if (start_i) begin
      tokens_a_q <= 16'd0;
      tokens_b_q <= 16'd0;
    end else begin
      tokens_a_q <= tokens_a_q + {15'd0, give_a_i} - (go_o ? wanted_a : 16'd0);
      tokens_b_q <= tokens_b_q + {15'd0, give_b_i} - (go_o ? wanted_b : 16'd0);
    end
  end

  // The first word ends up at the bottom.
  always @(posedge clk_i) begin
    if (got) instr_q <= {fetched, instr_q[32*Words-1:32]};
  end

endmodule

`default_nettype wire
