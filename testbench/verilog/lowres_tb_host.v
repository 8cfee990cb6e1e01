// SPDX-License-Identifier: Apache-2.0
//
// lowres_tb_host: the processor of the testbench, an AXI4-Lite master that plays
// control.txt: what a driver does to run a program, step by step. Every line is a
// step, an offset and a value, both hexadecimal:
//
//   write OFFSET VALUE    write a register
//   read OFFSET 0         read one: into the log, but for STATUS, which must not be busy
//   image 0 N             input N into memory; image N begins
//   await OFFSET MASK     look at STATUS every 16 cycles until a bit of the mask is high
//   end 0 N               N images are done
//
// and what a driver does not do, each left out unless asked for:
//
//   meddle, strobe, astray, lost   with meddle_i: a write while busy, a write with a strobe
//                                  missing, a write and a read without a register
//   rewrite, reread                with spoil_i other than 0: write and read again
//
// With spoil_i = k the k-th program word (from 1) is written as zero.
//
// cycle_o is 0 in the first cycle in which the core is busy: control_registers
// gives start in the second cycle after the later handshake of a write, and the
// core is busy from the next one on. It is all ones before the first start.
`default_nettype none

module lowres_tb_host (
    input  wire        clk_i,            // clock, rising edge
    input  wire        rst_ni,           // asynchronous reset, active low

    // Settings, steady from reset on
    input  wire [31:0] seed_i,
    input  wire [7:0]  hold_i,           // chance to hesitate, in 128ths
    input  wire        meddle_i,
    input  wire [31:0] spoil_i,          // 0: none

    // AXI4-Lite master
    output reg  [11:0] awaddr_o,
    output reg         awvalid_o,
    input  wire        awready_i,
    output reg  [31:0] wdata_o,
    output reg  [3:0]  wstrb_o,
    output reg         wvalid_o,
    input  wire        wready_i,
    input  wire [1:0]  bresp_i,
    input  wire        bvalid_i,
    output reg         bready_o,
    output reg  [11:0] araddr_o,
    output reg         arvalid_o,
    input  wire        arready_i,
    input  wire [31:0] rdata_i,
    input  wire [1:0]  rresp_i,
    input  wire        rvalid_i,
    output reg         rready_o,

    // To memory and log
    output reg         load_o,           // fill in input image_o
    output reg  [31:0] image_o,
    output reg  [31:0] cycle_o,
    output reg         begin_o,          // image image_o begins
    output reg         register_o,       // register log_index_o holds log_value_o
    output reg         counter_o,        // counter log_index_o is log_value_o
    output reg         status_o,         // the image ended with STATUS log_value_o
    output reg  [31:0] log_index_o,
    output reg  [31:0] log_value_o,
    output reg         refused_o,        // a transfer was answered otherwise than it must be
    output reg         step_o,           // a transfer ended that was no look at STATUS
    output reg         end_o,            // all log_value_o images are done
    output reg         unreadable_o      // control.txt has no step here that is known
);

  localparam [11:0] ControlAt     = 12'h008;
  localparam [11:0] StatusAt      = 12'h00C;
  localparam [11:0] ProgramDataAt = 12'h024;
  localparam [11:0] CountersAt    = 12'h080;

  localparam [4:0] PollGap  = 5'd16;     // cycles between two looks at STATUS
  localparam [4:0] ImageGap = 5'd4;      // … from an input to the start

  wire hold_next, hold_aw, hold_w, hold_b, hold_ar, hold_r;
  lowres_tb_random #(.Stream(32'd11)) random_next (clk_i, rst_ni, seed_i, hold_i, hold_next);
  lowres_tb_random #(.Stream(32'd12)) random_aw (clk_i, rst_ni, seed_i, hold_i, hold_aw);
  lowres_tb_random #(.Stream(32'd13)) random_w (clk_i, rst_ni, seed_i, hold_i, hold_w);
  lowres_tb_random #(.Stream(32'd14)) random_b (clk_i, rst_ni, seed_i, hold_i, hold_b);
  lowres_tb_random #(.Stream(32'd15)) random_ar (clk_i, rst_ni, seed_i, hold_i, hold_ar);
  lowres_tb_random #(.Stream(32'd16)) random_r (clk_i, rst_ni, seed_i, hold_i, hold_r);

  reg [4:0]  gap_q;                      // cycles to wait before the next step
  reg        busy_q;                     // a transfer runs
  reg        aw_todo_q, w_todo_q, ar_todo_q;
  reg        starts_q;                   // … that starts a run
  reg [1:0]  start_q;                    // cycles since the handshakes of a start

  wire aw_fire = awvalid_o && awready_i;
  wire w_fire  = wvalid_o && wready_i;
  wire b_fire  = bvalid_i && bready_o;
  wire r_fire  = rvalid_i && rready_o;
  wire aw_open = aw_todo_q || (awvalid_o && !awready_i);
  wire w_open  = w_todo_q || (wvalid_o && !wready_i);
  wire sent    = (aw_fire || w_fire) && !aw_open && !w_open;
  wire idle    = !busy_q && gap_q == 5'd0 && !hold_next;

  // What follows is a model, not hardware: the step that is next or runs is in
  // blocking variables of one block.
  // verilator lint_off BLKSEQ

  integer     file;                      // control.txt, 0 while it is closed
  reg [8*8:1] step;
  reg [11:0]  offset;
  reg [31:0]  value;
  reg [31:0]  words;                     // program words until now
  reg         writes, reads, refusal, again, meddles;

  initial file = 0;

  // The next step that is not left out.
  task fetch;
    begin
      again = 1'b1;
      while (again) begin
        if (file == 0 || $fscanf(file, "%s %h %h", step, offset, value) != 3) step = "none";
        meddles = step == "meddle" || step == "strobe" || step == "astray" || step == "lost";
        again = (meddles && !meddle_i) ||
                ((step == "rewrite" || step == "reread") && spoil_i == 32'd0);
      end
      writes  = step == "write" || step == "rewrite" || (meddles && step != "lost");
      reads   = step == "read" || step == "reread" || step == "await" || step == "lost";
      refusal = meddles && step != "meddle";
      if (step == "write" && offset == ProgramDataAt) begin
        words = words + 32'd1;
        if (words == spoil_i) value = 32'd0;
      end
    end
  endtask

  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      if (file != 0) $fclose(file);
      file = 0;
      words = 32'd0;
      gap_q        <= 5'd4;
      busy_q       <= 1'b0;
      aw_todo_q    <= 1'b0;
      w_todo_q     <= 1'b0;
      ar_todo_q    <= 1'b0;
      starts_q     <= 1'b0;
      start_q      <= 2'b00;
      awvalid_o    <= 1'b0;
      wvalid_o     <= 1'b0;
      arvalid_o    <= 1'b0;
      bready_o     <= 1'b0;
      rready_o     <= 1'b0;
      awaddr_o     <= 12'h000;
      wdata_o      <= 32'd0;
      wstrb_o      <= 4'b1111;
      araddr_o     <= 12'h000;
      refused_o    <= 1'b0;
      image_o      <= 32'd0;
      cycle_o      <= 32'hFFFFFFFF;
      load_o       <= 1'b0;
      begin_o      <= 1'b0;
      register_o   <= 1'b0;
      counter_o    <= 1'b0;
      status_o     <= 1'b0;
      log_index_o  <= 32'd0;
      log_value_o  <= 32'd0;
      step_o       <= 1'b0;
      end_o        <= 1'b0;
      unreadable_o <= 1'b0;
    end else begin
      if (file == 0) begin
        file = $fopen("control.txt", "r");
        fetch;
      end

      // The channels
      bready_o <= !hold_b;
      rready_o <= !hold_r;
      if (aw_fire) awvalid_o <= 1'b0;
      if (w_fire) wvalid_o <= 1'b0;
      if (arvalid_o && arready_i) arvalid_o <= 1'b0;
      if (aw_todo_q && !hold_aw) begin
        aw_todo_q <= 1'b0;
        awvalid_o <= 1'b1;
      end
      if (w_todo_q && !hold_w) begin
        w_todo_q <= 1'b0;
        wvalid_o <= 1'b1;
      end
      if (ar_todo_q && !hold_ar) begin
        ar_todo_q <= 1'b0;
        arvalid_o <= 1'b1;
      end

      // Cycle 0 is the third cycle after the later handshake of the start.
      start_q <= {start_q[0], sent && starts_q};
      if (start_q[1]) cycle_o <= 32'd0;
      else if (cycle_o != 32'hFFFFFFFF) cycle_o <= cycle_o + 32'd1;

      // The steps
      if (gap_q != 5'd0) gap_q <= gap_q - 5'd1;
      load_o     <= 1'b0;
      begin_o    <= 1'b0;
      register_o <= 1'b0;
      counter_o  <= 1'b0;
      status_o   <= 1'b0;
      refused_o  <= 1'b0;
      step_o     <= b_fire || (r_fire && step != "await");
      if (b_fire) begin
        busy_q    <= 1'b0;
        refused_o <= bresp_i != {refusal, 1'b0};
        if (starts_q) gap_q <= PollGap;
        fetch;
      end else if (r_fire) begin
        busy_q      <= 1'b0;
        log_index_o <= offset < CountersAt ? {20'd0, offset} : {20'd0, offset - CountersAt} >> 2;
        log_value_o <= rdata_i;
        refused_o   <= rresp_i != {refusal, 1'b0} || (refusal && rdata_i != 32'd0) ||
                       (step != "await" && offset == StatusAt && rdata_i[0]);
        register_o  <= step == "read" && offset < CountersAt && offset != StatusAt;
        counter_o   <= step == "read" && offset >= CountersAt;
        if (step == "await" && (rdata_i & value) == 32'd0) begin
          gap_q <= PollGap;
        end else begin
          status_o <= step == "await";
          fetch;
        end
      end else if (idle && writes) begin
        busy_q    <= 1'b1;
        starts_q  <= step == "write" && offset == ControlAt && value[0];
        awaddr_o  <= offset;
        wdata_o   <= value;
        wstrb_o   <= step == "strobe" ? 4'b1101 : 4'b1111;
        aw_todo_q <= hold_aw;
        w_todo_q  <= hold_w;
        awvalid_o <= !hold_aw;
        wvalid_o  <= !hold_w;
      end else if (idle && reads) begin
        busy_q    <= 1'b1;
        araddr_o  <= offset;
        ar_todo_q <= hold_ar;
        arvalid_o <= !hold_ar;
      end else if (idle && step == "image") begin
        load_o  <= 1'b1;
        begin_o <= 1'b1;
        image_o <= value;
        gap_q   <= ImageGap;
        fetch;
      end else if (idle && step == "end") begin
        end_o       <= 1'b1;
        log_value_o <= value;
      end else if (idle) begin
        unreadable_o <= 1'b1;
      end
    end
  end
  // verilator lint_on BLKSEQ

endmodule

`default_nettype wire
