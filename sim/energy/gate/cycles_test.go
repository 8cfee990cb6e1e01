package gate_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/internal/needs"
	"lowres/sim/energy/gate"
)

// counter is two flip-flops that count up while a_i is high, and a memory that shows
// what stood at the count two edges ago.
const counter = `{
	"ports": {"clk_i": {"direction": "input", "bits": [2]}, "a_i": {"direction": "input", "bits": [3]}, "q_o": {"direction": "output", "bits": [8, 9]}},
	"cells": {
		"$flatten\\low.g1": {"type": "NAND2", "connections": {"A": [3], "B": [8], "Y": [10]}},
		"$flatten\\low.$abc$1": {"type": "NAND2", "connections": {"A": [3], "B": [10], "Y": [11]}},
		"$flatten\\low.$abc$2": {"type": "NAND2", "connections": {"A": [8], "B": [10], "Y": [12]}},
		"$flatten\\low.$abc$3": {"type": "NAND2", "connections": {"A": [11], "B": [12], "Y": [13]}},
		"$flatten\\low.q": {"type": "DFF", "connections": {"D": [13], "CK": [2], "Q": [8]}},
		"high": {"type": "INV", "connections": {"A": [20], "Y": [14]}},
		"$flatten\\high.q": {"type": "DFF", "connections": {"D": [14], "CK": [2], "Q": [9]}},
		"$flatten\\high.ram": {"type": "ram_sdp", "connections": {"we_i": ["1"], "waddr_i": [8], "wdata_i": [9], "re_i": [3], "raddr_i": [8], "rdata_o": [20]}}}}`

// follow runs the counter without delays and returns what q_o and the memory are in
// each cycle before its edge, and a window of all of it.
func follow(t *testing.T, timed *gate.Timed, rows [][]byte) (seen []int, w *gate.Window, c *gate.Cycles) {
	t.Helper()
	c, err := gate.NewCycles(timed, []string{"a_i"})
	require.NoError(t, err)
	w = c.Window()
	q := timed.Port("q_o")
	for _, row := range rows {
		c.Settle(row)
		c.Take(w)
		n := 0
		for i, on := range []bool{c.Output(q, 0), c.Output(q, 1), c.Net(20)} {
			if on {
				n |= 1 << i
			}
		}
		seen = append(seen, n)
		c.Edge()
	}
	return seen, w, c
}

func TestCyclesFollowRegistersAndMemories(t *testing.T) {
	timed := netlist(t, counter)
	require.Equal(t, []string{"high", "low", "low", "low", "low", "low", ""}, modules(timed))
	require.Equal(t, "high.ram", timed.Memories[0].Name)
	seen, _, _ := follow(t, timed, [][]byte{{1}, {1}, {1}, {0}, {1}, {1}, {1}, {1}})
	// q_0 counts 0 1 0 1 1 0 1 0; the memory reads the word at q_0 where a_i is high, before it is
	// written, and q_1 is its inverse, an edge later.
	// memory before an edge:   0 0 0 0 0 0 1 1: word 0 is 0, then q_1; word 1 is 1 from the second edge on
	require.Equal(t, []int{0, 3, 2, 3, 3, 6, 5, 4}, seen)
}

func modules(t *gate.Timed) (names []string) {
	for i := range t.Instances {
		names = append(names, t.Instances[i].Module)
	}
	return names
}

// A window with delays that begins in the middle of a run costs what these edges
// cost in a simulation of the whole run.
func TestWindowsCostWhatTheWholeRunCosts(t *testing.T) {
	needs.Tools(t, "iverilog", "vvp")
	plain := netlist(t, `{
		"ports": {"clk_i": {"direction": "input", "bits": [2]}, "a_i": {"direction": "input", "bits": [3]}, "q_o": {"direction": "output", "bits": [8]}},
		"cells": {
			"g1": {"type": "NAND2", "connections": {"A": [3], "B": [8], "Y": [10]}},
			"g2": {"type": "NAND2", "connections": {"A": [3], "B": [10], "Y": [11]}},
			"g3": {"type": "NAND2", "connections": {"A": [8], "B": [10], "Y": [12]}},
			"g4": {"type": "NAND2", "connections": {"A": [11], "B": [12], "Y": [13]}},
			"q": {"type": "DFF", "connections": {"D": [13], "CK": [2], "Q": [8]}}}}`)
	rows := [][]byte{{1}, {1}, {0}, {1}, {0}, {0}, {1}, {1}}
	cycleS := 4 * plain.CriticalS
	want := map[int]float64{}
	s := &gate.Stimulus{Clock: "clk_i", Inputs: []string{"a_i"}, Rows: rows, CycleS: cycleS}
	require.NoError(t, plain.Simulate(context.Background(), t.TempDir(), s, func(cycle int, e gate.Energy) { want[cycle] += e.TotalJ() }))

	c, err := gate.NewCycles(plain, []string{"a_i"})
	require.NoError(t, err)
	var windows []*gate.Window
	for k, row := range rows {
		if k%3 == 0 && k+3 < len(rows) {
			windows = append(windows, c.Window())
		}
		c.Settle(row)
		for i, w := range windows {
			if k >= 3*i && k <= 3*i+3 {
				c.Take(w)
			}
		}
		c.Edge()
	}
	owner := []int{7, 7, 7, 7, 9}
	got, flop := map[int]float64{}, 0.0
	require.NoError(t, c.Windows(context.Background(), t.TempDir(), plain, "clk_i", owner, windows, func(window, owner int, e gate.Energy) {
		got[window] += e.TotalJ()
		if owner == 9 {
			flop += e.TotalJ()
		}
	}))
	require.Len(t, windows, 2)
	for w := range windows {
		require.InEpsilon(t, want[3*w]+want[3*w+1]+want[3*w+2], got[w], 1e-9, w)
	}
	require.Greater(t, flop, 0.0)
	require.Less(t, flop, got[0]+got[1])
}

func TestCyclesNameAMissingInput(t *testing.T) {
	timed := netlist(t, counter)
	_, err := gate.NewCycles(timed, []string{"b_i"})
	require.ErrorIs(t, err, gate.ErrNetlist)
	require.ErrorContains(t, err, "no input b_i")
}
