package gate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"lowres/internal/process"
)

// Stimulus is what a netlist's inputs are in each cycle. The clock rises in the
// middle of a cycle's row, and the next row comes as from registers: the mean delay
// of the netlist's flip-flops later.
type Stimulus struct {
	Clock  string
	Inputs []string // ports, without the clock
	Rows   [][]byte // [cycle][byte]: the inputs' bits one after the other, the first port lowest
	CycleS float64
}

// Simulate runs the netlist in Icarus, in folder dir, and calls add with the
// energy of transitions and the cycle whose rising edge of the clock came last, −1
// before the first.
func (t *Timed) Simulate(ctx context.Context, dir string, s *Stimulus, add func(cycle int, e Energy)) error {
	m, err := NewMeter(t, s.Clock)
	if err != nil {
		return err
	}
	var netlist bytes.Buffer
	if err := t.WriteVerilog(&netlist); err != nil {
		return err
	}
	bench, err := t.bench(s)
	if err != nil {
		return err
	}
	for name, text := range map[string][]byte{"gates.v": netlist.Bytes(), "bench.v": bench, "rows.hex": hexRows(s.Rows)} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			return err
		}
	}
	if err := process.Call(ctx, dir, "iverilog", "-g2005", "-o", "bench.vvp", "-s", "lowres_bench", "bench.v", "gates.v"); err != nil {
		return err
	}
	return dump(ctx, dir, "bench.vvp", func(r io.Reader) error {
		return m.Measure(r, "lowres_bench.dut", func(seconds float64, _ int, e Energy) {
			cycle := ticks(s.CycleS)
			add(int((tickAt(seconds)-cycle/2+cycle)/cycle)-1, e)
		})
	})
}

// dump runs a compiled simulation, whose value changes go to a pipe, not to a disk.
func dump(ctx context.Context, dir, program string, read func(io.Reader) error) error {
	from, to, err := os.Pipe()
	if err != nil {
		return err
	}
	defer from.Close()
	link := filepath.Join(dir, dumpFile)
	if err := errors.Join(removed(link), os.Symlink(pipeFile, link)); err != nil {
		to.Close()
		return err
	}
	var said bytes.Buffer
	cmd := process.Command(ctx, dir, "vvp", "-n", program)
	cmd.ExtraFiles, cmd.Stdout, cmd.Stderr = []*os.File{to}, &said, &said
	err = cmd.Start()
	to.Close()
	if err != nil {
		return err
	}
	failed := read(from)
	from.Close() // the simulator stops when nobody listens
	err = cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case failed != nil && said.Len() > 0:
		return fmt.Errorf("%w; vvp: %s", failed, bytes.TrimSpace(said.Bytes()))
	case failed != nil:
		return failed
	case err != nil:
		return fmt.Errorf("vvp: %w: %s", err, bytes.TrimSpace(said.Bytes()))
	}
	return nil
}

// removed removes a file, if it is there.
func removed(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// dumpFile is what a testbench dumps to: Icarus wants a name that ends in .vcd. It
// is a link to where a child finds the pipe of ExtraFiles.
const dumpFile, pipeFile = "dump.vcd", "/dev/fd/3"

// clockToQ is the mean delay of the flip-flops' outputs, seconds.
func (t *Timed) clockToQ() float64 {
	sum, n := 0.0, 0.0
	for i := range t.Instances {
		if t.Instances[i].Cell.State == nil {
			continue
		}
		for p, net := range t.Instances[i].Pins {
			if net != NoNet && t.Instances[i].Cell.Pins[p].Output {
				sum, n = sum+t.delays[i][p][0]+t.delays[i][p][1], n+2
			}
		}
	}
	return sum / max(n, 1)
}

// bench is the testbench.
func (t *Timed) bench(s *Stimulus) ([]byte, error) {
	var b strings.Builder
	var ports []string
	at := 0
	for _, name := range s.Inputs {
		p := t.Port(name)
		if p == nil || p.Output {
			return nil, fmt.Errorf("%w: no input %s", ErrNetlist, name)
		}
		ports = append(ports, fmt.Sprintf(".%s(row[%d:%d])", name, at+len(p.Bits)-1, at))
		at += len(p.Bits)
	}
	cycle := ticks(s.CycleS)
	hold := min(ticks(t.clockToQ()), cycle/4)
	fmt.Fprintf(&b, "`timescale 100fs/100fs\nmodule lowres_bench;\n  reg clk = 0;\n  reg [%d:0] row;\n  reg [%d:0] rows [0:%d];\n  integer k;\n",
		at-1, at-1, len(s.Rows)-1)
	fmt.Fprintf(&b, "  %s dut (.%s(clk), %s);\n", escaped(t.Top), s.Clock, strings.Join(ports, ", "))
	fmt.Fprintf(&b, "  initial begin\n    $readmemh(\"rows.hex\", rows);\n    row = rows[0];\n    $dumpfile(%q);\n    $dumpvars(0, dut);\n", dumpFile)
	fmt.Fprintf(&b, "    for (k = 1; k <= %d; k = k + 1) begin\n      #%d clk = 1;\n      #%d if (k < %d) row = rows[k];\n      #%d clk = 0;\n    end\n    $finish;\n  end\nendmodule\n",
		len(s.Rows), cycle/2, hold, len(s.Rows), cycle-cycle/2-hold)
	return []byte(b.String()), nil
}

// hexRows is rows as $readmemh reads them.
func hexRows(rows [][]byte) []byte {
	var b bytes.Buffer
	for _, row := range rows {
		for i := len(row) - 1; i >= 0; i-- {
			fmt.Fprintf(&b, "%02x", row[i])
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}
