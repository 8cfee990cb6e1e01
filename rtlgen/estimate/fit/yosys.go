package fit

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lowres/internal/atomicfile"
	"lowres/internal/process"
	"lowres/rtlgen/synth"
)

// Runner calls Yosys. Since hierarchy is kept, what a module takes depends on its own
// source and parameters alone, so a module that was synthesised once, in whichever
// design, is not synthesised again.
type Runner struct {
	Dir      string       // of what modules take, by content
	Batch    int          // samples of a run, 0 for 24
	Progress func(string) // may be nil
}

// record is what a module takes without those in it, and which these are.
type record struct {
	Own  synth.Resources `json:"own"`
	Down map[string]int  `json:"down"` // instances, by name
}

// synthesise is what units take.
func (r *Runner) synthesise(ctx context.Context, units []*unit, t synth.Target) ([]synth.Resources, error) {
	takes := make([]synth.Resources, len(units))
	done := make([]bool, len(units))
	for i, u := range units {
		takes[i], done[i] = r.answered(u, t)
	}
	for slices.Contains(done, false) {
		j := &job{runner: r, target: t, sources: map[string]string{}}
		var at []int
		for i, u := range units {
			if !done[i] && len(at) < r.batch() && j.add(u) {
				at = append(at, i)
				done[i] = true
			}
		}
		some, err := j.run(ctx)
		if err != nil {
			return nil, err
		}
		for k, i := range at {
			takes[i] = some[k]
			if err := r.keep(units[i].key(t), some[k]); err != nil {
				return nil, err
			}
		}
	}
	return takes, nil
}

func (r *Runner) batch() int {
	if r.Batch == 0 {
		return 24
	}
	return r.Batch
}

// job is a run of Yosys for some units.
type job struct {
	runner  *Runner
	target  synth.Target
	units   []*unit
	sources map[string]string
	dir     string
	down    map[string]map[string]int // of the elaborated modules: those in them
	records map[string]*record        // of those that are known
}

// add adds a unit, unless its sources are at odds with those of others.
func (j *job) add(u *unit) bool {
	for f, text := range u.sources {
		if old, ok := j.sources[f]; ok && old != text {
			return false
		}
	}
	maps.Copy(j.sources, u.sources)
	j.units = append(j.units, u)
	return true
}

// run elaborates the units, synthesises the modules that are not known, and adds up.
func (j *job) run(ctx context.Context) (takes []synth.Resources, err error) {
	if j.dir, err = os.MkdirTemp("", "lowres-estimate-"); err != nil {
		return nil, err
	}
	defer os.RemoveAll(j.dir)
	if err := j.write(); err != nil {
		return nil, err
	}
	if err := j.elaborate(ctx); err != nil {
		return nil, err
	}
	needed := map[string]bool{}
	for _, u := range j.units {
		j.need(u, needed)
	}
	j.records = map[string]*record{}
	var unknown []string
	for m := range needed {
		if known, ok := j.runner.known(j.key(m)); ok {
			j.records[m] = known
		} else {
			unknown = append(unknown, m)
		}
	}
	if len(unknown) > 0 {
		if err := j.measure(ctx, unknown); err != nil {
			return nil, err
		}
	}
	for _, u := range j.units {
		sum, err := j.sum(u)
		if err != nil {
			return nil, err
		}
		takes = append(takes, sum)
	}
	return takes, nil
}

// write writes the sources, and the top that holds the samples.
func (j *job) write() error {
	var top strings.Builder
	for _, u := range j.units {
		top.WriteString(u.text)
	}
	top.WriteString("module samples;\n")
	for _, u := range j.units {
		fmt.Fprintf(&top, "  (* keep *) sample_%s %s ();\n", u.name, u.name)
	}
	top.WriteString("endmodule\n")
	for name, text := range j.sources {
		if err := os.WriteFile(filepath.Join(j.dir, name+".v"), []byte(text), 0o666); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(j.dir, "top.v"), []byte(top.String()), 0o666)
}

// read is the commands up to the elaborated design; its cells are not known yet.
func (j *job) read() string {
	return fmt.Sprintf("read_verilog %s.v top.v\nhierarchy -top samples\n", strings.Join(slices.Sorted(maps.Keys(j.sources)), ".v "))
}

// yosys runs a script.
func (j *job) yosys(ctx context.Context, script string) error {
	if err := os.WriteFile(filepath.Join(j.dir, "run.ys"), []byte(script), 0o666); err != nil {
		return err
	}
	if err := process.Call(ctx, j.dir, "yosys", "-q", "-s", "run.ys"); err != nil {
		return fmt.Errorf("%w: %w", ErrSample, err)
	}
	return nil
}

// elaborate finds the modules of the units with their parameters, and what is in them.
func (j *job) elaborate(ctx context.Context) error {
	if err := j.yosys(ctx, j.read()+"write_rtlil elaborated.il\n"); err != nil {
		return err
	}
	f, err := os.Open(filepath.Join(j.dir, "elaborated.il"))
	if err != nil {
		return err
	}
	defer f.Close()
	j.down = map[string]map[string]int{}
	var inside map[string]int
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<26)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		switch {
		case len(fields) == 2 && fields[0] == "module":
			inside = map[string]int{}
			j.down[plain(fields[1])] = inside
		case len(fields) == 3 && fields[0] == "cell":
			inside[plain(fields[1])]++
		}
	}
	for _, inside := range j.down {
		maps.DeleteFunc(inside, func(m string, _ int) bool { return j.source(m) == "" })
	}
	return lines.Err()
}

