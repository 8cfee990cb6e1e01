// SPDX-License-Identifier: Apache-2.0
// event_counters_proof: one counter, any, over one cycle.
//
//   count[t+1] = reset or clear ? 0 : count[t] + event
//
// modulo 2^32, from every state. The counter is watched through the read port.
`default_nettype none

module event_counters_proof #(
    parameter Events = 17
) (
    input  wire              clk_i,
    input  wire              rst_i,
    input  wire              clear_i,
    input  wire [Events-1:0] event_i,
    input  wire [4:0]        index_i,
    output wire              given,     // the same counter all the time
    output wire [31:0]       count_o,
    output wire [31:0]       want_o,
    output wire              ok_count   // the counter changes as the equation says; one that does not exist is 0
);

  event_counters #(
      .Events(Events)
  ) dut (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .clear_i(clear_i),
      .event_i(event_i),
      .index_i(index_i),
      .count_o(count_o)
  );

  reg         started_q = 1'b0;
  reg [4:0]   index_q;
  reg [31:0]  want_q;
  wire [31:0] events = {{(32 - Events) {1'b0}}, event_i};
  wire        counts = events[index_i];

  always @(posedge clk_i) begin
    started_q <= 1'b1;
    index_q   <= index_i;
    if (rst_i || clear_i || (index_i >= Events)) want_q <= 32'd0;
    else want_q <= count_o + {31'd0, counts};
  end

  assign given    = !started_q || (index_q == index_i);
  assign want_o   = want_q;
  assign ok_count = (count_o == want_o);

endmodule

`default_nettype wire
