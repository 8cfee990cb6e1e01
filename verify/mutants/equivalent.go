package mutants

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"lowres/rtlgen"
)

// coneScript takes the registers out of a module of the netlist, with those under it: each becomes an
// input, its value, and an output, its next one, as do the ports of memories. Registers
// whose bits nothing reads are gone before. What is left is what the mutant's bit of the selector leads to.
const coneScript = `read_verilog -lib rtl/%[1]s; read_verilog %[2]s.v
hierarchy -check -top \%[3]s
proc; flatten; opt_expr -keepdc; opt_clean
memory_map; async2sync; dffunmap; opt_clean
techmap t:$add t:$sub t:$alu t:$lcu; simplemap; opt_expr -keepdc; opt_clean
expose -evert t:ram_sdp
splitnets
select -set registers t:$_DFF_P_ %%co1:+[Q] w:* %%i
rename -enumerate -pattern register_%% @registers
setattr -unset keep w:*
expose -dff -evert-dff; opt_clean; select -assert-none t:$_DFF_P_
select -set untouched o:* i:` + selector + ` %%co* %%d
delete -output @untouched; opt_clean -purge
rename \%[3]s cone
write_ilang %[2]s.il
`

// equivalenceScript asks for a value of inputs and registers for which the selector's bit gives another next
// value than none. Logic that both share is merged first, so that little is left to solve.
const equivalenceScript = `read_ilang %[1]s.il
design -save both
cd cone; delete -input ` + selector + `; connect -set ` + selector + ` 16'd0; cd ..; opt_expr -keepdc; opt_clean -purge; rename cone gold; design -stash gold
design -load both
cd cone; delete -input ` + selector + `; connect -set ` + selector + ` 16'd1; cd ..; opt_expr -keepdc; opt_clean -purge; rename cone gate; design -stash gate
design -reset
design -copy-from gold -as gold gold; design -copy-from gate -as gate gate
miter -equiv -flatten -make_outputs gold gate miter; hierarchy -top miter
opt_expr -keepdc; opt_merge; opt_clean; opt_expr -keepdc; opt_merge; opt_clean
sat -prove trigger 0 -show-outputs -timeout %[2]d
`

// comparisonSeconds is how long the solver may look for a difference.
const comparisonSeconds = 300

// equivalent reports whether a mutant is proved to do in every cycle what the design
// does, whatever registers and memories hold: as seen from outside its module, or from outside the
// design. If not, differs names a register or output of the design that has
// another value for some content of registers, which need not be one that can be reached.
func (r *runner) equivalent(ctx context.Context, m Mutant) (same bool, differs string, err error) {
	for _, module := range []string{m.module, rtlgen.TopModule(r.Design)} {
		if same, differs, err = r.equivalentIn(ctx, m, module); same || err != nil {
			break
		}
	}
	return same, differs, err
}

// equivalentIn compares a module of the netlist, and what is under it, with and without a mutant.
func (r *runner) equivalentIn(ctx context.Context, m Mutant, module string) (same bool, differs string, err error) {
	text, err := os.ReadFile(filepath.Join(r.dir, netlistName))
	if err != nil {
		return false, "", err
	}
	dir, err := os.MkdirTemp(r.dir, "equivalent-*")
	if err != nil {
		return false, "", err
	}
	defer os.RemoveAll(dir)
	name := filepath.Base(dir) + "/chosen"
	if err := os.WriteFile(filepath.Join(r.dir, name+".v"), []byte(chosen(string(text), m.Number)), 0o666); err != nil {
		return false, "", err
	}
	if _, err := r.yosysScript(ctx, name+".ys", fmt.Sprintf(coneScript, memoryModule, name, module)); err != nil {
		return false, "", err
	}
	cone, err := os.ReadFile(filepath.Join(r.dir, name+".il"))
	if err != nil || !outputWire.Match(cone) {
		return err == nil, "", err // nothing depends on the selector
	}
	log, err := r.yosysScript(ctx, name+".ys", fmt.Sprintf(equivalenceScript, name, comparisonSeconds))
	switch {
	case err != nil:
		return false, "", err
	case strings.Contains(log, "SAT proof finished - no model found: SUCCESS!"):
		return true, "", nil
	case strings.Contains(log, "SAT proof finished - model found: FAIL!"):
		return false, firstDifference(log), nil
	case strings.Contains(log, "Interrupted SAT solver: TIMEOUT!"):
		return false, fmt.Sprintf("something: no answer within %d s", comparisonSeconds), nil
	}
	return false, "", fmt.Errorf("%w: no verdict about mutant %d", ErrYosys, m.Number)
}

var (
	selection  = regexp.MustCompile(selector + ` == 16'h([0-9a-f]+)`)
	outputWire = regexp.MustCompile(`(?m)^  wire .*\boutput\b`)
)

// chosen leaves one mutant in a netlist and chooses it by bit 0 of the selector.
func chosen(netlist string, number int) string {
	return selection.ReplaceAllStringFunc(netlist, func(test string) string {
		if n, err := strconv.ParseInt(selection.FindStringSubmatch(test)[1], 16, 32); err == nil && int(n) == number {
			return selector + "[0]"
		}
		return "1'h0"
	})
}

// yosysScript runs a script that is too long for a command line.
func (r *runner) yosysScript(ctx context.Context, name, script string) (string, error) {
	if err := os.WriteFile(filepath.Join(r.dir, name), []byte(script), 0o666); err != nil {
		return "", err
	}
	return yosys(ctx, r.dir, "script "+name)
}

// firstDifference is the first output in a model of sat whose values differ.
func firstDifference(log string) string {
	values := map[string]string{}
	for line := range strings.Lines(log) {
		if f := strings.Fields(line); len(f) == 4 { // \gate_name, decimal, hexadecimal, binary
			values[f[0]] = f[3]
		}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if plain, ok := strings.CutPrefix(name, `\gate_`); ok && values[name] != values[`\gold_`+plain] {
			return strings.TrimSuffix(plain, ".d")
		}
	}
	return ""
}
