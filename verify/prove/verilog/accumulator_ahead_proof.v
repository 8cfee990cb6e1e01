// SPDX-License-Identifier: Apache-2.0
// accumulator_ahead_proof: every sum of a column, and the old one, over two cycles.
//
//   old[t]     = first[t-1] ? 0 : sums[t-1][addr[t-1]]
//   sums[t+1]  = sums[t], but for the sum of addr[t-1] when valid[t]: old[t] + (sum ^ {negative})
//
// modulo 2^AccW, from every state. peek_entries are the module's sums.
`default_nettype none

module accumulator_ahead_proof #(
    parameter AddrW = 2,
    parameter SumW  = 13,
    parameter AccW  = 24
) (
    input  wire                   clk_i,
    input  wire                   first_i,
    input  wire [AddrW-1:0]       addr_i,
    input  wire                   valid_i,
    input  wire signed [SumW-1:0] sum_i,
    input  wire                   negative_i,
    output wire                   ok_old,   // the old sum is that of the address before
    output wire                   ok_sums   // the sums change as the equation says
);

  localparam AllW = AccW << AddrW;

  (* keep *) wire [AllW-1:0] peek_entries;

  wire signed [AccW-1:0] old;
  accumulator_ahead #(
      .AddrW(AddrW),
      .SumW (SumW),
      .AccW (AccW)
  ) dut (
      .clk_i     (clk_i),
      .first_i   (first_i),
      .addr_i    (addr_i),
      .valid_i   (valid_i),
      .sum_i     (sum_i),
      .negative_i(negative_i),
      .drain_o   (old)
  );

  reg [AddrW-1:0] addr_q;
  reg [AccW-1:0]  old_q;
  reg [AllW-1:0]  sums_q;
  wire signed [AccW+SumW-1:0] sum = negative_i ? -1 - sum_i : sum_i;
  integer e;
  always @(posedge clk_i) begin
    addr_q <= addr_i;
    old_q  <= first_i ? {AccW{1'b0}} : peek_entries[AccW*addr_i+:AccW];
    for (e = 0; e < (1 << AddrW); e = e + 1) begin
      sums_q[AccW*e+:AccW] <= (valid_i && (addr_q == e)) ? old + sum[AccW-1:0]
                                                         : peek_entries[AccW*e+:AccW];
    end
  end

  assign ok_old  = (old == old_q);
  assign ok_sums = (peek_entries == sums_q);

endmodule

`default_nettype wire
