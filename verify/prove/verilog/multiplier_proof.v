// SPDX-License-Identifier: Apache-2.0
// multiplier_proof: every row of the multiplier adds its digit's product to the row
// before, and the product is what the rows add up to.
//
//   row[d] = (d mod R = 0 ? 0 : row[d-1] >> 2) + digit[d] * sum    R = 4, or 2 with Stages = 4
//   product = sum over bytes h of 256^h * (64*row[4h+3] + 16*(row[4h+2] mod 4)
//             + 4*(row[4h+1] mod 4) + (row[4h] mod 4))
//
// and where rows come in pairs, R = 2, over pairs p of 16^p * (4*row[2p+1] + (row[2p] mod 4)).
// The rows stand a cycle after sum and mult, the product Stages - 1 after them. As row = 4 * (row >> 2) + row mod 4, the product is sum * mult.
`default_nettype none

module multiplier_proof #(
    parameter SumW   = 24,
    parameter Stages = 2
) (
    input  wire                    clk_i,
    input  wire signed [SumW-1:0]  sum_i,
    input  wire [15:0]             mult_i,
    output wire signed [SumW+15:0] product_o,
    output wire                    ok_rows,   // rows of radix-4 digits, added up = multiplicand times multiplier
    output wire                    ok_product  // product = what the rows add up to
);

  localparam RowW   = SumW + 2;
  localparam InARow = (Stages == 4) ? 2 : 4;
  localparam signed [RowW-1:0] Zero = 0;

  multiplier #(
      .SumW  (SumW),
      .Stages(Stages)
  ) dut (
      .clk_i    (clk_i),
      .sum_i    (sum_i),
      .mult_i   (mult_i),
      .product_o(product_o)
  );

  reg signed [SumW-1:0]   sum_q;
  reg signed [RowW-1:0]   three_q;
  reg [15:0]              mult_q;
  wire signed [RowW-1:0]  sum_ext = {{2{sum_i[SumW-1]}}, sum_i};
  always @(posedge clk_i) begin
    sum_q   <= sum_i;
    three_q <= sum_ext + (sum_ext <<< 1);
    mult_q  <= mult_i;
  end

  wire signed [RowW-1:0]  one   = sum_q;
  wire signed [RowW-1:0]  two   = one <<< 1;

  function signed [RowW-1:0] times(input [1:0] digit);
    case (digit)
      2'd0: times = Zero;
      2'd1: times = one;
      2'd2: times = two;
      default: times = three_q;
    endcase
  endfunction

  wire [8*RowW-1:0]       peek_row;
  wire [7:0]              adds;
  wire signed [SumW+7:0]  byte_sum[0:1];
  reg signed [SumW+7:0]   low_q;
  reg signed [SumW+7:0]   high_q;
  wire signed [SumW+7:0]  upper = (low_q >>> 8) + high_q;

  genvar d, h;
  generate
    for (d = 0; d < 8; d = d + 1) begin : digit
      wire signed [RowW-1:0] row    = peek_row[RowW*d+:RowW];
      wire signed [RowW-1:0] own    = times(mult_q[2*d+:2]);
      wire signed [RowW-1:0] before;
      if (d % InARow == 0) begin : first
        assign before = {RowW{1'b0}};
      end else begin : later
        assign before = digit[d-1].row;
      end
      assign adds[d] = (row == (before >>> 2) + own);
    end
    for (h = 0; h < 2; h = h + 1) begin : of_byte
      if (InARow == 4) begin : rows
        assign byte_sum[h] = {digit[4*h+3].row, digit[4*h+2].row[1:0], digit[4*h+1].row[1:0],
                              digit[4*h].row[1:0]};
      end else begin : pairs
        reg signed [SumW+3:0] lower_q;
        reg signed [SumW+3:0] upper_q;
        always @(posedge clk_i) begin
          lower_q <= {digit[4*h+1].row, digit[4*h].row[1:0]};
          upper_q <= {digit[4*h+3].row, digit[4*h+2].row[1:0]};
        end
        wire signed [SumW+7:0] upper16 = {upper_q, 4'b0000};
        assign byte_sum[h] = lower_q + upper16;
      end
    end
  endgenerate

  always @(posedge clk_i) begin
    low_q  <= byte_sum[0];
    high_q <= byte_sum[1];
  end

  wire [SumW+15:0] want;
  pipeline_stages #(
      .Width (SumW + 16),
      .Stages((Stages == 4) ? 1 : 0)
  ) to_want (
      .clk_i (clk_i),
      .data_i({upper, low_q[7:0]}),
      .data_o(want)
  );

  assign ok_rows    = &adds;
  assign ok_product = (product_o == want);

endmodule

`default_nettype wire
