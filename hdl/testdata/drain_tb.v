// SPDX-License-Identifier: Apache-2.0
//
// drain_tb: drain between a sequencer that fills blocks of sums and takes its time, a parameter
// buffer and an output buffer. Reads instructions.hex, blocks.hex, sums.hex, parameters.hex and
// tables.hex, prints what happens, an event a line; drain_test.go says what must have happened.
`default_nettype none

module drain_tb #(
    parameter Cols       = 8,
    parameter Units      = 2,
    parameter AccW       = 24,
    parameter Stages     = 4,
    parameter Pixels     = 1,
    parameter HoldW      = 2,
    parameter Blocks     = 2,
    parameter Ahead      = 0,
    parameter ParPerBeat = 0,
    parameter BeatPerPar = 1,
    parameter ByGroup    = 0,
    parameter ParStep    = 4,
    parameter TableBytes = 0,
    parameter Count      = 1,   // instructions
    parameter AllBlocks  = 1,
    parameter Hesitate   = 50,  // percent of cycles in which the sequencer does nothing
    parameter Seed       = 1
);

  localparam MemW = 64;
  localparam TableAddrW = (TableBytes > 0) ? $clog2(8 * TableBytes / MemW) : 1;
  localparam Positions  = 1 << HoldW;
  localparam SlotW      = AccW * Cols * Pixels;

  reg clk = 1'b0, rst_n = 1'b0;
  always #5 clk = !clk;

  // {out_cols, blocks, out_pixel_words, out_address, param_address, index, table, pool, wide, relu}
  reg [93:0]           instructions[0:Count-1];
  reg [HoldW:0]        sizes[0:AllBlocks-1];
  reg [SlotW-1:0]      sums[0:AllBlocks*Positions-1];
  reg [64*Units-1:0]   parameters[0:63];
  reg [MemW-1:0]       tables[0:255];
  reg [SlotW-1:0]      held[0:2*Positions-1];

  reg  [93:0]     now = 94'd0;
  reg             table_we = 1'b0;
  reg  [15:0]     table_waddr = 16'd0;
  reg             block_ready = 1'b0;
  reg  [HoldW:0]  block_0 = 0, block_1 = 0;
  reg  [1:0]      final = 2'b00, busy = 2'b00;
  reg             untaken = 1'b0, owned = 1'b0, sending = 1'b0, half = 1'b0;
  reg  [15:0]     left = 16'd0;
  wire            drained, half_read, emitted, active, par_re, we;
  wire [HoldW:0]  addr;
  reg  [HoldW-1:0] adds = 0;  // where the array adds, while no sums wait
  reg  [SlotW-1:0] before;  // sums of the address of the cycle before
  wire [5:0]      par_raddr;
  reg  [64*Units-1:0] par;
  wire [9:0]      waddr;
  wire [8*Cols-1:0] wdata;
  wire            take = untaken && (!owned || emitted);

  drain #(
      .Cols(Cols), .Units(Units), .AccW(AccW), .Stages(Stages), .Pixels(Pixels), .HoldW(HoldW), .Blocks(Blocks), .Ahead(Ahead), .OutAddrW(10), .ParAddrW(6),
      .ParPerBeat(ParPerBeat), .BeatPerPar(BeatPerPar), .ByGroup(ByGroup), .ParStep(ParStep),
      .TableBytes(TableBytes), .MemW(MemW), .TableAddrW(TableAddrW)
  ) dut (
      .clk_i(clk), .rst_i(!rst_n), .take_i(take), .relu_i(now[0]), .wide_i(now[1]), .pool_i(now[9:2]),
      .table_i(now[10]), .table_index_i(now[13:11]), .param_address_i(now[29:14]), .out_address_i(now[45:30]),
      .out_pixel_words_i(now[61:46]), .out_cols_i(now[93:78]), .block_ready_i(block_ready), .block_0_i(block_0), .block_1_i(block_1),
      .final_i(final), .drained_o(drained), .half_o(half_read), .emitted_o(emitted), .active_o(active),
      .addr_o(addr), .array_next_i((block_ready || busy != 2'b00) ? {HoldW{1'b0}} : adds), .sums_i(!active ? {SlotW{1'bx}} : (Ahead != 0) ? before : held[addr]), .table_we_i(table_we),
      .table_waddr_i(table_waddr[TableAddrW-1:0]), .table_wdata_i(tables[table_waddr[7:0]]),
      .par_re_o(par_re), .par_raddr_o(par_raddr), .par_i(par), .we_o(we), .waddr_o(waddr), .wdata_o(wdata)
  );

  integer seed = Seed, next = 0, serial = 0, retired = 0, cycles = 0, i;
  function moves(input integer percent);
    moves = {$random(seed)} % 100 >= percent;
  endfunction

  always @(posedge clk) begin
    if (par_re) par <= parameters[par_raddr];
    adds <= cycles[HoldW-1:0];
    before <= held[addr];
    if (rst_n && !table_we) begin
      block_ready <= 1'b0;
      if (take) $display("take");
      if (drained) $display("drained");
      if (emitted) $display("emitted");
      if (we) $display("word %h %h", waddr, wdata);
      if (active && !busy[half_read]) $display("stray read");

      if (take) untaken <= 1'b0;
      if (take) owned <= 1'b1;
      else if (emitted) owned <= 1'b0;
      if (drained) busy[half_read] <= 1'b0;
      if (!untaken && !sending && next < Count && moves(Hesitate)) begin
        now <= instructions[next];
        left <= instructions[next][77:62];
        untaken <= 1'b1;
        sending <= 1'b1;
        next = next + 1;
      end else if (sending && !busy[half] && !block_ready && moves(Hesitate)) begin
        block_ready <= 1'b1;
        busy[half] <= 1'b1;
        final[half] <= left == 16'd1;
        if (half) block_1 <= sizes[serial];
        else block_0 <= sizes[serial];
        for (i = 0; i < Positions; i = i + 1) held[half*Positions+i] <= sums[serial*Positions+i];
        half <= half ^ (Blocks == 2);
        serial = serial + 1;
        left <= left - 16'd1;
        if (left == 16'd1) sending <= 1'b0;
      end
      if (emitted) retired = retired + 1;
      cycles = cycles + 1;
      if (retired == Count && !owned && !we) $finish;
      if (cycles > 6000) begin
        $display("timeout");
        $finish;
      end
    end
  end

  initial begin
    $readmemh("instructions.hex", instructions);
    $readmemh("blocks.hex", sizes);
    $readmemh("sums.hex", sums);
    $readmemh("parameters.hex", parameters);
    if (TableBytes > 0) $readmemh("tables.hex", tables, 0, 8 * TableBytes / MemW - 1);
    table_we = TableBytes > 0;
    repeat (3) @(negedge clk);
    rst_n = 1'b1;
    for (i = 0; i < 8 * TableBytes / MemW; i = i + 1) begin
      table_waddr = i[15:0];
      @(negedge clk);
    end
    table_we = 1'b0;
  end

endmodule

`default_nettype wire
