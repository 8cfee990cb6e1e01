package gate

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"lowres/internal/process"
	"lowres/sim/energy/liberty"
)

// Source is a Verilog file.
type Source struct {
	Name string
	Text []byte
}

// Module is what is synthesised: a module of the sources, with parameters.
type Module struct {
	Top        string
	Parameters []Parameter
	Sources    []Source
	// Hierarchy maps the modules one by one, and flattens after, so that each cell
	// says which it is of; memories (ram_sdp) stay as they are.
	Hierarchy bool
	Keep      []string // wires of the top that the netlist names
}

// Parameter is a parameter's value.
type Parameter struct {
	Name  string
	Value int
}

// Synthesise maps a module to a library with Yosys and abc, in folder dir, which
// it fills; libPath is the library as plain text.
func Synthesise(ctx context.Context, dir string, m Module, lib *liberty.Library, libPath string) (*Netlist, error) {
	var names []string
	for _, s := range m.Sources {
		if err := os.WriteFile(filepath.Join(dir, s.Name), s.Text, 0o600); err != nil {
			return nil, err
		}
		names = append(names, s.Name)
	}
	for name, text := range map[string]string{"synth.ys": m.script(names, libPath), flipFlopsLib: flipFlops(lib)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	if err := process.Call(ctx, dir, "yosys", "-q", "-s", "synth.ys"); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(dir, "netlist.json"))
	if err != nil {
		return nil, err
	}
	return ReadJSON(text, m.Top, lib)
}

// flipFlopsLib is the file of the library's flip-flops.
const flipFlopsLib = "flip_flops.lib"

// script is what Yosys runs.
func (m *Module) script(sources []string, libPath string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "read_verilog %s\n", strings.Join(sources, " "))
	if m.Hierarchy {
		fmt.Fprintf(&b, "blackbox %s\n", memoryModule)
	}
	if len(m.Parameters) > 0 { // all at once: modules check that they fit together
		b.WriteString("chparam")
		for _, p := range m.Parameters {
			fmt.Fprintf(&b, " -set %s %d", p.Name, p.Value)
		}
		fmt.Fprintf(&b, " %s\n", m.Top)
	}
	fmt.Fprintf(&b, "hierarchy -check -top %s\nproc\n", m.Top)
	for _, name := range m.Keep {
		fmt.Fprintf(&b, "setattr -set keep 1 %s/w:%s\n", m.Top, name)
	}
	after := "flatten\n"
	if !m.Hierarchy {
		b.WriteString(after)
		after = ""
	}
	fmt.Fprintf(&b, "synth -top %s\ncheck -assert\n", m.Top)
	fmt.Fprintf(&b, "dfflibmap -liberty %s\nopt\nabc -liberty %s\n%sopt_clean -purge\nsetundef -zero\nwrite_json netlist.json\n", flipFlopsLib, libPath, after)
	return b.String()
}
