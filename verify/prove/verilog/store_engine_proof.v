// SPDX-License-Identifier: Apache-2.0
// store_engine_proof: AXI rules and bookkeeping of store_engine, for every program
// and every memory that acknowledges only bursts whose last beat it has taken.
//
// peek_* are registers of the module, see instruction_front_proof.
`default_nettype none

module store_engine_proof #(
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
    input  wire        wr_req_ready_i,
    input  wire        wr_ready_i,
    input  wire        wr_resp_valid_i,
    output wire        run_o,
    output wire        retire_o,
    output wire        wr_req_valid_o,
    output wire [31:0] wr_req_addr_o,
    output wire [7:0]  wr_req_len_o,
    output wire        wr_valid_o,
    output wire        wr_last_o,
    output wire        re_o,
    output wire        given,           // the memory acknowledges what it took; starts when finished, which leaves nothing in the front, as is proved of it; steady count and base
    output wire        reach,           // an instruction has retired that wrote two bursts
    output wire        ok_valid,        // a request stays until it is taken
    output wire        ok_offer,        // one is on offer while there is a burst to ask for and the queue has room
    output wire        ok_stable,       // and does not change
    output wire        ok_boundary,     // a burst does not cross 4 KB
    output wire        ok_length,       // has 1 to Burst beats
    output wire        ok_address,      // begins at base and instruction's address, or where the last one ended
    output wire        ok_beat_valid,   // a beat stays until it is taken
    output wire        ok_beat_stable,  // last does not change, the buffer is not read over it
    output wire        ok_last,         // last on the burst's last beat only; no beat without a burst
    output wire        ok_order,        // a burst is addressed after the last beat of the one before
    output wire        ok_open,         // counter of unacknowledged bursts is exact
    output wire        ok_beats,        // asks for the instruction's beats, all and no more
    output wire        ok_most,         // at most Outstanding bursts are not acknowledged
    output wire        ok_sum,          // a fetched instruction's address is added up when it can go
    output wire        ok_bad,          // of a whole instruction it is known whether it is illegal
    output wire        ok_wraps,        // an address's upper half counts with the last burst of its lower half
    output wire        ok_newest,       // unless an instruction runs that has beats, the newest burst is the last of its own
    output wire        ok_retire        // retires after its last response; skipped, with nothing open
);

  localparam BeatBytes = MemW / 8;
  localparam LenW      = (Burst > 1) ? $clog2(Burst) : 1;
  localparam RestW     = (BufAddrW + 1 > LenW) ? BufAddrW + 2 : LenW + 2;
  localparam PutW      = (Outstanding > 1) ? $clog2(Outstanding) : 1;

  (* keep *) wire         peek_asks;
  (* keep *) wire [LenW-1:0] peek_len;    // beats of the burst, less 1
  (* keep *) wire [LenW-1:0] peek_read;   // of these, read
  (* keep *) wire [LenW-1:0] peek_send;   // and sent
  (* keep *) wire         peek_reads;  // not all are read
  (* keep *) wire         peek_final;  // the burst is its instruction's last
  (* keep *) wire         peek_valid;
  (* keep *) wire [Outstanding:0] peek_open;
  (* keep *) wire         peek_last;  // the burst that is acknowledged next is its instruction's last
  (* keep *) wire         peek_skip;
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
  (* keep *) wire [(1<<PutW)-1:0] peek_entries;
  (* keep *) wire          peek_skipped;
  (* keep *) wire [127:0] peek_instr;

  reg        started_q = 1'b0;  // reset in the first cycle, never after
  reg [8:0]  remain_q;          // beats of the burst not yet taken
  reg [31:0] unasked_q;         // beats of the instruction in no burst yet
  reg        ended_q;           // an instruction's last burst was acknowledged in the cycle before
  reg [31:0] open_q;            // bursts addressed, not yet acknowledged
  reg        held_q;            // a request was not taken
  reg        beat_held_q;       // a beat was not taken
  reg        last_q;
  reg [31:0] addr_q;
  reg [7:0]  len_q;
  reg [1:0]  asked_q;
  reg        reach_q;
  reg [47:0] steady_q;          // count and base of the cycle before
  reg [31:0] want_q;            // address of the next burst

  wire        go;
  wire        finished;
  wire        resp_ready;
  wire [31:0] wanted    = {{(31 - BufAddrW) {1'b0}}, peek_instr[96+BufAddrW:96]};
  wire        req_fire  = wr_req_valid_o && wr_req_ready_i;
  wire        beat_fire = wr_valid_o && wr_ready_i;
  wire        resp_fire = wr_resp_valid_i && resp_ready;
  wire [31:0] len_beats = {24'd0, wr_req_len_o} + 32'd1;
  wire [PutW-1:0] newest_at = peek_put - 1'b1;
  wire        newest    = peek_entries[newest_at];  // is its instruction's last
  wire [31:0] first     = wr_req_addr_o & 32'd4095 & ~(BeatBytes - 32'd1);
  wire [31:0] end_at    = first + len_beats * BeatBytes;
  wire [31:0] from      = (wr_req_addr_o >> $clog2(BeatBytes)) & (Burst - 32'd1);
  wire [31:0] rest      = {{(32 - RestW) {peek_rest[RestW-1]}}, peek_rest};
  wire [31:0] left      = rest + 32'd1 + Burst - from;
  wire [31:0] addr_low  = {16'hffff, wr_req_addr_o[15:0]};
  wire [31:0] address   = base_i + peek_instr[63:32];  // of the instruction that goes next
  wire [8:0]  beats     = {{(9 - LenW) {1'b0}}, peek_len} + 9'd1;
  wire [8:0]  to_send   = beats - {{(9 - LenW) {1'b0}}, peek_send};
  wire [8:0]  to_read   = peek_reads ? beats - {{(9 - LenW) {1'b0}}, peek_read} : 9'd0;
  wire        sends     = remain_q != 9'd0;  // a burst that is addressed
  wire        illegal   = run_o && !peek_asks && !sends;  // and skipped
  wire        all_asked = sends && peek_final;
  wire [31:0] closed    = open_q - {31'd0, remain_q != 9'd0};  // all beats taken

  store_engine #(
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
      .go_o            (go),
      .run_o           (run_o),
      .wait_o          (),
      .retire_o        (retire_o),
      .bad_o           (),
      .error_o         (),
      .wr_req_valid_o  (wr_req_valid_o),
      .wr_req_ready_i  (wr_req_ready_i),
      .wr_req_addr_o   (wr_req_addr_o),
      .wr_req_len_o    (wr_req_len_o),
      .wr_valid_o      (wr_valid_o),
      .wr_ready_i      (wr_ready_i),
      .wr_last_o       (wr_last_o),
      .wr_resp_valid_i (wr_resp_valid_i),
      .wr_resp_ready_o (resp_ready),
      .wr_resp_error_i (1'b0),
      .re_o            (re_o),
      .raddr_o         ()
  );

  always @(posedge clk_i) begin
    started_q <= 1'b1;
    steady_q  <= {count_i, base_i};
    addr_q    <= wr_req_addr_o;
    len_q     <= wr_req_len_o;
    if (go) want_q <= address;
    else if (req_fire) want_q <= (want_q & ~(BeatBytes - 32'd1)) + len_beats * BeatBytes;
    last_q    <= wr_last_o;
    if (!started_q) begin
      remain_q    <= 9'd0;
      ended_q     <= 1'b0;
      unasked_q   <= 32'd0;
      open_q      <= 32'd0;
      held_q      <= 1'b0;
      beat_held_q <= 1'b0;
      asked_q     <= 2'd0;
      reach_q     <= 1'b0;
    end else begin
      remain_q    <= remain_q + (req_fire ? len_beats[8:0] : 9'd0) - {8'd0, beat_fire};
      open_q      <= open_q + {31'd0, req_fire} - {31'd0, resp_fire};
      held_q      <= wr_req_valid_o && !wr_req_ready_i;
      beat_held_q <= wr_valid_o && !wr_ready_i;
      ended_q     <= resp_fire && peek_last;
      if (go) unasked_q <= wanted;
      else if (req_fire) unasked_q <= unasked_q - len_beats;
      if (go) asked_q <= 2'd0;
      else if (req_fire && !asked_q[1]) asked_q <= asked_q + 2'd1;
      if (retire_o && asked_q[1]) reach_q <= 1'b1;
    end
  end

  assign given = !started_q ||
                 ((!start_i || finished) && (finished || ({count_i, base_i} == steady_q)) &&
                  (!finished || (!run_o && !peek_full && (peek_step == 5'd0))) && (!wr_resp_valid_i || (closed != 32'd0)));
  assign reach          = reach_q;
  assign ok_valid       = !started_q || !held_q || wr_req_valid_o;
  assign ok_offer       = !started_q || (wr_req_valid_o == (peek_asks && (open_q != Outstanding)));
  assign ok_stable      = !started_q || !held_q ||
                          ((addr_q == wr_req_addr_o) && (len_q == wr_req_len_o));
  assign ok_boundary    = !started_q || !wr_req_valid_o || (end_at <= 32'd4096);
  assign ok_length      = !started_q || !wr_req_valid_o || (len_beats <= Burst);
  assign ok_address     = !started_q || !(peek_asks || sends) || all_asked || (wr_req_addr_o == want_q);
  assign ok_beat_valid  = !started_q || !beat_held_q || wr_valid_o;
  assign ok_beat_stable = !started_q || ((!beat_held_q || (last_q == wr_last_o)) &&
                          (!wr_valid_o || wr_ready_i || !re_o));
  assign ok_last        = !started_q || ((!wr_valid_o || (remain_q != 9'd0)) &&
                          (!wr_valid_o || (wr_last_o == (remain_q == 9'd1))));
  assign ok_order       = !started_q || ((remain_q == 9'd0) || (remain_q == to_send)) &&
                          (to_read + {8'd0, peek_valid} == remain_q) &&
                          (!peek_reads || (peek_read <= peek_len)) &&
                          (!wr_req_valid_o || (remain_q == 9'd0)) && (run_o || (remain_q == 9'd0));
  assign ok_open        = !started_q || ((peek_open == {{Outstanding{1'b0}}, 1'b1} << open_q) &&
                          ((remain_q == 9'd0) || (open_q != 32'd0)));
  assign ok_beats       = !started_q || ((!(peek_asks || sends) || (all_asked ? (unasked_q == 32'd0) :
                          ((unasked_q == left) && (unasked_q != 32'd0) && (unasked_q < (32'd2 << BufAddrW))))) &&
                          (!req_fire || (len_beats <= unasked_q)));
  assign ok_most        = !started_q || ((open_q <= Outstanding) && (!req_fire || (open_q < Outstanding)));
  assign ok_sum         = !started_q ||
                          ((!(peek_step[4] || peek_full) || (peek_low == {1'b0, base_i[15:0]} + {1'b0, peek_instr[47:32]})) &&
                           (!peek_full || ({peek_high, peek_low[15:0]} == address)) &&
                           ((peek_step & (peek_step - 1'b1)) == 5'd0) && (!peek_full || (peek_step == 5'd0)));
  assign ok_bad         = !started_q || ((peek_idle == !run_o) && (peek_reading == |peek_step[3:0]) &&
                          (!peek_full || ((peek_word == peek_instr[127:96]) && (peek_bad == ((wanted == 32'd0))))));
  assign ok_wraps       = !started_q || !(peek_asks || (sends && !all_asked)) || (peek_wraps == &(addr_low | (BeatBytes * Burst - 32'd1)));
  assign ok_newest      = !started_q || (((open_q + peek_get - peek_put) % (1 << PutW) == 0) &&
                          ((open_q == 32'd0) || newest || peek_asks || sends) &&
                          (!sends || (newest == peek_final)));
  assign ok_retire      = !started_q ||
                          (peek_skipped == (illegal && (open_q == 32'd0) && !ended_q)) &&
                          (peek_skip == (illegal && !peek_skipped)) && (!peek_asks || (run_o && !sends)) &&
                          (retire_o == (ended_q || (illegal && (open_q == 32'd0))));

endmodule

`default_nettype wire
