// SPDX-License-Identifier: Apache-2.0
// store_engine: copies beats from the output buffer to memory.
//
//   memory[base_i + memory_address + i*MemW/8] = buffer[address + i], i < beats
//
// The range is written in bursts cut at multiples of Burst beats, one after the
// other: address, then data. The instruction retires when every burst has been
// acknowledged, so whatever waits for it can read the data back; the next one
// starts before that. Up to Outstanding bursts wait to be acknowledged.
//
// Latency      : first address in the first cycle of the run; first beat two
//                cycles after its address; the run lasts until the last beat;
//                retires in the cycle after the last response. See docs/timing.md.
// Backpressure : waits for the memory on both channels without losing a beat.
`default_nettype none

module store_engine #(
    parameter MemW        = 64,  // memory width, bits
    parameter Burst       = 16,  // most beats of a burst, a power of two
    parameter Outstanding = 4,   // most bursts not acknowledged
    parameter BufAddrW    = 16,  // width of the output buffer's address, beats
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
    output wire                 go_o,
    output wire                 run_o,
    output wire                 wait_o,
    output wire                 retire_o,
    output wire                 bad_o,        // the instruction at go is illegal: skipped
    output wire                 error_o,      // a burst was answered with an error

    // Memory, write side
    output wire                 wr_req_valid_o,
    input  wire                 wr_req_ready_i,
    output wire [31:0]          wr_req_addr_o,
    output wire [7:0]           wr_req_len_o,  // beats - 1
    output wire                 wr_valid_o,
    input  wire                 wr_ready_i,
    output wire                 wr_last_o,
    input  wire                 wr_resp_valid_i,
    output wire                 wr_resp_ready_o,
    input  wire                 wr_resp_error_i,

    // Output buffer, read side; its data are the beats
    output wire                 re_o,
    output wire [BufAddrW-1:0]  raddr_o       // in beats
);

  localparam LenW = (Burst > 1) ? $clog2(Burst) : 1;  // of a beat's number in a burst

  wire [127:0] instr;
  wire [31:0]  memory_addr = instr[63:32];
  wire [31:0]  buffer_addr = instr[95:64];
  wire [31:0]  beats       = instr[127:96];

  reg        asks_q;      // the running instruction has a burst to address now ...
  reg        req_valid_q; // ... and the queue has room for it
  reg        skip_q;      // it is illegal and waits for all before it
  reg        final_q;     // this burst is its instruction's last
  reg [BufAddrW-1:0] raddr_q;  // next buffer beat to read
  reg [LenW-1:0] len_q;   // beats of this burst, less 1
  reg [LenW-1:0] read_q;  // beats of it that are read
  reg [LenW-1:0] send_q;  // beats of it that are sent
  reg        reads_q;     // not all are read
  reg        valid_q;     // the buffer's output is a beat
  reg        retire_q;    // the last burst of an instruction was acknowledged, or one is skipped
  reg        skipped_q;   // the running instruction is skipped

  wire        idle;
  wire        full_next;
  wire        empty;
  wire        head_last;  // the burst that is acknowledged next is its instruction's last

  // Whether it is illegal is known when it may go: the beats are its last word.
  wire [31:0] last_word;
  reg         bad_q;
  always @(posedge clk_i) bad_q <= (last_word[BufAddrW:0] == {(BufAddrW + 1) {1'b0}});

  wire req_fire  = wr_req_valid_o && wr_req_ready_i;
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
      .addr_o  (wr_req_addr_o),
      .len_o   (wr_req_len_o),
      .last_o  (req_last)
  );

  wire beat_fire = wr_valid_o && wr_ready_i;
  wire resp_fire = wr_resp_valid_i && wr_resp_ready_o && !empty;
  wire done      = skipped_q || (beat_fire && wr_last_o && final_q);

  wire asks      = (go_o && !bad_q) || (asks_q && !req_fire) ||
                   (beat_fire && wr_last_o && !final_q);

  // A skipped instruction retires after all before it: a burst that leaves the queue empty
  // behind it was the last of an instruction, which retires in that cycle itself.
  wire skips    = bad_o || skip_q;
  wire skipping = skips && empty;

  assign wr_req_valid_o  = req_valid_q;
  assign wr_valid_o      = valid_q;
  assign wr_last_o       = (send_q == len_q);
  assign wr_resp_ready_o = 1'b1;
  assign retire_o        = retire_q;
  assign bad_o           = go_o && bad_q;
  assign error_o         = resp_fire && wr_resp_error_i;

  assign re_o    = reads_q && (!valid_q || wr_ready_i);
  assign raddr_o = raddr_q;

  wire unused = &{1'b0, instr[31:0], buffer_addr, beats, last_word};

  always @(posedge clk_i) begin
    if (rst_i) begin
      asks_q      <= 1'b0;
      req_valid_q <= 1'b0;
      skip_q      <= 1'b0;
      retire_q    <= 1'b0;
      skipped_q   <= 1'b0;
      final_q     <= 1'b0;
      len_q       <= {LenW{1'b0}};
      read_q      <= {LenW{1'b0}};
      send_q      <= {LenW{1'b0}};
      reads_q     <= 1'b0;
      valid_q     <= 1'b0;
    end else begin
      retire_q    <= (resp_fire && head_last) || skipping;
      skipped_q   <= skipping;
      skip_q      <= skips && !empty;
      asks_q      <= asks;
      req_valid_q <= asks && !full_next;
      if (req_fire) begin
        final_q    <= req_last;
        len_q      <= wr_req_len_o[LenW-1:0];
        read_q     <= {LenW{1'b0}};
        send_q     <= {LenW{1'b0}};
        reads_q    <= 1'b1;
      end
      if (re_o) begin
        read_q  <= read_q + 1'b1;
        if (read_q == len_q) reads_q <= 1'b0;
        valid_q <= 1'b1;
      end else if (beat_fire) begin
        valid_q <= 1'b0;
      end
      if (beat_fire) begin
        send_q <= send_q + 1'b1;
      end
    end
  end

  // What follows the next instruction until it goes needs no enable.
  always @(posedge clk_i) begin
    if (idle) raddr_q <= buffer_addr[BufAddrW-1:0];
    else if (re_o) raddr_q <= raddr_q + 1'b1;
  end

  burst_queue #(
      .Width(1),
      .Depth(Outstanding)
  ) open (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .push_i (req_fire),
      .data_i (req_last),
      .pop_i  (resp_fire),
      .head_o (head_last),
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
      .give_b_i   (1'b0),
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
