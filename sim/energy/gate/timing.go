package gate

import (
	"fmt"

	"lowres/sim/energy/liberty"
)

// Conditions are what a library does not say about a netlist.
type Conditions struct {
	WireF float64 // capacitance of a wire for each pin that it drives, farads
	SlewS float64 // transition of inputs and of the clock, seconds
}

// Timed is a netlist with loads, transitions and delays.
type Timed struct {
	*Netlist
	Lib       *liberty.Library
	WireF     float64   // of Conditions
	Load      []float64 // [net] farads
	slews     [][2]float64
	delays    [][][2]float64 // [instance][pin]: of an output, falling and rising, seconds
	order     []int          // instances, each after those that its inputs come from
	CriticalS float64        // longest path from a register or input, seconds
	driver    []pinRef       // [net]
	fanout    [][]pinRef     // [net]
}

// pinRef is a pin of an instance; instance is −1 where there is none.
type pinRef struct{ instance, pin int }

// NewTimed computes loads, and along the netlist transitions and delays.
func NewTimed(n *Netlist, lib *liberty.Library, c Conditions) (*Timed, error) {
	t := &Timed{Netlist: n, Lib: lib, WireF: c.WireF, Load: make([]float64, n.Nets), slews: make([][2]float64, n.Nets),
		delays: make([][][2]float64, len(n.Instances)), driver: make([]pinRef, n.Nets), fanout: make([][]pinRef, n.Nets)}
	for net := range t.driver {
		t.driver[net] = pinRef{-1, -1}
		t.slews[net] = [2]float64{c.SlewS, c.SlewS}
	}
	for i := range n.Instances {
		for p, net := range n.Instances[i].Pins {
			if net == NoNet {
				continue
			}
			pin := &n.Instances[i].Cell.Pins[p]
			if pin.Output {
				t.driver[net] = pinRef{i, p}
				continue
			}
			t.fanout[net] = append(t.fanout[net], pinRef{i, p})
			t.Load[net] += pin.Capacitance + c.WireF
		}
	}
	return t, t.propagate()
}

// propagate visits instances in the order of the signals: first those with a
// state, then each whose inputs are all known.
func (t *Timed) propagate() error {
	waits := make([]int, len(t.Instances))
	arrival := make([]float64, t.Nets)
	var ready []int
	for i := range t.Instances {
		if t.Instances[i].Cell.State == nil {
			for p, net := range t.Instances[i].Pins {
				if net != NoNet && !t.Instances[i].Cell.Pins[p].Output && t.driver[net].instance >= 0 {
					waits[i]++
				}
			}
		}
		if waits[i] == 0 {
			ready = append(ready, i)
		}
	}
	done := 0
	for ; done < len(ready); done++ {
		i := ready[done]
		t.visit(i, arrival)
		for p, net := range t.Instances[i].Pins {
			if net == NoNet || !t.Instances[i].Cell.Pins[p].Output {
				continue
			}
			for _, f := range t.fanout[net] {
				if t.Instances[f.instance].Cell.State != nil {
					continue
				}
				if waits[f.instance]--; waits[f.instance] == 0 {
					ready = append(ready, f.instance)
				}
			}
		}
	}
	if done < len(t.Instances) {
		return fmt.Errorf("%w: %d of %d cells are in loops without a register", ErrNetlist, len(t.Instances)-done, len(t.Instances))
	}
	t.order = ready
	return nil
}

// visit computes an instance's output transitions and delays: of each edge the
// mean delay over the inputs, and the longest transition.
func (t *Timed) visit(i int, arrival []float64) {
	in := &t.Instances[i]
	t.delays[i] = make([][2]float64, len(in.Pins))
	for p := range in.Pins {
		pin := &in.Cell.Pins[p]
		if !pin.Output {
			continue
		}
		load, net := 0.0, in.Pins[p]
		if net != NoNet {
			load = t.Load[net]
		}
		latest, slowest := 0.0, [2]float64{}
		for edge := range 2 {
			sum, arcs := 0.0, 0.0
			for k := range pin.Arcs {
				a := &pin.Arcs[k]
				delay, slew := a.Fall, a.FallSlew
				if edge == 1 {
					delay, slew = a.Rise, a.RiseSlew
				}
				from := in.Pins[a.From]
				if delay == nil || from == NoNet {
					continue
				}
				s := t.arcSlew(a, from, edge)
				d := delay.At(s, load)
				sum, arcs = sum+d, arcs+1
				if in.Cell.State == nil {
					latest = max(latest, arrival[from]+d)
				} else {
					latest = max(latest, d)
				}
				if slew != nil {
					slowest[edge] = max(slowest[edge], slew.At(s, load))
				}
			}
			if arcs > 0 {
				t.delays[i][p][edge] = max(sum/arcs, 0)
			}
		}
		if net != NoNet {
			t.slews[net], arrival[net] = slowest, latest
			t.CriticalS = max(t.CriticalS, latest)
		}
	}
}

// arcSlew is the transition of the input edge that makes an output edge.
func (t *Timed) arcSlew(a *liberty.Arc, from Net, edge int) float64 {
	s := t.slews[from]
	switch {
	case a.Inverting:
		return s[1-edge]
	case a.Following:
		return s[edge]
	}
	return (s[0] + s[1]) / 2
}
