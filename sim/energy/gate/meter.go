package gate

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"lowres/sim/energy/liberty"
	"lowres/sim/energy/vcd"
)

// Energy is where the energy of a netlist goes, joules.
type Energy struct {
	SwitchingJ float64 // loads: half of C V², a transition
	InternalJ  float64 // inside the cells
	ClockJ     float64 // of these two what an edge of the clock costs, whatever the data
}

// add adds another.
func (e *Energy) add(o Energy) {
	e.SwitchingJ, e.InternalJ, e.ClockJ = e.SwitchingJ+o.SwitchingJ, e.InternalJ+o.InternalJ, e.ClockJ+o.ClockJ
}

// TotalJ is all of it.
func (e Energy) TotalJ() float64 { return e.SwitchingJ + e.InternalJ }

// Meter adds up the energy of transitions.
type Meter struct {
	t      *Timed
	clock  Net
	value  []bool
	known  []bool
	last   []int64       // [net]: time of its last change
	energy [][]pinEnergy // [instance][pin]
	rules  map[*liberty.Cell]*cellRules
	// Owner says by instance to whom an energy is charged; nil: all to 0. The load
	// of a pin is the instance's that the pin is of, whoever drives it.
	Owner []int
}

// pinEnergy is the energy of a pin's power groups with an instance's loads and
// transitions: [group]{falling, rising}, joules.
type pinEnergy [][2]float64

// cellRules says which of a pin's power groups holds: by pin, state of the other
// pins, and cause.
type cellRules struct {
	states int
	group  [][]int16 // [pin][from*states + state]: group, −1: none; from 0 is "this pin"
}

// NewMeter prepares to measure; clock is the name of the clock's port.
func NewMeter(t *Timed, clock string) (*Meter, error) {
	m := &Meter{t: t, value: make([]bool, t.Nets), known: make([]bool, t.Nets), last: make([]int64, t.Nets),
		energy: make([][]pinEnergy, len(t.Instances)), rules: map[*liberty.Cell]*cellRules{}}
	p := t.Port(clock)
	if p == nil || len(p.Bits) != 1 {
		return nil, fmt.Errorf("%w: no clock %s", ErrNetlist, clock)
	}
	m.clock = p.Bits[0]
	m.value[1] = true
	for i := range t.Instances {
		in := &t.Instances[i]
		m.energy[i] = make([]pinEnergy, len(in.Pins))
		for p := range in.Pins {
			m.energy[i][p] = t.pinEnergy(in, p)
		}
		if m.rules[in.Cell] == nil {
			m.rules[in.Cell] = newRules(in.Cell)
		}
	}
	return m, nil
}

// pinEnergy prices the power groups of a pin.
func (t *Timed) pinEnergy(in *Instance, p int) pinEnergy {
	pin := &in.Cell.Pins[p]
	load, share := 0.0, 1.0
	if pin.Output && in.Pins[p] != NoNet {
		load = t.Load[in.Pins[p]]
	}
	if pin.Output && in.Cell.State != nil {
		load, share = 0, 1/float64(max(in.outputs(), 1))
	}
	prices := make(pinEnergy, len(pin.Power))
	for k := range pin.Power {
		w := &pin.Power[k]
		from := in.Pins[p]
		if w.From >= 0 {
			from = in.Pins[w.From]
		}
		slew := (t.slews[0][0] + t.slews[0][1]) / 2
		if from != NoNet {
			slew = (t.slews[from][0] + t.slews[from][1]) / 2
		}
		for edge, table := range []*liberty.Table{w.Fall, w.Rise} {
			if table != nil {
				prices[k][edge] = share * table.At(slew, load)
			}
		}
	}
	return prices
}

// outputs is how many outputs are connected. The tables of a flip-flop's Q and of
// its inverse each hold the energy of the whole event, and of both outputs' loads:
// each counts in part, and without a load.
func (in *Instance) outputs() (n int) {
	for p, net := range in.Pins {
		if net != NoNet && in.Cell.Pins[p].Output {
			n++
		}
	}
	return n
}

// newRules tabulates the conditions of a cell.
func newRules(c *liberty.Cell) *cellRules {
	r := &cellRules{states: 1 << len(c.Pins)}
	for p := range c.Pins {
		table := make([]int16, (len(c.Pins)+1)*r.states)
		for from := -1; from < len(c.Pins); from++ {
			for state := range r.states {
				table[(from+1)*r.states+state] = int16(c.Pins[p].Group(from, uint32(state)))
			}
		}
		r.group = append(r.group, table)
	}
	return r
}

