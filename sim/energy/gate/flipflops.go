package gate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"lowres/sim/energy/liberty"
)

// flipFlops is a library of a library's plain flip-flops, for dfflibmap of Yosys, each told
// by what it keeps of its data. A cell whose state is the inverse of D (asap7's) is one that
// keeps D, with clear for preset and Q for inverse Q: Yosys 0.23 inverts the output of the former
// but not its reset, and so takes the clear of the inverse for that of Q.
func flipFlops(lib *liberty.Library) string {
	var b strings.Builder
	fmt.Fprintf(&b, "library (flip_flops) {\n")
	for _, name := range slices.Sorted(maps.Keys(lib.Cells)) {
		if c := lib.Cells[name]; c.State != nil && !c.DontUse {
			writeFlipFlop(&b, c)
		}
	}
	b.WriteString("}\n")
	return b.String()
}

// writeFlipFlop writes a cell whose clock, data and resets are pins or their inverses; others,
// such as those with a scan input, are left out.
func writeFlipFlop(b *strings.Builder, c *liberty.Cell) {
	var groups strings.Builder
	s := *c.State
	data, inverse, ok := s.Next.Literal()
	if !ok {
		return
	}
	if inverse {
		s.Clear, s.Preset = s.Preset, s.Clear
	}
	fmt.Fprintf(&groups, "ff (Q, QN) { next_state : \"%s\";", c.Pins[data].Name)
	for _, f := range []struct {
		name string
		when *liberty.Function
	}{{"clocked_on", s.Clock}, {"clear", s.Clear}, {"preset", s.Preset}} {
		if f.when == nil {
			continue
		}
		pin, low, ok := f.when.Literal()
		if !ok || pin >= len(c.Pins) {
			return
		}
		fmt.Fprintf(&groups, " %s : \"%s%s\";", f.name, map[bool]string{true: "!"}[low], c.Pins[pin].Name)
	}
	groups.WriteString(" }\n")
	for i := range c.Pins {
		p := &c.Pins[i]
		if !p.Output {
			fmt.Fprintf(&groups, "pin (%s) { direction : input; }\n", p.Name)
			continue
		}
		if p.Function == nil {
			return
		}
		state, not, ok := p.Function.Literal()
		if !ok || state < liberty.StateQ {
			return
		}
		shown := "Q"
		if (state == liberty.StateQN) != (not != inverse) {
			shown = "QN"
		}
		fmt.Fprintf(&groups, "pin (%s) { direction : output; function : \"%s\"; }\n", p.Name, shown)
	}
	fmt.Fprintf(b, "cell (%s) { area : %g;\n%s}\n", c.Name, c.AreaUM2, groups.String())
}
