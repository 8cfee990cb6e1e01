// Package mutants tests verification itself: Yosys plants faults in the netlist of a
// design, one build holds them all, and every one must make some run differ.
package mutants

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"lowres/rtlgen"
	"lowres/sim/arch"
	"lowres/verify"
	"lowres/verify/random"
)

// ErrYosys is returned if Yosys does not plant the faults.
var ErrYosys = errors.New("yosys")

// Mutant is a fault: a bit of a cell's port that is inverted, held, or disturbed by
// another bit.
type Mutant struct {
	Number int    // from 1
	Mode   string // "inv", "const0", "const1", "cnot0", "cnot1" of Yosys's mutate
	Where  string // cell, port and bit, and the line of the source
}

// Outcome is what became of a mutant.
type Outcome struct {
	Mutant
	Test   string // that caught it, "" if none did
	Caught string // how
}

// Options say which mutants to plant and run.
type Options struct {
	Design   *arch.Design
	Count    int // planted
	First    int // to run, from 1
	Last     int // the last to run, 0 for Count
	Tests    int // drawn networks beside those with errors of the bus and the host
	Jobs     int // side by side, 0 for 1
	Tools    verify.Tools
	Progress func(Outcome) // may be nil
}

// Run plants faults and runs the tests on each until one catches it.
func Run(ctx context.Context, o Options) ([]Outcome, error) {
	dir, err := os.MkdirTemp("", "lowres-mutants-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	tests, err := suite(o.Design, o.Tests)
	if err != nil {
		return nil, err
	}
	all, err := plant(ctx, o.Design, o.Count, dir, tests)
	if err != nil {
		return nil, err
	}
	r := runner{Options: o, dir: dir, tests: tests}
	if x := r.try(ctx, Mutant{}); x.Test != "" {
		return nil, fmt.Errorf("the design without a fault: %s: %s", x.Test, x.Caught)
	}
	if o.Last == 0 || o.Last > len(all) {
		o.Last = len(all)
	}
	outcomes := make([]Outcome, o.Last-o.First+1)
	next := make(chan int)
	var workers sync.WaitGroup
	for range max(o.Jobs, 1) {
		workers.Go(func() {
			for i := range next {
				outcomes[i] = r.try(ctx, all[o.First+i-1])
				r.report(outcomes[i])
			}
		})
	}
	for i := range outcomes {
		if ctx.Err() == nil {
			next <- i
		}
	}
	close(next)
	workers.Wait()
	return outcomes, ctx.Err()
}

// runner runs tests on mutants.
type runner struct {
	Options
	dir   string
	tests []test
	mu    sync.Mutex
}

func (r *runner) report(x Outcome) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.Progress != nil {
		r.Progress(x)
	}
}

// patience is the cycles after which an image of a mutant is given up: some faults
// write forever.
const patience = 100_000

// try runs tests until one catches the mutant; number 0 is the design itself.
func (r *runner) try(ctx context.Context, m Mutant) Outcome {
	x := Outcome{Mutant: m}
	for _, t := range r.tests {
		c := t.Case
		_, err := verify.Run(ctx, verify.Options{
			Design: c.Design, Network: c.Network, Program: c.Program, Images: c.Images, Stress: &c.Stress,
			Simulators: []verify.Simulator{verify.Verilator}, Tools: r.Tools, Quick: true,
			Sources: r.dir, CacheDir: filepath.Join(r.dir, "builds"),
			Plusargs: append([]string{fmt.Sprintf("+mutant=%d", m.Number), fmt.Sprintf("+most=%d", patience)}, t.plusargs...), Errors: t.errors,
		})
		if ctx.Err() == nil && err != nil {
			x.Test, x.Caught = t.name, err.Error()
			return x
		}
	}
	return x
}

// test is a case that must agree.
type test struct {
	*random.Case
	name     string
	plusargs []string
	errors   uint32
}

// long is how many cycles a run needs for a host that meddles with it.
const long = 1500