// plain is a name without the backslash of names in the source.
func plain(name string) string { return strings.TrimPrefix(name, `\`) }

// source is the text of a module, "" for those of the library.
func (j *job) source(module string) string {
	base := synth.BaseName(module)
	if strings.HasPrefix(base, "sample") {
		return "sample"
	}
	return j.sources[base]
}

// root is the module of a unit's sample.
func (j *job) root(u *unit) string {
	for m := range j.down["sample_"+u.name] {
		return m
	}
	return ""
}

// need notes the modules that a unit is counted by.
func (j *job) need(u *unit, needed map[string]bool) {
	var visit func(m string)
	visit = func(m string) {
		needed[m] = true
		for below := range j.down[m] {
			if !u.alone && !slices.Contains(u.without, synth.BaseName(below)) && !needed[below] {
				visit(below)
			}
		}
	}
	visit(j.root(u))
}

// key names what a module is: its source and parameters, without the name of its design.
func (j *job) key(module string) string {
	text, name := j.source(module), module
	for _, u := range j.units {
		text, name = strings.ReplaceAll(text, u.name, "design"), strings.ReplaceAll(name, u.name, "design")
	}
	sum := sha256.Sum256([]byte(fmt.Sprintf("%s\n%s\n%s", j.target.Command(), name, text)))
	return hex.EncodeToString(sum[:12])
}

// measure synthesises modules. Those below which nothing is unknown are boxes.
func (j *job) measure(ctx context.Context, unknown []string) error {
	leads := map[string]bool{}
	var visit func(m string) bool
	visit = func(m string) bool {
		if answer, ok := leads[m]; ok {
			return answer
		}
		answer := slices.Contains(unknown, m)
		for below := range j.down[m] {
			answer = visit(below) || answer
		}
		leads[m] = answer
		return answer
	}
	visit("samples")
	var boxes []string
	for _, m := range slices.Sorted(maps.Keys(leads)) {
		if !leads[m] {
			boxes = append(boxes, "blackbox "+m)
		}
	}
	script := fmt.Sprintf("%s%s\n%s -top samples\nwrite_json netlist.json\n", j.read(), strings.Join(boxes, "\n"), j.target.Command())
	if err := j.yosys(ctx, script); err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(j.dir, "netlist.json"))
	if err != nil {
		return err
	}
	n, err := synth.ReadNetlist(text, "samples")
	if err != nil {
		return err
	}
	for _, m := range unknown {
		if _, ok := n.Modules[m]; !ok {
			j.records[m] = &record{Down: j.down[m]} // nothing reads it in these units; elsewhere something may
			continue
		}
		own, err := n.Own(m, j.down[m])
		if err != nil {
			return err
		}
		j.records[m] = &record{own, j.down[m]}
		if err := j.runner.keep(j.key(m), j.records[m]); err != nil {
			return err
		}
	}
	if j.runner.Progress != nil {
		j.runner.Progress(fmt.Sprintf("%s: %d samples, %d modules synthesised, %d known", j.target, len(j.units), len(unknown), len(j.records)-len(unknown)))
	}
	return nil
}

// sum is what a unit takes.
func (j *job) sum(u *unit) (sum synth.Resources, err error) {
	var visit func(m string, n int) error
	visit = func(m string, n int) error {
		r, ok := j.records[m]
		if !ok {
			return fmt.Errorf("%w: %s was not synthesised", ErrSample, m)
		}
		sum.Add(r.Own, n)
		if u.alone {
			return nil
		}
		for below, k := range j.down[m] {
			if !slices.Contains(u.without, synth.BaseName(below)) {
				if err := visit(below, n*k); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return sum, visit(j.root(u), 1)
}

// answered is what a unit takes, if it was asked before.
func (r *Runner) answered(u *unit, t synth.Target) (takes synth.Resources, ok bool) {
	text, err := os.ReadFile(filepath.Join(r.Dir, u.key(t)+".json"))
	return takes, err == nil && json.Unmarshal(text, &takes) == nil
}

// key names what a unit is.
func (u *unit) key(t synth.Target) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%v %v\n%s\n", t.Command(), u.alone, u.without, u.text)
	for _, name := range slices.Sorted(maps.Keys(u.sources)) {
		if !u.alone || strings.Contains(u.text, name) {
			fmt.Fprintf(h, "%s\n%s\n", name, u.sources[name])
		}
	}
	return "sample-" + hex.EncodeToString(h.Sum(nil)[:12])
}

// known is what is noted of a module.
func (r *Runner) known(key string) (*record, bool) {
	var x record
	text, err := os.ReadFile(filepath.Join(r.Dir, key+".json"))
	return &x, err == nil && json.Unmarshal(text, &x) == nil
}

// keep notes an answer.
func (r *Runner) keep(key string, x any) error {
	text, err := json.Marshal(x)
	if err != nil {
		return err
	}
	return errors.Join(os.MkdirAll(r.Dir, 0o777), atomicfile.WriteBytes(filepath.Join(r.Dir, key+".json"), text))
}
