// SPDX-License-Identifier: Apache-2.0
// multiplier: a sum times an unsigned number of 16 bits, in radix 4.
//
//   product_o = sum_i * mult_i = sum over digits d of 4^d * (digit[d] * sum_i)
//
// A digit times the sum is 0, the sum, its double or its triple. Choosing one of these
// and adding it to the row before takes one LUT of six inputs a bit, so the whole takes
// about 8.5 * SumW LUTs: rows of the lower and the upper byte in two chains, then one adder.
// The triple is made ahead of the first register, the rows are between it and the second,
// and the adder stands behind that. With Stages = 4 there is a register behind every other
// row, where a pair of rows ends, and one behind the last adder.
//
// Latency  : product_o stands Stages cycles after sum_i and mult_i.
// Overflow : none: the product is exact.
`default_nettype none

module multiplier #(
    parameter SumW   = 24,  // width of the sum, bits, at least 8
    parameter Stages = 2    // cycles, 2 or 4
) (
    input  wire                    clk_i,     // clock, rising edge
    input  wire signed [SumW-1:0]  sum_i,
    input  wire [15:0]             mult_i,    // unsigned
    output wire signed [SumW+15:0] product_o
);

  localparam RowW   = SumW + 2;  // a digit times the sum
  localparam PairW  = SumW + 4;  // two digits
  localparam HalfW  = SumW + 8;  // a byte of mult_i times the sum
  localparam InARow = (Stages == 4) ? 2 : 4;  // rows that add up in a cycle

  wire signed [RowW-1:0] sum_ext = {{2{sum_i[SumW-1]}}, sum_i};
  reg signed [SumW-1:0]  sum_q;
  reg signed [RowW-1:0]  triple_q;
  reg [15:0]             mult_q;
  always @(posedge clk_i) begin
    sum_q    <= sum_i;
    triple_q <= sum_ext + (sum_ext <<< 1);
    mult_q   <= mult_i;
  end
  wire signed [RowW-1:0] once = {{2{sum_q[SumW-1]}}, sum_q};

  // multiple: a digit times the sum.
  function signed [RowW-1:0] multiple(input [1:0] digit, input signed [RowW-1:0] x1,
                                      input signed [RowW-1:0] x3);
    case (digit)
      2'd0: multiple = {RowW{1'b0}};
      2'd1: multiple = x1;
      2'd2: multiple = {x1[RowW-2:0], 1'b0};
      default: multiple = x3;
    endcase
  endfunction

  // The rows of a byte: each adds to the one before, two places down.
  wire [8*RowW-1:0]       row;
  wire [2*HalfW-1:0]      bytes;
  reg signed [HalfW-1:0]  low_q;   // the lower byte of mult_i times the sum
  reg signed [HalfW-1:0]  high_q;  // the upper one
  genvar h, d;
  generate
    for (h = 0; h < 2; h = h + 1) begin : of_byte
      for (d = 0; d < 4; d = d + 1) begin : digit
        localparam At = 4 * h + d;
        wire signed [RowW-1:0] own = multiple(mult_q[2*At+:2], once, triple_q);
        wire signed [RowW-1:0] sum;
        if (d % InARow == 0) begin : first
          assign sum = own;
        end else begin : later
          assign sum = (digit[d-1].sum >>> 2) + own;
        end
        assign row[RowW*At+:RowW] = sum;
      end
      if (InARow == 4) begin : rows
        assign bytes[HalfW*h+:HalfW] = {digit[3].sum, digit[2].sum[1:0], digit[1].sum[1:0],
                                        digit[0].sum[1:0]};
      end else begin : pairs
        reg signed [PairW-1:0] lower_q;
        reg signed [PairW-1:0] upper_q;
        always @(posedge clk_i) begin
          lower_q <= {digit[1].sum, digit[0].sum[1:0]};
          upper_q <= {digit[3].sum, digit[2].sum[1:0]};
        end
        wire signed [PairW-1:0] joined = (lower_q >>> 4) + upper_q;
        assign bytes[HalfW*h+:HalfW] = {joined, lower_q[3:0]};
      end
    end
  endgenerate

  always @(posedge clk_i) begin
    low_q  <= bytes[0+:HalfW];
    high_q <= bytes[HalfW+:HalfW];
  end

  wire signed [HalfW-1:0]  upper = (low_q >>> 8) + high_q;
  wire signed [SumW+15:0]  product = {upper, low_q[7:0]};
  generate
    if (Stages == 4) begin : registered
      reg signed [SumW+15:0] product_q;
      always @(posedge clk_i) product_q <= product;
      assign product_o = product_q;
    end else begin : direct
      assign product_o = product;
    end
  endgenerate

  wire unused = &{1'b0, row};

endmodule

`default_nettype wire
