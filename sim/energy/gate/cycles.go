package gate

import (
	"fmt"
	"math/bits"

	"lowres/sim/energy/liberty"
)

// Cycles runs a netlist cycle by cycle without delays: what a long run leaves in
// the registers where a simulation with delays is to begin.
type Cycles struct {
	n        *Netlist
	inputs   []Net
	nets     []Net   // what memories show
	value    []uint8 // [net]
	gates    []lookup
	state    []uint8 // [flip-flop]
	flops    []flop
	memories []memoryState
}

// lookup is an output as a table of the nets it depends on.
type lookup struct {
	table uint64 // bit i: value where input k is bit k of i
	out   Net
	in    [6]Net // 0 where there are fewer
}

// flop is a flip-flop (the index of its instance): tables of the net's values, and what its outputs show.
type flop struct {
	instance            int
	next, clear, preset lookup // clear and preset: table 0 if there is none
	outputs             []Net
	inverse             []bool
}

// memoryState is a memory with its contents, all zero at first.
type memoryState struct {
	*Memory
	words map[int][]uint8
	next  []uint8 // the word that was read
}

// NewCycles prepares to run the netlist; inputs are the ports, without the clock,
// whose bits a row holds.
func NewCycles(t *Timed, inputs []string) (*Cycles, error) {
	n := t.Netlist
	c := &Cycles{n: n, value: make([]uint8, n.Nets)}
	c.value[1] = 1
	for _, name := range inputs {
		p := n.Port(name)
		if p == nil || p.Output {
			return nil, fmt.Errorf("%w: no input %s", ErrNetlist, name)
		}
		c.inputs = append(c.inputs, p.Bits...)
	}
	for _, i := range t.order {
		if err := c.compile(i); err != nil {
			return nil, err
		}
	}
	c.state = make([]uint8, len(c.flops))
	for i := range n.Memories {
		c.nets = append(c.nets, n.Memories[i].ReadData...)
		c.memories = append(c.memories, memoryState{Memory: &n.Memories[i], words: map[int][]uint8{}, next: make([]uint8, len(n.Memories[i].ReadData))})
	}
	return c, nil
}

// compile tabulates a cell.
func (c *Cycles) compile(instance int) error {
	in := &c.n.Instances[instance]
	table := func(f *liberty.Function) (l lookup, err error) {
		if f == nil {
			return l, nil
		}
		pins := f.Pins()
		if bits.OnesCount32(pins) > len(l.in) || pins>>liberty.StateQ != 0 {
			return l, fmt.Errorf("%w: %s: cell %s depends on more than %d pins, or on its own state", ErrNetlist, in.Name, in.Cell.Name, len(l.in))
		}
		for i := range 1 << len(l.in) {
			state, k := uint32(0), 0
			for p := range in.Pins {
				if pins>>p&1 == 1 {
					state |= uint32(i>>k&1) << p
					l.in[k] = max(in.Pins[p], 0)
					k++
				}
			}
			if f.Eval(state) {
				l.table |= 1 << i
			}
		}
		return l, nil
	}
	s := in.Cell.State
	own := flop{instance: instance}
	for p := range in.Pins {
		pin := &in.Cell.Pins[p]
		if !pin.Output || in.Pins[p] == NoNet {
			continue
		}
		if s != nil {
			own.outputs = append(own.outputs, in.Pins[p])
			own.inverse = append(own.inverse, pin.Function.Eval(1<<liberty.StateQN))
			continue
		}
		l, err := table(pin.Function)
		if err != nil {
			return err
		}
		l.out = in.Pins[p]
		c.gates = append(c.gates, l)
	}
	if s == nil {
		return nil
	}
	for _, f := range []struct {
		to   *lookup
		from *liberty.Function
	}{{&own.next, s.Next}, {&own.clear, s.Clear}, {&own.preset, s.Preset}} {
		l, err := table(f.from)
		if err != nil {
			return err
		}
		*f.to = l
	}
	c.flops = append(c.flops, own)
	return nil
}

