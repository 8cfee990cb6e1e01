// SPDX-License-Identifier: Apache-2.0
// buffer: on-chip memory that is written in words of one width and read in words
// of another. Both sides see the same bytes: byte b of the buffer is byte
// b mod (width/8) of word b / (width/8), whatever the width.
//
// Latency  : 1 cycle from raddr_i to rdata_o.
// Overflow : addresses wrap modulo the size (they have just enough bits).
//
// The memory is Physical = max(WriteW, ReadW) bits wide, in banks of WriteW bits
// so that a narrow write touches one bank; a narrow read selects from the word.
`default_nettype none

module buffer #(
    parameter Bytes      = 1024,  // size, a power of two
    parameter WriteW     = 64,    // write word, bits, 8 times a power of two
    parameter ReadW      = 64,    // read word, bits, 8 times a power of two
    parameter WriteAddrW = 7,     // log2(8*Bytes/WriteW)
    parameter ReadAddrW  = 7      // log2(8*Bytes/ReadW)
) (
    input  wire                  clk_i,    // clock, rising edge
    input  wire                  we_i,     // write wdata_i to word waddr_i
    input  wire [WriteAddrW-1:0] waddr_i,
    input  wire [WriteW-1:0]     wdata_i,
    input  wire                  re_i,     // read word raddr_i; rdata_o holds otherwise
    input  wire [ReadAddrW-1:0]  raddr_i,
    output wire [ReadW-1:0]      rdata_o
);

  localparam Physical = (WriteW > ReadW) ? WriteW : ReadW;
  localparam AddrW    = $clog2(8 * Bytes / Physical);
  localparam Banks    = Physical / WriteW;  // write words in a physical word
  localparam Parts    = Physical / ReadW;   // read words in a physical word

  initial begin
    if ((Bytes * 8 != (WriteW << WriteAddrW)) || (Bytes * 8 != (ReadW << ReadAddrW))) begin
      $display("buffer: want WriteW << WriteAddrW and ReadW << ReadAddrW to be the size in bits");
      $finish;
    end
  end

  wire [Physical-1:0] word;

  genvar b;
  generate
    for (b = 0; b < Banks; b = b + 1) begin : bank
      wire bank_we;
      if (Banks == 1) begin : only
        assign bank_we = we_i;
      end else begin : one_of_many
        assign bank_we = we_i && (waddr_i[$clog2(Banks)-1:0] == b);
      end
      ram_sdp #(
          .Width(WriteW),
          .AddrW(AddrW)
      ) ram (
          .clk_i  (clk_i),
          .we_i   (bank_we),
          .waddr_i(waddr_i[WriteAddrW-1-:AddrW]),
          .wdata_i(wdata_i),
          .re_i   (re_i),
          .raddr_i(raddr_i[ReadAddrW-1-:AddrW]),
          .rdata_o(word[b*WriteW+:WriteW])
      );
    end
    if (Parts == 1) begin : whole
      assign rdata_o = word;
    end else begin : part
      reg [$clog2(Parts)-1:0] part_q;
      always @(posedge clk_i) if (re_i) part_q <= raddr_i[$clog2(Parts)-1:0];
      assign rdata_o = word[part_q*ReadW+:ReadW];
    end
  endgenerate

endmodule

`default_nettype wire
