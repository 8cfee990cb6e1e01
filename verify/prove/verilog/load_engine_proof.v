// SPDX-License-Identifier: Apache-2.0
// load_engine_proof: AXI rules and bookkeeping of load_engine, for every program
// and every memory that answers only what was asked, in any rhythm.
//
// The ledger: bursts and beats asked for and not yet answered. The memory may end
// a burst (last) whenever every burst still open keeps 1 to Burst beats: more
// freedom than a real memory has. peek_* are registers of the module, see instruction_front_proof.
`default_nettype none

module load_engine_proof #(
    parameter MemW        = 64,
    parameter Burst       = 16,
    parameter Outstanding = 4,
    parameter BufAddrW    = 16
) (
    input  wire        clk_i,
    input  wire        start_i,
    input  wire [15:0] count_i,
    input  wire [31:0] base_i,
    input  wire        give_a_i,
    input  wire        give_b_i,
    input  wire        rd_req_ready_i,
    input  wire        rd_valid_i,
    input  wire        rd_last_i,
    output wire        run_o,
    output wire        retire_o,
    output wire        rd_req_valid_o,
    output wire [31:0] rd_req_addr_o,
    output wire [7:0]  rd_req_len_o,
    output wire [2:0]  we_o,
    output wire        given,           // the memory answers what was asked; starts when finished, which leaves nothing in the front, as is proved of it; steady count and base
    output wire        reach,           // an instruction has retired that asked for two bursts
    output wire        ok_valid,        // a request stays until it is taken
    output wire        ok_offer,        // one is on offer while there is a burst to ask for and the queue has room
    output wire        ok_stable,       // and does not change
    output wire        ok_boundary,     // a burst does not cross 4 KB
    output wire        ok_length,       // has 1 to Burst beats
    output wire        ok_address,      // begins at base and instruction's address, or where the last one ended
    output wire        ok_flying,       // at most Outstanding, counter neither over- nor underflows
    output wire        ok_beats,        // asks for the instruction's beats, all and no more
    output wire        ok_sum,          // a fetched instruction's address is added up when it can go
    output wire        ok_bad,          // of a whole instruction it is known whether it is illegal
    output wire        ok_wraps,        // an address's upper half counts with the last burst of its lower half
    output wire        ok_newest,       // unless an instruction runs that has beats, the newest burst is the last of its own
    output wire        ok_retire,       // retires after its last beat; skipped, with nothing in flight
    output wire        ok_write         // a beat asked for goes to at most one buffer, no other does
);

  localparam BeatBytes = MemW / 8;
  localparam LenW      = (Burst > 1) ? $clog2(Burst) : 1;
  localparam RestW     = (BufAddrW + 1 > LenW) ? BufAddrW + 2 : LenW + 2;
  localparam PutW      = (Outstanding > 1) ? $clog2(Outstanding) : 1;

  (* keep *) wire [Outstanding:0] peek_fly;
  (* keep *) wire [RestW-1:0] peek_rest;  // beats behind the burst, less 1
  (* keep *) wire [16:0]   peek_low;   // half of the next address, and its carry
  (* keep *) wire [15:0]   peek_high;
  (* keep *) wire [4:0]    peek_step;  // of a fetch
  (* keep *) wire          peek_full;
  (* keep *) wire          peek_wraps; // the next burst begins another 64 KB
  (* keep *) wire          peek_reading;  // a word is requested
  (* keep *) wire [31:0]   peek_word;  // what the program memory gave last
  (* keep *) wire          peek_idle;
  (* keep *) wire          peek_bad;
  (* keep *) wire [PutW-1:0] peek_put;
  (* keep *) wire [PutW-1:0] peek_get;
  (* keep *) wire [(BufAddrW+4)*(1<<PutW)-1:0] peek_entries;
  (* keep *) wire          peek_skipped;
  (* keep *) wire            peek_last;  // the burst that comes is its instruction's last
  (* keep *) wire            peek_asks;
  (* keep *) wire            peek_skip;

  reg         started_q = 1'b0;  // reset in the first cycle, never after
  reg [7:0]   bursts_q;          // asked for, last beat not yet there
  reg [31:0]  beats_q;           // asked for, not yet there
  reg [31:0]  unasked_q;         // beats of the instruction not yet asked for
  reg         held_q;            // a request was not taken
  reg [31:0]  addr_q;
  reg [7:0]   len_q;
  reg         ended_q;           // an instruction's last beat came in the cycle before
  reg [1:0]   asked_q;
  reg         reach_q;
  reg [47:0]  steady_q;          // count and base of the cycle before
  reg [31:0]  want_q;            // address of the next burst

  wire         go;
  wire         finished;
  wire         rd_ready;
  (* keep *) wire [127:0] peek_instr;
  wire [31:0]  wanted    = {{(31 - BufAddrW) {1'b0}}, peek_instr[96+BufAddrW:96]};
  wire         req_fire  = rd_req_valid_o && rd_req_ready_i;
  wire         beat_fire = rd_valid_i && rd_ready;
  wire         last_fire = beat_fire && rd_last_i;
  wire         illegal   = run_o && !peek_asks;  // and skipped
  wire [31:0]  len_beats = {24'd0, rd_req_len_o} + 32'd1;
  wire [31:0]  first     = rd_req_addr_o & 32'd4095 & ~(BeatBytes - 32'd1);
  wire [31:0]  end_at    = first + len_beats * BeatBytes;
  wire [31:0]  bursts    = {24'd0, bursts_q};
  wire [PutW-1:0] newest_at = peek_put - 1'b1;
  wire         newest    = peek_entries[(BufAddrW+4)*newest_at+BufAddrW+3];  // is its instruction's last
  wire [31:0]  from      = (rd_req_addr_o >> $clog2(BeatBytes)) & (Burst - 32'd1);
  wire [31:0]  rest      = {{(32 - RestW) {peek_rest[RestW-1]}}, peek_rest};
  wire [31:0]  left      = rest + 32'd1 + Burst - from;
  wire [31:0]  addr_low  = {16'hffff, rd_req_addr_o[15:0]};
  wire [31:0]  address   = base_i + peek_instr[63:32];  // of the instruction that goes next

  load_engine #(
      .MemW       (MemW),
      .Burst      (Burst),
      .Outstanding(Outstanding),
      .BufAddrW   (BufAddrW),
      .ProgAddrW  (2)
  ) dut (
      .clk_i           (clk_i),
      .rst_i           (!started_q),
      .prog_we_i       (1'b0),
      .prog_addr_i     (2'd0),
      .prog_data_i     (32'd0),
      .start_i         (start_i),
      .count_i         (count_i),
      .base_i          (base_i),
      .finished_o      (finished),
      .compute_retire_i(give_a_i),
      .store_retire_i  (give_b_i),
      .go_o            (go),
      .run_o           (run_o),
      .wait_o          (),
      .retire_o        (retire_o),
      .bad_o           (),
      .error_o         (),
      .rd_req_valid_o  (rd_req_valid_o),
      .rd_req_ready_i  (rd_req_ready_i),
      .rd_req_addr_o   (rd_req_addr_o),
      .rd_req_len_o    (rd_req_len_o),
      .rd_valid_i      (rd_valid_i),
      .rd_ready_o      (rd_ready),
      .rd_data_i       ({MemW{1'b0}}),
      .rd_last_i       (rd_last_i),
      .rd_error_i      (1'b0),
      .we_o            (we_o),
      .waddr_o         (),
      .wdata_o         ()
  );

  always @(posedge clk_i) begin
    started_q <= 1'b1;
    steady_q  <= {count_i, base_i};
    addr_q    <= rd_req_addr_o;
    len_q     <= rd_req_len_o;
    if (go) want_q <= address;
    else if (req_fire) want_q <= (want_q & ~(BeatBytes - 32'd1)) + len_beats * BeatBytes;
    if (!started_q) begin
      bursts_q  <= 8'd0;
      beats_q   <= 32'd0;
      unasked_q <= 32'd0;
      held_q    <= 1'b0;
      ended_q   <= 1'b0;
      asked_q   <= 2'd0;
      reach_q   <= 1'b0;
    end else begin
      bursts_q <= bursts_q + {7'd0, req_fire} - {7'd0, last_fire};
      beats_q  <= beats_q + (req_fire ? len_beats : 32'd0) - {31'd0, beat_fire};
      held_q   <= rd_req_valid_o && !rd_req_ready_i;
      ended_q  <= last_fire && peek_last;
      if (go) unasked_q <= wanted;
      else if (req_fire) unasked_q <= unasked_q - len_beats;
      if (go) asked_q <= 2'd0;
      else if (req_fire && !asked_q[1]) asked_q <= asked_q + 2'd1;
      if (retire_o && asked_q[1]) reach_q <= 1'b1;
    end
  end

  assign given = !started_q || ((!start_i || finished) && (finished || ({count_i, base_i} == steady_q)) &&
                 (!finished || (!run_o && !peek_full && (peek_step == 5'd0))) &&
                 (!rd_valid_i || ((bursts != 32'd0) &&
                  (rd_last_i ? (((bursts != 32'd1) || (beats_q == 32'd1)) &&
                                (beats_q - 32'd1 <= (bursts - 32'd1) * Burst))
                             : (beats_q > bursts)))));
  assign reach       = reach_q;
  assign ok_valid    = !started_q || !held_q || rd_req_valid_o;
  assign ok_offer    = !started_q || (rd_req_valid_o == (peek_asks && (bursts_q != Outstanding)));
  assign ok_stable   = !started_q || !held_q ||
                       ((addr_q == rd_req_addr_o) && (len_q == rd_req_len_o));
  assign ok_boundary = !started_q || !rd_req_valid_o || (end_at <= 32'd4096);
  assign ok_length   = !started_q || !rd_req_valid_o || (len_beats <= Burst);
  assign ok_address  = !started_q || !peek_asks || (rd_req_addr_o == want_q);
  assign ok_flying   = !started_q || ((peek_fly == {{Outstanding{1'b0}}, 1'b1} << bursts_q) && (bursts_q <= Outstanding) &&
                       (!req_fire || (bursts_q < Outstanding)) && (beats_q >= bursts) &&
                       (beats_q <= bursts * Burst) &&
                       ((bursts_q != 8'd0) || (beats_q == 32'd0)));
  assign ok_beats    = !started_q || ((!peek_asks || ((unasked_q == left) &&
                       (unasked_q != 32'd0) && (unasked_q < (32'd2 << BufAddrW)))) &&
                       (!req_fire || (len_beats <= unasked_q)));
  assign ok_sum      = !started_q ||
                       ((!(peek_step[4] || peek_full) || (peek_low == {1'b0, base_i[15:0]} + {1'b0, peek_instr[47:32]})) &&
                        (!peek_full || ({peek_high, peek_low[15:0]} == address)) &&
                        ((peek_step & (peek_step - 1'b1)) == 5'd0) && (!peek_full || (peek_step == 5'd0)));
  assign ok_bad      = !started_q || ((peek_idle == !run_o) && (peek_reading == |peek_step[3:0]) &&
                       (!peek_full || ((peek_word == peek_instr[127:96]) && (peek_bad == ((wanted == 32'd0) || (peek_instr[25:24] == 2'd3))))));
  assign ok_wraps    = !started_q || !peek_asks || (peek_wraps == &(addr_low | (BeatBytes * Burst - 32'd1)));
  assign ok_newest   = !started_q || (((bursts + peek_get - peek_put) % (1 << PutW) == 0) &&
                       ((bursts == 32'd0) || newest || peek_asks));
  assign ok_retire   = !started_q || (peek_skipped == (illegal && (bursts_q == 8'd0) && !ended_q)) && (peek_skip == (illegal && !peek_skipped)) && (run_o || !peek_asks) && (retire_o == (ended_q ||
                       (illegal && (bursts_q == 8'd0) && (beats_q == 32'd0))));
  assign ok_write    = !started_q || ((we_o & (we_o - 3'd1)) == 3'd0) &&
                       ((we_o == 3'd0) || (beat_fire && (bursts_q != 8'd0)));

endmodule

`default_nettype wire
