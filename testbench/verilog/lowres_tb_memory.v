// SPDX-License-Identifier: Apache-2.0
//
// lowres_tb_memory: an AXI4 memory with a fixed latency.
//
// Reads: with the AR handshake of a burst in cycle t, its first beat is offered
// in cycle t + read_latency_i, or right after the last beat of the burst before
// it, whichever is later; then a beat a cycle. Bursts are answered in order; up
// to 64 wait.
// Writes: AW and W are always ready. With the later of a burst's AW handshake
// and its last W handshake in cycle t, its response is offered in cycle
// t + write_latency_i. Data are stored in the cycle of their handshake.
// Both channels are independent. With stall_i and hold_i 0 this is all.
// With stall_i event i of a channel (an address, a beat or a response, from 0 since
// load_i) comes so many cycles later than it could:
//
//   h = mix(i*9E3779B1 + stall_seed_i*85EBCA6B + channel*C2B2AE35)
//   stall = h mod 100 < stall_i ? 1 + (h >> 16) mod 8 : 0
//
// which the simulator knows too: mix is that of sim/arch/stall.go. With hold_i every
// channel hesitates at random in that share of the cycles, which it does not know.
//
// Contents: memory.hex from beat 0 on at the first clock edge, the rest zero or
// (garbage_i) noise; input<n>.hex from beat input_beat_i on at load_i.
// An address outside the memory reads as zero and is reported as a violation.
`default_nettype none

module lowres_tb_memory #(
    parameter MemW  = 64,    // data width, bits
    parameter Beats = 1024,  // size, a power of two
    parameter BeatW = 10     // log2(Beats)
) (
    input  wire            clk_i,            // clock, rising edge
    input  wire            rst_ni,           // asynchronous reset, active low

    // Settings, steady from reset on
    input  wire [31:0]     base_i,           // address of beat 0
    input  wire [31:0]     beats_i,          // beats that the program may touch
    input  wire [31:0]     image_beats_i,    // beats in memory.hex
    input  wire [31:0]     input_beat_i,     // first beat of an input
    input  wire [31:0]     input_beats_i,    // beats in an input file
    input  wire [31:0]     read_latency_i,   // at least 1
    input  wire [31:0]     write_latency_i,  // at least 1
    input  wire [31:0]     seed_i,
    input  wire [7:0]      hold_i,           // chance to hesitate, in 128ths
    input  wire [31:0]     stall_i,          // percent of events that the pattern stalls
    input  wire [31:0]     stall_seed_i,     // of the pattern
    input  wire            garbage_i,        // noise where there is no image
    input  wire [31:0]     read_error_i,     // this read burst (1 = first) fails; 0: none
    input  wire [31:0]     write_error_i,    // this write burst fails; 0: none
    input  wire            decerr_i,         // … with DECERR instead of SLVERR

    input  wire            load_i,           // read input<image_i>.hex
    input  wire [31:0]     image_i,
    input  wire [31:0]     cycle_i,          // time stamp for beat_cycle_o

    // AXI4 slave
    input  wire [31:0]     araddr_i,
    input  wire [7:0]      arlen_i,
    input  wire            arvalid_i,
    output wire            arready_o,
    output reg  [MemW-1:0] rdata_o,
    output reg  [1:0]      rresp_o,
    output reg             rlast_o,
    output reg             rvalid_o,
    input  wire            rready_i,
    input  wire [31:0]     awaddr_i,
    input  wire [7:0]      awlen_i,
    input  wire            awvalid_i,
    output wire            awready_o,
    input  wire [MemW-1:0] wdata_i,
    input  wire            wlast_i,
    input  wire            wvalid_i,
    output wire            wready_o,
    output reg  [1:0]      bresp_o,
    output reg             bvalid_o,
    input  wire            bready_i,

    // What happened in the cycle before
    output reg             beat_o,           // a beat was written
    output reg  [31:0]     beat_cycle_o,
    output reg  [31:0]     beat_address_o,   // relative to base_i
    output reg  [MemW-1:0] beat_data_o,
    output reg             read_outside_o,   // a read left the memory
    output reg             write_outside_o,  // a write left the memory
    output reg             last_wrong_o,     // WLAST was early or late
    output reg             active_o          // a beat moved
);

  localparam ByteW = $clog2(MemW / 8);
  localparam Queue = 64;                     // bursts
  localparam Early = 1024;                   // W beats ahead of their address

  reg [MemW-1:0] store[0:Beats-1];

  wire hold_ar, hold_r, hold_aw, hold_w, hold_b;
  lowres_tb_random #(.Stream(32'd1)) random_ar (clk_i, rst_ni, seed_i, hold_i, hold_ar);
  lowres_tb_random #(.Stream(32'd2)) random_r (clk_i, rst_ni, seed_i, hold_i, hold_r);
  lowres_tb_random #(.Stream(32'd3)) random_aw (clk_i, rst_ni, seed_i, hold_i, hold_aw);
  lowres_tb_random #(.Stream(32'd4)) random_w (clk_i, rst_ni, seed_i, hold_i, hold_w);
  lowres_tb_random #(.Stream(32'd5)) random_b (clk_i, rst_ni, seed_i, hold_i, hold_b);

  function [3:0] stall(input [31:0] index, input [31:0] channel, input [31:0] seed,
                       input [31:0] percent);
    reg [31:0] h;
    begin
      h = index * 32'h9E3779B1 + seed * 32'h85EBCA6B + channel * 32'hC2B2AE35;
      h = (h ^ (h >> 16)) * 32'h7FEB352D;
      h = (h ^ (h >> 15)) * 32'h846CA68B;
      h = h ^ (h >> 16);
      stall = h % 32'd100 < percent ? 4'd1 + {1'b0, h[18:16]} : 4'd0;
    end
  endfunction

  // Everything below is a model, not hardware: one block a channel, its queues
  // held in blocking variables so that a burst may be answered in the next cycle.
  // verilator lint_off BLKSEQ

  // ---------------------------------------------------------------------------
  // Contents

  reg          filled;
  reg [31:0]   noise;
  reg [8*32:1] input_name;
  integer      i, w;

  initial filled = 1'b0;

  always @(posedge clk_i) begin
    if (!filled) begin
      filled = 1'b1;
      noise = seed_i ^ 32'h2545F491;
      for (i = 0; i < beats_i; i = i + 1) store[i] = {MemW{1'b0}};
      for (i = 0; garbage_i && i < beats_i; i = i + 1) begin
        for (w = 0; w < MemW; w = w + 32) begin
          noise = noise * 32'd1664525 + 32'd1013904223;
          store[i][w+:32] = {noise[15:0], noise[31:16]};
        end
      end
      if (image_beats_i != 32'd0) $readmemh("memory.hex", store, 0, image_beats_i - 1);
    end else begin                           // the other inputs may be noise before
      if (load_i) begin
        $sformat(input_name, "input%0d.hex", image_i);
        $readmemh(input_name, store, input_beat_i, input_beat_i + input_beats_i - 1);
      end
      // Writes of the channel below
      if (commit) store[commit_beat] = commit_data;
    end
  end

  // ---------------------------------------------------------------------------
  // Reads

  reg [31:0] ar_beat[0:Queue-1];
  reg [7:0]  ar_len[0:Queue-1];
  reg [31:0] ar_due[0:Queue-1];
  reg [31:0] ar_put, ar_get;                 // bursts received, answered
  reg        ar_open;
  reg [31:0] ar_index, r_index;              // events since load_i
  reg [3:0]  ar_stall, r_stall;              // cycles that the next one still waits
  reg [7:0]  r_at;                           // beats of the head burst offered
  reg [31:0] r_beat;
  reg [31:0] r_now;                          // counts cycles

  assign arready_o = ar_open && ar_stall == 4'd0;

  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ar_open <= 1'b0;
      ar_index = 32'd0;
      ar_stall = 4'd0;
      r_index = 32'd0;
      r_stall = 4'd0;
      ar_put = 32'd0;
      ar_get = 32'd0;
      r_at = 8'd0;
      r_now = 32'd0;
      rvalid_o <= 1'b0;
      rlast_o <= 1'b0;
      rresp_o <= 2'b00;
      rdata_o <= {MemW{1'b0}};
      read_outside_o <= 1'b0;
    end else begin
      read_outside_o <= 1'b0;
      if (arvalid_i && arready_o) begin
        ar_beat[ar_put%Queue] = (araddr_i - base_i) >> ByteW;
        ar_len[ar_put%Queue] = arlen_i;
        ar_due[ar_put%Queue] = r_now + read_latency_i;
        ar_put = ar_put + 32'd1;
        ar_index = ar_index + 32'd1;
        if (stall_i != 32'd0) ar_stall = stall(ar_index, 32'd1, stall_seed_i, stall_i);
      end else if (arvalid_i && ar_stall != 4'd0) begin
        ar_stall = ar_stall - 4'd1;
      end
      ar_open <= (ar_put - ar_get) < Queue && !hold_ar;

      r_now = r_now + 32'd1;                 // the cycle in which a new beat shows
      if (!rvalid_o || rready_i) begin
        rvalid_o <= 1'b0;
        rlast_o <= 1'b0;
        if (ar_put != ar_get && ar_due[ar_get%Queue] <= r_now && r_stall != 4'd0) begin
          r_stall = r_stall - 4'd1;
        end else if (ar_put != ar_get && ar_due[ar_get%Queue] <= r_now && !hold_r) begin
          r_index = r_index + 32'd1;
          if (stall_i != 32'd0) r_stall = stall(r_index, 32'd2, stall_seed_i, stall_i);
          r_beat = ar_beat[ar_get%Queue] + {24'd0, r_at};
          read_outside_o <= r_beat >= beats_i;
          rvalid_o <= 1'b1;
          rdata_o <= r_beat < beats_i ? store[r_beat[BeatW-1:0]] : {MemW{1'b0}};
          rresp_o <= ar_get + 32'd1 == read_error_i ? {1'b1, decerr_i} : 2'b00;
          rlast_o <= r_at == ar_len[ar_get%Queue];
          if (r_at == ar_len[ar_get%Queue]) begin
            r_at = 8'd0;
            ar_get = ar_get + 32'd1;
          end else begin
            r_at = r_at + 8'd1;
          end
        end
      end
      if (load_i && stall_i != 32'd0) begin
        ar_index = 32'd0;
        r_index = 32'd0;
        ar_stall = stall(32'd0, 32'd1, stall_seed_i, stall_i);
        r_stall = stall(32'd0, 32'd2, stall_seed_i, stall_i);
      end
    end
  end

  // ---------------------------------------------------------------------------
  // Writes

  reg [31:0]     aw_beat[0:Queue-1];
  reg [7:0]      aw_len[0:Queue-1];
  reg [31:0]     aw_put, aw_get;
  reg [MemW-1:0] w_data[0:Early-1];
  reg            w_last[0:Early-1];
  reg [31:0]     w_cycle[0:Early-1];
  reg [31:0]     w_put, w_get;
  reg [7:0]      w_at;                       // beats of the head burst stored
  reg [31:0]     w_beat;
  reg [31:0]     b_due[0:Queue-1];
  reg [31:0]     b_put, b_get;
  reg [31:0]     w_now;
  reg            aw_open, w_open;
  reg [31:0]     aw_index, w_index, b_index; // events since load_i
  reg [3:0]      aw_stall, w_stall, b_stall; // cycles that the next one still waits
  reg             commit;                     // store commit_data at the next edge
  reg [BeatW-1:0] commit_beat;
  reg [MemW-1:0]  commit_data;

  assign awready_o = aw_open && aw_stall == 4'd0;
  assign wready_o  = w_open && w_stall == 4'd0;

  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      aw_open <= 1'b0;
      w_open <= 1'b0;
      aw_index = 32'd0;
      w_index = 32'd0;
      b_index = 32'd0;
      aw_stall = 4'd0;
      w_stall = 4'd0;
      b_stall = 4'd0;
      aw_put = 32'd0;
      aw_get = 32'd0;
      w_put = 32'd0;
      w_get = 32'd0;
      w_at = 8'd0;
      b_put = 32'd0;
      b_get = 32'd0;
      w_now = 32'd0;
      bvalid_o <= 1'b0;
      bresp_o <= 2'b00;
      beat_o <= 1'b0;
      beat_cycle_o <= 32'd0;
      beat_address_o <= 32'd0;
      beat_data_o <= {MemW{1'b0}};
      write_outside_o <= 1'b0;
      last_wrong_o <= 1'b0;
      commit <= 1'b0;
      commit_beat <= {BeatW{1'b0}};
      commit_data <= {MemW{1'b0}};
    end else begin
      if (awvalid_i && awready_o) begin
        aw_beat[aw_put%Queue] = (awaddr_i - base_i) >> ByteW;
        aw_len[aw_put%Queue] = awlen_i;
        aw_put = aw_put + 32'd1;
        aw_index = aw_index + 32'd1;
        if (stall_i != 32'd0) aw_stall = stall(aw_index, 32'd3, stall_seed_i, stall_i);
      end else if (awvalid_i && aw_stall != 4'd0) begin
        aw_stall = aw_stall - 4'd1;
      end
      if (wvalid_i && wready_o) begin
        w_data[w_put%Early] = wdata_i;
        w_last[w_put%Early] = wlast_i;
        w_cycle[w_put%Early] = cycle_i;
        w_put = w_put + 32'd1;
        w_index = w_index + 32'd1;
        if (stall_i != 32'd0) w_stall = stall(w_index, 32'd4, stall_seed_i, stall_i);
      end else if (wvalid_i && w_stall != 4'd0) begin
        w_stall = w_stall - 4'd1;
      end

      beat_o <= 1'b0;
      write_outside_o <= 1'b0;
      last_wrong_o <= 1'b0;
      commit <= 1'b0;
      if (w_put != w_get && aw_put != aw_get) begin
        w_beat = aw_beat[aw_get%Queue] + {24'd0, w_at};
        commit <= w_beat < beats_i;
        commit_beat <= w_beat[BeatW-1:0];
        commit_data <= w_data[w_get%Early];
        beat_o <= 1'b1;
        beat_cycle_o <= w_cycle[w_get%Early];
        beat_address_o <= w_beat << ByteW;
        beat_data_o <= w_data[w_get%Early];
        write_outside_o <= w_beat >= beats_i;
        last_wrong_o <= w_last[w_get%Early] != (w_at == aw_len[aw_get%Queue]);
        w_get = w_get + 32'd1;
        if (w_at == aw_len[aw_get%Queue]) begin
          w_at = 8'd0;
          b_due[b_put%Queue] = w_now + write_latency_i;
          b_put = b_put + 32'd1;
          aw_get = aw_get + 32'd1;
        end else begin
          w_at = w_at + 8'd1;
        end
      end
      aw_open <= (aw_put - b_get) < Queue && !hold_aw;
      w_open <= (w_put - w_get) < Early && !hold_w;

      w_now = w_now + 32'd1;                 // the cycle in which a response shows
      if (!bvalid_o || bready_i) begin
        bvalid_o <= 1'b0;
        if (b_put != b_get && b_due[b_get%Queue] <= w_now && b_stall != 4'd0) begin
          b_stall = b_stall - 4'd1;
        end else if (b_put != b_get && b_due[b_get%Queue] <= w_now && !hold_b) begin
          b_index = b_index + 32'd1;
          if (stall_i != 32'd0) b_stall = stall(b_index, 32'd5, stall_seed_i, stall_i);
          bvalid_o <= 1'b1;
          b_get = b_get + 32'd1;
          bresp_o <= b_get == write_error_i ? {1'b1, decerr_i} : 2'b00;
        end
      end
      if (load_i && stall_i != 32'd0) begin
        aw_index = 32'd0;
        w_index = 32'd0;
        b_index = 32'd0;
        aw_stall = stall(32'd0, 32'd3, stall_seed_i, stall_i);
        w_stall = stall(32'd0, 32'd4, stall_seed_i, stall_i);
        b_stall = stall(32'd0, 32'd5, stall_seed_i, stall_i);
      end
    end
  end

  // verilator lint_on BLKSEQ

  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) active_o <= 1'b0;
    else active_o <= (rvalid_o && rready_i) || (wvalid_i && wready_o);
  end

endmodule

`default_nettype wire
