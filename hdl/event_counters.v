// SPDX-License-Identifier: Apache-2.0
// event_counters: counts the cycles in which each event holds.
//
//   count[e] <= clear_i ? 0 : count[e] + event_i[e];   count_o = count[index_i]
//
// Latency  : an event counts from the next cycle on; count_o is combinational.
// Overflow : a counter wraps modulo 2^32.
`default_nettype none

module event_counters #(
    parameter Events = 17  // at most 32
) (
    input  wire              clk_i,    // clock, rising edge
    input  wire              rst_i,    // reset, active high
    input  wire              clear_i,
    input  wire [Events-1:0] event_i,
    input  wire [4:0]        index_i,
    output wire [31:0]       count_o   // 0 for an index that does not exist
);

  wire [32*32-1:0] count;

  genvar e;
  generate
    for (e = 0; e < 32; e = e + 1) begin : counter
      if (e < Events) begin : present
        reg [31:0] count_q;
        always @(posedge clk_i) begin
          if (rst_i) count_q <= 32'd0;
          else if (clear_i) count_q <= 32'd0;
          else if (event_i[e]) count_q <= count_q + 32'd1;
        end
        assign count[32*e+:32] = count_q;
      end else begin : absent
        assign count[32*e+:32] = 32'd0;
      end
    end
  endgenerate

  assign count_o = count[32*index_i+:32];

endmodule

`default_nettype wire
