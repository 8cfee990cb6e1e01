package mutants

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"lowres/rtlgen"
)

// equivalenceScript says whether number does what 0 does. Both netlists are flattened,
// and memories that are not modules made registers. What is compared is
// every register and every output of the top: if they are equal in
// one cycle, they are in the next, for every input and every content of memory. Wires
// between them may differ, so they lose their names.
const equivalenceScript = `read_verilog -lib rtl/%[3]s; read_verilog %[4]s; hierarchy -check -top %[1]s; proc; flatten; opt_clean; memory_map; opt_clean
design -save both
cd %[1]s; delete -input lowres_mutant; connect -set lowres_mutant 16'd0; cd ..; opt_expr; opt_clean -purge
select -set kept t:$dff t:$adff t:$dffe t:$adffe t:$sdff t:$sdffe t:$sdffce %%u %%u %%u %%u %%u %%u %%co1:+[Q] w:* %%i
rename -hide w:* @kept %%d
rename %[1]s gold; design -stash gold
design -load both
cd %[1]s; delete -input lowres_mutant; connect -set lowres_mutant 16'd%[2]d; cd ..; opt_expr; opt_clean -purge
select -set kept t:$dff t:$adff t:$dffe t:$adffe t:$sdff t:$sdffe t:$sdffce %%u %%u %%u %%u %%u %%u %%co1:+[Q] w:* %%i
rename -hide w:* @kept %%d
rename %[1]s gate; design -stash gate
design -reset
read_verilog -lib rtl/%[3]s
design -copy-from gold -as gold gold; design -copy-from gate -as gate gate
equiv_make gold gate equiv; hierarchy -top equiv; opt; equiv_struct; opt_clean; equiv_simple; equiv_induct -seq 3
log lowres: status
equiv_status
`

// equivalent reports whether a mutant is proved to do in every case what the design
// does: it sits where nothing depends on it.
func (r *runner) equivalent(ctx context.Context, m Mutant) (bool, error) {
	script := fmt.Sprintf(equivalenceScript, rtlgen.TopModule(r.Design), m.Number, memoryModule, netlistName)
	name := fmt.Sprintf("equivalent%d.ys", m.Number)
	if err := os.WriteFile(filepath.Join(r.dir, name), []byte(script), 0o666); err != nil {
		return false, err
	}
	log, err := yosys(ctx, r.dir, "script "+name)
	if err != nil {
		return false, err
	}
	_, status, ok := strings.Cut(log, "\nlowres: status")
	if !ok || !strings.Contains(status, "$equiv cells in equiv") {
		return false, fmt.Errorf("%w: equiv_status says nothing", ErrYosys)
	}
	return strings.Contains(status, "Equivalence successfully proven!"), nil
}
