package mutants

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// pair is the design beside one mutant. Its only output is high when something differs.
type pair struct {
	*graph
	view
	of             *graph
	running        literal // 0 in the first cycle
	reset          literal // of the whole design
	read           map[place]bool
	design, mutant map[uint32]literal
	checks         []check
}

// view is how much of the netlist a pair has. Whatever it is, all registers that are one for both are checked to be so.
type view struct {
	split map[string]bool // registers, or bits of them, and memories by their output, that are there twice
	near  map[string]bool // other bits that hold their value; the rest gives any in each cycle, the same to both. nil: all hold
	zero  map[string]bool // bits that are 0 after the first cycle
	alike map[uint32]bool // gates of the netlist that are one for both, and are checked to be so
	legal bool            // only runs of programs whose instructions continue each other as they must
}

// check is something that must not differ.
type check struct {
	name     string
	register string // that is to be split if it differs; "" for what leaves the design, and for gates
	gate     uint32 // that is not alike if it differs, 0 for none
	differs  literal
}

// sides are a bit in the design and in the mutant.
type sides struct{ design, mutant literal }

// state is a bit that is held: its value now, and where its next one goes.
type state struct {
	sides
	next [2]int // latches of the design and of the mutant, which are one unless it is split
}

// unheld is in place of the latches of a bit that has none.
const unheld = -1

// newPair joins the design and a mutant of a netlist in which both are chosen by the selector.
func newPair(of *graph, number int, v view) *pair {
	p := &pair{graph: newGraph(), view: v, of: of, read: of.read(number), design: map[uint32]literal{}, mutant: map[uint32]literal{}}
	running := p.latch("running")
	p.latches[running].next, p.running = always, p.latches[running].at

	words := map[string][]state{} // by memory: what it gives
	for _, x := range of.inputs {
		memory, name, bit := portBit(x.name)
		switch {
		case name == selector:
			p.leaf(x.at, sides{never, literal(number >> bit & 1)})
		case memory != "":
			s := p.state(x.name, memory)
			words[memory] = append(words[memory], s)
			p.leaf(x.at, s.sides)
		default:
			at := p.input(x.name)
			switch name {
			case "aresetn":
				at = p.and(at, p.running)
				p.reset = at.not()
			case "rst_i":
				at = p.or(at, p.running.not())
				p.reset = at
			}
			p.leaf(x.at, sides{at, at})
		}
	}
	registers := make([]state, len(of.latches))
	for i, x := range of.latches {
		registers[i] = p.state(x.name, registerName(x.name))
		p.leaf(x.at, registers[i].sides)
	}

	design := p.instance(of, p.design, nil)
	mutant := p.instance(of, p.mutant, func(node uint32, l literal) literal {
		same := design(2 * literal(node))
		if l == same || !p.alike[node] {
			return l
		}
		p.checks = append(p.checks, check{name: fmt.Sprintf("gate %d", node), gate: node, differs: p.differ(same, l)})
		return same
	})
	both := func(l literal) sides { return sides{design(l), mutant(l)} }
	for i, x := range of.latches {
		p.load(registers[i], x.name, registerName(x.name), both(x.next))
	}
	memories, pins := map[string]ports{}, ports{}
	for _, x := range of.outputs {
		memory, name, bit := portBit(x.name)
		if memory == "" {
			pins.add(name, bit, both(x.at))
			continue
		}
		if memories[memory] == nil {
			memories[memory] = ports{}
		}
		memories[memory].add(name, bit, both(x.at))
	}
	for _, name := range slices.Sorted(maps.Keys(memories)) {
		p.memory(name, memories[name], words[name])
	}
	p.pins(pins)
	if p.legal {
		p.assume(p.chained())
	}
	bad := never
	for _, c := range p.checks {
		bad = p.or(bad, c.differs)
	}
	p.outputs = append(p.outputs, port{"differs", bad})
	return p
}

// differences are the literals of the checks.
func (p *pair) differences() (all []literal) {
	for _, c := range p.checks {
		all = append(all, c.differs)
	}
	return all
}

// leaf says what an input or latch of the netlist is.
func (p *pair) leaf(at literal, s sides) {
	p.design[at.node()], p.mutant[at.node()] = s.design, s.mutant
}

