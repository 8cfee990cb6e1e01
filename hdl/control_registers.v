// SPDX-License-Identifier: Apache-2.0
//
// control_registers: the AXI4-Lite face of a lowres core.
//
// A host writes the programs, the base address and the instruction counts,
// starts the core, and reads its status and counters. docs/register-map.md
// explains every field; byte addresses, 32-bit registers:
//
//   00 ID               RO  4C524553 ("LRES")
//   04 VERSION          RO  parameter Version
//   08 CONTROL          WO  0 start, 1 clear done and bits 8, 9 of STATUS
//   0C STATUS           RO  0 busy, 1 done, 7:4 error_i, 8 start while busy seen,
//                           9 write ignored because busy
//   10 BASE             RW  added to every memory address
//   14 LOAD_COUNT       RW  15:0, instructions of the load engine
//   18 COMPUTE_COUNT    RW  15:0
//   1C STORE_COUNT      RW  15:0
//   20 PROGRAM_ADDRESS  RW  31:30 engine, 15:0 word
//   24 PROGRAM_DATA     WO  writes a program word, then increments the address
//   28 DESIGN0          RO  parameter Design0
//   2C DESIGN1          RO  parameter Design1
//   30 IRQ_ENABLE       RW  0 enable
//   80 + 4i  counter i  RO  i = 0 ... Counters - 1
//
// Latency  : 2 cycles from the later handshake of a write to its effect and response, 2 from
//            the handshake of a read address to its data.
//
// Writes: AW and W may come in either order. Let t be the cycle of the later
// of the two handshakes. The register changes at the end of cycle t + 1 (later
// only while an earlier response still waits), so start_o, prog_we_o and BVALID
// are high in cycle t + 2. A write whose strobes are not all ones does nothing
// and gets SLVERR. BASE ... PROGRAM_DATA are not written while busy; CONTROL
// and IRQ_ENABLE always are.
// Reads: with the AR handshake in cycle t, RVALID rises in cycle t + 2.
// Any other address reads as 0 and answers SLVERR; read-only registers ignore
// writes. Address bits 1:0 are ignored.
// Backpressure: every channel may wait for any time; every output comes from
// flip-flops alone.
`default_nettype none

module control_registers #(
    parameter [31:0] Version  = 32'h00000000,  // major << 16 | minor << 8 | patch
    parameter [31:0] Design0  = 32'h00000000,  // register DESIGN0
    parameter [31:0] Design1  = 32'h00000000,  // register DESIGN1
    parameter        Counters = 17             // counters that the core has, 1 to 32
) (
    input  wire        clk_i,            // clock, rising edge
    input  wire        rst_i,            // reset, active high

    // AXI4-Lite slave
    input  wire [11:0] s_axi_awaddr,     // byte address in the 4 KiB register page
    input  wire        s_axi_awvalid,
    output wire        s_axi_awready,
    input  wire [31:0] s_axi_wdata,
    input  wire [3:0]  s_axi_wstrb,      // all ones, or the write is refused
    input  wire        s_axi_wvalid,
    output wire        s_axi_wready,
    output wire [1:0]  s_axi_bresp,      // 0 OKAY, 2 SLVERR
    output wire        s_axi_bvalid,
    input  wire        s_axi_bready,
    input  wire [11:0] s_axi_araddr,
    input  wire        s_axi_arvalid,
    output wire        s_axi_arready,
    output wire [31:0] s_axi_rdata,
    output wire [1:0]  s_axi_rresp,      // 0 OKAY, 2 SLVERR
    output wire        s_axi_rvalid,
    input  wire        s_axi_rready,

    // Run control of the core
    output wire        start_o,          // one cycle; the core is busy from the next cycle on
    output wire [31:0] base_o,           // steady while the core is busy, as the counts are
    output wire [15:0] load_count_o,
    output wire [15:0] compute_count_o,
    output wire [15:0] store_count_o,
    input  wire        busy_i,
    input  wire [3:0]  error_i,          // sticky in a run, cleared by start_o

    // Program memories of the core
    output wire        prog_we_o,        // one cycle a word
    output wire [1:0]  prog_engine_o,    // 0 load, 1 compute, 2 store
    output wire [15:0] prog_addr_o,      // 32-bit word index
    output wire [31:0] prog_data_o,

    // Counters of the core
    output wire [4:0]  counter_index_o,
    input  wire [31:0] counter_i,        // counter counter_index_o, combinational

    output wire        irq_o             // high while done and enabled
);

  localparam [31:0] Id = 32'h4C524553;

  // Word addresses (byte address / 4) in the front page
  localparam [3:0] IdAt             = 4'h0;
  localparam [3:0] VersionAt        = 4'h1;
  localparam [3:0] ControlAt        = 4'h2;
  localparam [3:0] StatusAt         = 4'h3;
  localparam [3:0] BaseAt           = 4'h4;
  localparam [3:0] LoadCountAt      = 4'h5;
  localparam [3:0] ComputeCountAt   = 4'h6;
  localparam [3:0] StoreCountAt     = 4'h7;
  localparam [3:0] ProgramAddressAt = 4'h8;
  localparam [3:0] ProgramDataAt    = 4'h9;
  localparam [3:0] Design0At        = 4'hA;
  localparam [3:0] Design1At        = 4'hB;
  localparam [3:0] IrqEnableAt      = 4'hC;
  localparam [5:0] FrontPage        = 6'h00;  // byte addresses 000 to 03F
  localparam [4:0] CounterPage      = 5'h01;  // byte addresses 080 to 0FF

  // The words of a page that are registers
  localparam [15:0] Front   = ~(16'hFFFE << IrqEnableAt);
  localparam [31:0] Present = ~(32'hFFFFFFFF << Counters);

  localparam [1:0] Okay   = 2'b00;
  localparam [1:0] SlvErr = 2'b10;

  initial begin
    if (Counters < 1 || Counters > 32) begin
      $display("control_registers: Counters: %0d: want 1 to 32", Counters);
      $finish;
    end
  end

  // is_register: whether an address is in the map.
  function is_register(input [9:0] word);
    if (word[9:5] == CounterPage) is_register = Present[word[4:0]];
    else is_register = word[9:4] == FrontPage && Front[word[3:0]];
  endfunction

  // ---------------------------------------------------------------------------
  // Write channels: AW and W are each held until the other is there and the
  // response register is free. Of an address is held what it names; nothing, once written.

  reg        aw_full_q;
  reg [9:0]  aw_names_q;
  reg        w_full_q;
  reg [31:0] w_data_q;
  reg        w_whole_q;  // and all strobes were set
  reg        b_valid_q;
  reg [1:0]  b_resp_q;

  wire       aw_front = s_axi_awaddr[11:6] == FrontPage;
  wire [3:0] aw_word  = s_axi_awaddr[5:2];
  wire [9:0] aw_names = {
    is_register(s_axi_awaddr[11:2]),
    aw_front && aw_word >= BaseAt && aw_word <= ProgramDataAt,  // not while busy
    aw_front && aw_word == ControlAt,
    aw_front && aw_word == BaseAt,
    aw_front && aw_word == LoadCountAt,
    aw_front && aw_word == ComputeCountAt,
    aw_front && aw_word == StoreCountAt,
    aw_front && aw_word == ProgramAddressAt,
    aw_front && aw_word == ProgramDataAt,
    aw_front && aw_word == IrqEnableAt
  };
  wire       aw_known, aw_guarded, aw_control, aw_base, aw_load, aw_compute, aw_store;
  wire       aw_address, aw_data, aw_irq;
  assign {aw_known, aw_guarded, aw_control, aw_base, aw_load, aw_compute, aw_store,
          aw_address, aw_data, aw_irq} = aw_names_q;

  wire       b_free   = !b_valid_q || s_axi_bready;
  wire       write    = aw_full_q && w_full_q && b_free;
  wire       write_ok = w_whole_q && aw_known;

  assign s_axi_awready = !aw_full_q;
  assign s_axi_wready  = !w_full_q;
  assign s_axi_bvalid  = b_valid_q;
  assign s_axi_bresp   = b_resp_q;

  always @(posedge clk_i) begin
    if (rst_i) begin
      aw_full_q  <= 1'b0;
      aw_names_q <= 10'h000;
      w_full_q   <= 1'b0;
      w_data_q   <= 32'h00000000;
      w_whole_q  <= 1'b0;
      b_valid_q  <= 1'b0;
      b_resp_q   <= Okay;
    end else begin
      aw_full_q <= aw_full_q ? !write : s_axi_awvalid;
      if (!aw_full_q) aw_names_q <= aw_names & {10{s_axi_awvalid}};
      else if (write) aw_names_q <= 10'h000;
      if (s_axi_wvalid && s_axi_wready) begin
        w_full_q  <= 1'b1;
        w_data_q  <= s_axi_wdata;
        w_whole_q <= &s_axi_wstrb;
      end else if (write) begin
        w_full_q  <= 1'b0;
        w_whole_q <= 1'b0;
      end
      if (write) begin
        b_valid_q <= 1'b1;
        b_resp_q  <= write_ok ? Okay : SlvErr;
      end else if (s_axi_bready) begin
        b_valid_q <= 1'b0;
      end
    end
  end

  // ---------------------------------------------------------------------------
  // Registers. The core counts as busy from the cycle of start_o on.

  reg        start_q;
  reg        busy_q;          // busy_i one cycle ago
  reg        done_q;
  reg        start_refused_q;
  reg        write_refused_q;
  reg        irq_enable_q;
  reg [31:0] base_q;
  reg [15:0] load_count_q;
  reg [15:0] compute_count_q;
  reg [15:0] store_count_q;
  reg [1:0]  engine_q;
  reg [15:0] word_q;          // address of the next program word
  reg        prog_we_q;
  reg [15:0] prog_addr_q;     // of the word that prog_we_q writes; its data stand in w_data_q

  wire busy      = busy_i || start_q;
  wire ended     = busy_q && !busy_i;
  wire accepted  = w_whole_q && b_free;  // of a register that is named: a write
  wire control   = accepted && aw_control;
  wire start     = control && w_data_q[0];
  wire clear     = control && w_data_q[1];
  wire guarded   = accepted && aw_guarded;
  wire configure = accepted && !busy;

  always @(posedge clk_i) begin
    if (rst_i) begin
      start_q         <= 1'b0;
      busy_q          <= 1'b0;
      done_q          <= 1'b0;
      start_refused_q <= 1'b0;
      write_refused_q <= 1'b0;
      irq_enable_q    <= 1'b0;
    end else begin
      start_q <= start && !busy;
      busy_q  <= busy_i;

      // The end of a run wins over a clear in the same cycle, so no end is lost;
      // a start wins over both, so done never belongs to the run before.
      if (start && !busy) done_q <= 1'b0;
      else if (ended) done_q <= 1'b1;
      else if (clear) done_q <= 1'b0;

      if (start && busy) start_refused_q <= 1'b1;
      else if (clear || start) start_refused_q <= 1'b0;

      if (guarded && busy) write_refused_q <= 1'b1;
      else if (clear || (start && !busy)) write_refused_q <= 1'b0;

      if (accepted && aw_irq) irq_enable_q <= w_data_q[0];
    end
  end

  always @(posedge clk_i) begin
    if (rst_i) begin
      base_q          <= 32'h00000000;
      load_count_q    <= 16'h0000;
      compute_count_q <= 16'h0000;
      store_count_q   <= 16'h0000;
      engine_q        <= 2'b00;
      word_q          <= 16'h0000;
      prog_we_q       <= 1'b0;
    end else begin
      prog_we_q <= configure && aw_data;
      if (configure && aw_base) base_q <= w_data_q;
      if (configure && aw_load) load_count_q <= w_data_q[15:0];
      if (configure && aw_compute) compute_count_q <= w_data_q[15:0];
      if (configure && aw_store) store_count_q <= w_data_q[15:0];
      if (configure && aw_address) engine_q <= w_data_q[31:30];
      if (configure && (aw_address || aw_data))
        word_q <= aw_data ? word_q + 16'h0001 : w_data_q[15:0];
    end
  end

  // A word is written in the cycle behind its write, when only word_q has moved on.
  always @(posedge clk_i) prog_addr_q <= word_q;

  assign start_o         = start_q;
  assign base_o          = base_q;
  assign load_count_o    = load_count_q;
  assign compute_count_o = compute_count_q;
  assign store_count_o   = store_count_q;
  assign prog_we_o       = prog_we_q;
  assign prog_engine_o   = engine_q;
  assign prog_addr_o     = prog_addr_q;
  assign prog_data_o     = w_data_q;
  assign irq_o           = done_q && irq_enable_q;

  // ---------------------------------------------------------------------------
  // Read channels: the address is held for the cycle in which the register is
  // selected, so counter_index_o comes from a flip-flop.

  reg        ar_full_q;
  reg        ar_known_q;    // a register
  reg        ar_front_q;    // in the front page
  reg        ar_counter_q;  // a counter
  reg [4:0]  ar_word_q;
  reg        r_valid_q;
  reg [31:0] r_data_q;
  reg [1:0]  r_resp_q;
  reg [31:0] value;

  wire        done   = done_q || ended;
  wire [31:0] status = {22'h000000, write_refused_q, start_refused_q, error_i, 2'b00, done, busy};
  wire        read   = ar_full_q && (!r_valid_q || s_axi_rready);

  assign counter_index_o = ar_word_q;

  always @* begin
    case (ar_word_q[3:0])
      IdAt:             value = Id;
      VersionAt:        value = Version;
      StatusAt:         value = status;
      BaseAt:           value = base_q;
      LoadCountAt:      value = {16'h0000, load_count_q};
      ComputeCountAt:   value = {16'h0000, compute_count_q};
      StoreCountAt:     value = {16'h0000, store_count_q};
      ProgramAddressAt: value = {engine_q, 14'h0000, word_q};
      Design0At:        value = Design0;
      Design1At:        value = Design1;
      IrqEnableAt:      value = {31'h00000000, irq_enable_q};
      default:          value = 32'h00000000;
    endcase
    if (!ar_front_q) value = ar_counter_q ? counter_i : 32'h00000000;
  end

  assign s_axi_arready = !ar_full_q;
  assign s_axi_rvalid  = r_valid_q;
  assign s_axi_rdata   = r_data_q;
  assign s_axi_rresp   = r_resp_q;

  always @(posedge clk_i) begin
    if (rst_i) begin
      ar_full_q    <= 1'b0;
      ar_known_q   <= 1'b0;
      ar_front_q   <= 1'b0;
      ar_counter_q <= 1'b0;
      ar_word_q    <= 5'h00;
      r_valid_q    <= 1'b0;
      r_data_q     <= 32'h00000000;
      r_resp_q     <= Okay;
    end else begin
      if (s_axi_arvalid && s_axi_arready) begin
        ar_full_q    <= 1'b1;
        ar_known_q   <= is_register(s_axi_araddr[11:2]);
        ar_front_q   <= s_axi_araddr[11:6] == FrontPage;
        ar_counter_q <= s_axi_araddr[11:7] == CounterPage && Present[s_axi_araddr[6:2]];
        ar_word_q    <= s_axi_araddr[6:2];
      end else if (read) begin
        ar_full_q <= 1'b0;
      end
      if (read) begin
        r_valid_q <= 1'b1;
        r_data_q  <= value;
        r_resp_q  <= ar_known_q ? Okay : SlvErr;
      end else if (s_axi_rready) begin
        r_valid_q <= 1'b0;
      end
    end
  end

  // Address bits that choose a byte in a register.
  wire unused_low = &{1'b0, s_axi_awaddr[1:0], s_axi_araddr[1:0]};

endmodule

`default_nettype wire
