// Package gate measures the energy of netlists of standard cells: synthesis
// with Yosys, simulation with the library's delays in Icarus, and the energy of
// every transition from the library's tables.
package gate

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"lowres/sim/energy/liberty"
)

// ErrNetlist is returned for a netlist that does not fit the library.
var ErrNetlist = errors.New("netlist")

// Net is a net; 0 and 1 are the constants.
type Net int

// Netlist is a flat module of standard cells.
type Netlist struct {
	Top       string
	Ports     []Port // in alphabetical order
	Instances []Instance
	Memories  []Memory         // what stays as it is written, in alphabetical order
	Named     map[string][]Net // wires of Module.Keep
	Nets      int              // how many there are, constants included
}

// Port is a port of the module.
type Port struct {
	Name   string
	Output bool
	Bits   []Net // lowest first
}

// Instance is a standard cell.
type Instance struct {
	Name   string
	Module string // path of the module that it is in, empty at the top: "column[0].dot"
	Cell   *liberty.Cell
	Pins   []Net // parallel to the cell's; NoNet: not connected
}

// Memory is a memory with a write and a read port, hdl/ram_sdp.v, which no cell
// of the library makes up.
type Memory struct {
	Name                           string
	Write, WriteAddress, WriteData []Net
	Read, ReadAddress, ReadData    []Net
}

// NoNet is what an open pin has.
const NoNet Net = -1

// jsonNetlist is what Yosys writes.
type jsonNetlist struct {
	Modules map[string]struct {
		Ports map[string]struct {
			Direction string `json:"direction"`
			Bits      []any  `json:"bits"`
		} `json:"ports"`
		Netnames map[string]struct {
			Bits []any `json:"bits"`
		} `json:"netnames"`
		Cells map[string]struct {
			Type        string           `json:"type"`
			Connections map[string][]any `json:"connections"`
		} `json:"cells"`
	} `json:"modules"`
}

// ReadJSON reads the netlist that Yosys's write_json gives for a flat module.
func ReadJSON(text []byte, top string, lib *liberty.Library) (*Netlist, error) {
	var j jsonNetlist
	if err := json.Unmarshal(text, &j); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNetlist, err)
	}
	m, ok := j.Modules[top]
	if !ok {
		return nil, fmt.Errorf("%w: no module %s", ErrNetlist, top)
	}
	n := &Netlist{Top: top, Nets: 2}
	for _, name := range slices.Sorted(maps.Keys(m.Ports)) {
		p := m.Ports[name]
		n.Ports = append(n.Ports, Port{name, p.Direction == "output", n.bits(p.Bits)})
	}
	n.Named = map[string][]Net{}
	for name, w := range m.Netnames {
		n.Named[name] = n.bits(w.Bits)
	}
	for _, name := range slices.Sorted(maps.Keys(m.Cells)) {
		c := m.Cells[name]
		if c.Type == memoryModule {
			n.Memories = append(n.Memories, n.memory(name, c.Connections))
			continue
		}
		cell := lib.Cells[c.Type]
		if cell == nil {
			return nil, fmt.Errorf("%w: cell %s of type %s is not mapped to library %s", ErrNetlist, name, c.Type, lib.Name)
		}
		i := Instance{Name: name, Module: modulePath(name), Cell: cell, Pins: make([]Net, len(cell.Pins))}
		for p := range cell.Pins {
			i.Pins[p] = NoNet
			if bits := n.bits(c.Connections[cell.Pins[p].Name]); len(bits) == 1 {
				i.Pins[p] = bits[0]
			}
		}
		n.Instances = append(n.Instances, i)
	}
	return n, nil
}

// memoryModule is the module that stays a memory.
const memoryModule = "ram_sdp"

// memory reads the connections of one.
func (n *Netlist) memory(name string, c map[string][]any) Memory {
	return Memory{Name: modulePath(name + "$"), Write: n.bits(c["we_i"]), WriteAddress: n.bits(c["waddr_i"]), WriteData: n.bits(c["wdata_i"]),
		Read: n.bits(c["re_i"]), ReadAddress: n.bits(c["raddr_i"]), ReadData: n.bits(c["rdata_o"])}
}

// modulePath is the module that a cell was in before Yosys flattened: what stands
// before its own name, $flatten\column[0].dot.$abc$12$a or $flatten\a.b.reg.
func modulePath(name string) string {
	name = strings.ReplaceAll(strings.TrimPrefix(name, "$flatten"), "\\", "")
	if own := strings.Index(name, "$"); own >= 0 {
		return strings.TrimSuffix(name[:own], ".")
	}
	return name[:max(0, strings.LastIndex(name, "."))]
}

// bits are the nets of a connection.
func (n *Netlist) bits(list []any) []Net {
	nets := make([]Net, len(list))
	for i, b := range list {
		switch b := b.(type) {
		case float64:
			nets[i] = Net(b)
			n.Nets = max(n.Nets, int(b)+1)
		case string: // 0, 1, or any
			if b == "1" {
				nets[i] = 1
			}
		}
	}
	return nets
}

// Port is the port of a name, nil if there is none.
func (n *Netlist) Port(name string) *Port {
	for i := range n.Ports {
		if n.Ports[i].Name == name {
			return &n.Ports[i]
		}
	}
	return nil
}

// AreaUM2 is the area of all cells.
func (n *Netlist) AreaUM2() (area float64) {
	for i := range n.Instances {
		area += n.Instances[i].Cell.AreaUM2
	}
	return area
}

// LeakageW is the leakage of all cells.
func (n *Netlist) LeakageW() (power float64) {
	for i := range n.Instances {
		power += n.Instances[i].Cell.LeakageW
	}
	return power
}

// FlipFlops is the number of cells with a state.
func (n *Netlist) FlipFlops() (count int) {
	for i := range n.Instances {
		if n.Instances[i].Cell.State != nil {
			count++
		}
	}
	return count
}
