// SPDX-License-Identifier: Apache-2.0
// ternary_adder for Xilinx 7 series: adds three numbers in one LUT a bit.
//
//   sum ^ {negative} = (first ^ {negative}) + (second ^ {negative}) + (third ^ {negative ^ differ})
//
// The LUT of bit i forms, of first, second, third ^ differ and the majority m of the bit
// below, the sum's propagate and this bit's majority:
//
//   O6 = first ^ second ^ third ^ differ ^ m[i-1],  O5 = m[i] = majority(first, second, third ^ differ)
//
// and the carry chain adds O6 to m[i-1]. Since ^(a + b + c) = ^a + ^b + ^c + 2, a sign that stays
// open comes with two carries, into m[-1] and into the chain.
//
// Latency  : 1 cycle, or none with Registered = 0.
// Overflow : none if SumW bits hold the sum.
`default_nettype none

module ternary_adder #(
    parameter InW        = 8,   // width of the numbers, bits
    parameter SumW       = 10,  // bits, InW or more
    parameter Registered = 1    // 0: no register behind the sum
) (
    input  wire            clk_i,  // clock, rising edge
    input  wire [InW-1:0]  first_i,
    input  wire [InW-1:0]  second_i,
    input  wire [InW-1:0]  third_i,
    input  wire            negative_i,  // the open sign of first, second and sum
    input  wire            differ_i,    // third has the other one
    output wire [SumW-1:0] sum_o
);

  // Bits above the numbers repeat their signs, so one LUT serves them all.
  localparam Luts   = (SumW > InW) ? InW + 1 : InW;
  localparam Chains = (SumW + 3) / 4;

  wire [InW:0]        first  = {first_i[InW-1], first_i};
  wire [InW:0]        second = {second_i[InW-1], second_i};
  wire [InW:0]        third  = {third_i[InW-1], third_i};
  wire [Luts-1:0]     propagate;
  wire [Luts:0]       majority;
  wire [4*Chains-1:0] select;
  wire [4*Chains-1:0] generated;
  wire [4*Chains-1:0] sum;

  assign majority[0] = negative_i;
  genvar i;
  generate
    for (i = 0; i < Luts; i = i + 1) begin : bits
      LUT6_2 #(
          .INIT(64'h9669_6996_8EE8_8EE8)
      ) add (
          .I0(first[i]),
          .I1(second[i]),
          .I2(third[i]),
          .I3(differ_i),
          .I4(majority[i]),
          .I5(1'b1),
          .O5(majority[i+1]),
          .O6(propagate[i])
      );
    end
    for (i = 0; i < 4 * Chains; i = i + 1) begin : places
      localparam Lut = (i < Luts) ? i : Luts - 1;
      assign select[i]    = (i < SumW) && propagate[Lut];
      assign generated[i] = (i < SumW) && majority[Lut];
    end
    for (i = 0; i < Chains; i = i + 1) begin : chain
      wire [3:0] carry;
      wire       carry_in;
      if (i == 0) begin : lowest
        assign carry_in = 1'b0;
      end else begin : next
        assign carry_in = chain[i-1].carry[3];
      end
      CARRY4 carries (
          .CI    (carry_in),
          .CYINIT((i == 0) && negative_i),
          .S     (select[4*i+:4]),
          .DI    (generated[4*i+:4]),
          .O     (sum[4*i+:4]),
          .CO    (carry)
      );
      wire unused = &{1'b0, carry};
    end
  endgenerate

  pipeline_stages #(
      .Width (SumW),
      .Stages((Registered != 0) ? 1 : 0)
  ) result (
      .clk_i (clk_i),
      .data_i(sum[SumW-1:0]),
      .data_o(sum_o)
  );

  wire unused = &{1'b0, first[InW], second[InW], third[InW], sum, majority[Luts]};

endmodule

`default_nettype wire
