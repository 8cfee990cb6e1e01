package verify

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"time"
)

// ErrTool is returned when a program that verification needs is missing.
var ErrTool = errors.New("tool")

// Tool is an external program.
type Tool struct {
	Name    string // as on the command line
	Package string // of Debian and Ubuntu
	Use     string // what lowres needs it for
	Path    string // "" if it was not found
	Version string // "" if it was not found or did not say

	Optional bool // another tool does the same, in more time
}

// Found reports whether the tool is installed.
func (t Tool) Found() bool { return t.Path != "" }

// Tools are the external programs by name.
type Tools []Tool

// tool is how a Tool is found: its arguments that print a version, and where in
// the output the version is.
type tool struct {
	Tool
	args    []string
	version *regexp.Regexp
}

// known lists what lowres may call.
func known() []tool {
	number := regexp.MustCompile(`\d+(\.\d+)+`)
	return []tool{
		{Tool{Name: "verilator", Package: "verilator", Use: "co-simulation, lint"}, []string{"--version"}, number},
		{Tool{Name: "g++", Package: "g++", Use: "builds what Verilator writes"}, []string{"-dumpfullversion"}, number},
		{Tool{Name: "clang++", Package: "clang", Use: "builds it in less time, for faster runs; optional", Optional: true}, []string{"-dumpversion"}, number},
		{Tool{Name: "make", Package: "make", Use: "builds what Verilator writes"}, []string{"--version"}, number},
		{Tool{Name: "iverilog", Package: "iverilog", Use: "co-simulation, lint"}, []string{"-V"}, number},
		{Tool{Name: "vvp", Package: "iverilog", Use: "runs what Icarus compiles"}, []string{"-V"}, number},
		{Tool{Name: "yosys", Package: "yosys", Use: "lint, formal proofs, area"}, []string{"-V"}, number},
		{Tool{Name: "nextpnr-ice40", Package: "nextpnr-ice40", Use: "places and routes for iCE40"}, []string{"--version"}, number},
	}
}

// FindTools looks for every tool on the PATH and asks for its version.
func FindTools(ctx context.Context) Tools {
	var tools Tools
	for _, k := range known() {
		t := k.Tool
		if path, err := exec.LookPath(t.Name); err == nil {
			t.Path = path
			t.Version = k.ask(ctx, path)
		}
		tools = append(tools, t)
	}
	return tools
}

// ask is the version that a tool prints. Icarus exits with an error after
// printing it, so the exit status says nothing.
func (k tool) ask(ctx context.Context, path string) string {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	out, _ := exec.CommandContext(ctx, path, k.args...).CombinedOutput()
	line, _, _ := strings.Cut(string(out), "\n")
	return k.version.FindString(line)
}

// Get is the tool of the given name.
func (t Tools) Get(name string) (Tool, bool) {
	i := slices.IndexFunc(t, func(x Tool) bool { return x.Name == name })
	if i < 0 {
		return Tool{}, false
	}
	return t[i], t[i].Found()
}

// compiler is the C++ compiler for what Verilator writes: clang++, or g++ where it is missing.
func (t Tools) compiler() string {
	if _, ok := t.Get("clang++"); ok {
		return "clang++"
	}
	return "g++"
}

// Need returns nil if all the named tools are there, and otherwise ErrTool with
// the command that installs the missing ones.
func (t Tools) Need(names ...string) error {
	var missing, packages []string
	for _, name := range names {
		x, ok := t.Get(name)
		if ok {
			continue
		}
		missing = append(missing, name)
		if x.Package != "" && !slices.Contains(packages, x.Package) {
			packages = append(packages, x.Package)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %s: not found; install with: apt-get install %s", ErrTool, strings.Join(missing, ", "), strings.Join(packages, " "))
}

// Table is the tools with their versions, for people.
func (t Tools) Table() string {
	var b strings.Builder
	for _, x := range t {
		state := x.Version
		if !x.Found() {
			state = "missing: apt-get install " + x.Package
		} else if state == "" {
			state = "found"
		}
		fmt.Fprintf(&b, "%-13s %-12s %s\n", x.Name, state, x.Use)
	}
	return b.String()
}
