// SPDX-License-Identifier: Apache-2.0
// sum_table: all sums that a few activations make with their weights: how the weights
// stand in memory is the address of their sum.
//
//   mem[{bank, index}] <= wdata_i when we_i
//   (value_o ^ {negative_o})[t+1] = mem[{bank_i, index}] ^ {sign}     {sign, index} = code_i
//
// Signed = 0: the code is the index. Signed = 1: the levels of a set lie symmetric
// about 0, so half of the sums are kept, and the inverse of one stands for its
// negative, one less. The sign goes along for the adder behind to settle; the program
// adds the ones missing to the bias, since they depend on the weights alone.
// With two banks one table is read while the next is written.
//
// Latency  : 1 cycle from code_i to value_o. Read only what was written in cycles before:
//            reading and writing one address in the same cycle gives either word.
// Overflow : none.
// Contents are not reset: they are undefined until written.
`default_nettype none

module sum_table #(
    parameter IndexW = 4,   // of an index, bits
    parameter Signed = 1,   // see above
    parameter Banks  = 2,   // tables: 1 or 2
    parameter ValueW = 10,  // width of a sum, bits
    parameter Block  = 0    // 1: in block RAM, 0: in LUTs
) (
    input  wire                     clk_i,    // clock, rising edge
    input  wire                     we_i,
    input  wire                     wbank_i,  // 0 if there is one bank
    input  wire [IndexW-1:0]        windex_i,
    input  wire [ValueW-1:0]        wdata_i,
    input  wire                     bank_i,   // which table is read
    input  wire [IndexW+Signed-1:0] code_i,   // the weights
    output wire [ValueW-1:0]        value_o,
    output wire                     negative_o
);

  localparam AddrW = IndexW + Banks - 1;

  wire [AddrW-1:0] waddr;
  wire [AddrW-1:0] raddr;
  reg [ValueW-1:0] value_q;
  assign value_o = value_q;

  generate
    if (Banks == 1) begin : one_bank
      wire unused = &{1'b0, wbank_i, bank_i};
      assign waddr = windex_i;
      assign raddr = code_i[IndexW-1:0];
    end else begin : two_banks
      assign waddr = {wbank_i, windex_i};
      assign raddr = {bank_i, code_i[IndexW-1:0]};
    end

    if (Signed == 0) begin : whole
      assign negative_o = 1'b0;
    end else begin : half
      reg negative_q;
      always @(posedge clk_i) negative_q <= code_i[IndexW];
      assign negative_o = negative_q;
    end

    if (Block != 0) begin : block_ram
      (* ram_style = "block", no_rw_check *) reg [ValueW-1:0] mem [0:(1<<AddrW)-1];
      always @(posedge clk_i) begin
        if (we_i) mem[waddr] <= wdata_i;
        value_q <= mem[raddr];
      end
    end else begin : lut_ram
      (* ram_style = "distributed", no_rw_check *) reg [ValueW-1:0] mem [0:(1<<AddrW)-1];
      always @(posedge clk_i) begin
        if (we_i) mem[waddr] <= wdata_i;
        value_q <= mem[raddr];
      end
    end
  endgenerate

endmodule

`default_nettype wire
