package mutants

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"lowres/rtlgen"
	"lowres/rtlgen/synth"
	"lowres/verify/prove"
)

// proofTime is what one proof of a mutant may take.
const proofTime = 5 * time.Minute

// proofs are what lowres prove says of the netlist's modules without a fault.
type proofs struct {
	mu       sync.Mutex
	sources  []rtlgen.File
	modules  []string            // that something is proved of
	within   map[string][]string // by module of the netlist: those under it, and itself
	baseline map[string][]string // by module of the netlist: the proofs that hold
}

// prove proves the modules around a mutant, the innermost first, and returns the first proof that fails and
// that holds of the same netlist without the mutant.
func (r *runner) prove(ctx context.Context, m Mutant) (test, reason string, err error) {
	if err := r.proofs.load(r); err != nil {
		return "", "", err
	}
	for _, module := range innermost(r.proofs.within) {
		if !slices.Contains(r.proofs.within[module], m.module) || !slices.Contains(r.proofs.modules, synth.BaseName(module)) {
			continue
		}
		all, err := r.provedWith(ctx, module, m.Number)
		if err != nil {
			return "", "", err
		}
		for _, p := range all {
			if p.Result != prove.Failed {
				continue
			}
			hold, err := r.holds(ctx, module)
			if err != nil {
				return "", "", err
			}
			if slices.Contains(hold, goalName(p)) {
				return "proof of " + goalName(p), strings.Join(p.Violated, ", ") + p.Note, nil
			}
		}
	}
	return "", "", nil
}

// goalName tells the proofs of a module apart.
func goalName(p prove.Proof) string {
	return fmt.Sprintf("%s %s: %s", p.Module, p.Parameters, p.Property)
}

// innermost are the modules of a hierarchy, those with fewest under them first.
func innermost(within map[string][]string) []string {
	return slices.SortedFunc(maps.Keys(within), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(within[a]), len(within[b])), cmp.Compare(a, b))
	})
}

// load reads the netlist's hierarchy, once.
func (p *proofs) load(r *runner) (err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sources != nil {
		return nil
	}
	if p.sources, err = rtlgen.Generate(r.Design); err != nil {
		return err
	}
	if p.modules, err = prove.Modules(r.Design, p.sources); err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(r.dir, netlistName))
	p.within, p.baseline = hierarchy(string(text)), map[string][]string{}
	return err
}

// moduleLine begins a module of a netlist; its name may be an escaped one.
var moduleLine = regexp.MustCompile(`(?m)^module \\?([^\s(]+)`)

// hierarchy lists for every module of a netlist those under it, and itself.
func hierarchy(netlist string) map[string][]string {
	starts := moduleLine.FindAllStringSubmatchIndex(netlist, -1)
	bodies := map[string]string{}
	for i, s := range starts {
		end := len(netlist)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		bodies[netlist[s[2]:s[3]]] = netlist[s[1]:end]
	}
	within := map[string][]string{}
	var visit func(root, name string)
	visit = func(root, name string) {
		if slices.Contains(within[root], name) {
			return
		}
		within[root] = append(within[root], name)
		for child := range bodies {
			if strings.Contains(bodies[name], "\n  "+child+" ") || strings.Contains(bodies[name], "\n  \\"+child+" ") {
				visit(root, child)
			}
		}
	}
	for name := range bodies {
		visit(name, name)
	}
	return within
}

// holds are the names of the proofs that hold of a netlist's module without a fault:
// not all do, as some are about other parameters than the design's.
func (r *runner) holds(ctx context.Context, module string) ([]string, error) {
	r.proofs.mu.Lock()
	defer r.proofs.mu.Unlock()
	if names, ok := r.proofs.baseline[module]; ok {
		return names, nil
	}
	all, err := r.provedWith(ctx, module, 0)
	names := []string{}
	for _, p := range all {
		if p.Result == prove.Proved {
			names = append(names, goalName(p))
		}
	}
	r.proofs.baseline[module] = names
	return names, err
}

// provedWith proves a module of the netlist with one mutant in place. Yosys refuses some
// netlists for a proof's parameters or peeks, which then says nothing.
func (r *runner) provedWith(ctx context.Context, module string, number int) ([]prove.Proof, error) {
	text, err := r.alone(ctx, module, number)
	if err != nil {
		return nil, err
	}
	sources := slices.Clone(r.proofs.sources)
	file := synth.BaseName(module) + ".v"
	for i, f := range sources {
		switch name, _ := strings.CutSuffix(f.Name, ".v"); {
		case f.Name == file:
			sources[i].Text = withParameters(text, string(f.Text), synth.BaseName(module))
		case strings.Contains(text, "\nmodule "+name+"("): // under it, in its netlist
			sources[i].Text = nil
		}
	}
	return prove.Run(ctx, r.Design, prove.Options{Modules: []string{synth.BaseName(module)}, Sources: sources, Timeout: proofTime, Lenient: true})
}

// alone is the Verilog of a module of the netlist, and of those under it, with one
// mutant in place, under the name that it has in its source.
func (r *runner) alone(ctx context.Context, module string, number int) (string, error) {
	dir, err := os.MkdirTemp(r.dir, "proof-*")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	choose := ""
	if slices.ContainsFunc(r.mutated(), func(m string) bool { return slices.Contains(r.proofs.within[module], m) }) {
		choose = fmt.Sprintf("delete -input %s; connect -set %s 16'd%d; ", selector, selector, number)
	}
	rename := ""
	if plain := synth.BaseName(module); plain != module {
		rename = fmt.Sprintf("rename \\%s %s\n", module, plain)
	}
	script := fmt.Sprintf("read_verilog -lib %[1]s/rtl/%[2]s; read_verilog %[1]s/%[3]s\nhierarchy -top \\%[4]s\nproc\ncd \\%[4]s\n%[5]scd ..; opt_expr; opt_clean\n%[6]swrite_verilog -noattr alone.v\n",
		r.dir, memoryModule, netlistName, module, choose, rename)
	if err := os.WriteFile(filepath.Join(dir, "alone.ys"), []byte(script), 0o666); err != nil {
		return "", err
	}
	if _, err := yosys(ctx, dir, "script alone.ys"); err != nil {
		return "", err
	}
	text, err := os.ReadFile(filepath.Join(dir, "alone.v"))
	return string(text), err
}

// mutated are the netlist's modules with faults.
func (r *runner) mutated() (names []string) {
	for _, m := range r.planted {
		names = append(names, m.module)
	}
	return names
}

// parameterName is a parameter in a module's source.
var parameterName = regexp.MustCompile(`(?m)^\s*parameter\s+(?:signed\s+)?(?:\[[^\]]*\]\s*)?(\w+)\s*=`)

// withParameters gives a netlist's module the parameters of its source, which it has built in.
func withParameters(netlist, source, module string) []byte {
	var all []string
	for _, m := range parameterName.FindAllStringSubmatch(source, -1) {
		all = append(all, "parameter "+m[1]+" = 0")
	}
	if len(all) == 0 {
		return []byte(netlist)
	}
	return []byte(strings.Replace(netlist, "module "+module+"(", "module "+module+" #("+strings.Join(all, ", ")+") (", 1))
}
