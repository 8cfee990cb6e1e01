// Package fit measures the blocks of designs with Yosys, fits the model of package
// estimate to them, and checks it on designs that the fit has not seen.
package fit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"lowres/rtlgen"
	"lowres/rtlgen/estimate"
	"lowres/rtlgen/synth"
	"lowres/sim/arch"
)

// ErrSample is returned for a block that cannot be measured.
var ErrSample = errors.New("sample")

// whole is the kind of a sample that is a design.
const whole = "design"

// Sample is a block of a design, to be measured.
type Sample struct {
	Block  estimate.Block
	Design *arch.Design
}

// Measured is a sample and what it takes.
type Measured struct {
	Sample
	Takes synth.Resources
}

// Measure measures samples for a target.
func (r *Runner) Measure(ctx context.Context, samples []Sample, t synth.Target) ([]Measured, error) {
	var units []*unit
	for _, s := range samples {
		u, err := newUnit(s, t)
		if err != nil {
			return nil, err
		}
		units = append(units, u)
	}
	takes, err := r.synthesise(ctx, units, t)
	if err != nil {
		return nil, err
	}
	all := make([]Measured, len(samples))
	for i, s := range samples {
		all[i] = Measured{s, takes[i]}
	}
	return all, nil
}

// unit is a sample as Yosys reads it.
type unit struct {
	name    string            // of its design
	sources map[string]string // by module
	text    string            // the module that holds the sample, sample_NAME
	alone   bool              // without the modules in it
	without []string          // modules in it that are not counted
}

// parts are modules that are blocks of their own wherever they are.
var parts = []string{"ram_sdp", "requantise", "dot_product", "buffer"}

func newUnit(s Sample, t synth.Target) (*unit, error) {
	h := sha256.New()
	spec := s.Design.Spec
	spec.Name = ""
	fmt.Fprint(h, spec, s.Block.Kind, s.Block.X)
	u := &unit{name: "s" + hex.EncodeToString(h.Sum(nil))[:10], sources: map[string]string{}, without: parts}
	spec.Name = u.name
	d, err := arch.New(spec)
	if err != nil {
		return nil, err
	}
	files, err := rtlgen.Folder(d)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if filepath.Ext(f.Name) == ".v" && (!strings.Contains(f.Name, "/") || strings.HasPrefix(f.Name, "ice40/")) {
			u.sources[strings.TrimSuffix(filepath.Base(f.Name), ".v")] = withoutComments(string(f.Text))
		}
	}
	module, err := u.module(s, t)
	if err != nil {
		return nil, err
	}
	u.text = fmt.Sprintf("module sample_%s;\n%s sample ();\nendmodule\n", u.name, module)
	u.prune()
	return u, nil
}

// withoutComments leaves out whole lines of comment, which do not matter to synthesis.
func withoutComments(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(strings.TrimSpace(line), "//") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}

// module is the module of a sample with its parameters, and before it the names that
// these need.
func (u *unit) module(s Sample, t synth.Target) (string, error) {
	b, d := s.Block, s.Design
	names, module := "", ""
	switch {
	case b.Kind == whole:
		u.without = nil
		module = u.name + map[bool]string{true: "_hx8k", false: "_axi"}[t == synth.ICE40]
	case b.Name == "function tables":
		bytes, width := d.Buffers.Table, d.Memory.WidthBits
		module = fmt.Sprintf("buffer #(.Bytes(%d), .WriteW(%d), .ReadW(8), .WriteAddrW($clog2(%d)), .ReadAddrW($clog2(%d)))", bytes, width, 8*bytes/width, bytes)
	case strings.HasPrefix(b.Kind, "ram "):
		module = fmt.Sprintf("ram_sdp #(.Width(%v), .AddrW(%v))", b.X[1], b.X[2])
	case b.Kind == "registers":
		module = "control_registers #(.Version(32'h00010203), .Design0(32'h04101010), .Design1(32'h01181810), .Counters(17))"
	case b.Name == "requantise":
		module = fmt.Sprintf("requantise #(.AccW(%v), .Stages(%d))", b.X[1], d.Array.RequantiserStages)
	case b.Name == "table dots":
		lanes, digits, cellW := d.Tables.GroupLanes(), d.DigitCount(), estimate.CellWidth(d)
		module = fmt.Sprintf("dot_product #(.Lanes(%d), .Digits(%d), .CellW(%d), .SumW(%d))", lanes, digits, cellW, estimate.DotWidth(cellW, lanes, digits))
	case strings.HasPrefix(b.Kind, "decode "):
		module = u.name + "_" + b.Name
	case b.Kind == "reset":
		module = "reset_release"
	case elaborates(b.Kind):
		u.alone = true
		module = u.name + map[string]string{"core": "_core", "axi": "_axi", "board": "_hx8k", "decoder": "_decoder"}[b.Name]
	default:
		var err error
		if names, module, err = fromCore(b.Name, u.sources[u.name+"_core"]); err != nil {
			return "", err
		}
	}
	return names + "  (* keep *) " + module, nil
}

// instance finds the modules that an emitted core puts together.
var instance = regexp.MustCompile(`(?m)^ +(\w+) (?:#\(\n((?: +\..*\n)+) +\) )?(\w+) \($`)

// localparams are the core's names for quantities of the design.
var localparams = regexp.MustCompile(`(?m)^ +localparam +(?:\[[^\]]*\] +)?(\w+) .*;.*$`)

// word finds names.
var word = regexp.MustCompile(`\w+`)

// fromCore is an instance of the core: the names that it uses, and module and parameters.
func fromCore(name, core string) (names, module string, err error) {
	for _, m := range instance.FindAllStringSubmatch(core, -1) {
		if m[3] != name && (name != "fill" || m[3] != "fill_tile") {
			continue
		}
		module = fmt.Sprintf("%s #(\n%s)", m[1], m[2])
		used := module
		for _, line := range slices.Backward(localparams.FindAllStringSubmatch(core, -1)) {
			if slices.Contains(word.FindAllString(used, -1), line[1]) {
				names = line[0] + "\n" + names
				used += line[0]
			}
		}
		return names, module, nil
	}
	return "", "", fmt.Errorf("%w: no instance %s in the emitted core", ErrSample, name)
}

// prune leaves out the sources that the sample does not need.
func (u *unit) prune() {
	used := map[string]bool{}
	var visit func(text string)
	visit = func(text string) {
		for _, name := range word.FindAllString(text, -1) {
			if source, ok := u.sources[name]; ok && !used[name] {
				used[name] = true
				visit(source)
			}
		}
	}
	visit(u.text)
	for name := range u.sources {
		if !used[name] {
			delete(u.sources, name)
		}
	}
}
