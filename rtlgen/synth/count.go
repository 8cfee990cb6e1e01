package synth

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Module is what the instances of a module take, without the modules in them.
// Instances with other parameters are counted together.
type Module struct {
	Name      string `json:"module"`
	Instances int    `json:"instances"`
	Resources        // of all instances
}

// Netlist is the part of a Yosys netlist that is counted.
type Netlist struct {
	Modules map[string]struct {
		Attributes map[string]string `json:"attributes"`
		Cells      map[string]struct {
			Type string `json:"type"`
		} `json:"cells"`
	} `json:"modules"`
}

// ReadNetlist reads what write_json writes; top is a module that it must have.
func ReadNetlist(text []byte, top string) (*Netlist, error) {
	n := &Netlist{}
	if err := json.Unmarshal(text, n); err != nil {
		return nil, fmt.Errorf("%w: netlist: %w", ErrFlow, err)
	}
	if _, ok := n.Modules[top]; !ok {
		return nil, fmt.Errorf("%w: netlist: no module %s", ErrFlow, top)
	}
	return n, nil
}

// Cells counts the cells of each module of the design by type; a module in another is a cell
// of its name there.
func (n *Netlist) Cells() map[string]map[string]int {
	all := map[string]map[string]int{}
	for name, m := range n.Modules {
		if !n.isModule(name) {
			continue
		}
		all[name] = map[string]int{}
		for _, c := range m.Cells {
			all[name][c.Type]++
		}
	}
	return all
}

// Own is what a module takes without instances of the given modules.
func (n *Netlist) Own(module string, without map[string]int) (sum Resources, err error) {
	for _, cell := range n.Modules[module].Cells {
		if _, ok := without[cell.Type]; ok {
			continue
		}
		r, err := takes(cell.Type)
		if err != nil {
			return sum, fmt.Errorf("module %s: %w", BaseName(module), err)
		}
		sum.Add(r, 1)
	}
	return sum, nil
}

// count counts the cells of a netlist below its top, module by module.
func count(text []byte, top string) (*Result, error) {
	n, err := ReadNetlist(text, top)
	if err != nil {
		return nil, err
	}
	modules := map[string]*Module{}
	if err := n.visit(top, modules); err != nil {
		return nil, err
	}
	r := &Result{Top: top}
	for _, m := range modules {
		r.Modules = append(r.Modules, *m)
		r.Total.Add(m.Resources, 1)
	}
	slices.SortFunc(r.Modules, func(a, b Module) int { return strings.Compare(a.Name, b.Name) })
	return r, nil
}

// visit adds an instance of a module, and all that are in it.
func (n *Netlist) visit(name string, modules map[string]*Module) error {
	base := BaseName(name)
	m := modules[base]
	if m == nil {
		m = &Module{Name: base}
		modules[base] = m
	}
	m.Instances++
	for _, cell := range n.Modules[name].Cells {
		if n.isModule(cell.Type) {
			if err := n.visit(cell.Type, modules); err != nil {
				return err
			}
			continue
		}
		r, err := takes(cell.Type)
		if err != nil {
			return fmt.Errorf("module %s: %w", base, err)
		}
		m.Add(r, 1)
	}
	return nil
}

// isModule reports whether a cell is an instance of a module of the design: the
// netlist also holds the target's primitives, as boxes.
func (n *Netlist) isModule(name string) bool {
	m, ok := n.Modules[name]
	return ok && m.Attributes["blackbox"] == "" && m.Attributes["whitebox"] == ""
}

// BaseName is a module's name in the sources: Yosys calls it
// $paramod$HASH\name or $paramod\name\P=… where it has parameters.
func BaseName(name string) string {
	if !strings.HasPrefix(name, "$paramod") {
		return name
	}
	parts := strings.Split(name, `\`)
	return parts[1]
}
