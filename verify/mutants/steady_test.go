package mutants

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lowres/internal/needs"
	"lowres/rtlgen"
)

// faulty is a netlist of four modules and five memories with mutants that a run can show, and some that none can.
const faulty = `module half(clk_i, value_i, sum_o, lowres_mutant);
  input clk_i;
  input [1:0] value_i;
  output sum_o;
  input [15:0] lowres_mutant;
  reg seen_q;
  reg unseen_q;
  wire m1 = lowres_mutant == 16'h0001;
  wire m2 = lowres_mutant == 16'h0002;
  wire m3 = lowres_mutant == 16'h0003;
  wire m10 = lowres_mutant == 16'h000a;
  always @(posedge clk_i) seen_q <= (m1 ? !value_i[0] : value_i[0]) ^ (m3 ? 1'h1 : value_i[1]);
  always @(posedge clk_i) unseen_q <= m2 ? 1'h1 : value_i[0];
  assign sum_o = m10 ? unseen_q : seen_q;
endmodule
module tile(clk_i, rst_i, run_i, word_i, kept_o, flipped_i);
  parameter Words = 1;
  input clk_i, rst_i, run_i, word_i, flipped_i;
  output reg [1:0] kept_o;
  reg [15:0] cycle_q, index_q;
  reg fetch_q;
  always @(posedge clk_i) begin
    cycle_q <= rst_i || (run_i && cycle_q[1:0] == 2'd3) ? 16'd0 : run_i ? (cycle_q + 16'd1) ^ {flipped_i, 15'd0} : cycle_q;
    fetch_q <= !rst_i && run_i && (cycle_q == 16'd0 || (Words == 2 && cycle_q == 16'd1));
    index_q <= cycle_q;
    if (fetch_q && index_q == 16'd0) kept_o[0] <= word_i;
    if (fetch_q && index_q == 16'd1) kept_o[1] <= word_i;
  end
endmodule
module parity(clk_i, rst_i, go_i, instr_i, odd_o, ends_o, lowres_mutant);
  input clk_i, rst_i, go_i;
  input [31:0] instr_i;
  input [15:0] lowres_mutant;
  output odd_o, ends_o;
  reg started_q, run_q, odd_q;
  wire m23 = lowres_mutant == 16'h0017;
  wire m24 = lowres_mutant == 16'h0018;
  always @(posedge clk_i) begin
    started_q <= !rst_i && go_i;
    run_q <= !rst_i && (run_q || started_q);
    if (rst_i && !m23) odd_q <= 1'h0;
    else if (started_q && instr_i[24] && !m24) odd_q <= 1'h0;
    else if (run_q) odd_q <= !odd_q;
  end
  assign odd_o = run_q && odd_q;
  assign ends_o = started_q && instr_i[25];
endmodule
module tiny_axi(aclk, aresetn, value_i, read_i, write_i, sum_o, full_o, word_o, late_o, one_o, two_o, wide_o, copied_o, odd_o, ends_o, m_axi_awvalid, m_axi_awaddr, lowres_mutant);
  input aclk, aresetn, value_i, read_i, write_i;
  input [15:0] lowres_mutant;
  output sum_o, full_o, m_axi_awvalid, m_axi_awaddr;
  output [7:0] word_o, late_o;
  output [1:0] one_o, two_o;
  output wide_o, odd_o, ends_o;
  output [1:0] copied_o;
  tile #(.Words(1)) one(.clk_i(aclk), .rst_i(!aresetn), .run_i(read_i), .word_i(value_i), .kept_o(one_o), .flipped_i(lowres_mutant == 16'h000f));
  tile #(.Words(2)) two(.clk_i(aclk), .rst_i(!aresetn), .run_i(read_i), .word_i(value_i), .kept_o(two_o), .flipped_i(lowres_mutant == 16'h0010));
  reg [1:0] instr_q;
  always @(posedge aclk) if (read_i) instr_q <= {write_i, value_i};
  parity sequencer(.clk_i(aclk), .rst_i(!aresetn), .go_i(read_i), .instr_i({6'd0, instr_q, 24'd0}), 
    .odd_o(odd_o), .ends_o(ends_o), .lowres_mutant(lowres_mutant));
  half half(.clk_i(aclk), .value_i({1'h1, value_i}), .sum_o(sum_o), .lowres_mutant(lowres_mutant));
  wire m5 = lowres_mutant == 16'h0005;
  wire m6 = lowres_mutant == 16'h0006;
  reg [2:0] count_q;
  assign full_o = m5 ? count_q >= 3'd5 : m6 ? count_q >= 3'd4 : count_q == 3'd5;
  always @(posedge aclk) count_q <= !aresetn || full_o ? 3'd0 : count_q + 3'd1;
  wire m7 = lowres_mutant == 16'h0007;
  wire m8 = lowres_mutant == 16'h0008;
  wire m11 = lowres_mutant == 16'h000b;
  wire m12 = lowres_mutant == 16'h000c;
  wire [7:0] word, late;
  reg soon_q, late_q;
  always @(posedge aclk) begin
    soon_q <= read_i;
    late_q <= soon_q;
  end
  ram_sdp #(.Width(8), .AddrW(3)) quick(.clk_i(aclk), .we_i(write_i), .waddr_i(count_q), .wdata_i({8{value_i ^ (m11 && !write_i) ^ (m12 && write_i)}}),
    .re_i(read_i || m7), .raddr_i(count_q), .rdata_o(word));
  ram_sdp #(.Width(8), .AddrW(3)) slow(.clk_i(aclk), .we_i(write_i), .waddr_i(count_q), .wdata_i({8{value_i}}),
    .re_i(read_i || m8), .raddr_i(count_q), .rdata_o(late));
  wire m17 = lowres_mutant == 16'h0011;
  wire m18 = lowres_mutant == 16'h0012;
  wire m19 = lowres_mutant == 16'h0013;
  wire [63:0] wide;
  ram_sdp #(.Width(64), .AddrW(3)) large(.clk_i(aclk), .we_i(write_i), .waddr_i(count_q), .wdata_i({value_i ^ m17, 21'd0, value_i ^ (m19 && !write_i), 41'd0}),
    .re_i(read_i), .raddr_i(count_q), .rdata_o(wide));
  wire m20 = lowres_mutant == 16'h0014;
  wire m21 = lowres_mutant == 16'h0015;
  wire m22 = lowres_mutant == 16'h0016;
  wire [63:0] further, copy;
  ram_sdp #(.Width(64), .AddrW(3)) source(.clk_i(aclk), .we_i(write_i), .waddr_i(count_q), .wdata_i({61'd0, value_i ^ m22, value_i ^ m21, value_i ^ m20}),
    .re_i(read_i), .raddr_i(count_q), .rdata_o(further));
  ram_sdp #(.Width(64), .AddrW(3)) second(.clk_i(aclk), .we_i(soon_q), .waddr_i(count_q), .wdata_i({further[2:0], 61'd0}),
    .re_i(late_q), .raddr_i(count_q), .rdata_o(copy));
  reg [1:0] kept_q;
  always @(posedge aclk) kept_q <= copy[62:61];
  assign copied_o = kept_q;
  assign wide_o = soon_q && (m18 ? wide[41] : wide[40]);
  assign word_o = soon_q ? word : 8'd0;
  assign late_o = late_q ? late : 8'd0;
  wire m13 = lowres_mutant == 16'h000d;
  wire m14 = lowres_mutant == 16'h000e;
  assign m_axi_awvalid = soon_q;
  assign m_axi_awaddr = count_q[0] ^ (m13 && !soon_q) ^ (m14 && soon_q);
endmodule
`

