// SPDX-License-Identifier: Apache-2.0
//
// store_engine_tb: store_engine with an output buffer and a memory that hesitates on all channels
// and now and then answers with an error. Runs program.hex twice and prints what happens, an
// event a line; engine_test.go says what must have happened. A beat of the buffer holds its own
// address.
`default_nettype none

module store_engine_tb #(
    parameter MemW        = 64,
    parameter Burst       = 4,
    parameter Outstanding = 2,
    parameter Count       = 1,   // instructions
    parameter Hesitate    = 50,  // percent of cycles in which a channel does nothing
    parameter Seed        = 1
);

  reg         clk = 1'b0, rst_n = 1'b0, prog_we = 1'b0, start = 1'b0;
  reg  [7:0]  prog_addr = 8'd0;
  reg  [31:0] prog_data = 32'd0;
  reg         give = 1'b0;
  wire        finished, go, run, waits, retire, bad, error;
  wire        req_valid, wr_valid, wr_last, resp_ready, re;
  reg         req_ready = 1'b0, wr_ready = 1'b0, resp_valid = 1'b0, resp_error = 1'b0;
  wire [31:0] req_addr;
  wire [15:0] raddr;
  wire [7:0]  req_len;
  reg  [31:0] rdata;

  store_engine #(
      .MemW(MemW), .Burst(Burst), .Outstanding(Outstanding), .BufAddrW(16), .ProgAddrW(8)
  ) dut (
      .clk_i(clk), .rst_i(!rst_n), .prog_we_i(prog_we), .prog_addr_i(prog_addr), .prog_data_i(prog_data),
      .start_i(start), .count_i(Count[15:0]), .base_i(32'h40000000), .finished_o(finished),
      .compute_retire_i(give), .go_o(go), .run_o(run), .wait_o(waits), .retire_o(retire), .bad_o(bad), .error_o(error),
      .wr_req_valid_o(req_valid), .wr_req_ready_i(req_ready), .wr_req_addr_o(req_addr), .wr_req_len_o(req_len),
      .wr_valid_o(wr_valid), .wr_ready_i(wr_ready), .wr_last_o(wr_last),
      .wr_resp_valid_i(resp_valid), .wr_resp_ready_o(resp_ready), .wr_resp_error_i(resp_error),
      .re_o(re), .raddr_o(raddr)
  );

  always #5 clk = !clk;

  integer seed = Seed;
  function moves(input integer percent);
    moves = {$random(seed)} % 100 >= percent;
  endfunction

  integer    ended = 0, answered = 0, cycles = 0, i, again;  // bursts
  reg        held = 1'b0, stuck = 1'b0;
  reg [31:0] held_addr, stuck_data;
  reg [7:0]  held_len;
  reg        stuck_last;
  reg        running = 1'b0;

  always @(negedge clk) begin
    req_ready  = moves(Hesitate);
    wr_ready   = moves(Hesitate);
    resp_valid = ended != answered && moves(Hesitate == 0 ? 0 : 90);
    resp_error = resp_valid && !moves(20);
    give       = running && !moves(10);
  end

  always @(posedge clk) begin
    if (re) rdata <= {16'd0, raddr};
    if (rst_n) begin
      if (give) $display("a");
      if (go) $display("go");
      if (bad) $display("bad");
      if (held && !(req_valid && req_addr == held_addr && req_len == held_len)) $display("unstable");
      held = req_valid && !req_ready;
      held_addr = req_addr;
      held_len = req_len;
      if (stuck && !(wr_valid && rdata === stuck_data && wr_last == stuck_last)) $display("unstable");
      stuck = wr_valid && !wr_ready;
      stuck_data = rdata;
      stuck_last = wr_last;
      if (resp_ready !== 1'b1) $display("full");
      if (error !== resp_error) $display("error %b", error);
      if (resp_valid) begin
        $display("answer");
        answered = answered + 1;
      end
      if (wr_valid && wr_ready) begin
        $display("beat %h %b", rdata, wr_last);
        if (wr_last) ended = ended + 1;
      end
      if (req_valid && req_ready) $display("ask %h %0d", req_addr, req_len + 9'd1);
      if (retire) $display("retire");
      if (go && run || waits && go) $display("engine of two minds");
      cycles = cycles + 1;
      if (cycles > 15000) begin
        $display("timeout");
        $finish;
      end
    end
  end

  reg [31:0] words[0:255];
  initial begin
    $readmemh("program.hex", words, 0, 4 * Count - 1);
    repeat (3) @(negedge clk);
    rst_n = 1'b1;
    for (i = 0; i < 4 * Count; i = i + 1) begin
      @(negedge clk);
      prog_we = 1'b1;
      prog_addr = i[7:0];
      prog_data = words[i];
    end
    @(negedge clk) prog_we = 1'b0;
    for (again = 0; again < 2; again = again + 1) begin
      @(negedge clk) start = 1'b1;
      $display("start");
      @(negedge clk) start = 1'b0;
      running = 1'b1;
      @(posedge clk);
      while (finished !== 1'b1) @(posedge clk);
      running = 1'b0;
      $display("finished");
      repeat (20) @(negedge clk);
    end
    $finish;
  end

endmodule

`default_nettype wire
