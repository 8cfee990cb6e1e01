// SPDX-License-Identifier: Apache-2.0
// blocks_coming: what a sequencer's delay lines hold between the end of a block and its sums.
//
//   coming_o = ends of blocks in line_i
//   strays_o = with one block of sums: an address other than 0 behind the end of a block that is
//              not drained
`default_nettype none

module blocks_coming #(
    parameter Stages = 6,  // of line_i; the newest lowest
    parameter LineW  = 3,  // bits of a stage, of which the lowest is a block's end
    parameter HoldW  = 2,  // log2 of the slots of a block
    parameter Blocks = 2   // blocks of sums
) (
    input  wire [LineW*Stages-1:0]         line_i,
    input  wire [(HoldW+1)*(Stages-1)-1:0] where_i,    // {half, slot}, which leaves a stage earlier
    input  wire                            waiting_i,  // a block has its sums and is not drained
    output reg  [7:0]                      coming_o,
    output reg                             strays_o
);

  integer s;
  reg     behind;

  always @* begin
    coming_o = 8'd0;
    for (s = 0; s < Stages; s = s + 1) coming_o = coming_o + {7'd0, line_i[LineW*s]};
    behind   = waiting_i || line_i[LineW*(Stages-1)];
    strays_o = 1'b0;
    for (s = Stages - 2; s >= 0; s = s - 1) begin
      if (behind && (where_i[(HoldW+1)*s+:HoldW] != {HoldW{1'b0}})) strays_o = (Blocks == 1);
      if (line_i[LineW*s]) behind = 1'b1;
    end
  end

endmodule

`default_nettype wire
