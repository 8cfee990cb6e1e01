package mutants

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
)

// literal is a node of a graph, twice its number and 1 more where it is inverted. Node 0 is false.
type literal uint32

// The constants.
const (
	never  literal = 0
	always literal = 1
)

func (l literal) not() literal   { return l ^ 1 }
func (l literal) node() uint32   { return uint32(l >> 1) }
func (l literal) inverted() bool { return l&1 == 1 }

// graph is a synchronous circuit of AND gates and inverters with one clock, as AIGER has it. All latches start at 0.
type graph struct {
	inputs  []port
	latches []latch
	outputs []port
	gates   []gate // operands come first
	nodes   uint32
	known   map[[2]literal]literal // gates by their operands
}

// port is an input or output of one bit.
type port struct {
	name string
	at   literal
}

// latch is a register of one bit. In a netlist it has several names, of which others has all but the first.
type latch struct {
	name     string
	others   []string
	at, next literal
}

// gate is an AND.
type gate struct{ at, left, right literal }

// readGraph reads AIGER's text format with the names of Yosys.
func readGraph(r io.Reader) (*graph, error) {
	in := bufio.NewReader(r)
	var most, inputs, latches, outputs, gates int
	if _, err := fmt.Fscanf(in, "aag %d %d %d %d %d\n", &most, &inputs, &latches, &outputs, &gates); err != nil {
		return nil, fmt.Errorf("%w: aiger: first line: %w", ErrYosys, err)
	}
	g := &graph{inputs: make([]port, inputs), latches: make([]latch, latches), outputs: make([]port, outputs), gates: make([]gate, gates), nodes: uint32(most) + 1}
	var err error
	scan := func(format string, to ...any) {
		if err == nil {
			_, err = fmt.Fscanf(in, format, to...)
		}
	}
	for i := range g.inputs {
		scan("%d\n", &g.inputs[i].at)
	}
	for i := range g.latches {
		line := ""
		if line, err = in.ReadString('\n'); err == nil { // a third number is the first value, which Yosys has for none
			_, err = fmt.Sscan(line, &g.latches[i].at, &g.latches[i].next)
		}
	}
	for i := range g.outputs {
		scan("%d\n", &g.outputs[i].at)
	}
	for i := range g.gates {
		scan("%d %d %d\n", &g.gates[i].at, &g.gates[i].left, &g.gates[i].right)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: aiger: %w", ErrYosys, err)
	}
	for {
		line, err := in.ReadString('\n')
		if err == io.EOF || strings.HasPrefix(line, "c") {
			return g, nil
		}
		kind, n := byte(0), 0
		names := strings.Fields(line)
		if err != nil || len(names) < 2 {
			return nil, fmt.Errorf("%w: aiger: %q: want a symbol", ErrYosys, line)
		}
		if _, err := fmt.Sscanf(names[0], "%c%d", &kind, &n); err != nil {
			return nil, fmt.Errorf("%w: aiger: %q: want a symbol: %w", ErrYosys, line, err)
		}
		name := names[1]
		switch kind {
		case 'i':
			g.inputs[n].name = name
		case 'l':
			g.latches[n].name, g.latches[n].others = name, names[2:]
		case 'o':
			g.outputs[n].name = name
		}
	}
}

// newGraph is an empty circuit.
func newGraph() *graph { return &graph{nodes: 1, known: map[[2]literal]literal{}} }

func (g *graph) fresh() literal {
	g.nodes++
	return literal(2 * (g.nodes - 1))
}

// input adds one.
func (g *graph) input(name string) literal {
	at := g.fresh()
	g.inputs = append(g.inputs, port{name, at})
	return at
}

// latch adds a register that starts at 0, and returns its index; its next value is set later.
func (g *graph) latch(name string) int {
	g.latches = append(g.latches, latch{name: name, at: g.fresh()})
	return len(g.latches) - 1
}

// and is a·b, without a gate where there is one already or none is needed.
func (g *graph) and(a, b literal) literal {
	if a > b {
		a, b = b, a
	}
	switch {
	case a == never, a == b.not():
		return never
	case a == always, a == b:
		return b
	}
	at, ok := g.known[[2]literal{a, b}]
	if !ok {
		at = g.fresh()
		g.known[[2]literal{a, b}] = at
		g.gates = append(g.gates, gate{at, b, a})
	}
	return at
}

func (g *graph) or(a, b literal) literal { return g.and(a.not(), b.not()).not() }

func (g *graph) differ(a, b literal) literal {
	if a == b {
		return never
	}
	return g.or(g.and(a, b.not()), g.and(a.not(), b))
}

// choose is a if s, else b.
func (g *graph) choose(s, a, b literal) literal {
	if a == b {
		return a
	}
	return g.or(g.and(s, a), g.and(s.not(), b))
}

// instance adds the gates of another circuit, whose inputs and latches are at leaves by their node. What a gate
// is can be changed by its node, unless as is nil.
func (g *graph) instance(of *graph, leaves map[uint32]literal, as func(node uint32, l literal) literal) func(literal) literal {
	at := make([]literal, of.nodes)
	for node, l := range leaves {
		at[node] = l
	}
	find := func(l literal) literal { return at[l.node()] ^ l&1 }
	for _, x := range of.gates {
		l := g.and(find(x.left), find(x.right))
		if as != nil {
			l = as(x.at.node(), l)
		}
		at[x.at.node()] = l
	}
	return find
}

// binary is AIGER's binary format.
func (g *graph) binary() []byte {
	at := make([]literal, g.nodes)
	count := literal(0)
	number := func(l literal) {
		count++
		at[l.node()] = 2 * count
	}
	for _, x := range g.inputs {
		number(x.at)
	}
	for _, x := range g.latches {
		number(x.at)
	}
	for _, x := range g.gates {
		number(x.at)
	}
	find := func(l literal) literal { return at[l.node()] ^ l&1 }
	var b bytes.Buffer
	fmt.Fprintf(&b, "aig %d %d %d %d %d\n", count, len(g.inputs), len(g.latches), len(g.outputs), len(g.gates))
	for _, x := range g.latches {
		fmt.Fprintln(&b, find(x.next))
	}
	for _, x := range g.outputs {
		fmt.Fprintln(&b, find(x.at))
	}
	delta := func(d literal) {
		for ; d >= 0x80; d >>= 7 {
			b.WriteByte(byte(d) | 0x80)
		}
		b.WriteByte(byte(d))
	}
	for _, x := range g.gates {
		operands := []literal{find(x.left), find(x.right)}
		slices.Sort(operands)
		delta(find(x.at) - operands[1])
		delta(operands[1] - operands[0])
	}
	return b.Bytes()
}

// run is the values of some literals in the last of some cycles, whose inputs are given in order.
func (g *graph) run(cycles [][]bool, want []literal) []bool {
	at := make([]bool, g.nodes)
	find := func(l literal) bool { return at[l.node()] != l.inverted() }
	state := make([]bool, len(g.latches))
	for _, inputs := range cycles {
		for i, x := range g.inputs {
			at[x.at.node()] = inputs[i]
		}
		for i, x := range g.latches {
			at[x.at.node()] = state[i]
		}
		for _, x := range g.gates {
			at[x.at.node()] = find(x.left) && find(x.right)
		}
		for i, x := range g.latches {
			state[i] = find(x.next)
		}
	}
	var values []bool
	for _, l := range want {
		values = append(values, find(l))
	}
	return values
}