// suite is drawn networks, and a long one with errors of memory and host.
func suite(d *arch.Design, count int) (tests []test, err error) {
	var longest *random.Case
	for i := 0; len(tests) < count || longest == nil; i++ {
		c, err := random.DrawOn(d, 1, i)
		if err != nil {
			return nil, err
		}
		if len(tests) < count {
			tests = append(tests, test{Case: c, name: fmt.Sprintf("network %d", i)})
		}
		result, err := verify.Expected(c.Design, c.Program, c.Images)
		if err != nil {
			return nil, err
		}
		if longest == nil && result >= long && c.Stress.Percent == 0 {
			longest = c
		}
	}
	return append([]test{
		{longest, "meddling host", []string{"+meddle"}, 0x300},
		{longest, "read error", []string{"+read_error=2"}, 0x10},
		{longest, "write error", []string{"+write_error=1", "+decerr"}, 0x20},
		{longest, "reset", []string{"+reset_at=700"}, 0},
	}, tests...), nil
}

// selector is the port by which a mutant is chosen.
const selector = "lowres_mutant"

// plant writes the design's testbench and, in place of its Verilog, its netlist with
// all faults, chosen by +mutant=NUMBER.
func plant(ctx context.Context, d *arch.Design, count int, dir string, tests []test) ([]Mutant, error) {
	memory := 0
	for _, t := range tests {
		memory = max(memory, t.Program.Memory)
	}
	if err := verify.EmitSources(dir, d, memory); err != nil {
		return nil, err
	}
	rtl := filepath.Join(dir, "rtl")
	sources, err := filepath.Glob(filepath.Join(rtl, "*.v"))
	if err != nil {
		return nil, err
	}
	var relative []string
	for _, f := range sources {
		relative = append(relative, "rtl/"+filepath.Base(f))
	}
	script := fmt.Sprintf("read_verilog %s; hierarchy -check -top %s; proc; flatten; opt -full; wreduce; peepopt; opt -full; memory_dff; memory_collect; opt_clean -purge; "+
		"mutate -list %d -seed 1 -ctrl %s 16 1 -o mutants.ys; script mutants.ys; opt_clean; write_verilog -noattr netlist.v",
		strings.Join(relative, " "), rtlgen.TopModule(d), count, selector)
	cmd := exec.CommandContext(ctx, "yosys", "-q", "-p", script)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %w\n%s", ErrYosys, err, out)
	}
	text, err := os.ReadFile(filepath.Join(dir, "netlist.v"))
	if err != nil {
		return nil, err
	}
	netlist, err := selectable(string(text))
	if err != nil {
		return nil, err
	}
	for _, f := range sources {
		if err := os.Remove(f); err != nil {
			return nil, err
		}
	}
	if err := os.WriteFile(filepath.Join(rtl, rtlgen.TopModule(d)+".v"), []byte(netlist), 0o666); err != nil {
		return nil, err
	}
	list, err := os.ReadFile(filepath.Join(dir, "mutants.ys"))
	return parse(string(list)), err
}

// selectable turns the selector from a port, which the harness does not have, into a
// register that a plusarg sets.
func selectable(netlist string) (string, error) {
	for _, change := range []struct{ from, to string }{
		{", " + selector + ");", ");"},
		{"  input [15:0] " + selector + ";\n", ""},
		{"  wire [15:0] " + selector + ";\n", "  reg [15:0] " + selector + ";\n  initial begin\n    " + selector +
			" = 16'd0;\n    if ($value$plusargs(\"mutant=%d\", " + selector + ")) begin end\n  end\n"},
	} {
		if strings.Count(netlist, change.from) != 1 {
			return "", fmt.Errorf("%w: netlist without %q: is this a Yosys that lowres knows?", ErrYosys, change.from)
		}
		netlist = strings.Replace(netlist, change.from, change.to, 1)
	}
	return lintOff + netlist, nil
}

// lintOff is for what Verilator says of Yosys's style; faults close loops too.
const lintOff = "// verilator lint_off UNOPTFLAT\n// verilator lint_off WIDTH\n// verilator lint_off CASEOVERLAP\n"

// option is one of a mutate command.
var option = regexp.MustCompile(`-(mode|cell|port|portbit|ctrlbit|src) (\S+)`)

// parse reads the list of mutants.
func parse(list string) (all []Mutant) {
	for line := range strings.Lines(list) {
		m := Mutant{Number: len(all) + 1}
		for _, o := range option.FindAllStringSubmatch(line, -1) {
			switch o[1] {
			case "mode":
				m.Mode = o[2]
			case "src":
				if !strings.Contains(m.Where, ".v:") {
					m.Where += " " + filepath.Base(o[2])
				}
			default:
				m.Where += " " + o[2]
			}
		}
		m.Where = strings.TrimSpace(m.Where)
		all = append(all, m)
	}
	return all
}
