// SPDX-License-Identifier: Apache-2.0
// burst_walk: visits the bursts of a range, which is cut at multiples of Burst beats, so
// that no burst crosses a 4 KB boundary.
//
//   burst k < bursts:  addr_o = k = 0 ? addr : first byte of the next multiple of Burst beats
//                      beats  = min(beats left, Burst - (addr_o / (MemW/8)) mod Burst)
//                      len_o  = beats - 1,  last_o = (k = bursts - 1)
//
// After the first burst all start at a multiple, so an address takes a count of bursts, no
// adder; and where the range ends is known from the start:
//   end = (addr / (MemW/8)) mod Burst + beats - 1, in beats from the first burst's multiple
//
// Latency  : the first burst stands in the cycle after start_i, the next one in the cycle
//            after each next_i; behind the last one there is none to be looked at.
// Overflow : addresses wrap modulo 2^32; Burst beats are at most 4 KB and 256 beats.
`default_nettype none

module burst_walk #(
    parameter MemW   = 64,  // memory width, bits
    parameter Burst  = 16,  // most beats of a burst, a power of two
    parameter BeatsW = 17   // of the beats of a range, bits
) (
    input  wire              clk_i,    // clock, rising edge
    input  wire              start_i,  // begin with the range at addr_i
    input  wire [31:0]       addr_i,   // of its first beat, bytes
    input  wire [BeatsW-1:0] beats_i,  // 1 or more
    input  wire              next_i,   // go to the next burst
    output wire [31:0]       addr_o,
    output wire [7:0]        len_o,    // beats - 1, as AXI4 wants it
    output wire              last_o
);

  localparam ByteW  = $clog2(MemW / 8);      // address bits within a beat
  localparam BurstW = $clog2(Burst);         // and of a beat within a burst
  localparam LenW   = (BurstW > 0) ? BurstW : 1;
  localparam EndW   = (BeatsW > LenW) ? BeatsW + 1 : LenW + 1;
  localparam [31:0] LastBeat = Burst - 1;

  reg [31:0]     addr_q;
  reg [EndW-1:0] end_q;    // last beat of the range, from the first burst's multiple on
  reg [EndW-1:0] burst_q;  // bursts passed

  // The beat of addr_i in its burst, less one: -1 to Burst - 2.
  wire [31:0]     beat   = (addr_i >> ByteW) & LastBeat;
  wire [LenW:0]   lead   = beat[LenW:0] - 1'b1;
  wire [EndW-1:0] end_at = {{(EndW - BeatsW) {1'b0}}, beats_i} +
                           {{(EndW - LenW) {lead[LenW]}}, lead[LenW-1:0]};

  wire [31:0] multiple = addr_q >> (ByteW + BurstW);

  always @(posedge clk_i) begin
    if (start_i) addr_q <= addr_i;
    else if (next_i) addr_q <= (multiple + 32'd1) << (ByteW + BurstW);
    if (start_i) burst_q <= {EndW{1'b0}};
    else if (next_i) burst_q <= burst_q + 1'b1;
    if (start_i) end_q <= end_at;
  end

  // The first and the last beat of the burst within Burst beats
  wire [31:0]     from = (addr_q >> ByteW) & LastBeat;
  wire [LenW-1:0] to   = last_o ? end_q[LenW-1:0] & LastBeat[LenW-1:0] : LastBeat[LenW-1:0];
  wire [LenW-1:0] len  = to - from[LenW-1:0];

  assign addr_o = addr_q;
  assign last_o = (burst_q == (end_q >> BurstW));
  wire [LenW+7:0] len_ext = {8'd0, len};
  assign len_o  = len_ext[7:0];

  wire unused = &{1'b0, beat, from, len_ext};

endmodule

`default_nettype wire
