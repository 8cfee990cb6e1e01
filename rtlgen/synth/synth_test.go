package synth

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lowres/internal/needs"
	"lowres/sim/arch"
)

// counters is two counters of other widths and a memory, small enough to be
// counted by hand.
const counters = `module tick #(parameter W = 4) (input wire clk, output reg [W-1:0] q);
  initial q = 0;
  always @(posedge clk) q <= q + 1'b1;
endmodule
module store (input wire clk, input wire we, input wire [8:0] at, input wire [7:0] d, output reg [7:0] q);
  reg [7:0] m [0:511];
  always @(posedge clk) begin
    if (we) m[at] <= d;
    q <= m[at];
  end
endmodule
module top (input wire clk, output wire o);
  wire [7:0] a, q;
  wire [8:0] b;
  tick #(.W(8)) first (clk, a);
  tick #(.W(9)) second (clk, b);
  store store (clk, a[0], b, a, q);
  assign o = ^q;
endmodule
`

// flow runs the flow of a target on the counters.
func flow(t *testing.T, target Target, source string) (*Result, error) {
	t.Helper()
	needs.Tools(t, Tools(target)...)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "top.v"), []byte(source), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "top.pcf"), []byte("set_io clk J3\nset_io o B12\n"), 0o644))
	o, sources := Options{Target: target, Dir: dir, Seed: 1, ClockMHz: 12}, []string{"top.v"}
	r, err := o.synthesise(t.Context(), sources, "top", target.Command())
	if err != nil || target != ICE40 {
		return r, err
	}
	flat, err := o.synthesise(t.Context(), sources, "top", "synth_ice40")
	require.NoError(t, err)
	r.Placed = &flat.Total
	r.Fmax, err = o.Place(t.Context(), "top.pcf")
	return r, err
}

func TestEveryTargetCountsModulesOfOtherParametersTogether(t *testing.T) {
	for _, target := range Targets() {
		t.Run(string(target), func(t *testing.T) {
			r, err := flow(t, target, counters)
			require.NoError(t, err)
			var names []string
			for _, m := range r.Modules {
				names = append(names, m.Name)
				switch m.Name {
				case "tick":
					require.Equal(t, 2, m.Instances)
					require.Equal(t, 17, m.FF)
					require.Positive(t, m.Carry)
					require.Positive(t, m.LUT)
					require.Zero(t, m.BRAM)
				case "store":
					require.Equal(t, map[Target]float64{ICE40: 1, ECP5: 1, Xilinx: 0.5}[target], m.BRAM)
				}
			}
			require.Equal(t, []string{"store", "tick", "top"}, names)
			require.GreaterOrEqual(t, r.Total.FF, 17)
			require.Equal(t, target == ICE40, r.Fmax != nil)
			if r.Fmax != nil {
				require.LessOrEqual(t, r.Placed.LUT, r.Total.LUT)
				require.Equal(t, 1.0, r.Placed.BRAM)
				require.Greater(t, *r.Fmax, 50.0)
			}
		})
	}
}

// A router that rips up for ever is stopped, and the message says what to try.
func TestPlaceAndRouteThatDoNotEndAreStopped(t *testing.T) {
	tools := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(tools, "nextpnr-ice40"), []byte("#!/bin/sh\nwhile :; do :; done\n"), 0o755))
	t.Setenv("PATH", tools+string(filepath.ListSeparator)+os.Getenv("PATH"))
	_, err := Options{Dir: t.TempDir(), Seed: 7, ClockMHz: 50, Timeout: time.Second}.Place(t.Context(), "")
	require.ErrorIs(t, err, ErrTime)
	require.ErrorContains(t, err, "after 1s of processor time with seed 7: try another seed, or a smaller design")
}

func TestARefusalIsTheToolsOwnWord(t *testing.T) {
	_, err := flow(t, ECP5, "module top (input wire clk); nothing x (); endmodule\n")
	require.ErrorIs(t, err, ErrFlow)
	require.ErrorContains(t, err, "nothing")
}