// Measure reads a dump of the netlist, whose nets are n2, n3 … of the given
// scope, and calls add with the energy of each time's transitions, owner by owner.
func (m *Meter) Measure(dump io.Reader, scope string, add func(seconds float64, owner int, e Energy)) error {
	r, err := vcd.NewReader(dump)
	if err != nil {
		return err
	}
	nets := make([][]Net, r.Codes)
	for _, s := range r.Signals {
		number, isNet := strings.CutPrefix(s.Name, "n")
		if n, err := strconv.Atoi(number); isNet && err == nil && strings.HasPrefix(s.Scope, scope+".g") && n > 1 && n < m.t.Nets {
			nets[s.Code] = append(nets[s.Code], Net(n))
		}
	}
	err = r.Changes(func(time int64, changes []vcd.Change) error {
		at := float64(time) * r.Seconds
		for _, c := range changes {
			for _, n := range nets[c.Code] {
				switch {
				case c.Value != '0' && c.Value != '1' && m.known[n]:
					return fmt.Errorf("%w: net %d becomes %c at %g s", ErrNetlist, n, c.Value, at)
				case m.known[n] && m.value[n] != (c.Value == '1'):
					m.transition(n, time, func(owner int, e Energy) { add(at, owner, e) })
				}
			}
		}
		for _, c := range changes {
			for _, n := range nets[c.Code] {
				m.known[n], m.value[n], m.last[n] = c.Value == '0' || c.Value == '1', c.Value == '1', time
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, list := range nets {
		for _, n := range list {
			if !m.known[n] {
				return fmt.Errorf("%w: net %d is never known: a register or memory has no start", ErrNetlist, n)
			}
		}
	}
	return nil
}

// transition is the energy of a net's change, before which all values are those
// of the time before: of the cell that drives it what it takes inside, and of each pin
// behind half of C V² and what its cell takes inside.
func (m *Meter) transition(n Net, time int64, add func(owner int, e Energy)) {
	edge := 1 // rising
	if m.value[n] {
		edge = 0
	}
	if d := m.t.driver[n]; d.instance >= 0 {
		m.charge(n, d.instance, Energy{InternalJ: m.internal(d, m.cause(d.instance, time), edge)}, add)
	}
	v := m.t.Lib.VoltageV
	for _, f := range m.t.fanout[n] {
		load := m.t.Instances[f.instance].Cell.Pins[f.pin].Capacitance + m.t.WireF
		m.charge(n, f.instance, Energy{SwitchingJ: load * v * v / 2, InternalJ: m.internal(f, -1, edge)}, add)
	}
}

// charge charges an instance's owner.
func (m *Meter) charge(n Net, instance int, e Energy, add func(owner int, e Energy)) {
	if n == m.clock {
		e.ClockJ = e.TotalJ()
	}
	owner := 0
	if m.Owner != nil {
		owner = m.Owner[instance]
	}
	add(owner, e)
}

// internal is the energy inside a cell of an edge of a pin.
func (m *Meter) internal(p pinRef, from, edge int) float64 {
	groups := m.energy[p.instance][p.pin]
	if len(groups) == 0 {
		return 0
	}
	in := &m.t.Instances[p.instance]
	rules := m.rules[in.Cell]
	state := 0
	for i, net := range in.Pins {
		if net != NoNet && m.value[net] {
			state |= 1 << i
		} else if net == NoNet && in.Cell.State != nil && in.Cell.Pins[i].Output && m.openHigh(in, i) {
			state |= 1 << i
		}
	}
	g := rules.group[p.pin][(from+1)*rules.states+state]
	if g < 0 {
		return 0
	}
	return groups[g][edge]
}

// openHigh is the value of an output that is not connected: the inverse of the
// flip-flop's other output.
func (m *Meter) openHigh(in *Instance, open int) bool {
	for i, net := range in.Pins {
		if i != open && in.Cell.Pins[i].Output && net != NoNet {
			return !m.value[net]
		}
	}
	return false
}

// cause is the input of an instance that changed last before time.
func (m *Meter) cause(instance int, time int64) int {
	in := &m.t.Instances[instance]
	best, pin := int64(-1), -1
	for i, net := range in.Pins {
		if net == NoNet || in.Cell.Pins[i].Output || m.last[net] >= time {
			continue
		}
		if in.Cell.State != nil && net == m.clock {
			return i
		}
		if m.last[net] > best {
			best, pin = m.last[net], i
		}
	}
	return pin
}
