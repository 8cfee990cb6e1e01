package gate

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"lowres/internal/process"
)

// Window is a stretch of a run: what the flip-flops hold before it, and in each of
// its cycles the inputs and what the memories show; and one cycle more, which follows
// the last edge. All of the same length.
type Window struct {
	State []byte
	Rows  [][]byte
}

// Windows runs windows one after the other in Icarus, with the library's delays, in
// folder dir, and calls add with the energy that follows the edges of each, by owner
// (see Meter). What happens as a window's registers are set is not counted.
func (c *Cycles) Windows(ctx context.Context, dir string, t *Timed, clock string, owner []int, windows []*Window, add func(window, owner int, e Energy)) error {
	m, err := NewMeter(t, clock)
	if err != nil {
		return err
	}
	m.Owner = owner
	var netlist bytes.Buffer
	if err := t.writeWindows(&netlist, c, clock); err != nil {
		return err
	}
	length := len(windows[0].Rows)
	var rows, states [][]byte
	for _, w := range windows {
		states = append(states, w.State)
		rows = append(rows, w.Rows...)
	}
	cycleS := 4 * t.CriticalS
	for name, text := range map[string][]byte{"gates.v": netlist.Bytes(), "bench.v": c.bench(t, clock, len(windows), length, cycleS),
		"rows.hex": hexRows(rows), "states.hex": hexRows(states)} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			return err
		}
	}
	if err := process.Call(ctx, dir, "iverilog", "-g2005", "-o", "bench.vvp", "-s", "lowres_bench", "bench.v", "gates.v"); err != nil {
		return err
	}
	slot := ticks(cycleS)
	return dump(ctx, dir, "bench.vvp", func(r io.Reader) error {
		return m.Measure(r, "lowres_bench.dut", func(seconds float64, owner int, e Energy) {
			if k := int(tickAt(seconds) / slot); k%length > 0 && k/length < len(windows) {
				add(k/length, owner, e)
			}
		})
	})
}

// bench is the testbench: of each window's slots, a cycle long, the first sets the
// registers and lets the gates settle; the others begin with an edge.
func (c *Cycles) bench(t *Timed, clock string, windows, length int, cycleS float64) []byte {
	var b strings.Builder
	cycle, hold := ticks(cycleS), min(ticks(t.clockToQ()), ticks(cycleS)/4)
	rowBits := len(c.inputs) + len(c.nets)
	fmt.Fprintf(&b, "`timescale 100fs/100fs\nmodule lowres_bench;\n  reg clk = 0;\n  reg load = 0;\n")
	fmt.Fprintf(&b, "  reg [%d:0] row;\n  reg [%d:0] rows [0:%d];\n", rowBits-1, rowBits-1, windows*length-1)
	fmt.Fprintf(&b, "  reg [%d:0] state;\n  reg [%d:0] states [0:%d];\n  integer w, k;\n", len(c.flops)-1, len(c.flops)-1, windows-1)
	fmt.Fprintf(&b, "  %s dut (.%s(clk), .lowres_load(load), .lowres_state(state), .lowres_row(row));\n", escaped(t.Top), clock)
	fmt.Fprintf(&b, "  initial begin\n    $readmemh(\"rows.hex\", rows);\n    $readmemh(\"states.hex\", states);\n")
	fmt.Fprintf(&b, "    row = rows[0];\n    state = states[0];\n    $dumpfile(%q);\n    $dumpvars(0, dut);\n", dumpFile)
	fmt.Fprintf(&b, "    for (w = 0; w < %d; w = w + 1) begin\n      state = states[w];\n      row = rows[w*%d];\n      #1 load = !load;\n      #%d;\n", windows, length, cycle-1)
	fmt.Fprintf(&b, "      for (k = 1; k < %d; k = k + 1) begin\n        clk = 1;\n        #%d row = rows[w*%d+k];\n        #%d clk = 0;\n        #%d;\n      end\n    end\n    $finish;\n  end\nendmodule\n",
		length, hold, length, cycle/2-hold, cycle-cycle/2)
	return []byte(b.String())
}