func TestACellOfUnknownSizeIsRefused(t *testing.T) {
	_, err := count([]byte(`{"modules": {"top": {"cells": {"x": {"type": "DSP48E1"}}}}}`), "top")
	require.ErrorIs(t, err, ErrFlow)
	require.ErrorContains(t, err, "DSP48E1")
}

func TestAModulesOwnAreItsCellsWithoutItsModules(t *testing.T) {
	n, err := ReadNetlist([]byte(`{"modules": {"top": {"cells": {"a": {"type": "SB_LUT4"}, "b": {"type": "SB_DFFE"}, "c": {"type": "part"}}}}}`), "top")
	require.NoError(t, err)
	own, err := n.Own("top", map[string]int{"part": 1})
	require.NoError(t, err)
	require.Equal(t, Resources{LUT: 1, FF: 1}, own)
	_, err = n.Own("top", nil)
	require.ErrorContains(t, err, "part")
}

func TestCellsOfModulesAreCountedWithoutTheTargetsBoxes(t *testing.T) {
	n, err := ReadNetlist([]byte(`{"modules": {"top": {"cells": {"a": {"type": "LUT6"}, "b": {"type": "LUT6"}, "c": {"type": "part"}}},
		"part": {"cells": {"a": {"type": "FDRE"}}}, "LUT6": {"attributes": {"blackbox": "1"}}}}`), "top")
	require.NoError(t, err)
	require.Equal(t, map[string]map[string]int{"top": {"LUT6": 2, "part": 1}, "part": {"FDRE": 1}}, n.Cells())
}

func TestACellTakesWhatItsFamilySays(t *testing.T) {
	for cell, want := range map[string]Resources{
		"SB_LUT4": {LUT: 1}, "SB_CARRY": {Carry: 1}, "SB_DFFER": {FF: 1}, "SB_RAM40_4KNR": {BRAM: 1},
		"LUT4": {LUT: 1}, "CCU2C": {LUT: 2, Carry: 1}, "TRELLIS_DPR16X4": {LUT: 4}, "TRELLIS_FF": {FF: 1}, "PDPW16KD": {BRAM: 1}, "PFUMX": {},
		"LUT6_2": {LUT: 1}, "SRL16E": {LUT: 1}, "RAM64X1D": {LUT: 2}, "RAM256X1S": {LUT: 4}, "FDCE": {FF: 1}, "RAMB18E1": {BRAM: 0.5}, "MUXF8": {},
	} {
		got, err := takes(cell)
		require.NoError(t, err)
		require.Equal(t, want, got, cell)
		require.Equal(t, want.LUT, LUTs(cell))
	}
}

func TestTheSlowestClockIsTheDesigns(t *testing.T) {
	f, err := readFmax([]byte(`{"fmax": {"a": {"achieved": 90.5}, "b": {"achieved": 61.25}}}`))
	require.NoError(t, err)
	require.Equal(t, 61.25, *f)
	_, err = readFmax([]byte(`{"fmax": {}}`))
	require.ErrorIs(t, err, ErrFlow)
}

func TestModulesKeepTheNameOfTheirSource(t *testing.T) {
	for in, want := range map[string]string{
		`tiny_core`: "tiny_core", `$paramod$06d46f\ram_sdp`: "ram_sdp", `$paramod\event_counters\Events=s32'0001`: "event_counters",
	} {
		require.Equal(t, want, BaseName(in))
	}
}

func TestADesignWithCellsOfAnotherFamilyIsRefused(t *testing.T) {
	s := arch.DefaultSpec()
	s.Levels, s.Target = []int{3}, arch.Xilinx7
	d, err := arch.New(s)
	require.NoError(t, err)
	for _, target := range []Target{ICE40, ECP5} {
		_, err = Design(t.Context(), d, Options{Target: target, Dir: t.TempDir()})
		require.ErrorIs(t, err, ErrTarget)
		require.ErrorContains(t, err, "target: xilinx7: its Verilog is for xilinx alone")
	}
}
