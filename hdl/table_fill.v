// SPDX-License-Identifier: Apache-2.0
// table_fill: computes the words of the tables of an activation word, one a cycle.
//
//   wdata_o[t] = sum over g < Group of act[t*Group + g] * weight[g]   (less its negative digits)
//
// The weights are the same for all tables and run through their combinations, one for
// each index; see sum_table. A dot_product for each table makes its sum, so wdata_o is
// short by the sum of 4^d over the negative digits.
//
// Latency  : 1 + $clog2(GroupLanes) + $clog2(Digits) + 1 cycles from act_i and digits_i to
//            wdata_o; we_o, bank and index come along.
// Overflow : none: ValueW bits hold any sum; the generator proves it.
`default_nettype none

module table_fill #(
    parameter Lanes      = 16,  // activations
    parameter Tables     = 6,   // Lanes / Group, rounded up
    parameter Group      = 3,   // activations of a table
    parameter GroupLanes = 4,   // Group rounded up to a power of two, at least 2
    parameter Digits     = 1,   // radix-4 digits of a weight
    parameter CellW      = 8,   // see dot_product
    parameter IndexW     = 4,   // see sum_table
    parameter ValueW     = 10   // width of a table's sums, bits
) (
    input  wire                      clk_i,    // clock, rising edge
    input  wire                      rst_i,    // reset, active high
    input  wire                      valid_i,  // act_i and digits_i belong to bank_i and index_i
    input  wire                      bank_i,
    input  wire [IndexW-1:0]         index_i,
    input  wire [8*Lanes-1:0]        act_i,    // int8 activations, lane 0 lowest
    input  wire [3*Group*Digits-1:0] digits_i, // {negative, two, zero} of weight, digit
    output wire                      we_o,
    output wire                      wbank_o,
    output wire [IndexW-1:0]         windex_o,
    output wire [ValueW*Tables-1:0]  wdata_o
);

  localparam Latency = 1 + $clog2(GroupLanes) + $clog2(Digits);
  localparam SumW    = CellW + $clog2(GroupLanes) + ((Digits > 1) ? 2 * Digits - 1 : 0);
  localparam Spare   = GroupLanes - Group;

  initial begin
    if ((Tables != (Lanes + Group - 1) / Group) || (ValueW > SumW)) begin
      $display("table_fill: Tables or ValueW is not as the header says");
      $finish;
    end
  end

  // Lanes that a table has and the word has not are 0.
  wire [8*Tables*Group-1:0] act;
  generate
    if (Tables * Group > Lanes) begin : padded
      assign act = {{(8 * (Tables * Group - Lanes)) {1'b0}}, act_i};
    end else begin : whole
      assign act = act_i;
    end
  endgenerate

  wire [3*GroupLanes*Digits-1:0] digits;
  generate
    if (Spare > 0) begin : spare
      assign digits = {{(Spare * Digits) {3'b001}}, digits_i};
    end else begin : full
      assign digits = digits_i;
    end
  endgenerate

  reg [ValueW*Tables-1:0] wdata_q;
  genvar t;
  generate
    for (t = 0; t < Tables; t = t + 1) begin : sums
      wire [8*GroupLanes-1:0] group;
      wire [SumW-1:0]         sum;
      wire                    negative;
      if (Spare > 0) begin : filled
        assign group = {{(8 * Spare) {1'b0}}, act[8*Group*t+:8*Group]};
      end else begin : exact
        assign group = act[8*Group*t+:8*Group];
      end
      dot_product #(
          .Lanes (GroupLanes),
          .Digits(Digits),
          .CellW (CellW),
          .SumW  (SumW)
      ) dot (
          .clk_i     (clk_i),
          .act_i     (group),
          .digits_i  (digits),
          .sum_o     (sum),
          .negative_o(negative)
      );
      always @(posedge clk_i) wdata_q[ValueW*t+:ValueW] <= sum[ValueW-1:0] ^ {ValueW{negative}};
      if (SumW > ValueW) begin : upper  // the sign again
        wire unused = &{1'b0, sum[SumW-1:ValueW]};
      end
    end
  endgenerate
  assign wdata_o = wdata_q;

  delay_line #(
      .Width (IndexW + 2),
      .Stages(Latency + 1)
  ) to_write (
      .clk_i (clk_i),
      .rst_i (rst_i),
      .data_i({valid_i, bank_i, index_i}),
      .data_o({we_o, wbank_o, windex_o})
  );

endmodule

`default_nettype wire
