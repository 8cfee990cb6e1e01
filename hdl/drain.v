// SPDX-License-Identifier: Apache-2.0
// drain: brings finished sums to the output buffer: column select, bias,
// requantise or byte planes, function table, max-pool.
//
// For each slot of the block, for each of its pixels, for each plane (4 when wide, else
// 1), for each group q of Units columns: one cycle. Column c is in group c / Units. A slot
// has the positions at the same place of Pixels neighbouring pool windows, or of those
// that are left of the row.
//
//   narrow: word[c] = max over the pool window of requantise(sum[c])
//           or, with table_i and the column's parameter, of table[requantise(sum[c])]
//   wide  : word of plane p: word[c] = byte p of (sum[c] + bias[c])
//
// One word is written for each pool window (narrow) or plane (wide).
//
// With ByGroup a block is one position with the sums of several column groups. These take
// the places of slots; their parameters and their words stand behind each other, and
// a pool window has a word of each.
//
// Latency  : the first sums are read 2 cycles after block_ready_i, or in the cycle
//            after the last sums of the block before; a word is written Stages + 2
//            cycles after its last sums were read, one more in a design with tables.
// Overflow : see requantise.
`default_nettype none

module drain #(
    parameter Cols     = 16,  // columns
    parameter Units    = 4,   // columns requantised in a cycle, a divisor of Cols
    parameter AccW     = 24,  // width of a sum, bits
    parameter Stages   = 4,   // of requantise, cycles
    parameter Pixels   = 1,   // most positions of a slot, a power of two
    parameter HoldW    = 4,   // log2 of the most slots of a block
    parameter Blocks   = 2,   // blocks of sums: 1 or 2
    parameter Ahead    = 0,   // 1: sums come a cycle after their address; one block, Units < Cols
    parameter OutAddrW = 10,  // output buffer address width, column words
    parameter ParAddrW = 6,   // parameter buffer address width, words of Units columns
    parameter ParPerBeat = 0, // log2 of parameter words in a beat, where beats are wider
    parameter BeatPerPar = 0, // log2 of beats in a parameter word, where words are wider
    parameter ByGroup    = 0, // 1: see above
    parameter ParStep    = 1, // ByGroup: parameter words of a column group
    parameter TableBytes = 0, // size of the function tables, 0 for none
    parameter MemW       = 64,  // width of a beat, bits
    parameter TableAddrW = 1  // log2(8*TableBytes/MemW), 1 without tables
) (
    input  wire                  clk_i,         // clock, rising edge
    input  wire                  rst_i,         // reset, active high

    // The instruction, taken over when the one before is in the output buffer
    input  wire                  take_i,
    input  wire                  relu_i,
    input  wire                  wide_i,
    input  wire [7:0]            pool_i,
    input  wire                  table_i,         // columns go through a table
    input  wire [2:0]            table_index_i,
    input  wire [15:0]           param_address_i,  // beats
    input  wire [15:0]           out_address_i,    // column words
    input  wire [15:0]           out_pixel_words_i,
    input  wire [15:0]           out_cols_i,        // pool windows of a row

    // Blocks
    input  wire                  block_ready_i, // one more block waits
    input  wire [HoldW:0]        block_0_i,     // slots of the block in half 0
    input  wire [HoldW:0]        block_1_i,     // slots of the block in half 1
    input  wire [1:0]            final_i,       // by half: the block is its instruction's last
    output wire                  drained_o,     // the block's last sums are read
    output wire                  half_o,        // the half that is read
    output wire                  emitted_o,     // the instruction is in the buffer
    output wire                  active_o,      // sums are read

    // Accumulators. With one block either the array adds or sums are read, at the same address.
    output wire [HoldW:0]        addr_o,        // {half, slot}
    input  wire [HoldW-1:0]      array_next_i,  // one block: the array's, of the next cycle; or 0
    input  wire [Pixels*AccW*Cols-1:0] sums_i,  // of pixel 0 lowest

    // Function tables, written by the load engine
    input  wire                  table_we_i,
    input  wire [TableAddrW-1:0] table_waddr_i,
    input  wire [MemW-1:0]       table_wdata_i,

    // Parameter buffer: {table, shift, mult, bias} of Units columns
    output wire                  par_re_o,
    output wire [ParAddrW-1:0]   par_raddr_o,
    input  wire [64*Units-1:0]   par_i,

    // Output buffer
    output wire                  we_o,
    output wire [OutAddrW-1:0]   waddr_o,
    output wire [8*Cols-1:0]     wdata_o
);

  localparam Groups = Cols / Units;
  localparam GroupW = (Groups > 1) ? $clog2(Groups) : 1;
  localparam [31:0] LastGroup = Groups - 1;
  localparam [HoldW:0] One = 1;
  localparam [HoldW:0] Two = 2;
  localparam PixelW = (Pixels > 1) ? $clog2(Pixels) : 1;
  localparam [31:0] LastPixel = Pixels - 1;
  localparam Words   = ((ByGroup != 0) || (Pixels > 1)) ? 1 : 0;  // several at a time
  localparam EntryW  = (ByGroup != 0) ? HoldW : PixelW;
  localparam OffsetW = (ByGroup != 0) ? HoldW + 2 : 2;
  localparam TableLatency = (TableBytes > 0) ? 1 : 0;
  localparam ByteLatency  = Stages + 1 + TableLatency;  // from the read of a sum to its byte

  initial begin
    if ((Cols % Units != 0) || (AccW > 32) || ((ByGroup != 0) && (Pixels != 1)) ||
        ((1 << $clog2(Pixels)) != Pixels) ||
        ((Ahead != 0) && ((Blocks != 1) || (Units == Cols)))) begin
      $display("drain: Cols, Units, AccW, Pixels, ByGroup or Ahead is not as the header says");
      $finish;
    end
  end

  // The instruction: its fields are taken a cycle after take_i.
  reg              take_q;
  reg              relu_q;
  reg              wide_q;
  reg [7:0]        pool_q;
  reg              pool_one_q;
  reg              table_q;
  reg [2:0]        table_index_q;
  reg [15:0]       param_address_q;
  reg [15:0]       out_pixel_words_q;

  always @(posedge clk_i) begin
    if (rst_i) take_q <= 1'b0;
    else take_q <= take_i;
    if (take_q) begin
      relu_q            <= relu_i;
      wide_q            <= wide_i;
      pool_q            <= pool_i;
      pool_one_q        <= (pool_i == 8'd1);
      table_q           <= table_i;
      table_index_q     <= table_index_i;
      param_address_q   <= param_address_i;
      out_pixel_words_q <= out_pixel_words_i;
    end
  end

  reg              active_q;
  reg              ending_q;    // the instruction's last sums are read
  reg [1:0]        waiting_q;   // blocks not yet drained, the active one included
  reg              half_q;
  reg [HoldW-1:0]  slot_q;
  reg [1:0]        plane_q;
  reg [GroupW-1:0] group_q;
  reg              group_end_q;  // the group is the last ...
  reg              plane_end_q;  // ... and the plane
  reg              slot_last_q;  // the slot is the last of the block
  reg [7:0]        x_next_q;     // the place after the slot's in its pool windows, from 2 on
  reg [7:0]        y_next_q;
  reg              x_last_q;     // the place is the last of its windows' rows, of several ...
  reg              y_last_q;     // ... its row the last
  reg              x_start_q;    // the place is the first of its windows' rows ...
  reg              y_start_q;    // ... its row the first

  wire [PixelW-1:0] pixel;
  wire              pixel_last;

  wire [HoldW:0] block         = half_q ? block_1_i : block_0_i;
  wire [HoldW:0] block_after   = (half_q != (Blocks == 2)) ? block_1_i : block_0_i;
  wire [HoldW:0] slot_next     = {1'b0, slot_q} + 1'b1;
  wire           slot_end      = plane_end_q && pixel_last;
  wire           block_last    = slot_end && slot_last_q;
  wire           place_end     = (ByGroup != 0) ? block_last : slot_end;
  wire           out_end       = (ByGroup != 0) ? block_last : plane_end_q;
  wire           x_end         = x_last_q || pool_one_q;
  wire           y_end         = y_last_q || pool_one_q;
  wire           window_end    = x_end && y_end;
  wire           window_start  = x_start_q && y_start_q;

  // The pixel of the slot: a row's last slots have those that are left.
  generate
    if (Pixels == 1) begin : one_pixel
      wire unused = &{1'b0, out_cols_i};
      assign pixel      = 1'b0;
      assign pixel_last = 1'b1;
    end else begin : many_pixels
      reg [PixelW-1:0] which_q;
      reg [15:0]       cols_left_q;  // windows of the row from the slot's first on
      reg [15:0]       out_cols_q;
      wire [15:0]      cols_next = cols_left_q - LastPixel[15:0] - 16'd1;
      wire             row_end   = (cols_left_q <= LastPixel[15:0] + 16'd1);
      assign pixel      = which_q;
      assign pixel_last = (which_q == LastPixel[PixelW-1:0]) ||
                          (cols_left_q == {{(16 - PixelW) {1'b0}}, which_q} + 16'd1);
      always @(posedge clk_i) begin
        if (take_q) out_cols_q <= out_cols_i;
        if (take_q) cols_left_q <= out_cols_i;
        else if (active_q && slot_end && window_end) begin
          cols_left_q <= row_end ? out_cols_q : cols_next;
        end
      end
      always @(posedge clk_i) begin
        if (rst_i) which_q <= {PixelW{1'b0}};
        else if (active_q && plane_end_q) which_q <= pixel_last ? {PixelW{1'b0}} : which_q + 1'b1;
      end
    end
  endgenerate

  assign drained_o = active_q && block_last;
  assign half_o    = half_q;
  assign active_o  = active_q;

  wire [GroupW-1:0] group_next = group_end_q ? {GroupW{1'b0}} : group_q + 1'b1;
  wire [1:0] plane_next = plane_end_q ? 2'd0 : plane_q + {1'b0, group_end_q};
  wire       group_last = (group_next == LastGroup[GroupW-1:0]);
  wire       plane_last = group_last && (!wide_q || (plane_next == 2'd3));
  wire [1:0] waiting_less = waiting_q - {1'b0, drained_o};
  wire       final_drained = drained_o && final_i[half_q];

  always @(posedge clk_i) begin
    if (rst_i) begin
      active_q   <= 1'b0;
      ending_q   <= 1'b0;
      waiting_q  <= 2'd0;
      half_q     <= 1'b0;
      slot_q     <= {HoldW{1'b0}};
      plane_q    <= 2'd0;
      group_q    <= {GroupW{1'b0}};
    end else begin
      waiting_q <= waiting_less + {1'b0, block_ready_i};
      active_q  <= (waiting_less != 2'd0) && !final_drained && !ending_q;
      ending_q  <= final_drained || (ending_q && !emitted_o);
      if (active_q) begin
        group_q <= group_next;
        plane_q <= plane_next;
        if (slot_end) slot_q <= block_last ? {HoldW{1'b0}} : slot_next[HoldW-1:0];
        if (block_last) half_q <= !half_q && (Blocks == 2);
      end else if ((Blocks == 1) && (Ahead == 0)) begin
        slot_q <= array_next_i;
      end
    end
  end

  // The address is the slot's, or, ahead, that of the next cycle. A slot has several groups of
  // columns then, so that the next one is known before the last group is read; behind the last
  // one the array's address is back in time.
  generate
    if (Ahead == 0) begin : now
      assign addr_o = {half_q, slot_q};
    end else begin : ahead
      reg [HoldW-1:0] ahead_q;
      always @(posedge clk_i) begin
        if (rst_i) ahead_q <= {HoldW{1'b0}};
        else if (!active_q) ahead_q <= array_next_i;
        else if (plane_last && pixel_last) ahead_q <= slot_next[HoldW-1:0];
      end
      assign addr_o = {1'b0, ahead_q};
    end
  endgenerate

  // What ends with the sums that are read is known a cycle before. An instruction ends with its
  // last group, plane and place, and so leaves the first of each to the next one.
  always @(posedge clk_i) begin
    if (rst_i) group_end_q <= (Groups == 1);
    else if (active_q) group_end_q <= group_last;
    if (take_q) plane_end_q <= (Groups == 1) && !wide_i;
    else if (active_q) plane_end_q <= plane_last;
    if (!active_q) slot_last_q <= (block == One);
    else if (block_last) slot_last_q <= (block_after == One);
    else if (slot_end) slot_last_q <= ({1'b0, slot_q} + Two == block);
  end

  always @(posedge clk_i) begin
    if (rst_i) begin
      x_next_q  <= 8'd2;
      y_next_q  <= 8'd2;
      x_last_q  <= 1'b0;
      y_last_q  <= 1'b0;
      x_start_q <= 1'b1;
      y_start_q <= 1'b1;
    end else if (active_q && place_end) begin
      x_next_q  <= x_end ? 8'd2 : x_next_q + 8'd1;
      x_last_q  <= (x_next_q == pool_q);
      x_start_q <= x_end;
      if (x_end) begin
        y_next_q  <= y_end ? 8'd2 : y_next_q + 8'd1;
        y_last_q  <= (y_next_q == pool_q);
        y_start_q <= y_end;
      end
    end
  end

  // Parameters of the group that is read
  wire [31:0] par_step;
  generate
    if (ByGroup == 0) begin : one_column_group
      assign par_step = 32'd0;
    end else begin : column_groups
      localparam [15:0] ParWords = ParStep;
      reg [15:0] par_step_q;
      always @(posedge clk_i) begin
        if (rst_i) par_step_q <= 16'd0;
        else if (active_q && plane_end_q) par_step_q <= block_last ? 16'd0 : par_step_q + ParWords;
      end
      assign par_step = {16'd0, par_step_q};
    end
  endgenerate
  wire [31:0] par_base = ({16'd0, param_address_q} << ParPerBeat) >> BeatPerPar;
  wire [31:0] par_addr = par_base + par_step + {{(32 - GroupW) {1'b0}}, group_q};
  assign par_re_o    = active_q;
  assign par_raddr_o = par_addr[ParAddrW-1:0];

  // Select, requantise
  reg  [AccW*Units-1:0] acc_q;
  reg                   acc_relu_q;
  reg                   acc_wide_q;
  reg  [1:0]            acc_plane_q;
  wire [8*Units-1:0]    bytes;

  wire [AccW*Units-1:0] selected;
  genvar h;
  generate
    if ((Groups == 1) && (Pixels == 1)) begin : all_columns
      assign selected = sums_i;
    end else begin : some_columns
      localparam PartW = $clog2(Groups * Pixels);
      wire [PartW-1:0] part;
      if (Pixels == 1) begin : of_one_pixel
        assign part = group_q;
      end else if (Groups == 1) begin : of_a_pixel
        assign part = pixel;
      end else begin : some_of_a_pixel
        assign part = {pixel, group_q};
      end
      // By halves: in an index times a width that is no power of two tools see a shifter.
      for (h = PartW; h > 0; h = h - 1) begin : half
        localparam HalfW = AccW * Units << (h - 1);
        wire [2*HalfW-1:0] whole;
        wire [HalfW-1:0]   taken = part[h-1] ? whole[2*HalfW-1:HalfW] : whole[HalfW-1:0];
        if (h == PartW) begin : all
          assign whole = sums_i;
        end else begin : rest
          assign whole = half[h+1].taken;
        end
      end
      assign selected = half[1].taken;
    end
  endgenerate

  always @(posedge clk_i) begin
    acc_q       <= selected;
    acc_plane_q <= plane_q;
    acc_relu_q  <= relu_q;
    acc_wide_q  <= wide_q;
  end

  genvar u;
  generate
    for (u = 0; u < Units; u = u + 1) begin : unit
      wire [31:0] bias  = par_i[64*u+:32];
      wire [15:0] mult  = par_i[64*u+32+:16];
      wire [5:0]  shift = par_i[64*u+48+:6];
      wire        unused_parameter = &{1'b0, par_i[64*u+54+:10], bias};
      requantise #(
          .AccW  (AccW),
          .Stages(Stages)
      ) requantiser (
          .clk_i  (clk_i),
          .acc_i  (acc_q[AccW*u+:AccW]),
          .bias_i (bias[AccW-1:0]),
          .mult_i (mult),
          .shift_i(shift),
          .relu_i (acc_relu_q),
          .wide_i (acc_wide_q),
          .plane_i(acc_plane_q),
          .byte_o (bytes[8*u+:8])
      );
    end
  endgenerate

  // Function tables
  wire [8*Units-1:0] values;
  wire [Units-1:0]   wanted;
  generate
    for (u = 0; u < Units; u = u + 1) begin : want
      assign wanted[u] = par_i[64*u+56] && table_q;
    end
    if (TableBytes == 0) begin : no_tables
      wire unused = &{1'b0, wanted, table_index_q, table_we_i, table_waddr_i, table_wdata_i};
      assign values = bytes;
    end else begin : tables
      wire [Units-1:0] through;
      delay_line #(
          .Width (Units),
          .Stages(ByteLatency - 2)
      ) to_table (
          .clk_i (clk_i),
          .rst_i (rst_i),
          .data_i(wanted),
          .data_o(through)
      );
      function_table #(
          .Bytes (TableBytes),
          .Units (Units),
          .MemW  (MemW),
          .WAddrW(TableAddrW)
      ) functions (
          .clk_i    (clk_i),
          .we_i     (table_we_i),
          .waddr_i  (table_waddr_i),
          .wdata_i  (table_wdata_i),
          .index_i  (table_index_q),
          .through_i(through),
          .byte_i   (bytes),
          .byte_o   (values)
      );
    end
  endgenerate

  // What travels with the sums to the word
  wire [EntryW-1:0] entry;
  generate
    if (Pixels == 1) begin : entry_slot
      assign entry = slot_q[EntryW-1:0];
    end else begin : entry_pixel
      assign entry = pixel;
    end
  endgenerate
  wire              byte_valid;
  wire              byte_start;
  wire              byte_end;
  wire              byte_out_end;
  wire [EntryW-1:0] byte_entry;
  wire [GroupW-1:0] byte_group;
  delay_line #(
      .Width (GroupW + EntryW + 4),
      .Stages(ByteLatency)
  ) to_word (
      .clk_i (clk_i),
      .rst_i (rst_i),
      .data_i({active_q, wide_q || window_start, group_end_q && (wide_q || window_end), out_end,
               entry, group_q}),
      .data_o({byte_valid, byte_start, byte_end, byte_out_end, byte_entry, byte_group})
  );

  // Assemble the word; a pool window keeps its greatest bytes. Groups come in turn, so the
  // word goes round: a group's bytes of before stand lowest, and its new ones enter on top.
  reg  [8*Cols-1:0]         word_q;
  wire [8*Units-1:0]        kept;
  wire [8*Units-1:0]        greatest;  // of the window so far
  wire [8*(Cols+Units)-1:0] round = {greatest, word_q};

  always @(posedge clk_i) begin
    if (byte_valid) word_q <= round[8*Units+:8*Cols];
  end

  generate
    for (u = 0; u < Units; u = u + 1) begin : maximum
      wire signed [7:0] fresh = values[8*u+:8];
      wire signed [7:0] old   = kept[8*u+:8];
      assign greatest[8*u+:8] = (byte_start || (fresh > old)) ? fresh : old;
    end
    if (Words == 0) begin : one_word
      assign kept = word_q[8*Units-1:0];
    end else begin : words
      reg [8*Units-1:0] windows [0:(1<<(EntryW+GroupW))-1];
      assign kept = windows[{byte_entry, byte_group}];
      always @(posedge clk_i) begin
        if (byte_valid) windows[{byte_entry, byte_group}] <= greatest;
      end
    end
  endgenerate

  // Write
  reg        we_q;
  reg        out_end_q;      // the word is the last of its pixel
  reg [15:0] pixel_q;        // address of the pixel's first word
  reg [OffsetW-1:0] offset_q;  // of the word
  reg [ByteLatency-1:0] valid_q;  // sums on their way, by stage
  reg        emitted_q;        // the last ones of an instruction are in the buffer

  always @(posedge clk_i) begin
    if (rst_i) begin
      emitted_q   <= 1'b0;
      we_q        <= 1'b0;
      valid_q     <= {ByteLatency{1'b0}};
      out_end_q   <= 1'b0;
      offset_q    <= {OffsetW{1'b0}};
      pixel_q     <= 16'd0;
    end else begin
      out_end_q   <= byte_out_end;
      we_q        <= byte_valid && byte_end;
      valid_q     <= {valid_q[ByteLatency-2:0], active_q};
      emitted_q   <= ending_q && !emitted_q && !active_q && (valid_q == {ByteLatency{1'b0}});
      if (take_q) begin
        offset_q <= {OffsetW{1'b0}};
        pixel_q  <= out_address_i;
      end else if (we_q) begin
        offset_q <= out_end_q ? {OffsetW{1'b0}} : offset_q + 1'b1;
        if (out_end_q) pixel_q <= pixel_q + out_pixel_words_q;
      end
    end
  end

  wire [15:0] write_addr = pixel_q + {{(16 - OffsetW) {1'b0}}, offset_q};
  assign we_o    = we_q;
  assign waddr_o = write_addr[OutAddrW-1:0];
  assign wdata_o = word_q;
  assign emitted_o = emitted_q;

  wire unused = &{1'b0, array_next_i, par_addr, write_addr, slot_next, byte_entry, byte_group,
                  pixel, round};

endmodule

`default_nettype wire
