// SPDX-License-Identifier: Apache-2.0
// lane_tree for Xilinx 7 series: cells and a tree of three-operand adders.
//
//   sum_o ^ {negative_o} = sum over lanes l of (|digit[l]| * act[l]) ^ {digit[l] < 0}
//
// Equal to the portable lane_tree as a number, in the same cycle. A node adds three
// numbers in one LUT a bit, and its last one may have an open sign of its own: it begins
// a frame. All other cells settle their sign against the first cell of their frame, before
// their register, two bits in a LUT; that first cell stays as it is.
//
//   level k: node n adds nodes 3n, 3n+1, 3n+2 of level k-1; the cells are level 0
//
// Latency  : that of the portable lane_tree. Three-operand levels are fewer: the sum waits.
// Overflow : none: SumW = CellW + log2(Lanes).
`default_nettype none

module lane_tree #(
    parameter Lanes       = 16,  // a power of two, at most 64
    parameter CellW       = 9,   // width of a cell, bits: 8 if no digit is -2 or 2, else 9
    parameter SumW        = 13,  // CellW + log2(Lanes)
    parameter StageLevels = 1,   // levels between registers, 1 or more
    parameter AllLevels   = 4,   // levels of the portable tree, digits included
    parameter Zeros       = 1,   // 0: no digit is ever 0; makes no difference here
    parameter EarlySign   = 0    // makes no difference here
) (
    input  wire               clk_i,     // clock, rising edge
    input  wire [8*Lanes-1:0] act_i,     // int8 activations, lane 0 lowest
    input  wire [3*Lanes-1:0] digits_i,  // {negative, two, zero} of each lane
    output wire [SumW-1:0]    sum_o,
    output wire               negative_o
);

  localparam Levels = (Lanes > 27) ? 4 : (Lanes > 9) ? 3 : (Lanes > 3) ? 2 : 1;
  localparam Framed = (CellW == 8);  // a cell of 9 bits has no input left for another sign

  // Stages of the portable tree and of this one.
  localparam Halvings = $clog2(Lanes);
  localparam Portable = Halvings / StageLevels +
      (((Halvings == AllLevels) && (Halvings % StageLevels != 0)) ? 1 : 0);
  localparam Waiting  = Portable - Levels / StageLevels;

  // Numbers that level k has.
  function integer numbers(input integer k);
    numbers = (Lanes + 3 ** k - 1) / (3 ** k);
  endfunction

  // Width of the numbers of level k.
  function integer width(input integer k);
    width = CellW + $clog2((3 ** k < Lanes) ? 3 ** k : Lanes);
  endfunction

  // First lane of the frame of lane l: the lowest of the smallest node around it that
  // is the last of two or three.
  function integer frame(input integer l);
    integer k;
    integer i;
    integer last;
    reg     found;
    begin
      frame = 0;
      found = 1'b0;
      for (k = 0; k < Levels; k = k + 1) begin
        i    = l / (3 ** k);
        last = (3 * (i / 3) + 2 < numbers(k)) ? 3 * (i / 3) + 2 : numbers(k) - 1;
        if (!found && (i == last) && (i % 3 != 0)) begin
          found = 1'b1;
          frame = i * (3 ** k);
        end
      end
    end
  endfunction

  genvar k, n;
  generate
    for (n = 0; n < Lanes; n = n + 1) begin : lane
      localparam First = frame(n);
      wire [CellW-1:0] value;
      wire             negative;
      lane_cell #(
          .CellW(CellW),
          .Early((Framed && (n == First)) ? 1 : 2)
      ) product (
          .clk_i     (clk_i),
          .act_i     (act_i[8*n+:8]),
          .digit_i   (digits_i[3*n+:3]),
          .frame_i   (Framed && digits_i[3*First+2]),
          .value_o   (value),
          .negative_o(negative)
      );
    end

    for (k = 1; k <= Levels; k = k + 1) begin : level
      localparam Below  = numbers(k - 1);
      localparam Triple = Below / 3;
      localparam Span   = 3 ** (k - 1);  // lanes of a number that it adds
      localparam InW    = width(k - 1);
      localparam OutW   = width(k);

      // What level k adds.
      wire [InW-1:0]   number[0:Below-1];
      wire [Below-1:0] negative;
      for (n = 0; n < Below; n = n + 1) begin : child
        if (k == 1) begin : cells
          assign number[n]   = lane[n].value;
          assign negative[n] = lane[n].negative;
        end else begin : sums
          assign number[n]   = level[k-1].node[n].sum;
          assign negative[n] = level[k-1].node[n].sum_negative;
        end
      end

      // Does the third number's sign differ from the first one's? Two answers a LUT, as early
      // as the cells.
      localparam Pairs = (Triple + 1) / 2;
      wire [2*Pairs+1:0] differ_early;
      wire [2*Pairs+1:0] differ;
      assign differ_early[2*Pairs+:2] = 2'b00;
      for (n = 0; n < Pairs; n = n + 1) begin : signs
        localparam Other = (2 * n + 1 < Triple) ? 2 * n + 1 : 2 * n;
        if (Framed) begin : compared
          LUT6_2 #(
              .INIT(64'h0FF0_0FF0_6666_6666)  // I2 ^ I3, I0 ^ I1
          ) compare (
              .I0(digits_i[3*frame(6*n*Span)+2]),
              .I1(digits_i[3*(6*n+2)*Span+2]),
              .I2(digits_i[3*frame(3*Other*Span)+2]),
              .I3(digits_i[3*(3*Other+2)*Span+2]),
              .I4(1'b0),
              .I5(1'b1),
              .O5(differ_early[2*n]),
              .O6(differ_early[2*n+1])
          );
        end else begin : settled
          assign differ_early[2*n+:2] = 2'b00;
        end
      end
      pipeline_stages #(
          .Width (2 * Pairs + 2),
          .Stages(1 + (k - 1) / StageLevels)
      ) until_added (
          .clk_i (clk_i),
          .data_i(differ_early),
          .data_o(differ)
      );

      for (n = 0; n < numbers(k); n = n + 1) begin : node
        localparam Registered = (k % StageLevels == 0) ? 1 : 0;
        wire [OutW-1:0] sum;
        wire            sum_negative;
        if (n < Triple) begin : triple
          ternary_adder #(
              .InW       (InW),
              .SumW      (OutW),
              .Registered(Registered)
          ) adder (
              .clk_i     (clk_i),
              .first_i   (number[3*n]),
              .second_i  (number[3*n+1]),
              .third_i   (number[3*n+2]),
              .negative_i(negative[3*n]),
              .differ_i  (differ[n]),
              .sum_o     (sum)
          );
          pipeline_stages #(
              .Width (1),
              .Stages(Registered)
          ) sign (
              .clk_i (clk_i),
              .data_i(negative[3*n]),
              .data_o(sum_negative)
          );
        end else if (3 * n + 1 < Below) begin : pair
          tree_adder #(
              .LeftW     (InW),
              .RightW    (InW),
              .SumW      (OutW),
              .Registered(Registered)
          ) adder (
              .clk_i           (clk_i),
              .left_i          (number[3*n]),
              .left_negative_i (negative[3*n]),
              .right_i         (number[3*n+1]),
              .right_negative_i(negative[3*n+1]),
              .sum_o           (sum),
              .negative_o      (sum_negative)
          );
        end else begin : single
          pipeline_stages #(
              .Width (OutW + 1),
              .Stages(Registered)
          ) waits (
              .clk_i (clk_i),
              .data_i({negative[3*n], {(OutW - InW) {number[3*n][InW-1]}}, number[3*n]}),
              .data_o({sum_negative, sum})
          );
        end
      end
      wire unused_level = &{1'b0, negative, differ};
    end
  endgenerate

  pipeline_stages #(
      .Width (SumW + 1),
      .Stages(Waiting)
  ) waits (
      .clk_i (clk_i),
      .data_i({level[Levels].node[0].sum_negative, level[Levels].node[0].sum}),
      .data_o({negative_o, sum_o})
  );

  wire unused = (Zeros != 0) || (EarlySign != 0);

endmodule

`default_nettype wire
