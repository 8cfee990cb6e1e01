// SPDX-License-Identifier: Apache-2.0
// lane_cell: an activation times the size of a digit; the sign goes along.
//
//   value_o  = |digit| * act
//   negative = the digit is below 0
//
// A zero digit resets the register, so that it costs no logic. Where the rest is done
// is a matter of LUTs alone:
//
//   Early = 0: size and sign behind the register (size into the LUT of an adder)
//   Early = 1: size before it
//   Early = 2: both before it: value_o = ^(|digit| * act) and negative_o = 0
//
// Latency  : 1 cycle.
// Overflow : none.
`default_nettype none

module lane_cell #(
    parameter CellW = 9,  // width of the value, bits: 8 if no digit is -2 or 2, else 9
    parameter Early = 0   // see above
) (
    input  wire             clk_i,    // clock, rising edge
    input  wire [7:0]       act_i,    // int8
    input  wire [2:0]       digit_i,  // {negative, two, zero}
    output wire [CellW-1:0] value_o,
    output wire             negative_o
);

  wire zero     = digit_i[0];
  wire two      = digit_i[1];
  wire negative = digit_i[2];

  reg negative_q;
  always @(posedge clk_i) negative_q <= negative && (Early != 2);
  assign negative_o = negative_q;

  generate
    if (Early == 0) begin : late
      reg [7:0] act_q;
      reg       two_q;
      always @(posedge clk_i) begin
        if (zero) act_q <= 8'd0;
        else act_q <= act_i;
        two_q <= two;
      end
      wire [8:0] size = (two_q && (CellW == 9)) ? {act_q, 1'b0} : {act_q[7], act_q};
      wire       unused = size[8];  // the sign again, if CellW is 8
      assign value_o = size[CellW-1:0];
    end else begin : early
      wire [8:0] size = (two && (CellW == 9)) ? {act_i, 1'b0} : {act_i[7], act_i};
      wire       unused = size[8];
      reg [CellW-1:0] value_q;
      always @(posedge clk_i) begin
        if (zero) value_q <= {CellW{1'b0}};
        else value_q <= size[CellW-1:0] ^ {CellW{negative && (Early == 2)}};
      end
      assign value_o = value_q;
    end
  endgenerate

endmodule

`default_nettype wire
