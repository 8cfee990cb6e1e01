package calibrate_test

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/sim/energy/gate"
	"lowres/sim/energy/liberty"
)

// single is a multiply-accumulate with registers on all sides, as others measured
// them: activations and weights of 8 bits (or weights of 2), an accumulator of 24.
const single = `
module single #(parameter W = 8) (input wire clk_i, input wire [7:0] a_i, input wire [W-1:0] w_i, input wire first_i, output reg signed [23:0] sum_q);
  reg signed [7:0] a_q; reg signed [W-1:0] w_q; reg first_q;
  wire signed [7+W:0] product = a_q * w_q;
  always @(posedge clk_i) begin
    a_q <= a_i; w_q <= w_i; first_q <= first_i;
    sum_q <= (first_q ? 24'sd0 : sum_q) + {{(16-W){product[7+W]}}, product};
  end
endmodule
`

// Energies of single multiply-accumulates in open libraries, fJ, as another flow
// measured them (Yosys and abc, Icarus with the library's delays; docs/energy.md): a
// new weight in each cycle, half of the activations zero after a ReLU. Their netlists,
// wires and lengths of sums are not known, so what is asked is the same within a third,
// and of the ratio within a quarter.
var others = map[string]struct{ ternary, int8, wireF float64 }{
	"sg13g2_stdcell_typ_1p20V_25C":          {2372, 5469, 1e-15},
	"asap7sc7p5t_SIMPLE_RVT_TT_nldm_211120": {67, 165, 0.2e-15},
}

// Runs where LOWRES_LIBERTY names the library, in plain text.
func TestSingleMACsCostWhatOthersMeasured(t *testing.T) {
	path := os.Getenv("LOWRES_LIBERTY")
	if path == "" {
		t.Skip("LOWRES_LIBERTY names no library")
	}
	lib, err := liberty.Read(path)
	require.NoError(t, err)
	want, ok := others[lib.Name]
	require.True(t, ok, lib.Name)
	ternary, wide := singleMAC(t, lib, path, want.wireF, 2), singleMAC(t, lib, path, want.wireF, 8)
	t.Logf("%s: ternary %.0f fJ, others %.0f; int8 %.0f, others %.0f", lib.Name, ternary, want.ternary, wide, want.int8)
	require.InEpsilon(t, want.ternary, ternary, 1.0/3)
	require.InEpsilon(t, want.int8, wide, 1.0/3)
	require.InEpsilon(t, want.int8/want.ternary, wide/ternary, 0.25)
}

// singleMAC is the mean energy of a cycle, fJ.
func singleMAC(t *testing.T, lib *liberty.Library, path string, wireF float64, width int) float64 {
	t.Helper()
	dir := t.TempDir()
	m := gate.Module{Top: "single", Sources: []gate.Source{{Name: "single.v", Text: []byte(single)}}, Parameters: []gate.Parameter{{Name: "W", Value: width}}}
	n, err := gate.Synthesise(context.Background(), dir, m, lib, path)
	require.NoError(t, err)
	timed, err := gate.NewTimed(n, lib, gate.Conditions{WireF: wireF, SlewS: lib.TypicalSlewS()})
	require.NoError(t, err)
	r := rand.New(rand.NewPCG(1, uint64(width)))
	rows := make([][]byte, 512)
	for k := range rows {
		a := uint32(min(max(32*r.NormFloat64(), 0), 127))
		w := int(math.Round(min(max(32*r.NormFloat64(), -127), 127)))
		if width == 2 {
			w = int(math.Round(min(max(0.8*r.NormFloat64(), -1), 1)))
		}
		bits := a | uint32(w)&(1<<width-1)<<8
		if k%64 == 0 {
			bits |= 1 << (8 + width)
		}
		rows[k] = []byte{byte(bits), byte(bits >> 8), byte(bits >> 16)}
	}
	total := 0.0
	s := &gate.Stimulus{Clock: "clk_i", Inputs: []string{"a_i", "w_i", "first_i"}, Rows: rows, CycleS: 4 * timed.CriticalS}
	require.NoError(t, timed.Simulate(context.Background(), dir, s, func(_ int, e gate.Energy) { total += e.TotalJ() }))
	t.Logf("weights of %d bits: %d cells, %d flip-flops", width, len(n.Instances), n.FlipFlops())
	return total / float64(len(rows)) * 1e15
}
