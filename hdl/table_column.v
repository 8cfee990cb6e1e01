// SPDX-License-Identifier: Apache-2.0
// table_column: one column of an array of tables: each table gives the sum of a few
// activations times their weights, and a tree adds them up.
//
//   sum_o ^ {negative_o} = sum over tables t of mem[t][{bank_i, index[t]}] ^ {sign[t]}
//
// All columns hold the same tables and read their own weights' entries; see sum_table.
// The sign of the lowest table stays open, as in tree_adder. A number without a
// neighbour waits a cycle for the next level.
//
// Latency  : 1 + $clog2(Tables) cycles from codes_i to sum_o.
// Overflow : none: SumW = ValueW + $clog2(Tables) bits hold any sum.
`default_nettype none

module table_column #(
    parameter Tables = 6,   // of a column
    parameter IndexW = 4,   // of an index, bits; see sum_table
    parameter Signed = 1,   // a code has a sign above its index
    parameter Banks  = 2,   // 1 or 2: what is read and what is written
    parameter ValueW = 10,  // width of a table's sums, bits
    parameter SumW   = 13,  // width of the sum, bits: see above
    parameter Block  = 0    // 1: tables in block RAM
) (
    input  wire                              clk_i,    // clock, rising edge

    // Filling: the same word of every table
    input  wire                              we_i,
    input  wire                              wbank_i,
    input  wire [IndexW-1:0]                 windex_i,
    input  wire [ValueW*Tables-1:0]          wdata_i,  // table 0 lowest

    // Reading
    input  wire                              bank_i,
    input  wire [(IndexW+Signed)*Tables-1:0] codes_i,  // of each table's weights
    output wire [SumW-1:0]                   sum_o,
    output wire                              negative_o
);

  localparam Levels = $clog2(Tables);
  localparam CodeW  = IndexW + Signed;

  initial begin
    if ((Tables < 1) || (SumW != ValueW + Levels)) begin
      $display("table_column: Tables or SumW is not as the header says");
      $finish;
    end
  end

  // Level k has ceil(Tables / 2^k) numbers.
  genvar k, n;
  generate
    for (k = 0; k <= Levels; k = k + 1) begin : level
      localparam W     = ValueW + k;
      localparam Below = (Tables + (1 << k) / 2 - 1) >> ((k > 0) ? k - 1 : 0);  // numbers below
      for (n = 0; n < ((Tables + (1 << k) - 1) >> k); n = n + 1) begin : node
        wire [W-1:0] value;
        wire         negative;
        if (k == 0) begin : leaf
          sum_table #(
              .IndexW(IndexW),
              .Signed(Signed),
              .Banks (Banks),
              .ValueW(ValueW),
              .Block (Block)
          ) sums (
              .clk_i     (clk_i),
              .we_i      (we_i),
              .wbank_i   (wbank_i),
              .windex_i  (windex_i),
              .wdata_i   (wdata_i[ValueW*n+:ValueW]),
              .bank_i    (bank_i),
              .code_i    (codes_i[CodeW*n+:CodeW]),
              .value_o   (value),
              .negative_o(negative)
          );
        end else if (2 * n + 1 < Below) begin : pair
          tree_adder #(
              .LeftW (W - 1),
              .RightW(W - 1),
              .SumW  (W)
          ) adder (
              .clk_i           (clk_i),
              .left_i          (level[k-1].node[2*n].value),
              .left_negative_i (level[k-1].node[2*n].negative),
              .right_i         (level[k-1].node[2*n+1].value),
              .right_negative_i(level[k-1].node[2*n+1].negative),
              .sum_o           (value),
              .negative_o      (negative)
          );
        end else begin : single
          reg [W-2:0] value_q;
          reg         negative_q;
          always @(posedge clk_i) begin
            value_q    <= level[k-1].node[2*n].value;
            negative_q <= level[k-1].node[2*n].negative;
          end
          assign value    = {value_q[W-2], value_q};
          assign negative = negative_q;
        end
      end
    end
  endgenerate

  assign sum_o      = level[Levels].node[0].value;
  assign negative_o = level[Levels].node[0].negative;

endmodule

`default_nettype wire
