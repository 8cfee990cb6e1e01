package gate

import (
	"fmt"
	"io"
	"strings"

	"lowres/sim/energy/liberty"
)

// tickS is the unit of delays in the Verilog, seconds.
const tickS = 1e-13

// WriteVerilog writes the netlist as a module of the same name and ports, each
// cell an expression with its delays. Flip-flops start at 0.
func (t *Timed) WriteVerilog(w io.Writer) error {
	var b strings.Builder
	b.WriteString("`timescale 100fs/100fs\n")
	fmt.Fprintf(&b, "module %s (", escaped(t.Top))
	for i, p := range t.Ports {
		if i > 0 {
			b.WriteString(", ")
		}
		direction := "input"
		if p.Output {
			direction = "output"
		}
		fmt.Fprintf(&b, "%s wire [%d:0] %s", direction, len(p.Bits)-1, p.Name)
	}
	b.WriteString(");\n")
	b.WriteString("wire n0 = 1'b0;\nwire n1 = 1'b1;\n")
	for n := 2; n < t.Nets; n++ {
		fmt.Fprintf(&b, "wire n%d;\n", n)
	}
	for _, p := range t.Ports {
		for i, n := range p.Bits {
			if p.Output {
				fmt.Fprintf(&b, "assign %s[%d] = n%d;\n", p.Name, i, n)
			} else {
				fmt.Fprintf(&b, "assign n%d = %s[%d];\n", n, p.Name, i)
			}
		}
	}
	for i := range t.Instances {
		if err := t.writeInstance(&b, i); err != nil {
			return err
		}
	}
	b.WriteString("endmodule\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// writeInstance writes a cell.
func (t *Timed) writeInstance(b *strings.Builder, i int) error {
	in := &t.Instances[i]
	name := func(pin int) string {
		switch pin {
		case liberty.StateQ:
			return fmt.Sprintf("s%d", i)
		case liberty.StateQN:
			return fmt.Sprintf("~s%d", i)
		}
		if in.Pins[pin] == NoNet {
			return "1'b0"
		}
		return fmt.Sprintf("n%d", in.Pins[pin])
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
		fmt.Fprintf(b, "assign #(%d,%d) n%d = %s;\n", ticks(d[1]), ticks(d[0]), in.Pins[p], pin.Function.Verilog(name))
	}
	return nil
}

// writeState writes a flip-flop's register.
func (t *Timed) writeState(b *strings.Builder, i int, s *liberty.State, name func(int) string) {
	fmt.Fprintf(b, "reg s%d = 1'b0;\nwire c%d = %s;\n", i, i, s.Clock.Verilog(name))
	asynchronous, first := "", ""
	for _, f := range []struct {
		when  *liberty.Function
		wire  string
		value int
	}{{s.Clear, "r", 0}, {s.Preset, "p", 1}} {
		if f.when == nil {
			continue
		}
		fmt.Fprintf(b, "wire %s%d = %s;\n", f.wire, i, f.when.Verilog(name))
		asynchronous += fmt.Sprintf(" or posedge %s%d", f.wire, i)
		first += fmt.Sprintf("if (%s%d) s%d <= 1'b%d; else ", f.wire, i, i, f.value)
	}
	fmt.Fprintf(b, "always @(posedge c%d%s) %ss%d <= %s;\n", i, asynchronous, first, i, s.Next.Verilog(name))
}

// escaped is a name as Verilog takes any.
func escaped(name string) string {
	if strings.ContainsAny(name, "$\\=.[]'") {
		return `\` + name + " "
	}
	return name
}

// ticks is a delay in the unit of the Verilog, at least one.
func ticks(seconds float64) int64 { return max(int64(seconds/tickS+0.5), 1) }
