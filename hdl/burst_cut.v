// SPDX-License-Identifier: Apache-2.0
// burst_cut: the length of the next burst of a range that is cut at multiples of
// Burst beats, so that no burst crosses a 4 KB boundary.
//
//   beats_o = min(left_i, Burst - (addr_i / (MemW/8)) mod Burst)
//
// Latency  : combinational.
// Overflow : none; Burst beats are at most 4 KB and 256 beats.
`default_nettype none

module burst_cut #(
    parameter MemW  = 64,  // memory width, bits
    parameter Burst = 16   // most beats of a burst, a power of two
) (
    input  wire [31:0] addr_i,   // of the next beat, bytes
    input  wire [31:0] left_i,   // beats of the range from there on, 1 or more
    output wire [31:0] beats_o,
    output wire [7:0]  len_o     // beats_o - 1, as AXI4 wants it
);

  localparam ByteW = $clog2(MemW / 8);  // address bits within a beat
  localparam [31:0] BurstBeats = Burst;

  wire [31:0] beat     = addr_i >> ByteW;
  wire [31:0] to_bound = BurstBeats - (beat & (BurstBeats - 32'd1));
  wire [31:0] len      = beats_o - 32'd1;

  assign beats_o = (left_i < to_bound) ? left_i : to_bound;
  assign len_o   = len[7:0];

  wire unused = &{1'b0, len[31:8]};

endmodule

`default_nettype wire
