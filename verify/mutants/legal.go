package mutants

import (
	"slices"
	"strings"
)

// Registers that say which compute instruction begins.
const (
	beginsRegister = "sequencer.started_q"
	firstRegister  = "sequencer.instr_i[24]"
	lastRegister   = "sequencer.instr_i[25]"
)

// chained is whether each compute instruction of the design begins a reduction if and only if the one before has ended one or there was none since
// the reset: what program.Validate wants of every program. It looks at an instruction when it begins. Without these registers every program is legal.
func (p *pair) chained() literal {
	var at [3]literal
	for i, name := range []string{beginsRegister, firstRegister, lastRegister} {
		var found bool
		if at[i], found = p.register(name); !found {
			return always
		}
	}
	begins, first, last := at[0], at[1], at[2]
	i := p.latch("reduction goes on")
	open := p.latches[i].at
	p.latches[i].next = p.and(p.reset.not(), p.choose(begins, last.not(), open))
	return p.or(p.or(begins.not(), p.reset), p.differ(first, open))
}

// assume leaves of all differences those in runs in which something has held in every cycle.
func (p *pair) assume(holds literal) {
	i := p.latch("was broken")
	broken := p.or(p.latches[i].at, holds.not())
	p.latches[i].next = broken
	for i := range p.checks {
		p.checks[i].differs = p.and(p.checks[i].differs, broken.not())
	}
}

// register finds a bit of the design's registers by the end of one of its names.
func (p *pair) register(name string) (at literal, found bool) {
	for _, x := range p.of.latches {
		if strings.HasSuffix(x.name, name) || slices.ContainsFunc(x.others, func(s string) bool { return strings.HasSuffix(s, name) }) {
			return p.design[x.at.node()], true
		}
	}
	return never, false
}
