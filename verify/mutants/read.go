package mutants

// place is a bit of a memory's words.
type place struct {
	memory string
	bit    int
}

// read finds the bits of memories' words that something outside depends on, in the design or with a mutant: a pin, an address or
// an enable of a memory, or a bit that is read of what such a bit was written to. All others may hold anything. Of two circuits in one, which differ by the
// bits of the selector that are 1 in the mutant's number, a dependence is in either if there is a way of gates and registers.
func (g *graph) read(number int) map[place]bool {
	c, leaves, places := newGraph(), map[uint32]literal{}, map[uint32]place{}
	chosen := c.input(selector)
	for _, x := range g.inputs {
		memory, name, bit := portBit(x.name)
		switch {
		case name == selector && number>>bit&1 == 0:
			leaves[x.at.node()] = never
		case name == selector:
			leaves[x.at.node()] = chosen
		default:
			at := c.input(x.name)
			leaves[x.at.node()] = at
			if memory != "" {
				places[at.node()] = place{memory, bit}
			}
		}
	}
	for _, x := range g.latches {
		leaves[x.at.node()] = c.latches[c.latch(x.name)].at
	}
	find := c.instance(g, leaves, nil)
	from := map[uint32][]literal{} // by node: what it depends on
	for _, x := range c.gates {
		from[x.at.node()] = []literal{x.left, x.right}
	}
	for i, x := range g.latches {
		from[c.latches[i].at.node()] = []literal{find(x.next)}
	}
	var open []literal
	written := map[place]literal{}
	for _, x := range g.outputs {
		if memory, name, bit := portBit(x.name); memory != "" && name == "wdata_i" {
			written[place{memory, bit}] = find(x.at)
			continue
		}
		open = append(open, find(x.at))
	}
	for at, p := range places {
		if data, ok := written[p]; ok {
			from[at] = []literal{data}
		}
	}
	seen, all := map[uint32]bool{}, map[place]bool{}
	for len(open) > 0 {
		at := open[len(open)-1].node()
		open = open[:len(open)-1]
		if seen[at] {
			continue
		}
		seen[at] = true
		if p, ok := places[at]; ok {
			all[p] = true
		}
		open = append(open, from[at]...)
	}
	return all
}
