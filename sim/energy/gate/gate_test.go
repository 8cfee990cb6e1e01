package gate_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/internal/needs"
	"lowres/sim/energy/gate"
	"lowres/sim/energy/liberty"
)

// netlist reads a module named top in the form of Yosys.
func netlist(t *testing.T, text string) *gate.Timed {
	t.Helper()
	lib, err := liberty.Read("testdata/small.lib")
	require.NoError(t, err)
	n, err := gate.ReadJSON([]byte(`{"modules": {"top": `+text+`}}`), "top", lib)
	require.NoError(t, err)
	timed, err := gate.NewTimed(n, lib, gate.Conditions{SlewS: 1e-10})
	require.NoError(t, err)
	return timed
}

// energy adds up all of a simulation, in picojoules.
func energy(t *testing.T, timed *gate.Timed, inputs []string, rows [][]byte) (e gate.Energy) {
	t.Helper()
	s := &gate.Stimulus{Clock: "clk_i", Inputs: inputs, Rows: rows, CycleS: 1e-8}
	require.NoError(t, timed.Simulate(context.Background(), t.TempDir(), s, func(_ int, add gate.Energy) {
		e.SwitchingJ += add.SwitchingJ * 1e12
		e.InternalJ += add.InternalJ * 1e12
		e.ClockJ += add.ClockJ * 1e12
	}))
	return e
}

func TestEnergyOfAnInverterAndAFlipFlopByHand(t *testing.T) {
	needs.Tools(t, "iverilog", "vvp")
	timed := netlist(t, `{
		"ports": {"clk_i": {"direction": "input", "bits": [2]}, "a_i": {"direction": "input", "bits": [3]}, "q_o": {"direction": "output", "bits": [5]}},
		"cells": {"inverter": {"type": "INV", "connections": {"A": [3], "Y": [4]}},
			"q": {"type": "DFF", "connections": {"D": [4], "CK": [2], "Q": [5]}}}}`)
	require.Equal(t, 1, timed.FlipFlops())
	require.Len(t, timed.Instances, 2)
	e := energy(t, timed, []string{"a_i"}, [][]byte{{1}, {0}, {1}, {1}})
	// Edges: clock 4 up, 4 down. a: 1 0 1, two edges. D = !a: rises once (1 pJ), falls
	// once (2 pJ). Q starts at 0, takes 0, 1, 0, 0: rises (100) and falls (200) once.
	// The clock's edges by D and Q before them, of which "D * Q" costs less: rises with
	// D Q = 00, 10, 01, 00: 4 * 30; falls, after the inputs changed, with 10, 01, 00, 00.
	require.InDelta(t, 1+2+100+200+4*30+4*40, e.InternalJ, 1e-9)
	// Half of C V²: a 0.5 pF, D 0.25 pF, clock 2 pF, Q no load.
	require.InDelta(t, (2*0.5+2*0.25+8*2)/2, e.SwitchingJ, 1e-9)
	require.InDelta(t, 4*30+4*40+8*2/2.0, e.ClockJ, 1e-9)
}

func TestConditionsOfEnergyAreThoseOfTheOtherPins(t *testing.T) {
	needs.Tools(t, "iverilog", "vvp")
	timed := netlist(t, `{
		"ports": {"clk_i": {"direction": "input", "bits": [2]}, "a_i": {"direction": "input", "bits": [3]}, "b_i": {"direction": "input", "bits": [4]}, "y_o": {"direction": "output", "bits": [5]}},
		"cells": {"gate": {"type": "NAND2", "connections": {"A": [3], "B": [4], "Y": [5]}}}}`)
	inputs := []string{"a_i", "b_i"}
	// B rises while A is low: 0.125. Then A rises with B high: Y falls by A, 4. Then B
	// falls: Y rises by B, 5; B's own energy counts only while A is low.
	e := energy(t, timed, inputs, [][]byte{{0}, {2}, {3}, {1}})
	require.InDelta(t, 0.125+4+5, e.InternalJ, 1e-9)
}

func TestLoopsAndMissingPortsAreErrors(t *testing.T) {
	needs.Tools(t, "iverilog", "vvp")
	timed := netlist(t, `{"ports": {"a_i": {"direction": "input", "bits": [2]}},
		"cells": {"inverter": {"type": "INV", "connections": {"A": [2], "Y": [3]}}}}`)
	err := timed.Simulate(context.Background(), t.TempDir(), &gate.Stimulus{Clock: "clk", Rows: [][]byte{{0}}, CycleS: 1e-9}, nil)
	require.ErrorIs(t, err, gate.ErrNetlist)
	require.ErrorContains(t, err, "no clock clk")
	_, err = gate.ReadJSON([]byte(`{"modules": {"top": {"cells": {"g": {"type": "$_AND_"}}}}}`), "top", &liberty.Library{Name: "small"})
	require.ErrorContains(t, err, "not mapped to library small")
	loop := &gate.Netlist{Top: "top", Nets: 4, Instances: []gate.Instance{
		{Cell: timed.Instances[0].Cell, Pins: []gate.Net{2, 3}}, {Cell: timed.Instances[0].Cell, Pins: []gate.Net{3, 2}}}}
	_, err = gate.NewTimed(loop, timed.Lib, gate.Conditions{})
	require.ErrorContains(t, err, "loops without a register")
}
