// SPDX-License-Identifier: Apache-2.0
// next_instruction: what a sequencer is shown of the next instruction before it goes, and what it
// then knows of it.
//
//   stands_o = what goes stood as instruction_front has it: its last word a cycle before, all but
//              its last two words two cycles before
//   right_o  = illegal is an instruction with a count that is 0, or a level set that there is not;
//              of words up to 9 that is known a cycle later, of all two cycles after those
//   steps_o  = steps of a cycle ago
`default_nettype none

module next_instruction #(
    parameter KernelW = 16  // bits of kernel_cols
) (
    input  wire         clk_i,
    input  wire         started_i,    // reset is over
    input  wire [383:0] next_i,
    input  wire [31:0]  last_word_i,
    input  wire         go_i,
    input  wire         bad_i,        // the instruction at go is illegal, says the sequencer ...
    input  wire [2:0]   known_i,      // ... and of words up to 9, in two parts, and of all
    output wire         stands_o,
    output wire         right_o,
    output wire [15:0]  steps_o
);

  reg         settled_q = 1'b0;  // reset was over in the cycle before
  reg [383:0] early_q;           // a cycle ago, its last word that came alone
  reg [319:0] earlier_q;         // all words but the last two, two cycles ago

  always @(posedge clk_i) begin
    settled_q <= started_i;
    early_q   <= {last_word_i, next_i[351:0]};
    earlier_q <= early_q[319:0];
  end

  // Counts that are 0. group_words is in the last word, 11; steps, kernel_cols, out_rows, out_cols
  // and pool in words 2, 8, 7, 8 and 9. There is a level set 0.
  function none(input [319:0] words);
    none = (words[79:64] == 16'd0) || (words[272+:KernelW] == {KernelW{1'b0}}) ||
           (words[255:240] == 16'd0) || (words[271:256] == 16'd0) || (words[303:296] == 8'd0);
  endfunction
  function illegal(input [319:0] words);
    illegal = none(words) || (words[53:48] != 6'd0);
  endfunction
  wire none_next = none(next_i[319:0]) || (next_i[383:368] == 16'd0);

  assign stands_o = settled_q && (next_i == {last_word_i, early_q[351:0]}) &&
                    (last_word_i == early_q[383:352]) && (next_i[319:0] == earlier_q);
  assign right_o  = (bad_i ? go_i && (none_next || (next_i[53:48] != 6'd0)) : !(go_i && none_next)) &&
                    (|known_i[2:1] == illegal(early_q[319:0])) &&
                    (!settled_q || (known_i[0] == (illegal(earlier_q) || (early_q[383:368] == 16'd0))));
  assign steps_o  = early_q[79:64];

endmodule

`default_nettype wire
