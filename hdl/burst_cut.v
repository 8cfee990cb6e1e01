// SPDX-License-Identifier: Apache-2.0
// burst_cut: the next burst of a range that is cut at multiples of Burst beats, so that
// no burst crosses a 4 KB boundary.
//
//   room   = Burst - 1 - (addr_i / (MemW/8)) mod Burst     beats up to the multiple, less one
//   last_o = left_i <= room                                 the range ends with this burst
//   len_o  = min(left_i, room)
//
// What follows a burst that is not the last starts at the multiple, so addresses and counts
// go on without waiting for the comparison: addr_o = addr_i + (MemW/8)*(room + 1) and
// left_o = left_i - (room + 1).
//
// Latency  : combinational.
// Overflow : none; Burst beats are at most 4 KB and 256 beats.
`default_nettype none

module burst_cut #(
    parameter MemW  = 64,  // memory width, bits
    parameter Burst = 16   // most beats of a burst, a power of two
) (
    input  wire [31:0] addr_i,   // of the next beat, bytes
    input  wire [31:0] left_i,   // beats of the range from there on, less one
    output wire        last_o,
    output wire [7:0]  len_o,    // beats of the burst less one, as AXI4 wants it
    output wire [8:0]  beats_o,  // len_o + 1
    output wire [8:0]  room_o,   // beats_o unless last_o
    output wire [31:0] addr_o,   // of the burst after it, and what then is left
    output wire [31:0] left_o
);

  localparam ByteW  = $clog2(MemW / 8);  // address bits within a beat
  localparam BurstW = $clog2(Burst);     // … and those of a beat within a burst
  localparam [31:0] Mask   = Burst - 1;
  localparam [31:0] OneUp  = Burst * (MemW / 8);
  localparam [31:0] Within = (Burst - 1) * (MemW / 8);

  wire [31:0] at    = (addr_i >> ByteW) & Mask;  // beat within its burst
  wire [31:0] room  = Mask - at;
  wire [31:0] low   = left_i & Mask;
  wire        few   = ((left_i >> BurstW) == 32'd0);

  assign last_o  = few && (low <= room);
  assign room_o  = {1'b0, room[7:0]} + 9'd1;
  assign beats_o = last_o ? {1'b0, low[7:0]} + 9'd1 : room_o;
  assign len_o   = last_o ? low[7:0] : room[7:0];
  assign addr_o  = (addr_i & ~Within) + OneUp;
  assign left_o  = left_i + (~Mask | at);

  wire unused = &{1'b0, room[31:8], low[31:8]};

endmodule

`default_nettype wire
