// SPDX-License-Identifier: Apache-2.0
// blocks_coming: what a sequencer's delay lines hold between the end of a block and its sums.
//
//   coming_o = ends of blocks in line_i
//   strays_o = with one block of sums: a slot other than 0 behind the end of a block that is
//              not drained
`default_nettype none

module blocks_coming #(
    parameter Stages = 6,  // of line_i; the newest lowest
    parameter LineW  = 3,  // bits of a stage, of which the lowest is a block's end
    parameter Wheres = 5,  // of where_i, which leaves earlier; the newest lowest
    parameter WhereW = 3,  // bits of a stage, of which the slot is lowest
    parameter HoldW  = 2,  // log2 of the slots of a block
    parameter Blocks = 2   // blocks of sums
) (
    input  wire [LineW*Stages-1:0]  line_i,
    input  wire [WhereW*Wheres-1:0] where_i,
    input  wire                     waiting_i,  // a block has its sums and is not drained
    output reg  [7:0]               coming_o,
    output reg                      strays_o
);

  integer s;
  reg     behind;

  always @* begin
    coming_o = 8'd0;
    for (s = 0; s < Stages; s = s + 1) coming_o = coming_o + {7'd0, line_i[LineW*s]};
    behind   = waiting_i;
    strays_o = 1'b0;
    for (s = Stages - 1; s >= 0; s = s - 1) begin
      if ((s < Wheres) && behind && (where_i[WhereW*s+:HoldW] != {HoldW{1'b0}})) begin
        strays_o = (Blocks == 1);
      end
      if (line_i[LineW*s]) behind = 1'b1;
    end
  end

endmodule

`default_nettype wire
