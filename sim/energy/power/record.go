package power

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lowres/internal/process"
	"lowres/sim/arch"
	"lowres/sim/energy/gate"
	"lowres/sim/program"
	"lowres/testbench"
	"lowres/verify"
)

// clock is the core's clock port.
const clock = "clk_i"

// ports are the core's, in the order of a recorded row: inputs, then outputs.
type ports struct {
	inputs, outputs []string
	in, out         int // bits
}

// portsOf lists the ports of a core without its clock.
func portsOf(n *gate.Netlist) (p ports) {
	for i := range n.Ports {
		port := &n.Ports[i]
		switch {
		case port.Name == clock:
		case port.Output:
			p.outputs, p.out = append(p.outputs, port.Name), p.out+len(port.Bits)
		default:
			p.inputs, p.in = append(p.inputs, port.Name), p.in+len(port.Bits)
		}
	}
	return p
}

// recorder is a Verilog module that prints the core's ports in the middle of every
// cycle, the first port last.
func (p *ports) recorder(d *arch.Design) string {
	bench := d.Name + "_tb_icarus"
	var names []string
	for _, name := range slices.Concat(p.inputs, p.outputs) {
		names = append(names, bench+".tb.dut.core."+name)
	}
	slices.Reverse(names)
	return fmt.Sprintf("module lowres_recorder;\n  integer f;\n  initial f = $fopen(\"/dev/fd/3\", \"w\");\n"+
		"  always @(negedge %s.clk) $fdisplay(f, \"%%b\", {%s});\nendmodule\n", bench, strings.Join(names, ", "))
}

// record runs the program on an input in the testbench, in Icarus, and calls each
// with the core's ports in every cycle: '0', '1' or 'x', the first port's lowest bit
// last.
func (p *ports) record(ctx context.Context, dir string, d *arch.Design, prog *program.Program, input []int8, each func(row []byte) error) error {
	if err := verify.EmitSources(dir, d, prog.Memory); err != nil {
		return err
	}
	vectors, err := testbench.Vectors(d, prog, [][]int8{input}, testbench.VectorOptions{})
	if err != nil {
		return err
	}
	for _, f := range append(vectors, testbench.File{Name: "recorder.v", Text: []byte(p.recorder(d))}) {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Text, 0o600); err != nil {
			return err
		}
	}
	args := append(strings.Fields(testbench.IcarusFlags), "-s", d.Name+"_tb_icarus", "-s", "lowres_recorder", "-o", "run.vvp", "recorder.v")
	for _, folder := range []string{"rtl", "tb"} {
		files, err := filepath.Glob(filepath.Join(dir, folder, "*.v"))
		if err != nil {
			return err
		}
		args = append(args, files...)
	}
	if err := process.Call(ctx, dir, "iverilog", args...); err != nil {
		return err
	}
	return listen(ctx, dir, "vvp", []string{"-n", "run.vvp"}, func(r io.Reader) error {
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			if row := lines.Bytes(); len(row) == p.in+p.out {
				if err := each(row); err != nil {
					return err
				}
			} else {
				return fmt.Errorf("%w: a recorded row has %d bits: want %d", ErrPower, len(row), p.in+p.out)
			}
		}
		return lines.Err()
	})
}

// listen runs a program whose file descriptor 3 read reads.
func listen(ctx context.Context, dir, name string, args []string, read func(io.Reader) error) error {
	from, to, err := os.Pipe()
	if err != nil {
		return err
	}
	defer from.Close()
	cmd := process.Command(ctx, dir, name, args...)
	cmd.ExtraFiles = []*os.File{to}
	err = cmd.Start()
	to.Close()
	if err != nil {
		return err
	}
	failed := read(from)
	from.Close()
	err = cmd.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return errors.Join(failed, err)
}