func TestOnlyAMutantThatNoRunShowsIsSteady(t *testing.T) {
	needs.Tools(t, "yosys", "yosys-abc")
	d := smallDesign(t)
	require.Equal(t, "tiny_axi", rtlgen.TopModule(d))
	r := runner{Options: Options{Design: d}, dir: t.TempDir()}
	require.NoError(t, os.Mkdir(filepath.Join(r.dir, "rtl"), 0o777))
	sources, err := rtlgen.Generate(d)
	require.NoError(t, err)
	for _, f := range sources {
		if f.Name == memoryModule {
			require.NoError(t, os.WriteFile(filepath.Join(r.dir, "rtl", f.Name), f.Text, 0o666))
		}
	}
	require.NoError(t, os.WriteFile(filepath.Join(r.dir, netlistName), []byte(faulty), 0o666))
	for _, c := range []struct {
		number int
		shown  string // "" if no run shows it
		why    string
	}{
		{1, "sum_o", "the register gets the other value"},
		{2, "", "only another mutant reads the register"},
		{3, "", "the module's user holds the bit at one"},
		{4, "", "the netlist has lost it"},
		{5, "", "the count is never above 5"},
		{6, "full_o", "it is 4"},
		{7, "", "a word that was not asked for is not used"},
		{8, "late_o", "one that was asked for must stay"},
		{10, "sum_o", "the other register leaves the design"},
		{11, "", "nothing is written then"},
		{12, "what is written to quick", "another word is written"},
		{13, "", "an address without its valid"},
		{14, "m_axi_awaddr", "an address with its valid"},
		{15, "", "an index that is no longer used"},
		{16, "two_o", "the same in a tile of two words"},
		{17, "", "the highest of 64 bits, which nothing reads"},
		{18, "wide_o", "another bit of the upper half"},
		{19, "", "nothing is written to it then"},
		{20, "what is written to source", "a bit that goes by another memory and a register to a pin"},
		{21, "what is written to source", "another one"},
		{22, "", "a bit that goes to a bit of another memory, which nothing reads"},
		{23, "odd_o", "what has no reset, and an instruction that does not begin"},
		{24, "odd_o", "one that begins and does not clear it"},
	} {
		same, differs, err := r.steady(t.Context(), Mutant{Number: c.number}, time.Minute)
		require.NoError(t, err)
		require.Equal(t, c.shown == "", same, "mutant %d: %s, have %q", c.number, c.why, differs)
		if !same {
			require.Contains(t, differs, c.shown, "mutant %d", c.number)
		}
	}
	for number, want := range map[int]bool{1: false, 2: true, 4: true, 6: false, 8: false, 12: false, 14: false, 15: true, 16: false, 17: true, 18: false, 19: true, 20: false, 22: true, 23: false} {
		same, err := r.nearby(t.Context(), Mutant{Number: number}, false, time.Minute)
		require.NoError(t, err)
		require.Equal(t, want, same, "mutant %d, by what is around it", number)
	}
	for number, want := range map[int]bool{1: false, 2: true, 6: false, 8: false, 12: false, 15: true, 16: false, 18: false, 20: false, 23: true, 24: false} {
		same, err := r.nearby(t.Context(), Mutant{Number: number}, true, time.Minute)
		require.NoError(t, err)
		require.Equal(t, want, same, "mutant %d, of legal programs", number)
	}
	same, _, err := r.steady(t.Context(), Mutant{Number: 4, Where: "$procdff$1 CLK 0"}, time.Minute)
	require.NoError(t, err)
	require.False(t, same, "a clock that is another is no gate's input")
}