// state makes a bit of a register or of a memory's output. It may start as anything, which is the same for both.
func (p *pair) state(name, register string) (s state) {
	first := p.input("first " + name)
	free := func(at literal) state { return state{sides{at, at}, [2]int{unheld, unheld}} }
	twice := p.split[register] || p.split[name]
	switch {
	case twice:
	case p.zero[name]:
		return free(p.and(first, p.running.not()))
	case p.near != nil && !p.near[name]:
		return free(first)
	}
	held := func(name string) (literal, int) {
		i := p.latch(name)
		return p.choose(p.running, p.latches[i].at, first), i
	}
	s.design, s.next[0] = held(name)
	s.mutant, s.next[1] = s.design, s.next[0]
	if twice {
		s.mutant, s.next[1] = held("mutant's " + name)
	}
	return s
}

// load sets a bit's next value, which must not differ unless it is split.
func (p *pair) load(s state, name, register string, next sides) {
	if s.next[0] != unheld {
		p.latches[s.next[0]].next = next.design
	}
	if s.next[0] != s.next[1] {
		p.latches[s.next[1]].next = next.mutant
		return
	}
	p.checks = append(p.checks, check{name: name, register: register, differs: p.differ(next.design, next.mutant)})
}

// ports are the bits of some ports by name.
type ports map[string][]sides

// add notes a bit; those of a port come in order.
func (x ports) add(name string, bit int, s sides) {
	for len(x[name]) <= bit {
		x[name] = append(x[name], sides{})
	}
	x[name][bit] = s
}

// apart is whether two ports differ.
func (p *pair) apart(port []sides) literal {
	sum := never
	for _, s := range port {
		sum = p.or(sum, p.differ(s.design, s.mutant))
	}
	return sum
}

// memory is one that gives any word when it is read, and holds it. Of what is written, bits count that something reads.
func (p *pair) memory(name string, x ports, word []state) {
	read, write := x["re_i"][0], x["we_i"][0]
	elsewhere := p.apart(x["raddr_i"])
	for _, s := range word {
		if s.next[0] == unheld {
			continue
		}
		given := p.input("read " + name)
		p.latches[s.next[0]].next = p.choose(read.design, given, s.design)
		if s.next[0] == s.next[1] {
			continue
		}
		other := p.choose(p.and(read.design, elsewhere.not()), given, p.input("mutant's read "+name))
		p.latches[s.next[1]].next = p.choose(read.mutant, other, s.mutant)
	}
	if !p.split[name] {
		p.checks = append(p.checks, check{name: "what is read of " + name, register: name, differs: p.or(p.differ(read.design, read.mutant), p.and(read.design, elsewhere))})
	}
	var data []sides
	for bit, s := range x["wdata_i"] {
		if p.read[place{name, bit}] {
			data = append(data, s)
		}
	}
	elsewhere = p.or(p.apart(x["waddr_i"]), p.apart(data))
	p.checks = append(p.checks, check{name: "what is written to " + name, differs: p.or(p.differ(write.design, write.mutant), p.and(write.design, elsewhere))})
}

// channel is an AXI channel's name in that of a pin.
var channel = regexp.MustCompile(`^([ms]_axi_(?:aw|ar|w|r|b))(\w+)$`)

// pins are what leaves the design once it was reset: those of a channel count while its valid is high.
func (p *pair) pins(x ports) {
	for _, name := range slices.Sorted(maps.Keys(x)) {
		differs := p.apart(x[name])
		if m := channel.FindStringSubmatch(name); m != nil && m[2] != "valid" && m[2] != "ready" {
			if valid := x[m[1]+"valid"]; valid != nil {
				differs = p.and(differs, valid[0].design)
			}
		}
		p.checks = append(p.checks, check{name: name, differs: p.and(differs, p.running)})
	}
}

// portBit reads "core.load.front.program_memory.rdata_o[3]": the memory, "" for a pin, its port and the bit.
func portBit(name string) (memory, port string, bit int) {
	port = registerName(name)
	if len(port) < len(name) {
		bit, _ = strconv.Atoi(name[len(port)+1 : len(name)-1])
	}
	if dot := strings.LastIndex(port, "."); dot >= 0 {
		memory, port = port[:dot], port[dot+1:]
	}
	return memory, port, bit
}

// registerName is a name without the bit.
func registerName(name string) string {
	if open := strings.LastIndex(name, "["); open > 0 && strings.HasSuffix(name, "]") {
		return name[:open]
	}
	return name
}
