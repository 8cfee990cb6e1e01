// SPDX-License-Identifier: Apache-2.0
// function_table: a function of every byte, by tables of 256 bytes.
//
//   byte_o = through_i ? table[index_i][byte_i] : byte_i      for each of Units bytes
//
// The tables are written in words of MemW bits; each of the Units bytes has a copy of
// all of them.
//
// Latency  : 1 cycle from byte_i, through_i and index_i to byte_o.
// Overflow : none; indices wrap modulo Bytes / 256.
`default_nettype none

module function_table #(
    parameter Bytes  = 256,  // size of all tables, a power of two, 256 or more
    parameter Units  = 4,    // bytes a cycle
    parameter MemW   = 64,   // width of a write, bits, 16 or more
    parameter WAddrW = 5     // log2(8*Bytes/MemW)
) (
    input  wire               clk_i,      // clock, rising edge
    input  wire               we_i,
    input  wire [WAddrW-1:0]  waddr_i,
    input  wire [MemW-1:0]    wdata_i,
    input  wire [2:0]         index_i,    // which table
    input  wire [Units-1:0]   through_i,  // the byte goes through the table
    input  wire [8*Units-1:0] byte_i,
    output wire [8*Units-1:0] byte_o
);

  localparam ReadW = $clog2(Bytes);

  initial begin
    if ((Bytes < 256) || (Bytes != (1 << ReadW)) || (Bytes > 2048)) begin
      $display("function_table: want Bytes to be a power of two, 256 to 2048");
      $finish;
    end
  end

  reg [Units-1:0]   through_q;
  reg [8*Units-1:0] byte_q;

  always @(posedge clk_i) begin
    through_q <= through_i;
    byte_q    <= byte_i;
  end

  genvar u;
  generate
    for (u = 0; u < Units; u = u + 1) begin : unit
      wire [10:0] entry = {index_i, byte_i[8*u+:8]};
      wire [7:0]  value;
      wire        unused = &{1'b0, entry};
      buffer #(
          .Bytes     (Bytes),
          .WriteW    (MemW),
          .ReadW     (8),
          .WriteAddrW(WAddrW),
          .ReadAddrW (ReadW)
      ) tables (
          .clk_i  (clk_i),
          .we_i   (we_i),
          .waddr_i(waddr_i),
          .wdata_i(wdata_i),
          .re_i   (1'b1),
          .raddr_i(entry[ReadW-1:0]),
          .rdata_o(value)
      );
      assign byte_o[8*u+:8] = through_q[u] ? value : byte_q[8*u+:8];
    end
  endgenerate

endmodule

`default_nettype wire
