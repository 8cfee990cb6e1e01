// SPDX-License-Identifier: Apache-2.0
// accumulator_proof: one entry of the accumulator, any, over one cycle.
//
//   entry[t+1] = valid and addr is the entry ? (first ? 0 : entry[t]) + (sum ^ {negative}) : entry[t]
//
// modulo 2^AccW, from every state. The entry is watched through the drain port.
// With Skewed = 1 the sum comes in halves, and so is the entry read: it is whole when its
// upper half is there, a cycle after the low one.
`default_nettype none

module accumulator_proof #(
    parameter AddrW = 5,
    parameter SumW  = 13,
    parameter AccW  = 24,
    parameter Skewed = 0  // array.skewed_sums
) (
    input  wire                   clk_i,
    input  wire                   valid_i,
    input  wire                   first_i,
    input  wire [AddrW-1:0]       addr_i,
    input  wire signed [SumW-1:0] sum_i,
    input  wire                   negative_i,
    input  wire [AddrW-1:0]       entry_i,
    output wire                   given,    // the same entry all the time
    output wire [AccW-1:0]        drain_o,
    output wire [AccW-1:0]        want_o,
    output wire                   ok_entry  // the entry changes as the equation says
);

  wire [SumW-1:0] sum_taken;
  skewed #(
      .Width (SumW),
      .Skewed(Skewed)
  ) taken (
      .clk_i   (clk_i),
      .number_i(sum_i),
      .number_o(sum_taken)
  );

  wire [AccW-1:0] drain;
  accumulator #(
      .AddrW(AddrW),
      .SumW (SumW),
      .AccW (AccW)
  ) dut (
      .clk_i       (clk_i),
      .valid_i     (valid_i),
      .first_i     (first_i),
      .addr_i      (addr_i),
      .sum_i       (sum_taken),
      .negative_i  (negative_i),
      .drain_addr_i(entry_i),
      .drain_o     (drain)
  );

  // The inputs that the entry follows, and the entry, both as of one cycle
  localparam Halves = (Skewed != 0) ? 1 : 0;
  localparam LowW   = 7;
  wire                   valid;
  wire                   first;
  wire                   negative;
  wire [AddrW-1:0]       addr;
  wire signed [SumW-1:0] number;
  wire [LowW-1:0]        low;
  pipeline_stages #(
      .Width (AddrW + SumW + LowW + 3),
      .Stages(Halves)
  ) inputs (
      .clk_i (clk_i),
      .data_i({valid_i, first_i, negative_i, addr_i, sum_i, drain[LowW-1:0]}),
      .data_o({valid, first, negative, addr, number, low})
  );
  assign drain_o = {drain[AccW-1:LowW], low};

  reg             started_q = 1'b0;
  reg [AddrW-1:0] entry_q;
  reg [AccW-1:0]  want_q;
  wire signed [AccW+SumW-1:0] sum = negative ? -1 - number : number;
  always @(posedge clk_i) begin
    started_q <= 1'b1;
    entry_q   <= entry_i;
    if (!valid || (addr != entry_i)) want_q <= drain_o;
    else if (first) want_q <= sum[AccW-1:0];
    else want_q <= drain_o + sum[AccW-1:0];
  end

  assign given    = !started_q || (entry_q == entry_i);
  assign want_o   = want_q;
  assign ok_entry = (drain_o == want_q);

endmodule

`default_nettype wire
