// SPDX-License-Identifier: Apache-2.0
// lane_cell: an activation times the size of a digit; the sign goes along.
//
//   value_o ^ {negative_o} = (|digit| * act) ^ {digit < 0}
//
// Where size and sign are settled is a matter of LUTs alone:
//
//   Early = 0: both behind the register (size into the LUT of an adder)
//   Early = 1: size before it, the sign behind: negative_o = digit < 0
//   Early = 2: both before it, the sign against frame_i: negative_o = frame_i, so
//              that cells with one frame add up and are inverted as a sum
//
// A zero digit resets the register where no frame can ask for its inverse.
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
    input  wire             frame_i,  // Early = 2: the sign that negative_o is to have
    output wire [CellW-1:0] value_o,
    output wire             negative_o
);

  wire zero     = digit_i[0];
  wire two      = digit_i[1];
  wire negative = digit_i[2];

  reg negative_q;
  always @(posedge clk_i) negative_q <= (Early == 2) ? frame_i : negative;
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
      wire [8:0] size   = (two_q && (CellW == 9)) ? {act_q, 1'b0} : {act_q[7], act_q};
      wire       unused = &{1'b0, size[8], frame_i};  // the sign again, if CellW is 8
      assign value_o = size[CellW-1:0];
    end else begin : early
      wire             frame  = frame_i && (Early == 2);
      wire             invert = frame ^ (negative && (Early == 2));
      wire [8:0]       size   = (two && (CellW == 9)) ? {act_i, 1'b0} : {act_i[7], act_i};
      wire             unused = size[8];
      reg  [CellW-1:0] value_q;
      always @(posedge clk_i) begin
        if (zero) value_q <= {CellW{frame}};
        else value_q <= size[CellW-1:0] ^ {CellW{invert}};
      end
      assign value_o = value_q;
    end
  endgenerate

endmodule

`default_nettype wire
