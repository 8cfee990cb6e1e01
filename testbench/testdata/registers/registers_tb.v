// SPDX-License-Identifier: Apache-2.0
//
// registers_tb: control_registers against a model of docs/register-map.md.
//
// First random reads and writes, one at a time, of every address, with strobes
// and with gaps and back-pressure on every channel; then streams of program
// words and counter reads with all channels free to run ahead. Prints "pass" or
// one line for each fault.
`default_nettype none

module registers_tb (
    input wire clk
);

  localparam Transfers = 15000;
  localparam Streamed  = 300;

  reg [3:0] age;
  reg rst_n, awake;
  initial begin
    age = 4'd0;
    rst_n = 1'b0;
    awake = 1'b0;
  end
  always @(posedge clk) begin
    if (age != 4'd10) age <= age + 4'd1;
    rst_n <= age == 4'd10;
    awake <= age == 4'd10;
  end

  // ---------------------------------------------------------------------------
  // Device and a core that is busy for a random time

  reg  [11:0] awaddr, araddr;
  reg         awvalid, wvalid, bready, arvalid, rready;
  reg  [31:0] wdata;
  reg  [3:0]  wstrb;
  wire        awready, wready, bvalid, arready, rvalid;
  wire [1:0]  bresp, rresp;
  wire [31:0] rdata;
  wire        start, prog_we, irq;
  wire [31:0] base, prog_data;
  wire [15:0] load_count, compute_count, store_count, prog_addr;
  wire [1:0]  prog_engine;
  wire [4:0]  counter_index;
  reg         busy;
  reg  [7:0]  busy_left;
  reg  [3:0]  error;
  wire [31:0] counter = {16'hC0DE, 11'd0, counter_index};

  control_registers #(
      .Version (32'h00010203),
      .Design0 (32'h11223344),
      .Design1 (32'h55667788),
      .Counters(17)
  ) dut (
      .clk_i          (clk),
      .rst_i          (!rst_n),
      .s_axi_awaddr   (awaddr),
      .s_axi_awvalid  (awvalid),
      .s_axi_awready  (awready),
      .s_axi_wdata    (wdata),
      .s_axi_wstrb    (wstrb),
      .s_axi_wvalid   (wvalid),
      .s_axi_wready   (wready),
      .s_axi_bresp    (bresp),
      .s_axi_bvalid   (bvalid),
      .s_axi_bready   (bready),
      .s_axi_araddr   (araddr),
      .s_axi_arvalid  (arvalid),
      .s_axi_arready  (arready),
      .s_axi_rdata    (rdata),
      .s_axi_rresp    (rresp),
      .s_axi_rvalid   (rvalid),
      .s_axi_rready   (rready),
      .start_o        (start),
      .base_o         (base),
      .load_count_o   (load_count),
      .compute_count_o(compute_count),
      .store_count_o  (store_count),
      .busy_i         (busy),
      .error_i        (error),
      .prog_we_o      (prog_we),
      .prog_engine_o  (prog_engine),
      .prog_addr_o    (prog_addr),
      .prog_data_o    (prog_data),
      .counter_index_o(counter_index),
      .counter_i      (counter),
      .irq_o          (irq)
  );

  wire [11:0] rule;
  lowres_tb_checker #(
      .MemW(64)
  ) rules (
      .clk_i(clk), .awake_i(awake),
      .arid_i(1'b0), .araddr_i(32'd0), .arlen_i(8'd0), .arsize_i(3'd3), .arburst_i(2'b01),
      .arcache_i(4'b0011), .arprot_i(3'd0), .arvalid_i(1'b0), .arready_i(1'b0), .rready_i(1'b0),
      .awid_i(1'b0), .awaddr_i(32'd0), .awlen_i(8'd0), .awsize_i(3'd3), .awburst_i(2'b01),
      .awcache_i(4'b0011), .awprot_i(3'd0), .awvalid_i(1'b0), .awready_i(1'b0),
      .wdata_i(64'd0), .wstrb_i(8'hFF), .wlast_i(1'b0), .wvalid_i(1'b0), .wready_i(1'b0),
      .bready_i(1'b0),
      .lite_awready_i(awready), .lite_wready_i(wready), .lite_bresp_i(bresp),
      .lite_bvalid_i(bvalid), .lite_bready_i(bready), .lite_arready_i(arready),
      .lite_rdata_i(rdata), .lite_rresp_i(rresp), .lite_rvalid_i(rvalid), .lite_rready_i(rready),
      .signals_i(7'd0),
      .violation_o(rule)
  );

  // ---------------------------------------------------------------------------
  // Random numbers and faults. One block drives everything, with blocking
  // variables for the model and delayed assignments for the pins.
  // verilator lint_off BLKSEQ

  reg [31:0] random_state;
  integer faults, n, done_writes, done_reads;
  initial begin
    random_state = 32'h12345678;
    faults = 0;
    n = 0;
  end

  function [31:0] next_random(input [31:0] s);
    reg [31:0] a, b;
    begin
      a = s ^ (s << 13);
      b = a ^ (a >> 17);
      next_random = b ^ (b << 5);
    end
  endfunction

  task fault(input [8*24:1] what, input [31:0] got, input [31:0] want);
    begin
      if (faults == 20) $finish;
      $display("fault: transfer %0d %0s: %h, want %h", n, what, got, want);
      faults = faults + 1;
    end
  endtask

  // ---------------------------------------------------------------------------
  // The model

  reg        m_done, m_start_refused, m_write_refused, m_irq_enable;
  reg [31:0] m_base, m_address;
  reg [15:0] m_load, m_compute, m_store;
  reg        m_start, m_prog, m_ok;
  reg [31:0] m_prog_data, m_prog_address;

  task model_write(input [11:0] address, input [31:0] data, input [3:0] strobe, input running);
    reg guarded;
    begin
      m_start = 1'b0;
      m_prog = 1'b0;
      guarded = address[11:2] >= 10'h004 && address[11:2] <= 10'h009;
      m_ok = strobe == 4'b1111 && known(address);
      if (m_ok && guarded && running) begin
        m_write_refused = 1'b1;
      end else if (m_ok) begin
        case (address[11:2])
          10'h002: begin
            if (data[1]) begin
              m_done = 1'b0;
              m_start_refused = 1'b0;
              m_write_refused = 1'b0;
            end
            if (data[0] && running) m_start_refused = 1'b1;
            if (data[0] && !running) begin
              m_start = 1'b1;
              m_done = 1'b0;
              m_start_refused = 1'b0;
              m_write_refused = 1'b0;
            end
          end
          10'h004: m_base = data;
          10'h005: m_load = data[15:0];
          10'h006: m_compute = data[15:0];
          10'h007: m_store = data[15:0];
          10'h008: m_address = {data[31:30], 14'd0, data[15:0]};
          10'h009: begin
            m_prog = 1'b1;
            m_prog_data = data;
            m_prog_address = m_address;
            m_address[15:0] = m_address[15:0] + 16'd1;
          end
          10'h00C: m_irq_enable = data[0];
          default: ;
        endcase
      end
    end
  endtask

  function known(input [11:0] address);
    known = address[11:2] <= 10'h00C || (address >= 12'h080 && address < 12'h080 + 12'd68);
  endfunction

  function [31:0] model_read(input [11:0] address, input running);
    case (address[11:2])
      10'h000: model_read = 32'h4C524553;
      10'h001: model_read = 32'h00010203;
      10'h003: model_read = {22'd0, m_write_refused, m_start_refused, error, 2'd0, m_done, running};
      10'h004: model_read = m_base;
      10'h005: model_read = {16'd0, m_load};
      10'h006: model_read = {16'd0, m_compute};
      10'h007: model_read = {16'd0, m_store};
      10'h008: model_read = m_address;
      10'h00A: model_read = 32'h11223344;
      10'h00B: model_read = 32'h55667788;
      10'h00C: model_read = {31'd0, m_irq_enable};
      default:
        if (address >= 12'h080 && known(address))
          model_read = {16'hC0DE, 11'd0, address[6:2]};
        else model_read = 32'd0;
    endcase
  endfunction

  // ---------------------------------------------------------------------------
  // Part 1: one transfer at a time

  localparam Idle = 3'd0, Write = 3'd1, Execute = 3'd2, Effect = 3'd3, Reply = 3'd4;
  localparam Read = 3'd5, Select = 3'd6, Value = 3'd7;

  reg [2:0]  state;
  reg        part2, aw_left, w_left, aw_taken, w_taken, want_start, want_prog;
  reg        busy_before, executing, ended, want_irq;
  reg [31:0] want_value;
  reg [11:0] address;
  reg [31:0] sent_aw, sent_w, sent_ar;
  wire       running = busy || start;

  task choose;
    begin
      random_state = next_random(random_state);
      case (random_state[3:0])
        4'd0, 4'd1, 4'd2: address = 12'h008;  // starts and clears meet the ends of runs
        4'd3, 4'd4, 4'd5, 4'd6, 4'd7, 4'd8:
          address = {6'd0, random_state[11:8] > 4'd13 ? 4'd9 : random_state[11:8], 2'b00};
        4'd9, 4'd10, 4'd11: address = {5'd1, random_state[10:6], 2'b00};
        4'd12: address = random_state[27:16];
        default: address = {6'd0, 4'd2 + {3'd0, random_state[9]}, random_state[11:10]};
      endcase
    end
  endtask

  always @(posedge clk) begin
    random_state = next_random(random_state);

    // The core
    busy_before <= busy;
    if (!awake) begin
      busy <= 1'b0;
      busy_left <= 8'd0;
      error <= 4'd0;
    end else if (start && !busy) begin
      busy <= 1'b1;
      busy_left <= {3'b000, random_state[4:0]};
      error <= random_state[9:6];
    end else if (busy_left != 8'd0) begin
      busy_left <= busy_left - 8'd1;
    end else begin
      busy <= 1'b0;
    end
    ended = awake && busy_before && !busy;
    if (ended) m_done = 1'b1;                // visible in this very cycle
    if (awake && rule != 12'd0) fault("bus rule", {20'd0, rule}, 32'd0);

    if (awake && irq != want_irq) fault("irq", {31'd0, irq}, {31'd0, want_irq});

    bready <= random_state[12];
    rready <= random_state[13];
    executing = 1'b0;

    if (!awake) begin
      state <= Idle;
      part2 <= 1'b0;
      awvalid <= 1'b0;
      wvalid <= 1'b0;
      arvalid <= 1'b0;
      m_done = 1'b0;
      m_start_refused = 1'b0;
      m_write_refused = 1'b0;
      m_irq_enable = 1'b0;
      m_base = 32'd0;
      m_address = 32'd0;
      m_load = 16'd0;
      m_compute = 16'd0;
      m_store = 16'd0;
      want_start = 1'b0;
      want_prog = 1'b0;
      sent_aw <= 32'd0;
      sent_w <= 32'd0;
      sent_ar <= 32'd0;
      done_writes = 0;
      done_reads = 0;
    end else if (!part2) begin
      if (awvalid && awready) awvalid <= 1'b0;
      if (wvalid && wready) wvalid <= 1'b0;
      if (arvalid && arready) arvalid <= 1'b0;
      if (state == Idle) begin
        if (base !== m_base) fault("base_o", base, m_base);
        if (load_count !== m_load) fault("load_count_o", {16'd0, load_count}, {16'd0, m_load});
        if (compute_count !== m_compute) fault("compute_count_o", {16'd0, compute_count}, {16'd0, m_compute});
        if (store_count !== m_store) fault("store_count_o", {16'd0, store_count}, {16'd0, m_store});
      end
      case (state)
        Idle:
          if (n == Transfers) begin
            part2 <= !busy && !start;
          end else if (random_state[16:14] != 3'd0) begin
            choose;
            aw_left = 1'b1;
            w_left = 1'b1;
            aw_taken = 1'b0;
            w_taken = 1'b0;
            n = n + 1;
            if (random_state[20]) begin
              state <= Write;
            end else begin
              state <= Read;
              araddr <= address;
              arvalid <= 1'b1;
            end
            awaddr <= address;
            wdata <= random_state ^ {random_state[7:0], 24'd0};
            wstrb <= random_state[23:21] == 3'd0 ? random_state[27:24] : 4'b1111;
          end
        Write: begin
          if (aw_left && random_state[17]) begin
            awvalid <= 1'b1;
            aw_left = 1'b0;
          end
          if (w_left && random_state[18]) begin
            wvalid <= 1'b1;
            w_left = 1'b0;
          end
          if (awvalid && awready) aw_taken = 1'b1;
          if (wvalid && wready) w_taken = 1'b1;
          if (aw_taken && w_taken) state <= Execute;
        end
        Execute: begin
          executing = 1'b1;
          model_write(awaddr, wdata, wstrb, running);
          if (ended && !m_start) m_done = 1'b1;
          if (bvalid) fault("response too early", 32'd1, 32'd0);
          state <= Effect;
        end
        Effect, Reply: begin
          if (state == Effect && !bvalid) fault("response too late", 32'd0, 32'd1);
          if (bvalid && bresp != (m_ok ? 2'b00 : 2'b10)) fault("bresp", {30'd0, bresp}, {31'd0, m_ok});
          state <= bvalid && bready ? Idle : Reply;
        end
        Read: if (arvalid && arready) state <= Select;
        Select: begin
          want_value = model_read(araddr, running);
          state <= Value;
          if (rvalid) fault("read too early", 32'd1, 32'd0);
        end
        default: begin
          if (!rvalid) fault("read too late", 32'd0, 32'd1);
          if (rdata != want_value) fault("rdata", rdata, want_value);
          if (rresp != (known(araddr) ? 2'b00 : 2'b10)) fault("rresp", {30'd0, rresp}, 32'd0);
          if (rready) state <= Idle;
        end
      endcase
      // Effects in the cycle after the one in which a write is executed
      if (start != want_start) fault("start", {31'd0, start}, {31'd0, want_start});
      if (prog_we != want_prog) fault("prog_we", {31'd0, prog_we}, {31'd0, want_prog});
      if (prog_we && {prog_engine, 14'd0, prog_addr} != m_prog_address)
        fault("program address", {prog_engine, 14'd0, prog_addr}, m_prog_address);
      if (prog_we && prog_data != m_prog_data) fault("program data", prog_data, m_prog_data);
      want_start = executing && m_start;
      want_prog = executing && m_prog;
    end else begin
      // Part 2: streams. Words go to engine 1 from address 0 on.
      if (!awvalid || awready) begin
        awvalid <= sent_aw <= Streamed && random_state[17];
        awaddr <= sent_aw == 32'd0 ? 12'h020 : 12'h024;
        if (sent_aw <= Streamed && random_state[17]) sent_aw <= sent_aw + 32'd1;
      end
      if (!wvalid || wready) begin
        wvalid <= sent_w <= Streamed && random_state[18];
        wdata <= sent_w == 32'd0 ? 32'h40000000 : sent_w * 32'h01010101;
        wstrb <= 4'b1111;
        if (sent_w <= Streamed && random_state[18]) sent_w <= sent_w + 32'd1;
      end
      if (!arvalid || arready) begin
        arvalid <= sent_ar < Streamed && random_state[19];
        araddr <= 12'h080 + {5'd0, sent_ar[3:0], 2'b00} + 12'd0;
        if (sent_ar < Streamed && random_state[19]) sent_ar <= sent_ar + 32'd1;
      end
      if (prog_we) begin
        want_value = m_stream * 32'h01010101;
        if (prog_data != want_value) fault("streamed word", prog_data, want_value);
        if ({prog_engine, 14'd0, prog_addr} != 32'h40000000 + m_stream - 32'd1)
          fault("streamed address", {prog_engine, 14'd0, prog_addr}, m_stream - 32'd1);
        m_stream = m_stream + 32'd1;
      end
      if (bvalid && bready) done_writes = done_writes + 1;
      if (rvalid && rready) begin
        if (rdata != {28'hC0DE000, done_reads[3:0]}) fault("streamed read", rdata, {28'hC0DE000, done_reads[3:0]});
        done_reads = done_reads + 1;
      end
      if (done_writes == Streamed + 1 && done_reads == Streamed) begin
        if (m_stream != Streamed + 1) fault("streamed words", m_stream, Streamed + 1);
        if (faults == 0) $display("pass");
        $finish;
      end
    end
    want_irq = awake && m_done && m_irq_enable;
    idle_cycles = idle_cycles + 1;
    if (idle_cycles > 400000) begin
      $display("fault: timeout at transfer %0d, %0d writes, %0d reads", n, done_writes, done_reads);
      $finish;
    end
  end

  reg [31:0] m_stream;
  integer idle_cycles;
  initial begin
    m_stream = 32'd1;
    want_irq = 1'b0;
    idle_cycles = 0;
  end
  // verilator lint_on BLKSEQ

endmodule

`default_nettype wire
