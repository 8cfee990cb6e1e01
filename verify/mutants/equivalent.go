package mutants

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lowres/rtlgen"
)

// logicScript takes the registers out of the flattened netlist of all mutants: each becomes an
// input, its value, and an output, its next one, as do the ports of memories. Registers
// whose bits nothing reads are gone before.
const logicScript = `read_verilog -lib rtl/%[2]s; read_verilog %[3]s; hierarchy -check -top %[1]s; proc; flatten; opt_clean
memory_map; async2sync; dffunmap; opt_clean
techmap t:$add t:$sub t:$alu t:$lcu; simplemap; opt_expr -keepdc; opt_clean
expose -evert t:ram_sdp
splitnets
select -set registers t:$_DFF_P_ %%co1:+[Q] w:* %%i
rename -enumerate -pattern register_%% @registers
setattr -unset keep w:*
expose -dff -evert-dff; opt_clean; select -assert-none t:$_DFF_P_
write_ilang %[4]s
`

// equivalenceScript asks for a value of inputs and registers for which number gives another next
// value than 0. Logic that both share is merged first, so that little is left to solve.
const equivalenceScript = `read_ilang %[3]s
design -save both
cd %[1]s; delete -input lowres_mutant; connect -set lowres_mutant 16'd0; cd ..; opt_expr -keepdc; opt_clean -purge; rename %[1]s gold; design -stash gold
design -load both
cd %[1]s; delete -input lowres_mutant; connect -set lowres_mutant 16'd%[2]d; cd ..; opt_expr -keepdc; opt_clean -purge; rename %[1]s gate; design -stash gate
design -reset
design -copy-from gold -as gold gold; design -copy-from gate -as gate gate
miter -equiv -flatten -make_outputs gold gate miter; hierarchy -top miter
opt_expr -keepdc; opt_merge; opt_clean; opt_expr -keepdc; opt_merge; opt_clean
sat -prove trigger 0 -show-outputs
`

// logicName is the file of logicScript.
const logicName = "logic.il"

// equivalent reports whether a mutant is proved to do in every cycle what the design
// does, whatever registers and memories hold. If not, differs names a register or output that has
// another value for some content of registers, which need not be one that can be reached.
func (r *runner) equivalent(ctx context.Context, m Mutant) (same bool, differs string, err error) {
	top := rtlgen.TopModule(r.Design)
	if err := r.logic(ctx, top); err != nil {
		return false, "", err
	}
	log, err := r.yosysScript(ctx, fmt.Sprintf("equivalent%d.ys", m.Number), fmt.Sprintf(equivalenceScript, top, m.Number, logicName))
	switch {
	case err != nil:
		return false, "", err
	case strings.Contains(log, "SAT proof finished - no model found: SUCCESS!"):
		return true, "", nil
	case strings.Contains(log, "SAT proof finished - model found: FAIL!"):
		return false, firstDifference(log), nil
	}
	return false, "", fmt.Errorf("%w: no verdict about mutant %d", ErrYosys, m.Number)
}

// logic writes the netlist without its registers, once.
func (r *runner) logic(ctx context.Context, top string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, err := os.Stat(filepath.Join(r.dir, logicName)); err == nil {
		return nil
	}
	_, err := r.yosysScript(ctx, "logic.ys", fmt.Sprintf(logicScript, top, memoryModule, netlistName, logicName))
	return err
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
