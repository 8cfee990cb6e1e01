// SPDX-License-Identifier: Apache-2.0
//
// lowres_tb_host: the processor of the testbench, an AXI4-Lite master.
//
// After reset it reads the identity registers, enables the interrupt, writes
// base and counts and the three programs (program.hex: load, compute, store).
// Then for every image: load the input, start, poll STATUS until done, read the
// counters. docs/register-map.md describes the registers.
//
// With meddle_i it does what it must not while the first image runs, and wants to
// be refused: starts again, writes base, counts and program, a register with a
// strobe missing, and addresses without a register. With spoil_i = k the k-th
// program word (from 1) is zero for the first image, and all programs are written
// again before the second.
//
// cycle_o is 0 in the first cycle in which the core is busy: control_registers
// gives start in the second cycle after the later handshake of a write, and the
// core is busy from the next one on. It is all ones before the first start.
`default_nettype none

module lowres_tb_host #(
    parameter Words    = 1024,  // room for program words
    parameter Counters = 17
) (
    input  wire        clk_i,            // clock, rising edge
    input  wire        rst_ni,           // asynchronous reset, active low

    // Settings, steady from reset on
    input  wire [31:0] images_i,
    input  wire [31:0] base_i,
    input  wire [31:0] load_count_i,     // instructions
    input  wire [31:0] compute_count_i,
    input  wire [31:0] store_count_i,
    input  wire [31:0] load_words_i,     // program words
    input  wire [31:0] compute_words_i,
    input  wire [31:0] store_words_i,
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
    output reg         end_o             // all images are done
);

  localparam Identify = 4'd0;
  localparam Setup    = 4'd1;
  localparam Point    = 4'd2;
  localparam Program  = 4'd3;
  localparam Prepare  = 4'd4;
  localparam Start    = 4'd5;
  localparam Poll     = 4'd6;
  localparam Count    = 4'd7;
  localparam Next     = 4'd8;
  localparam End      = 4'd9;
  localparam Meddle   = 4'd10;
  localparam Trespass = 4'd11;

  localparam [31:0] PollGap = 32'd16;    // cycles between two looks at STATUS

  localparam WordW = $clog2(Words);

  reg [31:0] program_words[0:Words-1];
  wire [31:0] total_words = load_words_i + compute_words_i + store_words_i;

  wire hold_next, hold_aw, hold_w, hold_b, hold_ar, hold_r;
  lowres_tb_random #(.Stream(32'd11)) random_next (clk_i, rst_ni, seed_i, hold_i, hold_next);
  lowres_tb_random #(.Stream(32'd12)) random_aw (clk_i, rst_ni, seed_i, hold_i, hold_aw);
  lowres_tb_random #(.Stream(32'd13)) random_w (clk_i, rst_ni, seed_i, hold_i, hold_w);
  lowres_tb_random #(.Stream(32'd14)) random_b (clk_i, rst_ni, seed_i, hold_i, hold_b);
  lowres_tb_random #(.Stream(32'd15)) random_ar (clk_i, rst_ni, seed_i, hold_i, hold_ar);
  lowres_tb_random #(.Stream(32'd16)) random_r (clk_i, rst_ni, seed_i, hold_i, hold_r);

  reg         ready_q;       // programs are read
  reg  [3:0]  phase_q;
  reg  [31:0] index_q;       // within the phase
  reg  [31:0] word_q;        // next program word
  reg  [1:0]  engine_q;
  reg  [31:0] gap_q;         // cycles to wait before the next transfer
  reg         busy_q;        // a transfer runs
  reg         aw_todo_q, w_todo_q, ar_todo_q;
  reg  [1:0]  start_q;       // cycles since the handshakes of a start

  wire aw_fire = awvalid_o && awready_i;
  wire w_fire  = wvalid_o && wready_i;
  wire b_fire  = bvalid_i && bready_o;
  wire r_fire  = rvalid_i && rready_o;
  wire aw_open = aw_todo_q || (awvalid_o && !awready_i);
  wire w_open  = w_todo_q || (wvalid_o && !wready_i);
  wire sent    = (aw_fire || w_fire) && !aw_open && !w_open;

  wire [31:0] engine_words = engine_q == 2'd0 ? load_words_i :
                             engine_q == 2'd1 ? compute_words_i : store_words_i;
  wire        idle  = ready_q && !busy_q && gap_q == 32'd0 && !hold_next;
  wire        write = idle && (phase_q == Setup || phase_q == Point ||
                               phase_q == Program || phase_q == Start || phase_q == Meddle);
  wire        read  = idle && (phase_q == Identify || phase_q == Poll || phase_q == Count ||
                              phase_q == Trespass);
  wire        meddles = meddle_i && image_o == 32'd0;
  wire        refusal = phase_q == Trespass || (phase_q == Meddle && index_q[3:0] >= 4'd6);

  reg  [11:0] address;
  reg  [31:0] data;

  wire [31:0] program_word = image_o == 32'd0 && word_q + 32'd1 == spoil_i ? 32'd0 :
                             program_words[word_q[WordW-1:0]];

  always @* begin
    address = 12'h000;
    data = 32'd0;
    case (phase_q)
      Identify:
        case (index_q[1:0])
          2'd0: address = 12'h000;
          2'd1: address = 12'h028;
          2'd2: address = 12'h02C;
          default: address = 12'h004;
        endcase
      Setup:
        case (index_q[2:0])
          3'd0: begin address = 12'h030; data = 32'd1; end
          3'd1: begin address = 12'h010; data = base_i; end
          3'd2: begin address = 12'h014; data = load_count_i; end
          3'd3: begin address = 12'h018; data = compute_count_i; end
          default: begin address = 12'h01C; data = store_count_i; end
        endcase
      Point: begin address = 12'h020; data = {engine_q, 30'd0}; end
      Program: begin address = 12'h024; data = program_word; end
      Start: begin address = 12'h008; data = 32'd1; end
      Meddle:
        case (index_q[3:0])
          4'd0: begin address = 12'h008; data = 32'd1; end
          4'd1: begin address = 12'h010; data = 32'hFFFFF000; end
          4'd2: begin address = 12'h014; data = 32'd1; end
          4'd3: begin address = 12'h01C; data = 32'd0; end
          4'd4: begin address = 12'h020; data = 32'h40000001; end
          4'd5: begin address = 12'h024; data = 32'hFFFFFFFF; end
          4'd6: begin address = 12'h030; data = 32'd0; end  // a strobe is missing
          4'd7: begin address = 12'h7FC; data = 32'hFFFFFFFF; end
          // those that differ from CONTROL's in a bit
          default: begin address = 12'h008 | 12'h100 << index_q[1:0]; data = 32'd1; end
        endcase
      Trespass: address = 12'h034 | 12'h100 << index_q[1:0];
      Poll: address = 12'h00C;
      Count: address = 12'h080 + {index_q[9:0], 2'b00};
      default: ;
    endcase
  end

  // verilator lint_off BLKSEQ
  initial ready_q = 1'b0;
  always @(posedge clk_i) begin
    if (!ready_q) begin
      ready_q = 1'b1;
      if (total_words != 32'd0) $readmemh("program.hex", program_words, 0, total_words - 1);
    end
  end
  // verilator lint_on BLKSEQ

  // The transfer that runs
  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      busy_q    <= 1'b0;
      aw_todo_q <= 1'b0;
      w_todo_q  <= 1'b0;
      ar_todo_q <= 1'b0;
      awvalid_o <= 1'b0;
      wvalid_o  <= 1'b0;
      arvalid_o <= 1'b0;
      bready_o  <= 1'b0;
      rready_o  <= 1'b0;
      awaddr_o  <= 12'h000;
      wdata_o   <= 32'd0;
      wstrb_o   <= 4'b1111;
      araddr_o  <= 12'h000;
      refused_o <= 1'b0;
    end else begin
      bready_o  <= !hold_b;
      rready_o  <= !hold_r;
      refused_o <= (b_fire && bresp_i != {refusal, 1'b0}) || (r_fire && rresp_i != {refusal, 1'b0}) ||
                   (r_fire && phase_q == Trespass && rdata_i != 32'd0);
      if (aw_fire) awvalid_o <= 1'b0;
      if (w_fire) wvalid_o <= 1'b0;
      if (arvalid_o && arready_i) arvalid_o <= 1'b0;
      if (b_fire || r_fire) busy_q <= 1'b0;
      if (write) begin
        busy_q    <= 1'b1;
        awaddr_o  <= address;
        wdata_o   <= data;
        wstrb_o   <= phase_q == Meddle && index_q[3:0] == 4'd6 ? 4'b1101 : 4'b1111;
        aw_todo_q <= hold_aw;
        w_todo_q  <= hold_w;
        awvalid_o <= !hold_aw;
        wvalid_o  <= !hold_w;
      end else if (read) begin
        busy_q    <= 1'b1;
        araddr_o  <= address;
        ar_todo_q <= hold_ar;
        arvalid_o <= !hold_ar;
      end else begin
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
      end
    end
  end

  // The sequence of transfers
  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      phase_q     <= Identify;
      index_q     <= 32'd0;
      word_q      <= 32'd0;
      engine_q    <= 2'd0;
      gap_q       <= 32'd4;
      image_o     <= 32'd0;
      load_o      <= 1'b0;
      begin_o     <= 1'b0;
      register_o  <= 1'b0;
      counter_o   <= 1'b0;
      status_o    <= 1'b0;
      log_index_o <= 32'd0;
      log_value_o <= 32'd0;
      step_o      <= 1'b0;
      end_o       <= 1'b0;
    end else begin
      load_o     <= 1'b0;
      begin_o    <= 1'b0;
      step_o     <= b_fire || (r_fire && phase_q != Poll);
      register_o <= r_fire && phase_q == Identify;
      counter_o  <= r_fire && phase_q == Count;
      status_o   <= r_fire && phase_q == Poll && rdata_i[1];
      if (r_fire) begin
        log_index_o <= phase_q == Count ? index_q : {20'd0, araddr_o};
        log_value_o <= rdata_i;
      end
      if (gap_q != 32'd0) gap_q <= gap_q - 32'd1;
      case (phase_q)
        Identify:
          if (r_fire) begin
            index_q <= index_q == 32'd3 ? 32'd0 : index_q + 32'd1;
            if (index_q == 32'd3) phase_q <= Setup;
          end
        Setup:
          if (b_fire) begin
            index_q <= index_q == 32'd4 ? 32'd0 : index_q + 32'd1;
            if (index_q == 32'd4) phase_q <= Point;
          end
        Point:
          if (b_fire) begin
            if (engine_words != 32'd0) begin
              phase_q <= Program;
            end else begin
              engine_q <= engine_q + 2'd1;
              if (engine_q == 2'd2) phase_q <= Prepare;
            end
          end
        Program:
          if (b_fire) begin
            word_q  <= word_q + 32'd1;
            index_q <= index_q + 32'd1;
            if (index_q + 32'd1 == engine_words) begin
              index_q  <= 32'd0;
              engine_q <= engine_q + 2'd1;
              phase_q  <= engine_q == 2'd2 ? Prepare : Point;
            end
          end
        Prepare: begin
          load_o  <= 1'b1;
          begin_o <= 1'b1;
          gap_q   <= 32'd4;
          phase_q <= images_i == 32'd0 ? End : Start;
        end
        Start:
          if (b_fire) begin
            phase_q <= meddles ? Meddle : Poll;
            gap_q   <= PollGap;
          end
        Meddle:
          if (b_fire) begin
            index_q <= index_q == 32'd11 ? 32'd0 : index_q + 32'd1;
            if (index_q == 32'd11) phase_q <= Trespass;
          end
        Trespass:
          if (r_fire) begin
            index_q <= index_q == 32'd3 ? 32'd0 : index_q + 32'd1;
            if (index_q == 32'd3) phase_q <= Poll;
          end
        Poll:
          if (r_fire) begin
            gap_q <= PollGap;
            if (rdata_i[1]) begin
              phase_q <= Count;
              gap_q   <= 32'd0;
            end
          end
        Count:
          if (r_fire) begin
            index_q <= index_q == Counters - 1 ? 32'd0 : index_q + 32'd1;
            if (index_q == Counters - 1) phase_q <= Next;
          end
        Next: begin
          image_o <= image_o + 32'd1;
          phase_q <= image_o + 32'd1 == images_i ? End :
                     spoil_i != 32'd0 && image_o == 32'd0 ? Point : Prepare;
          engine_q <= 2'd0;
          word_q  <= 32'd0;
        end
        default: end_o <= 1'b1;
      endcase
    end
  end

  // Cycle 0 is the third cycle after the later handshake of the start.
  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      start_q <= 2'b00;
      cycle_o <= 32'hFFFFFFFF;
    end else begin
      start_q <= {start_q[0], sent && phase_q == Start};
      if (start_q[1]) cycle_o <= 32'd0;
      else if (cycle_o != 32'hFFFFFFFF) cycle_o <= cycle_o + 32'd1;
    end
  end

endmodule

`default_nettype wire
