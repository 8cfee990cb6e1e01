package gate_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/internal/needs"
	"lowres/sim/energy/gate"
	"lowres/sim/energy/liberty"
)

// inverseFlipFlop keeps the inverse of D and shows it, as those of ASAP7: its clear sets what
// it keeps of D, its preset resets it.
const inverseFlipFlop = `
  cell (DFFN) {
    area : 3; cell_leakage_power : 5;
    ff (IQN, IQNN) { clocked_on : "CK"; next_state : "!D"; clear : "!SETN"; preset : "!RESETN"; }
    pin (D) { direction : "input"; capacitance : 0.25; }
    pin (SETN) { direction : "input"; capacitance : 0.25; }
    pin (RESETN) { direction : "input"; capacitance : 0.25; }
    pin (CK) { direction : "input"; clock : true; capacitance : 2; }
    pin (QN) { direction : "output"; function : "IQN";
      timing () { related_pin : "CK"; timing_type : rising_edge;
        cell_rise (t) { values ("0.5, 0.5", "0.5, 0.5"); } cell_fall (t) { values ("0.5, 0.5", "0.5, 0.5"); }
        rise_transition (t) { values ("0.1, 0.1", "0.1, 0.1"); } fall_transition (t) { values ("0.1, 0.1", "0.1, 0.1"); } }
    }
  }
}
`

// Registers reset to what the Verilog says in a library whose only flip-flop with a reset keeps
// the inverse.
func TestInverseFlipFlopsResetAsTheVerilogSays(t *testing.T) {
	needs.Tools(t, "yosys", "iverilog", "vvp")
	small, err := os.ReadFile("testdata/small.lib")
	require.NoError(t, err)
	dir := t.TempDir()
	path := filepath.Join(dir, "inverse.lib")
	text := strings.TrimSuffix(strings.TrimSpace(string(small)), "}")
	inverter := text[strings.Index(text, "cell (INV)"):strings.Index(text, "cell (NAND2)")]
	text += strings.NewReplacer("INV", "BUF", "!A", "A", "negative", "positive").Replace(inverter) // abc wants one
	require.NoError(t, os.WriteFile(path, []byte(text+inverseFlipFlop), 0o600))
	lib, err := liberty.Read(path)
	require.NoError(t, err)
	m := gate.Module{Top: "top", Sources: []gate.Source{{Name: "top.v", Text: []byte(`
module top (input wire clk_i, input wire rst_ni, input wire d_i, output reg zero_o, output reg one_o);
  always @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin zero_o <= 1'b0; one_o <= 1'b1; end
    else begin zero_o <= d_i; one_o <= d_i; end
endmodule
`)}}}
	n, err := gate.Synthesise(context.Background(), dir, m, lib, path)
	require.NoError(t, err)
	require.Equal(t, 2, n.FlipFlops())
	timed, err := gate.NewTimed(n, lib, gate.Conditions{SlewS: 1e-10})
	require.NoError(t, err)
	c, err := gate.NewCycles(timed, []string{"rst_ni", "d_i"})
	require.NoError(t, err)
	for k, cycle := range []struct {
		inputs    byte // rst_ni, d_i
		zero, one bool
	}{{0b00, false, true}, {0b10, false, true}, {0b11, false, true}, {0b01, true, true}, {0b11, false, false}} {
		reset := cycle.inputs&1 == 0
		c.Settle([]byte{cycle.inputs})
		require.Equal(t, []bool{cycle.zero, cycle.one}, []bool{c.Output(n.Port("zero_o"), 0), c.Output(n.Port("one_o"), 0)}, "row %d, reset %v", k, reset)
		c.Edge()
	}
	c.Settle([]byte{0b00})
	require.Equal(t, []bool{false, true}, []bool{c.Output(n.Port("zero_o"), 0), c.Output(n.Port("one_o"), 0)}, "reset again")
}
