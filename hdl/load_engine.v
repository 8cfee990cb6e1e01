// SPDX-License-Identifier: Apache-2.0
// load_engine: copies beats from memory to one of four buffers.
//
//   buffer[address + i] = memory[base_i + memory_address + i*MemW/8], i < beats
//
// The range is read in bursts cut at multiples of Burst beats, so that no burst
// crosses a 4 KB boundary; up to Outstanding bursts are in flight, whichever
// instructions they belong to: the next one asks while the data of this one come.
//
// Latency      : first request in the first cycle of the run, which lasts until the
//                last request; retires in the cycle after the last beat. See
//                docs/timing.md.
// Backpressure : requests wait for the memory; data are always taken at once.
`default_nettype none

module load_engine #(
    parameter MemW        = 64,  // memory width, bits
    parameter Burst       = 16,  // most beats of a burst, a power of two
    parameter Outstanding = 4,   // most bursts in flight
    parameter BufAddrW    = 16,  // width of the largest buffer's address, beats
    parameter SetW        = 1,   // width of a level set's index, 1 to 6
    parameter Tables      = 0,   // 1 if there are function tables to load
    parameter ProgAddrW   = 8    // program memory address width, in 32-bit words
) (
    input  wire                 clk_i,        // clock, rising edge
    input  wire                 rst_i,        // reset, active high

    // Program and control
    input  wire                 prog_we_i,
    input  wire [ProgAddrW-1:0] prog_addr_i,
    input  wire [31:0]          prog_data_i,
    input  wire                 start_i,
    input  wire [15:0]          count_i,
    input  wire [31:0]          base_i,       // added to every memory address
    output wire                 finished_o,

    // Tokens and trace
    input  wire                 compute_retire_i,
    input  wire                 store_retire_i,
    output wire                 go_o,
    output wire                 run_o,
    output wire                 wait_o,
    output wire                 retire_o,
    output wire                 bad_o,        // the instruction at go is illegal: skipped
    output wire                 error_o,      // a beat came with an error response

    // Memory, read side
    output wire                 rd_req_valid_o,
    input  wire                 rd_req_ready_i,
    output wire [31:0]          rd_req_addr_o,
    output wire [7:0]           rd_req_len_o,  // beats - 1
    input  wire                 rd_valid_i,
    output wire                 rd_ready_o,
    input  wire [MemW-1:0]      rd_data_i,
    input  wire                 rd_last_i,
    input  wire                 rd_error_i,

    // Buffers, write side
    output wire [3:0]           we_o,         // activation, weight, parameter, table
    output wire [SetW-1:0]      set_o,        // level set, of weights
    output wire [BufAddrW-1:0]  waddr_o,      // in beats
    output wire [MemW-1:0]      wdata_o
);

  localparam BurstW = (Burst > 1) ? $clog2(Burst) : 1;
  localparam LenW = (BurstW < BufAddrW) ? BurstW : BufAddrW;  // of a beat's number in a burst

  wire [127:0] instr;
  wire [1:0]   buffer_index = instr[25:24];
  wire [31:0]  memory_addr  = instr[63:32];
  wire [31:0]  buffer_addr  = instr[95:64];
  wire [31:0]  beats        = instr[127:96];

  // The instruction that asks
  reg        asks_q;      // it runs and has a burst to ask for ...
  reg        req_valid_q; // ... and the queue has room for it
  reg        skip_q;      // it runs, is illegal and waits for all before it
  reg [1:0]  buffer_q;
  reg [SetW-1:0] set_q;
  reg [BufAddrW-1:0] req_word_q;  // first buffer beat of the next burst

  // The burst that comes
  reg [LenW-1:0] beat_q;  // beats received of it
  reg        retire_q;    // the last beat of an instruction came, or one is skipped
  reg        skipped_q;   // the instruction that asks is skipped

  wire        idle;
  wire        full_next;
  wire        empty;
  wire [1:0]  head_buffer;
  wire        head_last;  // the burst is its instruction's last
  wire [BufAddrW-1:0] head_word;  // its first buffer beat

  // Whether it is illegal is known when it may go: the beats are its last word.
  wire [31:0] last_word;
  reg         bad_q;
  always @(posedge clk_i) begin
    bad_q <= (last_word[BufAddrW:0] == {(BufAddrW + 1) {1'b0}}) ||
             ((buffer_index == 2'd3) && (Tables == 0));
  end

  wire req_fire  = rd_req_valid_o && rd_req_ready_i;
  wire req_last;
  burst_walk #(
      .MemW  (MemW),
      .Burst (Burst),
      .BeatsW(BufAddrW + 1)
  ) bursts (
      .clk_i   (clk_i),
      .start_i (idle),
      .base_i  (base_i),
      .offset_i(memory_addr),
      .beats_i (beats[BufAddrW:0]),
      .next_i  (req_fire),
      .addr_o  (rd_req_addr_o),
      .len_o   (rd_req_len_o),
      .last_o  (req_last)
  );

  // Beats from a burst's first to the next multiple of Burst beats, less 1. Only an
  // instruction's last burst has less, and there is no word behind that.
  wire [31:0] room = ~(rd_req_addr_o >> $clog2(MemW / 8)) & (Burst - 32'd1);
  wire [BufAddrW+31:0] room_ext = {{BufAddrW{1'b0}}, room};
  wire [BufAddrW:0] next_word = {req_word_q, 1'b1} + {room_ext[BufAddrW-1:0], 1'b1};

  wire beat_fire = rd_valid_i && rd_ready_o && !empty;
  wire last_fire = beat_fire && rd_last_i;
  wire done      = skipped_q || (req_fire && req_last);
  wire asks      = (go_o && !bad_q) || (asks_q && !(req_fire && req_last));

  // A skipped instruction retires after all before it: a burst that leaves the queue empty
  // behind it was the last of an instruction, which retires in that cycle itself.
  wire skips    = bad_o || skip_q;
  wire skipping = skips && empty;

  assign rd_req_valid_o = req_valid_q;
  assign rd_ready_o     = 1'b1;
  assign retire_o       = retire_q;
  assign bad_o          = go_o && bad_q;
  assign error_o        = beat_fire && rd_error_i;

  assign we_o    = beat_fire ? (4'b0001 << head_buffer) : 4'b0000;
  wire [BufAddrW+LenW-1:0] beat = {{BufAddrW{1'b0}}, beat_q};
  assign waddr_o = head_word + beat[BufAddrW-1:0];
  assign wdata_o = rd_data_i;

  wire unused = &{1'b0, instr[31:26], instr[23:0], buffer_addr[31:BufAddrW], beats, last_word,
                  room_ext, beat, next_word[0]};

  always @(posedge clk_i) begin
    if (rst_i) begin
      asks_q      <= 1'b0;
      req_valid_q <= 1'b0;
      skip_q      <= 1'b0;
      beat_q      <= {LenW{1'b0}};
      retire_q    <= 1'b0;
      skipped_q   <= 1'b0;
    end else begin
      asks_q      <= asks;
      req_valid_q <= asks && !full_next;
      skip_q      <= skips && !empty;
      if (beat_fire) beat_q <= rd_last_i ? {LenW{1'b0}} : beat_q + 1'b1;
      retire_q    <= (last_fire && head_last) || skipping;
      skipped_q   <= skipping;
    end
  end

  // What follows the next instruction until it goes needs no enable.
  always @(posedge clk_i) begin
    if (idle) begin
      buffer_q   <= buffer_index;
      set_q      <= instr[26+:SetW];
      req_word_q <= buffer_addr[BufAddrW-1:0];
    end else if (req_fire) begin
      req_word_q <= next_word[BufAddrW:1];
    end
  end

  burst_queue #(
      .Width(BufAddrW + SetW + 3),
      .Depth(Outstanding)
  ) flying (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .push_i (req_fire),
      .data_i ({req_last, set_q, buffer_q, req_word_q}),
      .pop_i  (last_fire),
      .head_o ({head_last, set_o, head_buffer, head_word}),
      .full_next_o(full_next),
      .empty_o(empty)
  );

  instruction_front #(
      .Words(4),
      .AddrW(ProgAddrW)
  ) front (
      .clk_i      (clk_i),
      .rst_i      (rst_i),
      .prog_we_i  (prog_we_i),
      .prog_addr_i(prog_addr_i),
      .prog_data_i(prog_data_i),
      .start_i    (start_i),
      .count_i    (count_i),
      .finished_o (finished_o),
      .give_a_i   (compute_retire_i),
      .give_b_i   (store_retire_i),
      .instr_o    (instr),
      .last_word_o(last_word),
      .go_o       (go_o),
      .run_o      (run_o),
      .idle_o     (idle),
      .done_i     (done),
      .retire_i   (retire_o),
      .wait_o     (wait_o)
  );

endmodule

`default_nettype wire
