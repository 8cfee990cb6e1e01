package verify

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"lowres/internal/process"
	"lowres/rtlgen"
	"lowres/sim/arch"
)

// ErrLint is returned for emitted Verilog that a tool complains about.
var ErrLint = errors.New("lint")

// linter is one tool's look at the sources; any output is a complaint.
type linter struct {
	name string
	args func(top string, sources []string) []string
	with Simulator // whose way it is to name models, "" for Yosys
}

// linters are the checks that every emitted design must pass.
func linters() []linter {
	return []linter{
		{"verilator", func(top string, sources []string) []string {
			return append([]string{"--lint-only", "-Wall", "--top-module", top}, sources...)
		}, Verilator},
		{"iverilog", func(top string, sources []string) []string {
			return append([]string{"-g2005", "-Wall", "-t", "null", "-s", top}, sources...)
		}, Icarus},
		{"yosys", func(top string, sources []string) []string {
			script := fmt.Sprintf("read_verilog %s; hierarchy -check -top %s; proc; check -assert", strings.Join(sources, " "), top)
			return []string{"-q", "-p", script}
		}, ""},
	}
}

// LintTools are the tools that Lint calls.
func LintTools() []string {
	var names []string
	for _, l := range linters() {
		names = append(names, l.name)
	}
	return names
}

// Lint emits the Verilog of a design to a folder and has Verilator (-Wall),
// Icarus (-Wall, Verilog-2005) and Yosys (check -assert) look at it. One warning
// is a failure: it returns ErrLint with all that the tools say, or ErrTool.
func Lint(ctx context.Context, d *arch.Design, dir string, tools Tools) error {
	files, err := rtlgen.Generate(d)
	if err != nil {
		return err
	}
	var sources []string
	for _, f := range files {
		if err := writeFile(dir, f.Name, f.Text); err != nil {
			return err
		}
		if filepath.Ext(f.Name) == ".v" {
			sources = append(sources, f.Name)
		}
	}
	path, err := CellModels(d.Target)
	if err != nil {
		return err
	}
	return lintSources(ctx, dir, rtlgen.TopModule(d), sources, tools, func(s Simulator) []string {
		if s == "" && path != "" { // Yosys
			return []string{"-p", "read_verilog -lib +/" + rtlgen.Models(d.Target)}
		}
		return s.with(path, ".", d)
	})
}

// LintSources is Lint for sources in a folder.
func LintSources(ctx context.Context, dir, top string, sources []string, tools Tools) error {
	return lintSources(ctx, dir, top, sources, tools, func(Simulator) []string { return nil })
}

// lintSources is LintSources with arguments for the models of a target's cells.
func lintSources(ctx context.Context, dir, top string, sources []string, tools Tools, with func(Simulator) []string) error {
	if err := tools.Need(LintTools()...); err != nil {
		return err
	}
	var errs []error
	for _, l := range linters() {
		out, err := process.Run(ctx, dir, l.name, append(with(l.with), l.args(top, sources)...)...)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if text := strings.TrimSpace(out); err != nil || text != "" {
			errs = append(errs, fmt.Errorf("%w: %s: %s", ErrLint, l.name, firstOf(text, err)))
		}
	}
	return errors.Join(errs...)
}

// firstOf is the text, or the error if the tool said nothing.
func firstOf(text string, err error) string {
	if text == "" {
		return err.Error()
	}
	return text
}
