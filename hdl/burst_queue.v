// SPDX-License-Identifier: Apache-2.0
// burst_queue: what is to be known of the bursts in flight, oldest first.
//
//   head_o = data_i of the oldest push_i that no pop_i has followed
//
// Latency      : a push shows in the next cycle.
// Overflow     : push_i only while not full, pop_i only while not empty_o.
`default_nettype none

module burst_queue #(
    parameter Width = 1,  // bits of an entry
    parameter Depth = 4   // most bursts in flight
) (
    input  wire             clk_i,   // clock, rising edge
    input  wire             rst_i,   // reset, active high
    input  wire             push_i,
    input  wire [Width-1:0] data_i,
    input  wire             pop_i,
    output wire [Width-1:0] head_o,
    output wire             full_next_o,  // it is full in the next cycle
    output wire             empty_o
);

  localparam AddrW = (Depth > 1) ? $clog2(Depth) : 1;

  reg [Width-1:0] entry[0:(1<<AddrW)-1];
  reg [AddrW-1:0] put_q;
  reg [AddrW-1:0] get_q;
  reg [Depth:0]   level_q;  // bit n: there are n entries

  assign head_o  = entry[get_q];
  assign empty_o = level_q[0];
  assign full_next_o = (level_q[Depth] && !pop_i) || (level_q[Depth-1] && push_i && !pop_i);

  always @(posedge clk_i) begin
    if (push_i) entry[put_q] <= data_i;
  end

  always @(posedge clk_i) begin
    if (rst_i) begin
      put_q   <= {AddrW{1'b0}};
      get_q   <= {AddrW{1'b0}};
      level_q <= {{Depth{1'b0}}, 1'b1};
    end else begin
      if (push_i) put_q <= put_q + 1'b1;
      if (pop_i) get_q <= get_q + 1'b1;
      if (push_i != pop_i)
        level_q <= push_i ? {level_q[Depth-1:0], 1'b0} : {1'b0, level_q[Depth:1]};
    end
  end

endmodule

`default_nettype wire
