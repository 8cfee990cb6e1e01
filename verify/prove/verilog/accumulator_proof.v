// SPDX-License-Identifier: Apache-2.0
// accumulator_proof: one entry of the accumulator, any, over one cycle.
//
//   entry[t+1] = valid and addr is the entry ? (first ? 0 : entry[t]) + (sum ^ {negative}) : entry[t]
//
// modulo 2^AccW, from every state. The entry is watched through the drain port.
`default_nettype none

module accumulator_proof #(
    parameter AddrW = 5,
    parameter SumW  = 13,
    parameter AccW  = 24
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

  accumulator #(
      .AddrW(AddrW),
      .SumW (SumW),
      .AccW (AccW)
  ) dut (
      .clk_i       (clk_i),
      .valid_i     (valid_i),
      .first_i     (first_i),
      .addr_i      (addr_i),
      .sum_i       (sum_i),
      .negative_i  (negative_i),
      .drain_addr_i(entry_i),
      .drain_o     (drain_o)
  );

  reg             started_q = 1'b0;
  reg [AddrW-1:0] entry_q;
  reg [AccW-1:0]  want_q;
  wire signed [AccW+SumW-1:0] sum = negative_i ? -1 - sum_i : sum_i;
  always @(posedge clk_i) begin
    started_q <= 1'b1;
    entry_q   <= entry_i;
    if (!valid_i || (addr_i != entry_i)) want_q <= drain_o;
    else if (first_i) want_q <= sum[AccW-1:0];
    else want_q <= drain_o + sum[AccW-1:0];
  end

  assign given    = !started_q || (entry_q == entry_i);
  assign want_o   = want_q;
  assign ok_entry = (drain_o == want_q);

endmodule

`default_nettype wire
