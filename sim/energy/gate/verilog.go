package gate

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"lowres/sim/energy/liberty"
)

// tickS is the unit of delays in the Verilog, seconds.
const tickS = 1e-13

// WriteVerilog writes the netlist as a module of the same name and ports, each
// cell an expression with its delays. Flip-flops start at 0.
func (t *Timed) WriteVerilog(w io.Writer) error {
	return t.writeModule(w, func(b *strings.Builder) {
		for i, p := range t.Ports {
			if i > 0 {
				b.WriteString(", ")
			}
			direction := "input"
			if p.Output {
				direction = "output"
			}
			fmt.Fprintf(b, "%s wire [%d:0] %s", direction, len(p.Bits)-1, p.Name)
		}
	}, func(b *strings.Builder) {
		for _, p := range t.Ports {
			for i, n := range p.Bits {
				if p.Output {
					fmt.Fprintf(b, "assign %s[%d] = %s;\n", p.Name, i, wire(n))
				} else {
					fmt.Fprintf(b, "assign %s = %s[%d];\n", wire(n), p.Name, i)
				}
			}
		}
	})
}

// writeWindows writes the netlist as a module with a clock, a row of inputs and of what
// memories show, and flip-flops that take lowres_state whenever lowres_load changes.
func (t *Timed) writeWindows(w io.Writer, c *Cycles, clock string) error {
	return t.writeModule(w, func(b *strings.Builder) {
		fmt.Fprintf(b, "input wire %s, input wire lowres_load, input wire [%d:0] lowres_state, input wire [%d:0] lowres_row",
			clock, len(c.flops)-1, len(c.inputs)+len(c.nets)-1)
	}, func(b *strings.Builder) {
		fmt.Fprintf(b, "assign %s = %s;\n", wire(t.Port(clock).Bits[0]), clock)
		for i, n := range slices.Concat(c.inputs, c.nets) {
			fmt.Fprintf(b, "assign %s = lowres_row[%d];\n", wire(n), i)
		}
		b.WriteString("always @(lowres_load) begin\n")
		for i := range c.flops {
			fmt.Fprintf(b, "%s = lowres_state[%d];\n", state(c.flops[i].instance), i)
		}
		b.WriteString("end\n")
	})
}

// writeModule writes a module around the cells.
func (t *Timed) writeModule(w io.Writer, ports, connections func(*strings.Builder)) error {
	var b strings.Builder
	b.WriteString("`timescale 100fs/100fs\n")
	fmt.Fprintf(&b, "module %s (", escaped(t.Top))
	ports(&b)
	b.WriteString(");\n")
	for n := 0; n < t.Nets; n += scopeSize {
		fmt.Fprintf(&b, "if (1) begin : g%d\n", n/scopeSize)
		for k := n; k < min(n+scopeSize, t.Nets); k++ {
			fmt.Fprintf(&b, "wire n%d;\n", k)
		}
		b.WriteString("end\n")
	}
	fmt.Fprintf(&b, "assign %s = 1'b0;\nassign %s = 1'b1;\n", wire(0), wire(1))
	for i := range t.Instances {
		if err := t.writeInstance(&b, i); err != nil {
			return err
		}
	}
	connections(&b)
	b.WriteString("endmodule\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// scopeSize is how many nets stand in a scope: Icarus looks a name up by going through all
// of its scope, so that a core's nets in one scope take it minutes.
const scopeSize = 128

// wire is a net's name; state that of a flip-flop's register.
func wire(n Net) string         { return fmt.Sprintf("g%d.n%d", int(n)/scopeSize, n) }
func state(instance int) string { return fmt.Sprintf("f%d.s", instance) }

// writeInstance writes a cell.
func (t *Timed) writeInstance(b *strings.Builder, i int) error {
	in := &t.Instances[i]
	name := func(pin int) string {
		switch pin {
		case liberty.StateQ:
			return state(i)
		case liberty.StateQN:
			return "~" + state(i)
		}
		if in.Pins[pin] == NoNet {
			return "1'b0"
		}
		return wire(in.Pins[pin])
	}
	if s := in.Cell.State; s != nil {
		t.writeState(b, i, s, name)
	}
	for p := range in.Pins {
		pin := &in.Cell.Pins[p]
		if !pin.Output || in.Pins[p] == NoNet {
			continue
		}
		if pin.Function == nil {
			return fmt.Errorf("%w: %s: cell %s has no function that can be simulated", ErrNetlist, in.Name, in.Cell.Name)
		}
		d := t.delays[i][p]
		fmt.Fprintf(b, "assign #(%d,%d) %s = %s;\n", ticks(d[1]), ticks(d[0]), wire(in.Pins[p]), pin.Function.Verilog(name))
	}
	return nil
}

// writeState writes a flip-flop's register, in a scope of its own.
func (t *Timed) writeState(b *strings.Builder, i int, s *liberty.State, name func(int) string) {
	fmt.Fprintf(b, "if (1) begin : f%d\nreg s = 1'b0;\nwire c = %s;\n", i, s.Clock.Verilog(name))
	asynchronous, first := "", ""
	for _, f := range []struct {
		when  *liberty.Function
		wire  string
		value int
	}{{s.Clear, "r", 0}, {s.Preset, "p", 1}} {
		if f.when == nil {
			continue
		}
		fmt.Fprintf(b, "wire %s = %s;\n", f.wire, f.when.Verilog(name))
		asynchronous += fmt.Sprintf(" or posedge %s", f.wire)
		first += fmt.Sprintf("if (%s) s <= 1'b%d; else ", f.wire, f.value)
	}
	fmt.Fprintf(b, "always @(posedge c%s) %ss <= %s;\nend\n", asynchronous, first, s.Next.Verilog(name))
}

// escaped is a name as Verilog takes any.
func escaped(name string) string {
	if strings.ContainsAny(name, "$\\=.[]'") {
		return `\` + name + " "
	}
	return name
}

// tickAt is a time in the unit of the Verilog.
func tickAt(seconds float64) int64 { return int64(math.Round(seconds / tickS)) }

// ticks is a delay in the unit of the Verilog, at least one.
func ticks(seconds float64) int64 { return max(int64(seconds/tickS+0.5), 1) }
