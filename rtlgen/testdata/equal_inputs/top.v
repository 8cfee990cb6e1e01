// A carry in that is a sign added to itself, and a number times three: in both Yosys leaves iCE40
// cells with one net at two inputs.
module top (
    input  wire [7:0] a,
    input  wire [7:0] b,
    input  wire       s,
    output wire [7:0] sum,
    output wire [9:0] triple
);

  wire       unused;
  wire [9:0] a_ext = {{2{a[7]}}, a};
  assign {sum, unused} = {a, s} + {b, s};
  assign triple = a_ext + (a_ext << 1);

endmodule
