// SPDX-License-Identifier: Apache-2.0
// sum_table_proof: one entry of a table, any, read in two cycles in a row.
//
//   value[t+2] = the entry is written in t ? wdata[t] : value[t+1]
//   negative[t+1] = sign[t], 0 without signs
//
// from every state, with both reads of the entry: so it keeps what was written last.
`default_nettype none

module sum_table_proof #(
    parameter IndexW = 4,
    parameter Signed = 1,
    parameter Banks  = 2,
    parameter ValueW = 10,
    parameter Block  = 0
) (
    input  wire                     clk_i,
    input  wire                     we_i,
    input  wire                     wbank_i,
    input  wire [IndexW-1:0]        windex_i,
    input  wire [ValueW-1:0]        wdata_i,
    input  wire                     bank_i,
    input  wire [IndexW+Signed-1:0] code_i,
    output wire                     given,       // the same entry all the time
    output wire [ValueW-1:0]        value_o,
    output wire                     negative_o,
    output wire                     ok_entry,    // the entry changes as it is written
    output wire                     ok_negative  // the sign goes along
);

  sum_table #(
      .IndexW(IndexW),
      .Signed(Signed),
      .Banks (Banks),
      .ValueW(ValueW),
      .Block (Block)
  ) dut (
      .clk_i     (clk_i),
      .we_i      (we_i),
      .wbank_i   (wbank_i),
      .windex_i  (windex_i),
      .wdata_i   (wdata_i),
      .bank_i    (bank_i),
      .code_i    (code_i),
      .value_o   (value_o),
      .negative_o(negative_o)
  );

  wire here = we_i && (windex_i == code_i[IndexW-1:0]) && ((Banks == 1) || (wbank_i == bank_i));

  reg [1:0]               started_q = 2'b00;
  reg                     here_q;
  reg [ValueW-1:0]        wdata_q;
  reg [IndexW+Signed-1:0] code_q;
  reg                     bank_q;
  reg [ValueW-1:0]        want_q;
  always @(posedge clk_i) begin
    started_q <= {started_q[0], 1'b1};
    here_q    <= here;
    wdata_q   <= wdata_i;
    code_q    <= code_i;
    bank_q    <= bank_i;
    want_q    <= here_q ? wdata_q : value_o;
  end

  assign given       = !started_q[0] || ((bank_q == bank_i) && (code_q[IndexW-1:0] == code_i[IndexW-1:0]));
  assign ok_entry    = !started_q[1] || (value_o == want_q);
  assign ok_negative = !started_q[0] || (negative_o == ((Signed != 0) && code_q[IndexW+Signed-1]));

endmodule

`default_nettype wire
