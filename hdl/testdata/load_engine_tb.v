// SPDX-License-Identifier: Apache-2.0
//
// load_engine_tb: load_engine with a memory that hesitates on both channels and now and then
// answers with an error. Runs program.hex twice and prints what happens, an event a line;
// engine_test.go says what must have happened. A beat of memory holds its own address.
`default_nettype none

module load_engine_tb #(
    parameter MemW        = 64,
    parameter Burst       = 4,
    parameter Outstanding = 2,
    parameter Tables      = 0,
    parameter Count       = 1,   // instructions
    parameter Hesitate    = 50,  // percent of cycles in which a channel does nothing
    parameter Seed        = 1
);

  reg         clk = 1'b0, rst_n = 1'b0, prog_we = 1'b0, start = 1'b0;
  reg  [7:0]  prog_addr = 8'd0;
  reg  [31:0] prog_data = 32'd0;
  reg         give_a = 1'b0, give_b = 1'b0;
  wire        finished, go, run, waits, retire, bad, error;
  wire        req_valid, rd_ready;
  reg         req_ready = 1'b0, rd_valid = 1'b0, rd_last = 1'b0, rd_error = 1'b0;
  wire [31:0] req_addr;
  wire [7:0]  req_len;
  reg  [MemW-1:0] rd_data = {MemW{1'b0}};
  wire [3:0]  we;
  wire [1:0]  set;
  wire [11:0] waddr;
  wire [MemW-1:0] wdata;

  load_engine #(
      .MemW(MemW), .Burst(Burst), .Outstanding(Outstanding), .BufAddrW(12), .SetW(2), .Tables(Tables), .ProgAddrW(8)
  ) dut (
      .clk_i(clk), .rst_i(!rst_n), .prog_we_i(prog_we), .prog_addr_i(prog_addr), .prog_data_i(prog_data),
      .start_i(start), .count_i(Count[15:0]), .base_i(32'h40000000), .finished_o(finished),
      .compute_retire_i(give_a), .store_retire_i(give_b), .go_o(go), .run_o(run), .wait_o(waits),
      .retire_o(retire), .bad_o(bad), .error_o(error),
      .rd_req_valid_o(req_valid), .rd_req_ready_i(req_ready), .rd_req_addr_o(req_addr), .rd_req_len_o(req_len),
      .rd_valid_i(rd_valid), .rd_ready_o(rd_ready), .rd_data_i(rd_data), .rd_last_i(rd_last), .rd_error_i(rd_error),
      .we_o(we), .set_o(set), .waddr_o(waddr), .wdata_o(wdata)
  );

  always #5 clk = !clk;

  integer seed = Seed;
  function moves(input integer percent);
    moves = {$random(seed)} % 100 >= percent;
  endfunction

  // Bursts that wait
  reg [31:0] burst_addr[0:63];
  reg [8:0]  burst_left[0:63];
  integer    put = 0, get = 0, cycles = 0, i, again;
  reg        held = 1'b0;
  reg [31:0] held_addr;
  reg [7:0]  held_len;
  reg        running = 1'b0;

  always @(negedge clk) begin
    req_ready = moves(Hesitate);
    rd_valid  = put != get && moves(Hesitate);
    rd_last   = rd_valid && burst_left[get%64] == 9'd1;
    rd_error  = rd_valid && !moves(6);
    rd_data   = rd_valid ? {(MemW / 32) {burst_addr[get%64]}} : {MemW{1'bx}};
    give_a    = running && !moves(10);
    give_b    = running && !moves(10);
  end

  always @(posedge clk) if (rst_n) begin
    if (give_a) $display("a");
    if (give_b) $display("b");
    if (go) $display("go");
    if (bad) $display("bad");
    if (held && !(req_valid && req_addr == held_addr && req_len == held_len)) $display("unstable");
    held = req_valid && !req_ready;
    held_addr = req_addr;
    held_len = req_len;
    if (we != 4'd0) $display("put %b %0d %h %h", we, set, waddr, wdata[31:0]);
    if (we != 4'd0 && wdata !== {(MemW / 32) {wdata[31:0]}}) $display("torn");
    if (rd_ready !== 1'b1) $display("full");
    if (error !== rd_error) $display("error %b", error);
    if (rd_valid) begin
      burst_addr[get%64] = burst_addr[get%64] + MemW / 8;
      burst_left[get%64] = burst_left[get%64] - 9'd1;
      if (rd_last) begin
        $display("last");
        get = get + 1;
      end
    end
    if (req_valid && req_ready) begin
      $display("ask %h %0d", req_addr, req_len + 9'd1);
      burst_addr[put%64] = req_addr;
      burst_left[put%64] = req_len + 9'd1;
      put = put + 1;
    end
    if (retire) $display("retire");
    if (go && run || waits && go) $display("engine of two minds");
    cycles = cycles + 1;
    if (cycles > 15000) begin
      $display("timeout");
      $finish;
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
