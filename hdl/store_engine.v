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
    output wire [31:0]          raddr_o       // in beats
);

  localparam Address = 1'b0;
  localparam Data    = 1'b1;

  wire [127:0] instr;
  wire [31:0]  memory_addr = instr[63:32];
  wire [31:0]  buffer_addr = instr[95:64];
  wire [31:0]  beats       = instr[127:96];

  reg        state_q;
  reg        skip_q;      // the running instruction is illegal
  reg [31:0] req_addr_q;  // next burst, bytes
  reg [31:0] left_q;      // beats of the bursts not yet addressed, less one
  reg        final_q;     // there is none: this burst is the instruction's last
  reg [31:0] raddr_q;     // next buffer beat to read
  reg [8:0]  read_q;      // beats of this burst still to read
  reg [8:0]  send_q;      // beats of this burst still to send
  reg        valid_q;     // the buffer's output is a beat
  reg        retire_q;    // the last burst of an instruction was acknowledged

  wire        full;
  wire        empty;
  wire        head_last;  // the burst that is acknowledged next is its instruction's last

  wire        bad = (beats == 32'd0);

  wire        req_last;   // the burst is its instruction's last
  wire [8:0]  req_beats;
  wire [8:0]  req_room;
  wire [31:0] next_addr;  // of the burst after it
  wire [31:0] next_left;
  burst_cut #(
      .MemW (MemW),
      .Burst(Burst)
  ) cut (
      .addr_i (req_addr_q),
      .left_i (left_q),
      .last_o (req_last),
      .len_o  (wr_req_len_o),
      .beats_o(req_beats),
      .room_o (req_room),
      .addr_o (next_addr),
      .left_o (next_left)
  );

  wire req_fire  = wr_req_valid_o && wr_req_ready_i;
  wire beat_fire = wr_valid_o && wr_ready_i;
  wire resp_fire = wr_resp_valid_i && wr_resp_ready_o && !empty;
  wire skipped   = run_o && skip_q && empty && !retire_q;  // after all before it
  wire done      = skipped || (beat_fire && wr_last_o && final_q);

  assign wr_req_valid_o  = run_o && !skip_q && (state_q == Address) && !full;
  assign wr_req_addr_o   = req_addr_q;
  assign wr_valid_o      = valid_q;
  assign wr_last_o       = (send_q == 9'd1);
  assign wr_resp_ready_o = 1'b1;
  assign retire_o        = retire_q || skipped;
  assign bad_o           = go_o && bad;
  assign error_o         = resp_fire && wr_resp_error_i;

  assign re_o    = (state_q == Data) && (read_q != 9'd0) && (!valid_q || wr_ready_i);
  assign raddr_o = raddr_q;

  wire unused = &{1'b0, req_room, instr[31:0]};

  always @(posedge clk_i) begin
    if (rst_i) begin
      state_q    <= Address;
      skip_q     <= 1'b0;
      retire_q   <= 1'b0;
      req_addr_q <= 32'd0;
      left_q     <= 32'd0;
      final_q    <= 1'b0;
      raddr_q    <= 32'd0;
      read_q     <= 9'd0;
      send_q     <= 9'd0;
      valid_q    <= 1'b0;
    end else begin
      retire_q <= resp_fire && head_last;
      if (go_o) begin
        skip_q     <= bad;
        req_addr_q <= base_i + memory_addr;
        left_q     <= beats - 32'd1;
        raddr_q    <= buffer_addr;
      end
      if (req_fire) begin
        state_q    <= Data;
        req_addr_q <= next_addr;
        left_q     <= next_left;
        final_q    <= req_last;
        read_q     <= req_beats;
        send_q     <= req_beats;
      end
      if (re_o) begin
        raddr_q <= raddr_q + 32'd1;
        read_q  <= read_q - 9'd1;
        valid_q <= 1'b1;
      end else if (beat_fire) begin
        valid_q <= 1'b0;
      end
      if (beat_fire) begin
        send_q <= send_q - 9'd1;
        if (wr_last_o) state_q <= Address;
      end
    end
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
      .full_o (full),
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
      .go_o       (go_o),
      .run_o      (run_o),
      .done_i     (done),
      .retire_i   (retire_o),
      .wait_o     (wait_o)
  );

endmodule

`default_nettype wire