// of is the value of a table.
func (c *Cycles) of(l *lookup) uint8 {
	v := c.value
	i := v[l.in[0]] | v[l.in[1]]<<1 | v[l.in[2]]<<2 | v[l.in[3]]<<3 | v[l.in[4]]<<4 | v[l.in[5]]<<5
	return uint8(l.table >> i & 1)
}

// Settle applies a row of inputs, the first port lowest, and lets all gates settle.
func (c *Cycles) Settle(row []byte) {
	for i, net := range c.inputs {
		c.value[net] = row[i/8] >> (i % 8) & 1
	}
	c.show()
	c.evaluate()
	changed := false
	for i := range c.flops {
		f := &c.flops[i]
		if v := c.state[i]&^c.of(&f.clear) | c.of(&f.preset); v != c.state[i] {
			c.state[i], changed = v, true
		}
	}
	if changed {
		c.show()
		c.evaluate()
	}
}

// evaluate computes all gates, each after those it depends on.
func (c *Cycles) evaluate() {
	for i := range c.gates {
		g := &c.gates[i]
		c.value[g.out] = c.of(g)
	}
}

// show puts registers and memories on their nets.
func (c *Cycles) show() {
	for i := range c.flops {
		f := &c.flops[i]
		for k, net := range f.outputs {
			v := c.state[i]
			if f.inverse[k] {
				v ^= 1
			}
			c.value[net] = v
		}
	}
	for i := range c.memories {
		for b, net := range c.memories[i].ReadData {
			c.value[net] = c.memories[i].next[b]
		}
	}
	c.value[0], c.value[1] = 0, 1
}

// Edge is a rising edge of the clock after Settle.
func (c *Cycles) Edge() {
	for i := range c.flops {
		f := &c.flops[i]
		c.state[i] = c.of(&f.next)&^c.of(&f.clear) | c.of(&f.preset)
	}
	for i := range c.memories {
		c.memories[i].edge(c.value)
	}
}

// edge reads the old word and writes.
func (m *memoryState) edge(value []uint8) {
	if value[m.Read[0]] == 1 {
		word := m.words[number(value, m.ReadAddress)]
		clear(m.next)
		copy(m.next, word)
	}
	if value[m.Write[0]] == 1 {
		at := number(value, m.WriteAddress)
		word := m.words[at]
		if word == nil {
			word = make([]uint8, len(m.WriteData))
			m.words[at] = word
		}
		for b, net := range m.WriteData {
			word[b] = value[net]
		}
	}
}

// number is the number on some nets.
func number(value []uint8, nets []Net) (n int) {
	for b, net := range nets {
		n |= int(value[net]) << b
	}
	return n
}

// Output is bit i of a port.
func (c *Cycles) Output(p *Port, i int) bool { return c.value[p.Bits[i]] == 1 }

// Net is the value of a net.
func (c *Cycles) Net(n Net) bool { return c.value[n] == 1 }

// Window begins a window of cycles at what the registers hold after the last edge.
func (c *Cycles) Window() *Window {
	w := &Window{}
	b := packed{}
	for _, v := range c.state {
		b.put(v)
	}
	w.State = b.row
	return w
}

// Take adds the cycle that was settled last to a window: its inputs, and what the
// memories show.
func (c *Cycles) Take(w *Window) {
	b := packed{}
	for _, net := range c.inputs {
		b.put(c.value[net])
	}
	for _, net := range c.nets {
		b.put(c.value[net])
	}
	w.Rows = append(w.Rows, b.row)
}

// packed is bits one after the other, lowest first.
type packed struct {
	row []byte
	at  int
}

func (b *packed) put(v uint8) {
	if b.at%8 == 0 {
		b.row = append(b.row, 0)
	}
	b.row[b.at/8] |= v << (b.at % 8)
	b.at++
}
