// SPDX-License-Identifier: Apache-2.0
// lane_tree: one radix-4 digit of every lane of a column: cells, and their sum.
//
//   sum_o ^ {negative_o} = sum over lanes l of (|digit[l]| * act[l]) ^ {digit[l] < 0}
//
// The file to replace for a target's own cells and carry chains, see hdl/xilinx7.
//
// Latency  : a cell's cycle, and a register behind every StageLevels levels of the tree,
//            each of which halves the lanes, and behind level AllLevels.
// Overflow : none: SumW = CellW + log2(Lanes).
`default_nettype none

module lane_tree #(
    parameter Lanes       = 16,  // a power of two
    parameter CellW       = 9,   // width of a cell, bits: 8 if no digit is -2 or 2, else 9
    parameter SumW        = 13,  // CellW + log2(Lanes)
    parameter StageLevels = 1,   // levels between registers, 1 or more
    parameter AllLevels   = 4,   // levels of the whole tree, digits included
    parameter Zeros       = 1,   // 0: no digit is ever 0
    parameter EarlySign   = 0    // 1: signs are settled before the carry chains, see below
) (
    input  wire               clk_i,     // clock, rising edge
    input  wire [8*Lanes-1:0] act_i,     // int8 activations, lane 0 lowest
    input  wire [3*Lanes-1:0] digits_i,  // {negative, two, zero} of each lane
    output wire [SumW-1:0]    sum_o,
    output wire               negative_o
);

  localparam Levels = $clog2(Lanes);

  // With four inputs a LUT of iCE40 adds, or prepares an operand, but not both. EarlySign = 1
  // settles a cell's sign before its register, in pairs against the left cell's, and the pair's
  // sum settles that one. A cell that also doubles and may be zero has no input left for a
  // second sign, and settles its own.
  localparam Pairs     = (CellW == 8) || (Zeros == 0);
  localparam LeftCell  = (EarlySign == 0) ? 1 : Pairs ? 1 : 2;
  localparam RightCell = (EarlySign == 0) ? 0 : 2;

  // Level k has Lanes >> k adders.
  genvar k, n;
  generate
    for (n = 0; n < Lanes; n = n + 1) begin : lane
      localparam Left = n - n % 2;  // of the pair
      wire [CellW-1:0] value;
      wire             negative;
      lane_cell #(
          .CellW(CellW),
          .Early((n == Left) ? LeftCell : RightCell)
      ) product (
          .clk_i     (clk_i),
          .act_i     (act_i[8*n+:8]),
          .digit_i   (digits_i[3*n+:3]),
          .frame_i   ((LeftCell == 1) && digits_i[3*Left+2]),
          .value_o   (value),
          .negative_o(negative)
      );
    end
    for (k = 1; k <= Levels; k = k + 1) begin : level
      localparam InW = CellW + k - 1;
      for (n = 0; n < (Lanes >> k); n = n + 1) begin : pair
        wire [InW-1:0] left;
        wire [InW-1:0] right;
        wire           left_negative;
        wire           right_negative;
        wire [InW:0]   sum;
        wire           negative;
        if (k == 1) begin : cells
          assign left           = lane[2*n].value;
          assign left_negative  = lane[2*n].negative;
          assign right          = lane[2*n+1].value;
          assign right_negative = lane[2*n+1].negative;
        end else begin : sums
          assign left           = level[k-1].pair[2*n].sum;
          assign left_negative  = level[k-1].pair[2*n].negative;
          assign right          = level[k-1].pair[2*n+1].sum;
          assign right_negative = level[k-1].pair[2*n+1].negative;
        end
        tree_adder #(
            .LeftW     (InW),
            .RightW    (InW),
            .SumW      (InW + 1),
            .Close     ((EarlySign != 0) && (k == 1)),
            .Registered((k % StageLevels == 0) || (k == AllLevels))
        ) adder (
            .clk_i           (clk_i),
            .left_i          (left),
            .left_negative_i (left_negative),
            .right_i         (right),
            .right_negative_i(right_negative),
            .sum_o           (sum),
            .negative_o      (negative)
        );
      end
    end
  endgenerate

  assign sum_o      = level[Levels].pair[0].sum;
  assign negative_o = level[Levels].pair[0].negative;

endmodule

`default_nettype wire
