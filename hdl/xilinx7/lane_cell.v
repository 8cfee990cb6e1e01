// SPDX-License-Identifier: Apache-2.0
// lane_cell for Xilinx 7 series: two bits of a cell in one LUT.
//
//   value_o ^ {negative_o} = (|digit| * act) ^ {digit < 0}
//
// The same as the portable lane_cell, cycle by cycle. A LUT6_2 with I5 = 1 gives two
// functions of five inputs, here bits 2i and 2i + 1 of the value from
//
//   CellW = 8: two bits of act, zero, negative, frame
//   CellW = 9: three bits of act, two, whether to invert; zero by the register's reset
//
// Latency  : 1 cycle.
// Overflow : none.
`default_nettype none

module lane_cell #(
    parameter CellW = 9,  // width of the value, bits: 8 if no digit is -2 or 2, else 9
    parameter Early = 0   // see the portable lane_cell
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

  genvar i;
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
      wire       unused = &{1'b0, size[8], frame_i};
      assign value_o = size[CellW-1:0];
    end else if ((Early == 1) && (CellW == 8)) begin : raw
      reg [7:0] act_q;
      always @(posedge clk_i) begin
        if (zero) act_q <= 8'd0;
        else act_q <= act_i;
      end
      wire unused = two || frame_i;
      assign value_o = act_q;
    end else if (CellW == 8) begin : ternary
      reg  [7:0] act_q;
      wire [7:0] settled;
      for (i = 0; i < 4; i = i + 1) begin : bits
        // (zero ? 0 : act ^ negative) ^ frame, of I0 and of I1
        LUT6_2 #(
            .INIT(64'hFCF3_030C_FAF5_050A)
        ) settle (
            .I0(act_i[2*i]),
            .I1(act_i[2*i+1]),
            .I2(zero),
            .I3(negative),
            .I4(frame_i),
            .I5(1'b1),
            .O5(settled[2*i]),
            .O6(settled[2*i+1])
        );
      end
      always @(posedge clk_i) act_q <= settled;
      wire unused = two;
      assign value_o = act_q;
    end else begin : doubling
      wire             frame  = frame_i && (Early == 2);
      wire             invert = frame ^ (negative && (Early == 2));
      wire [10:0]      act    = {{2{act_i[7]}}, act_i, 1'b0};
      wire [9:0]       settled;
      reg  [CellW-1:0] value_q;
      for (i = 0; i < 5; i = i + 1) begin : bits
        // (two ? I0 : I1) ^ invert, (two ? I1 : I2) ^ invert
        LUT6_2 #(
            .INIT(64'h330F_CCF0_5533_AACC)
        ) settle (
            .I0(act[2*i]),
            .I1(act[2*i+1]),
            .I2(act[2*i+2]),
            .I3(two),
            .I4(invert),
            .I5(1'b1),
            .O5(settled[2*i]),
            .O6(settled[2*i+1])
        );
      end
      always @(posedge clk_i) begin
        if (zero) value_q <= {CellW{frame}};
        else value_q <= settled[CellW-1:0];
      end
      wire unused = settled[9];
      assign value_o = value_q;
    end
  endgenerate

endmodule

`default_nettype wire
