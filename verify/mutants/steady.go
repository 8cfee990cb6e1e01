package mutants

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"lowres/internal/process"
	"lowres/rtlgen"
)

// graphScript makes the whole netlist, with all its mutants, a circuit of gates. Memories stay outside: their
// ports are the circuit's. Bits that are neither 0 nor 1 in the source are 0, as in hardware they are something.
const graphScript = `read_verilog rtl/%[1]s %[2]s
hierarchy -check -top \%[3]s
blackbox *ram_sdp*
proc; flatten; opt_expr -keepdc; opt_clean
memory_map; async2sync; dffunmap; opt_clean
expose -evert t:*ram_sdp*
opt_clean; setundef -undriven -zero
techmap; opt_clean; dffunmap; setundef -zero; aigmap; opt_clean
write_aiger -ascii -symbols netlist.aag
`

// clockPort is a mutant's port that is a clock, of which a circuit of gates has only one.
var clockPort = regexp.MustCompile(`(^| )(CLK|clk_i|aclk) `)

// steady compares a mutant with the design in every state that can be reached, and reports whether no run
// shows it. Otherwise differs names what a run from reset shows; it is empty if the time is up.
//
// Both have the same inputs, which are free, and begin with a cycle of reset and the same contents, which are free too.
// A register is one for both as long as it is equal in every cycle. One that is found to differ is split in two, and
// then only what it leads to counts. A memory gives any word, the same one to both for the same address in the same cycle, and
// holds it until it is read again; what is written must be the same. So must the pins be, those that a valid goes with while it is high.
func (r *runner) steady(ctx context.Context, m Mutant, left time.Duration) (same bool, differs string, err error) {
	if clockPort.MatchString(m.Where) {
		return false, "a clock", nil
	}
	g, err := r.circuit(ctx)
	if err != nil {
		return false, "", err
	}
	split := map[string]bool{}
	for left > 0 {
		p := newPair(g, m.Number, view{split: split})
		cycles, verdict, err := r.search(ctx, p.graph, &left)
		switch {
		case err != nil:
			return false, "", fmt.Errorf("mutant %d: %w", m.Number, err)
		case verdict == holds:
			return true, "", nil
		case verdict == unknown:
			return false, "", nil
		}
		found := len(split)
		for i, differs := range p.run(cycles, p.differences()) {
			switch c := p.checks[i]; {
			case differs && c.register == "":
				return false, fmt.Sprintf("%s in cycle %d from reset", c.name, len(cycles)), nil
			case differs:
				split[c.register] = true
			}
		}
		if len(split) == found {
			return false, "", fmt.Errorf("%w: mutant %d: the run that abc found shows no difference", ErrYosys, m.Number)
		}
	}
	return false, "", nil
}

// yosysScript runs a script that is too long for a command line.
func (r *runner) yosysScript(ctx context.Context, name, script string) (string, error) {
	if err := os.WriteFile(filepath.Join(r.dir, name), []byte(script), 0o666); err != nil {
		return "", err
	}
	return yosys(ctx, r.dir, "script "+name)
}

// circuit is the netlist with all mutants as gates, made once.
func (r *runner) circuit(ctx context.Context) (*graph, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.gates != nil {
		return r.gates, nil
	}
	if _, err := r.yosysScript(ctx, "graph.ys", fmt.Sprintf(graphScript, memoryModule, netlistName, rtlgen.TopModule(r.Design))); err != nil {
		return nil, err
	}
	f, err := os.Open(filepath.Join(r.dir, "netlist.aag"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r.gates, err = readGraph(f)
	return r.gates, err
}

// verdict is what a search found.
type verdict int

const (
	unknown verdict = iota
	holds           // no run makes the output high
	fails           // a run does
)

// search looks for a run that makes a circuit's only output high, by property directed reachability,
// and returns its inputs cycle by cycle.
func (r *runner) search(ctx context.Context, g *graph, left *time.Duration) (cycles [][]bool, v verdict, err error) {
	dir, err := os.MkdirTemp(r.dir, "steady-*")
	if err != nil {
		return nil, unknown, err
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "pair.aig"), g.binary(), 0o666); err != nil {
		return nil, unknown, err
	}
	cmd := process.Limited(ctx, *left, dir, "yosys-abc", "-c", fmt.Sprintf("read_aiger pair.aig; strash; pdr -T %d; write_cex -a run.cex", *left/time.Second+1))
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return nil, unknown, ctx.Err()
	}
	*left -= process.Used(cmd)
	switch text := string(out); {
	case strings.Contains(text, "Property proved."):
		return nil, holds, nil
	case strings.Contains(text, "was asserted in frame"):
		text, err := os.ReadFile(filepath.Join(dir, "run.cex"))
		if err != nil {
			return nil, unknown, err
		}
		cycles, err = readRun(string(text), len(g.inputs))
		return cycles, fails, err
	case strings.Contains(text, "Property UNDECIDED."), *left <= 0:
		return nil, unknown, nil
	}
	return nil, unknown, fmt.Errorf("%w: abc: no verdict: %w\n%s", ErrYosys, err, process.Tail(string(out), 20))
}

// readRun reads a run as AIGER has it: a line of latches, and one of inputs for each cycle.
func readRun(text string, inputs int) (cycles [][]bool, err error) {
	text, _, _ = strings.Cut(text, "#")
	_, text, _ = strings.Cut(text, "\n")
	for line := range strings.FieldsSeq(text) {
		if len(line) != inputs || strings.Trim(line, "01x") != "" {
			return nil, fmt.Errorf("%w: abc: cycle %d of its run: %.80q: want %d values", ErrYosys, len(cycles)+1, line, inputs)
		}
		cycle := make([]bool, inputs)
		for i := range cycle {
			cycle[i] = line[i] == '1'
		}
		cycles = append(cycles, cycle)
	}
	if len(cycles) == 0 {
		return nil, fmt.Errorf("%w: abc: no cycle in its run", ErrYosys)
	}
	return cycles, nil
}
