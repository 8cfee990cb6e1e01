package mutants

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// nearby compares a mutant with the design in what is around it alone, and reports whether no run shows it; if not, nothing is
// known. The solver gives up on the whole netlist where a difference goes far but is never used because of something that
// holds of all states from reset, and that is to be found among all that could.
//
// So everything that can be is made one for both: the gates that are alike in drawn states, and all bits of registers but those
// that differ in some of them. Each is checked, and one that a run makes differ is there twice from then on.
// Only what the checks depend on within a few cycles holds its value. The rest gives any, which are more runs than there are.
// And bits beside those that differ are looked at first: the upper ones of a count that ends early are 0 in every
// run, which the solver finds at once if asked; otherwise it counts up to them.
//
// Of legal programs alone, drawn states say little: there everything begins as one, and is split as runs make it differ.
func (r *runner) nearby(ctx context.Context, m Mutant, legal bool, left time.Duration) (same bool, err error) {
	if clockPort.MatchString(m.Where) {
		return false, nil
	}
	g, err := r.circuit(ctx)
	if err != nil {
		return false, err
	}
	const cycles = 4
	v := view{split: map[string]bool{}, legal: true}
	if !legal {
		v = g.spread(m.Number)
	}
	for left > 0 {
		p := newPair(g, m.Number, v)
		v.near = p.support(p.differences(), cycles)
		if v.zero == nil {
			if v.zero, err = r.zero(ctx, newPair(g, m.Number, v), &left); err != nil {
				return false, fmt.Errorf("mutant %d: %w", m.Number, err)
			}
		}
		p = newPair(g, m.Number, v)
		run, verdict, err := r.search(ctx, p.graph, &left)
		switch {
		case err != nil:
			return false, fmt.Errorf("mutant %d: %w", m.Number, err)
		case verdict != fails:
			return verdict == holds, nil
		}
		for i, differs := range p.run(run, p.differences()) {
			switch c := p.checks[i]; {
			case !differs:
			case c.gate != 0:
				delete(v.alike, c.gate)
			case c.register != "":
				v.split[c.register] = true
			default:
				return false, nil
			}
		}
		v.near = nil
	}
	return false, nil
}

// zero finds bits of a pair's design that no run makes 1 after the first cycle, among those of the registers of which some bit
// is split. It finds none if the time is up.
func (r *runner) zero(ctx context.Context, p *pair, left *time.Duration) (map[string]bool, error) {
	registers := map[string]bool{}
	for name := range p.split {
		registers[registerName(name)] = true
	}
	var names []string
	var high []literal
	for _, x := range p.of.latches {
		if registers[registerName(x.name)] && !p.split[x.name] {
			names, high = append(names, x.name), append(high, p.and(p.running, p.design[x.at.node()]))
		}
	}
	for len(names) > 0 && *left > 0 {
		some := never
		for _, l := range high {
			some = p.or(some, l)
		}
		p.outputs = []port{{"high", some}}
		cycles, verdict, err := r.search(ctx, p.graph, left)
		switch {
		case err != nil:
			return nil, err
		case verdict == unknown:
			return map[string]bool{}, nil
		case verdict == holds:
			zero := map[string]bool{}
			for _, name := range names {
				zero[name] = true
			}
			return zero, nil
		}
		kept := 0
		for i, is := range p.run(cycles, high) {
			if !is {
				names[kept], high[kept] = names[i], high[i]
				kept++
			}
		}
		names, high = names[:kept], high[:kept]
	}
	return map[string]bool{}, nil
}

// support is the bits that some literals depend on within some cycles.
func (p *pair) support(of []literal, cycles int) map[string]bool {
	gates, latches := map[uint32]gate{}, map[uint32]latch{}
	for _, x := range p.gates {
		gates[x.at.node()] = x
	}
	for _, x := range p.latches {
		latches[x.at.node()] = x
	}
	names, seen := map[string]bool{}, map[uint32]bool{}
	var before []literal
	var visit func(literal)
	visit = func(l literal) {
		if seen[l.node()] {
			return
		}
		seen[l.node()] = true
		if x, ok := gates[l.node()]; ok {
			visit(x.left)
			visit(x.right)
		}
		if x, ok := latches[l.node()]; ok {
			names[x.name], before = true, append(before, x.next)
		}
	}
	for range cycles {
		now := of
		before = nil
		for _, l := range now {
			visit(l)
		}
		of = before
	}
	return names
}

// drawn are the values of a bit in as many states as there are bits.
type drawn [16]uint64

// spread draws states of a netlist and its mutant, and splits each bit whose next value differs in one of them, again until
// there are no more. Gates that differ in none are alike.
func (g *graph) spread(number int) view {
	v := view{split: map[string]bool{}, alike: map[uint32]bool{}}
	random := rand.New(rand.NewPCG(1, 0))
	draw := func() (d drawn) {
		for i := range d {
			d[i] = random.Uint64()
		}
		return d
	}
	design, mutant := make([]drawn, g.nodes), make([]drawn, g.nodes)
	for more := true; more; {
		for _, x := range g.inputs {
			at := x.at.node()
			if _, name, bit := portBit(x.name); name == selector {
				for i := range mutant[at] {
					mutant[at][i] = -uint64(number >> bit & 1)
				}
				continue
			}
			design[at] = draw()
			mutant[at] = design[at]
		}
		for _, x := range g.latches {
			at := x.at.node()
			design[at] = draw()
			mutant[at] = design[at]
			if v.split[x.name] {
				mutant[at] = draw()
			}
		}
		g.evaluate(design)
		g.evaluate(mutant)
		more = false
		for _, x := range g.latches {
			if at := x.next.node(); design[at] != mutant[at] && !v.split[x.name] {
				v.split[x.name], more = true, true
			}
		}
	}
	for _, x := range g.gates {
		if at := x.at.node(); design[at] == mutant[at] {
			v.alike[at] = true
		}
	}
	return v
}

// evaluate sets the values of gates by node.
func (g *graph) evaluate(at []drawn) {
	for _, x := range g.gates {
		left, right := &at[x.left.node()], &at[x.right.node()]
		flipLeft, flipRight := -uint64(x.left&1), -uint64(x.right&1)
		to := &at[x.at.node()]
		for i := range to {
			to[i] = (left[i] ^ flipLeft) & (right[i] ^ flipRight)
		}
	}
}
