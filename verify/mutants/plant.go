package mutants

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"lowres/internal/process"
	"lowres/rtlgen"
	"lowres/rtlgen/synth"
	"lowres/sim/arch"
	"lowres/verify"
)

// ErrYosys is returned if Yosys does not plant the faults.
var ErrYosys = errors.New("yosys")

// selector is the port by which a mutant is chosen; Yosys leads it to every module.
const selector = "lowres_mutant"

// memoryModule is left as it is: its netlist would be a model of memory.
const memoryModule = "ram_sdp.v"

// netlistName is the netlist with all faults, before its top is made selectable.
const netlistName = "netlist.v"

// plant writes the design's testbench and, in place of its Verilog, the netlist of its
// modules with all faults, chosen by +mutant=NUMBER.
func plant(ctx context.Context, d *arch.Design, count int, dir string, memoryBytes int) ([]Mutant, error) {
	if err := verify.EmitSources(dir, d, memoryBytes); err != nil {
		return nil, err
	}
	rtl := filepath.Join(dir, "rtl")
	sources, err := filepath.Glob(filepath.Join(rtl, "*.v"))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, f := range sources {
		if name := filepath.Base(f); name != memoryModule {
			names = append(names, "rtl/"+name)
		}
	}
	script := fmt.Sprintf("read_verilog -lib rtl/%s; read_verilog %s; hierarchy -check -top %s; proc; opt -full; wreduce; peepopt; opt -full; "+
		"memory_dff; memory_collect; opt_clean; mutate -list %d -seed 1 -ctrl %s 16 1 -o drawn.ys; write_rtlil design.il",
		memoryModule, strings.Join(names, " "), rtlgen.TopModule(d), count+spare, selector)
	if _, err := yosys(ctx, dir, script); err != nil {
		return nil, err
	}
	drawn, err := os.ReadFile(filepath.Join(dir, "drawn.ys"))
	if err != nil {
		return nil, err
	}
	list := plantable(string(drawn), count)
	if err := os.WriteFile(filepath.Join(dir, "mutants.ys"), []byte(list), 0o666); err != nil {
		return nil, err
	}
	script = fmt.Sprintf("read_rtlil design.il; script mutants.ys; opt_clean; write_verilog -noattr %s", netlistName)
	if _, err := yosys(ctx, dir, script); err != nil {
		return nil, err
	}
	for _, f := range sources {
		if filepath.Base(f) == memoryModule {
			continue
		}
		if err := os.Remove(f); err != nil {
			return nil, err
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, netlistName))
	if err != nil {
		return nil, err
	}
	netlist, err := selectable(string(text), rtlgen.TopModule(d))
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(rtl, rtlgen.TopModule(d)+".v"), []byte(netlist), 0o666); err != nil {
		return nil, err
	}
	return parse(list), nil
}

// spare mutants are drawn in place of those that cannot be planted.
const spare = 20

// noPin is a port of a memory that is read without a clock, where Yosys's backends take nothing but
// a constant.
var noPin = regexp.MustCompile(`-port RD_(EN|ARST|SRST) `)

// number of a mutant in its command.
var number = regexp.MustCompile(`(-ctrl ` + selector + ` 16) \d+`)

// plantable takes the first count mutants of a list that can be planted, numbered from 1 on.
func plantable(list string, count int) string {
	var b strings.Builder
	n := 0
	for line := range strings.Lines(list) {
		if n == count || noPin.MatchString(line) {
			continue
		}
		n++
		b.WriteString(number.ReplaceAllString(line, fmt.Sprintf("${1} %d", n)))
	}
	return b.String()
}

// yosys runs a script in a folder and returns what it prints.
func yosys(ctx context.Context, dir, script string) (string, error) {
	out, err := process.Run(ctx, dir, "yosys", "-Q", "-T", "-p", script)
	if err == nil || ctx.Err() != nil {
		return out, err
	}
	return "", fmt.Errorf("%w: %w\n%s", ErrYosys, err, process.Tail(out, 20))
}

// selectable turns the selector of the top from a port, which the harness does not have,
// into a register that a plusarg sets.
func selectable(netlist, top string) (string, error) {
	at := strings.Index(netlist, "\nmodule "+top+"(")
	if at < 0 {
		return "", fmt.Errorf("%w: netlist without module %s", ErrYosys, top)
	}
	before, module := netlist[:at], netlist[at:]
	for _, change := range []struct{ from, to string }{
		{", " + selector + ");", ");"},
		{"  input [15:0] " + selector + ";\n", ""},
		{"  wire [15:0] " + selector + ";\n", "  reg [15:0] " + selector + ";\n  initial begin\n    " + selector +
			" = 16'd0;\n    if ($value$plusargs(\"mutant=%d\", " + selector + ")) begin end\n  end\n"},
	} {
		if !strings.Contains(module, change.from) {
			return "", fmt.Errorf("%w: netlist of %s without %q: is this a Yosys that lowres knows?", ErrYosys, top, change.from)
		}
		module = strings.Replace(module, change.from, change.to, 1)
	}
	return lintOff + before + module, nil
}

// lintOff is for what Verilator says of Yosys's style; faults close loops too.
const lintOff = "// verilator lint_off UNOPTFLAT\n// verilator lint_off WIDTH\n// verilator lint_off CASEOVERLAP\n" +
	"// verilator lint_off ALWCOMBORDER\n// verilator lint_off DECLFILENAME\n// verilator lint_off PINMISSING\n"

// option is one of a mutate command.
var option = regexp.MustCompile(`-(mode|module|cell|port|portbit|ctrlbit|src) (\S+)`)

// parse reads the list of mutants.
func parse(list string) (all []Mutant) {
	for line := range strings.Lines(list) {
		m := Mutant{Number: len(all) + 1}
		for _, o := range option.FindAllStringSubmatch(line, -1) {
			switch o[1] {
			case "mode":
				m.Mode = o[2]
			case "module":
				m.module = o[2]
				m.Module = synth.BaseName(o[2])
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
