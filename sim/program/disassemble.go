package program

import (
	"fmt"
	"strings"
)

// Disassemble lists all instructions for people, engine by engine, with what
// each works for; layers names the graph's layers and may be nil.
func (p *Program) Disassemble(layers []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d bytes of weights and parameters, %d bytes of memory\n", p.Network, len(p.Image), p.Memory)
	for i, t := range p.Tensors {
		fmt.Fprintf(&b, "tensor %d  %v\n", i, t)
	}
	for e := range EngineCount {
		for i := range p.Count(e) {
			place := ""
			if i < len(p.Places[e]) {
				place = p.Places[e][i].describe(layers)
			}
			fmt.Fprintf(&b, "%-7v %3d  %-16s  %s\n", e, i, place, p.instruction(e, i))
		}
	}
	return b.String()
}

// instruction is an instruction on one line.
func (p *Program) instruction(e Engine, i int) string {
	switch e {
	case LoadEngine:
		return p.Loads[i].String()
	case ComputeEngine:
		return p.Computes[i].String()
	}
	return p.Stores[i].String()
}

// describe is "conv1 rows 0-7".
func (p Place) describe(layers []string) string {
	name := fmt.Sprintf("layer %d", p.Layer)
	if p.Layer >= 0 && p.Layer < len(layers) {
		name = layers[p.Layer]
	}
	return strings.TrimSpace(name + " " + p.Tile)
}

// String is the tensor on one line.
func (t Tensor) String() string {
	kind := "int8"
	if t.Wide {
		kind = "int32 in byte planes"
	}
	text := fmt.Sprintf("%v %s at %#x, %d bytes a pixel", t.Shape, kind, t.Address, t.PixelBytes)
	if t.Pictures > 1 {
		text = fmt.Sprintf("%d × %s", t.Pictures, text)
	}
	if f := t.Fold; f.Rows > 0 {
		text += fmt.Sprintf(", %dx%d pixels of %dx%d windows", f.H, f.W, f.Rows, f.Cols)
	}
	return text
}

// String is the instruction on one line: tokens, memory, buffer.
func (l Load) String() string {
	return fmt.Sprintf("%s%d beats %#x → %v %d", tokens("compute", l.TakeCompute, "store", l.TakeStore), l.Beats, l.Memory, l.Buffer, l.Address)
}

// String is the instruction on one line: tokens, buffer, memory.
func (s Store) String() string {
	return fmt.Sprintf("%s%d beats output %d → %#x", tokens("compute", s.TakeCompute, "", 0), s.Beats, s.Address, s.Memory)
}

// String is the instruction on one line: tokens, what it computes, buffers.
func (c Compute) String() string {
	var flags []string
	for _, f := range []struct {
		name string
		set  bool
	}{{"first", c.First}, {"last", c.Last}, {"relu", c.ReLU}, {"wide", c.Wide}, {"low", c.Low}, {fmt.Sprintf("table %d", c.TableIndex), c.Table}} {
		if f.set {
			flags = append(flags, f.name)
		}
	}
	s := fmt.Sprintf("%s%d steps × %dx%d pixels", tokens("load", c.TakeLoad, "store", c.TakeStore), c.Steps, c.OutRows, c.OutCols)
	if c.MoreGroups > 0 {
		s += fmt.Sprintf(" × %d column groups", c.Groups())
	}
	if c.Pool > 1 {
		s += fmt.Sprintf(", pool %d", c.Pool)
		if c.Overlap != 0 {
			s += fmt.Sprintf(" step %d", c.Pool-c.Overlap)
		}
	}
	return s + fmt.Sprintf(", act %d weight %d param %d → output %d (%s)",
		c.ActAddress, c.WeightAddress, c.ParamAddress, c.OutAddress, strings.Join(flags, " "))
}

// tokens is "[2 load, 1 store] ", or nothing if none are taken.
func tokens(a string, n int, b string, m int) string {
	var parts []string
	if n > 0 {
		parts = append(parts, fmt.Sprintf("%d %s", n, a))
	}
	if m > 0 {
		parts = append(parts, fmt.Sprintf("%d %s", m, b))
	}
	if len(parts) == 0 {
		return ""
	}
	return "[" + strings.Join(parts, ", ") + "] "
}
