// SPDX-License-Identifier: Apache-2.0
// burst_queue_proof: a queue against a list that shifts.
//
// Its user pushes only while it is not full and pops only while it is not empty, which is
// proved of the engines. peek_* are registers of the module, see instruction_front_proof.
`default_nettype none

module burst_queue_proof #(
    parameter Width = 4,
    parameter Depth = 4
) (
    input  wire             clk_i,
    input  wire             push_i,
    input  wire [Width-1:0] data_i,
    input  wire             pop_i,
    output wire [Width-1:0] head_o,
    output wire             full_next_o,
    output wire             empty_o,
    output wire             given,       // pushes while not full, pops while not empty
    output wire             reach,       // the queue was full and is empty again
    output wire             ok_count,    // 0 to Depth entries; empty says so, and full a cycle before
    output wire             ok_pointer,  // put is count entries ahead of get
    output wire             ok_entries,  // entries are the list's
    output wire             ok_head      // the head is the oldest
);

  localparam AddrW = (Depth > 1) ? $clog2(Depth) : 1;
  localparam Size  = 1 << AddrW;

  (* keep *) wire [AddrW-1:0]      peek_put;
  (* keep *) wire [AddrW-1:0]      peek_get;
  (* keep *) wire [Depth:0]        peek_level;
  (* keep *) wire [Size*Width-1:0] peek_entries;

  reg                   started_q = 1'b0;  // reset in the first cycle, never after
  reg [Depth*Width-1:0] list_q;            // oldest lowest
  reg [7:0]             count_q;
  reg                   full_q;
  reg                   reach_q;

  burst_queue #(
      .Width(Width),
      .Depth(Depth)
  ) dut (
      .clk_i  (clk_i),
      .rst_i  (!started_q),
      .push_i (push_i),
      .data_i (data_i),
      .pop_i  (pop_i),
      .head_o (head_o),
      .full_next_o(full_next_o),
      .empty_o(empty_o)
  );

  integer               i;
  wire                  full = (count_q == Depth);
  wire [7:0]            rest = count_q - {7'd0, pop_i};  // after the pop
  reg [Depth*Width-1:0] list;
  reg                   same;
  always @* begin
    list = pop_i ? list_q >> Width : list_q;
    for (i = 0; i < Depth; i = i + 1) if (push_i && (rest == i)) list[Width*i+:Width] = data_i;
    same = 1'b1;
    for (i = 0; i < Depth; i = i + 1)
      if ((i < count_q) && (peek_entries[Width*((peek_get+i)%Size)+:Width] != list_q[Width*i+:Width]))
        same = 1'b0;
  end

  always @(posedge clk_i) begin
    started_q <= 1'b1;
    list_q    <= list;
    if (!started_q) begin
      count_q <= 8'd0;
      full_q  <= 1'b0;
      reach_q <= 1'b0;
    end else begin
      count_q <= rest + {7'd0, push_i};
      if (full) full_q <= 1'b1;
      if (full_q && empty_o) reach_q <= 1'b1;
    end
  end

  assign given      = !started_q || ((!push_i || !full) && (!pop_i || !empty_o));
  assign reach      = reach_q;
  assign ok_count   = !started_q || ((peek_level == ({{Depth{1'b0}}, 1'b1} << count_q)) && (count_q <= Depth) &&
                      (full_next_o == (rest + {7'd0, push_i} == Depth)) && (empty_o == (count_q == 8'd0)));
  assign ok_pointer = !started_q || (((peek_put - peek_get - count_q) % Size) == 0);
  assign ok_entries = !started_q || same;
  assign ok_head    = !started_q || (count_q == 8'd0) || (head_o == list_q[Width-1:0]);

endmodule

`default_nettype wire
