package mutants

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/internal/needs"
	"lowres/rtlgen"
)

// faulty is a netlist of two modules with five mutants.
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
module tiny_axi(clk_i, value_i, sum_o, lowres_mutant);
  input clk_i;
  input value_i;
  output sum_o;
  input [15:0] lowres_mutant;
  half half(.clk_i(clk_i), .value_i({1'h1, value_i}), .sum_o(sum_o), .lowres_mutant(lowres_mutant));
endmodule
`

func TestOnlyAMutantThatChangesNothingIsEquivalent(t *testing.T) {
	needs.Tools(t, "yosys")
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
		same   bool
		why    string
	}{
		{1, false, "the register gets the other value"},
		{2, true, "only another mutant reads the register"},
		{3, true, "the module's user holds the bit at one"},
		{4, true, "the netlist has lost it"},
		{10, false, "the other register leaves the design"},
	} {
		same, differs, err := r.equivalent(context.Background(), Mutant{Number: c.number, module: "half"})
		require.NoError(t, err)
		require.Equal(t, c.same, same, "mutant %d: %s, have %q", c.number, c.why, differs)
		if !same {
			require.NotEmpty(t, differs, "mutant %d", c.number)
		}
	}
}
