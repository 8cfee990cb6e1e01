// table_lane: what a lane figure of a table cell counts: one column's tables, their
// adder tree and a 24-bit accumulator; weights and the tables' words are given.
`default_nettype none

module table_lane #(
    parameter Tables = 16,
    parameter IndexW = 4,
    parameter Signed = 1,
    parameter Banks  = 2,
    parameter ValueW = 10,
    parameter Block  = 0
) (
    input  wire                              clk_i,
    input  wire                              clear_i,
    input  wire                              we_i,
    input  wire                              wbank_i,
    input  wire [IndexW-1:0]                 windex_i,
    input  wire [ValueW*Tables-1:0]          wdata_i,
    input  wire                              bank_i,
    input  wire [(IndexW+Signed)*Tables-1:0] codes_i,
    output reg  [23:0]                       acc_o
);

  localparam SumW = ValueW + $clog2(Tables);

  wire [SumW-1:0] sum;
  wire            negative;
  table_column #(
      .Tables(Tables),
      .IndexW(IndexW),
      .Signed(Signed),
      .Banks (Banks),
      .ValueW(ValueW),
      .SumW  (SumW),
      .Block (Block)
  ) column (
      .clk_i     (clk_i),
      .we_i      (we_i),
      .wbank_i   (wbank_i),
      .windex_i  (windex_i),
      .wdata_i   (wdata_i),
      .bank_i    (bank_i),
      .codes_i   (codes_i),
      .sum_o     (sum),
      .negative_o(negative)
  );

  wire            top  = sum[SumW-1] ^ negative;
  wire [SumW-2:0] rest = sum[SumW-2:0] ^ {(SumW - 1) {negative}};
  always @(posedge clk_i) begin
    if (clear_i) acc_o <= 24'd0;
    else acc_o <= acc_o + {{(25 - SumW) {top}}, rest};
  end

endmodule

`default_nettype wire
