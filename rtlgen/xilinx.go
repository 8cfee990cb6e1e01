package rtlgen

import (
	"fmt"
	"strings"
)

// Shown are the ports of the wrapper that a block design sees.
func (v folderView) Shown() []busPort {
	var shown []busPort
	described := map[string]bool{} // interfaces that have their parameters
	for _, p := range v.Ports {
		if p.trace() {
			continue
		}
		b := busPort{port: p}
		b.bus, b.signal = interfaceOf(p.Name)
		if !described[b.bus] {
			b.parameters = v.interfaceParameters(b.bus)
			described[b.bus] = true
		}
		shown = append(shown, b)
	}
	return shown
}

// Traces are the ports of the wrapper that it does not.
func (v folderView) Traces() []placedPort {
	traces, _ := placed(v.Ports, port.trace)
	return traces
}

// TraceW is the width of the word that Traces are in.
func (v folderView) TraceW() int {
	_, width := placed(v.Ports, port.trace)
	return width
}

// busPort is a port in an interface of the IP catalogue of Vivado.
type busPort struct {
	port
	bus, signal string // such as s_axi and AWADDR
	parameters  string // of the interface, at its first port
}

// definitions are the interfaces' names in the catalogue.
var definitions = map[string]string{
	"s_axi":   "xilinx.com:interface:aximm:1.0",
	"m_axi":   "xilinx.com:interface:aximm:1.0",
	"aclk":    "xilinx.com:signal:clock:1.0",
	"aresetn": "xilinx.com:signal:reset:1.0",
	"irq":     "xilinx.com:signal:interrupt:1.0",
}

// interfaceOf is the interface of a port and the port's name in it.
func interfaceOf(name string) (bus, signal string) {
	switch name {
	case "aclk":
		return name, "CLK"
	case "aresetn":
		return name, "RST"
	case "irq":
		return name, "INTERRUPT"
	}
	bus, signal = name[:len("s_axi")], name[len("s_axi_"):]
	return bus, strings.ToUpper(signal)
}

// interfaceParameters is what Vivado cannot see in the names.
func (v folderView) interfaceParameters(bus string) string {
	return map[string]string{
		"aclk":    "ASSOCIATED_BUSIF s_axi:m_axi, ASSOCIATED_RESET aresetn",
		"aresetn": "POLARITY ACTIVE_LOW",
		"irq":     "SENSITIVITY LEVEL_HIGH",
		"s_axi":   "PROTOCOL AXI4LITE, ADDR_WIDTH 12, DATA_WIDTH 32",
		"m_axi": fmt.Sprintf("PROTOCOL AXI4, ADDR_WIDTH 32, DATA_WIDTH %d, ID_WIDTH 1, SUPPORTS_NARROW_BURST 0,"+
			" MAX_BURST_LENGTH %d, NUM_READ_OUTSTANDING %d", v.MemW, v.Burst, v.Outstanding),
	}[bus]
}

// Attributes are the lines in front of the port.
func (p busPort) Attributes() []string {
	lines := []string{fmt.Sprintf(`(* X_INTERFACE_INFO = "%s %s %s" *)`, definitions[p.bus], p.bus, p.signal)}
	if p.parameters != "" {
		lines = append(lines, fmt.Sprintf(`(* X_INTERFACE_PARAMETER = "XIL_INTERFACENAME %s, %s" *)`, p.bus, p.parameters))
	}
	return lines
}
