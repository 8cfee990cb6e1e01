// SPDX-License-Identifier: Apache-2.0
// burst_walk: visits the bursts of a range, which is cut at multiples of Burst beats, so
// that no burst crosses a 4 KB boundary.
//
//   burst k < bursts:  addr_o = k = 0 ? addr : first byte of the next multiple of Burst beats
//                      room   = Burst - (addr_o / (MemW/8)) mod Burst
//                      beats  = min(beats left, room)
//                      len_o  = beats - 1,  last_o = (k = bursts - 1)
//
// After the first burst all start at a multiple, so an address takes a count of bursts, no
// adder; and the last burst is told by a sign:
//   rest = beats left - room - 1, which is negative when the burst has room for all
//
// Latency  : the first burst stands in the cycle after start_i, the next one in the cycle
//            after each next_i; behind the last one there is none to be looked at. The sum
//            of base_i and offset_i takes two cycles: they stand in the two before start_i.
// Overflow : addresses wrap modulo 2^32; Burst beats are at most 4 KB and 256 beats.
`default_nettype none

module burst_walk #(
    parameter MemW   = 64,  // memory width, bits
    parameter Burst  = 16,  // most beats of a burst, a power of two
    parameter BeatsW = 17   // of the beats of a range, bits
) (
    input  wire              clk_i,    // clock, rising edge
    input  wire              start_i,  // begin with the range at base_i + offset_i, its addr
    input  wire [31:0]       base_i,   // bytes
    input  wire [31:0]       offset_i,
    input  wire [BeatsW-1:0] beats_i,  // 1 or more
    input  wire              next_i,   // go to the next burst
    output wire [31:0]       addr_o,
    output wire [7:0]        len_o,    // beats - 1, as AXI4 wants it
    output wire              last_o
);

  localparam ByteW  = $clog2(MemW / 8);      // address bits within a beat
  localparam BurstW = $clog2(Burst);         // and of a beat within a burst
  localparam LenW   = (BurstW > 0) ? BurstW : 1;
  localparam RestW  = (BeatsW > LenW) ? BeatsW + 1 : LenW + 2;
  localparam [31:0] LastBeat = Burst - 1;

  reg [15:0]      low_q;    // of addr
  reg             carry_q;  // out of it
  reg [15:0]      high_q;
  reg [31:0]      addr_q;
  reg             wraps_q;  // the next burst begins another 64 KB
  reg [RestW-1:0] rest_q;   // two's complement

  wire [16:0] high = {base_i[31:16], 1'b1} + {offset_i[31:16], carry_q};

  always @(posedge clk_i) begin
    {carry_q, low_q} <= {1'b0, base_i[15:0]} + {1'b0, offset_i[15:0]};
    high_q           <= high[16:1];
  end

  wire [31:0]      beat    = ({high_q, low_q} >> ByteW) & LastBeat;
  wire [LenW:0]    room    = Burst[LenW:0] - beat[LenW:0];
  wire [RestW-1:0] rest_at = {{(RestW - BeatsW) {1'b0}}, beats_i} +
                             {{(RestW - LenW - 1) {1'b1}}, ~room};

  // The count is in two halves, of which the upper one counts when the lower one is at its last:
  // so neither has a long carry.
  wire [15:0] multiple = addr_q[15:0] >> (ByteW + BurstW);
  localparam [15:0] LastMultiple = 16'hffff >> (ByteW + BurstW);

  always @(posedge clk_i) begin
    if (start_i) addr_q[15:0] <= low_q;
    else if (next_i) addr_q[15:0] <= (multiple + 16'd1) << (ByteW + BurstW);
    if (start_i) addr_q[31:16] <= high_q;
    else if (next_i && wraps_q) addr_q[31:16] <= addr_q[31:16] + 16'd1;
    if (start_i) wraps_q <= (low_q >> (ByteW + BurstW) == LastMultiple);
    else if (next_i) wraps_q <= (multiple == LastMultiple - 16'd1);
    if (start_i) rest_q <= rest_at;
    else if (next_i) rest_q[RestW-1:BurstW] <= rest_q[RestW-1:BurstW] - 1'b1;
  end

  // The first and the last beat of the burst within Burst beats
  wire [31:0]     first = (addr_q >> ByteW) & LastBeat;
  wire [LenW-1:0] last  = rest_q[LenW-1:0] | {LenW{!last_o}};
  wire [LenW-1:0] len   = (last & LastBeat[LenW-1:0]) - first[LenW-1:0];

  assign addr_o = addr_q;
  assign last_o = rest_q[RestW-1];
  wire [LenW+7:0] len_ext = {8'd0, len};
  assign len_o  = len_ext[7:0];

  wire unused = &{1'b0, high[0], beat, first, len_ext};

endmodule

`default_nettype wire
