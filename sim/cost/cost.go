// Package cost asks what a network costs with every set of levels: bytes, cycles and
// energy of a design that has no other set.
package cost

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"lowres/network"
	"lowres/quant"
	"lowres/sim/arch"
	"lowres/sim/energy"
	"lowres/sim/machine"
	"lowres/sim/mapping"
	"lowres/sim/program"
	"lowres/sim/workload"
)

// Seed of the weights and activations that stand for trained ones.
const Seed = 1

// Area is what the design of a row takes on an FPGA.
type Area struct {
	LUT  int     `json:"lut"`
	FF   int     `json:"ff"`
	BRAM float64 `json:"bram"` // block RAMs; half of one counts as a half
}

// Row is the cost with one set of levels.
type Row struct {
	Levels        string       `json:"levels"`
	N             int          `json:"n"`
	Beside        string       `json:"beside,omitempty"` // levels that the design has beside, for passes without weights
	BitsPerWeight float64      `json:"bits_per_weight"`  // in the design's packing, without filling
	Trained       bool         `json:"trained"`          // weights of a trained network
	MACs          int64        `json:"macs"`             // of a run, as all that follows
	WeightBytes   int64        `json:"weight_bytes"`     // packed weights and parameters in memory
	TrafficBytes  int64        `json:"traffic_bytes"`
	Cycles        int64        `json:"cycles"`
	LatencyMS     float64      `json:"latency_ms"`
	Utilisation   float64      `json:"utilisation"`
	Energy        *energy.Band `json:"energy,omitempty"`   // of expected activity
	Area          *Area        `json:"area,omitempty"`     // for the caller to fill in
	Accuracy      *float64     `json:"accuracy,omitempty"` // of a trained network
	Design        *arch.Design `json:"-"`                  // with these levels
	Pareto        bool         `json:"pareto"`
	Fault         string       `json:"fault,omitempty"` // why the design cannot run it; the rest is then 0
}

// Trained is a network that was trained with the levels of a row.
type Trained struct {
	Network  *network.Integer
	Accuracy *float64 // nil: not known
}

// Options says how the cost is found.
type Options struct {
	Fast  bool         // without energy
	Goal  mapping.Goal // of the tiles
	Batch int          // pictures of a run, 0 for 1
}

// Goal is what a mapping is to be best at, by the energies of the design's technology.
func Goal(goal mapping.Goal, d *arch.Design) (mapping.Options, error) {
	tech, err := energy.Load(d.Technology)
	if err != nil {
		return mapping.Options{}, err
	}
	prices := tech.Prices(d)
	return mapping.Options{Goal: goal, Price: func(c *machine.Counts) float64 { return prices.Total(c).TypicalPJ }}, nil
}

// Evaluate is the cost of w with all levels of one set, on d with that set alone. Where w has residuals,
// averages or pools alone, whose passes take levels 0 and 1, and the set lacks them, the design has the
// ternary set beside. Weights are drawn with equal chances; those of t, if it is not nil, are its own. Energy is of
// expected activity.
//
// What the design cannot run is a row with a Fault; only faults of another kind are errors.
func Evaluate(w *workload.Workload, d *arch.Design, set quant.Levels, t *Trained, o Options) (Row, error) {
	r, fault, err := evaluate(w, d, []quant.Levels{set}, t, o)
	if errors.Is(fault, mapping.ErrUnsupported) {
		ternary, err := quant.ForN(3)
		if err != nil {
			return Row{}, err
		}
		if beside, still, err := evaluate(w, d, []quant.Levels{set, ternary}, t, o); err == nil && !errors.Is(still, mapping.ErrUnsupported) {
			beside.Beside = ternary.String()
			r, fault = beside, still
		}
	}
	if fault != nil {
		r = Row{Levels: r.Levels, N: r.N, BitsPerWeight: r.BitsPerWeight, MACs: r.MACs, Trained: r.Trained, Accuracy: r.Accuracy, Design: r.Design, Fault: fault.Error()}
	}
	return r, err
}

// evaluate is the cost on d with some sets, of which the first is that of the weights, and why the design
// cannot run it.
func evaluate(w *workload.Workload, d *arch.Design, sets []quant.Levels, t *Trained, o Options) (r Row, fault, err error) {
	set := sets[0]
	if d, err = withSets(d, sets); err != nil {
		return r, nil, err
	}
	layout := set.Layout(d.Weights.Packing)
	r = Row{Levels: set.String(), N: set.N(), BitsPerWeight: float64(layout.WordBits) / float64(layout.Codes), MACs: w.MACs() * int64(max(o.Batch, 1)), Trained: t != nil, Design: d}
	if t != nil {
		r.Accuracy = t.Accuracy
	}
	e := evaluator{d: d, set: set, trained: t, fast: o.Fast}
	if e.goal, err = Goal(o.Goal, d); err != nil {
		return r, nil, err
	}
	e.goal.Batch = o.Batch
	tech, err := energy.Load(d.Technology)
	if err != nil {
		return r, nil, err
	}
	e.prices = tech.Prices(d).Expected()
	for _, p := range w.Parts {
		if err := e.add(&r, &p); err != nil {
			if errors.Is(err, mapping.ErrFit) || errors.Is(err, mapping.ErrUnsupported) || errors.Is(err, network.ErrUnsupported) {
				return r, err, nil
			}
			return r, nil, fmt.Errorf("%v: %w", set, err)
		}
	}
	r.LatencyMS = float64(r.Cycles) / d.ClockMHz / 1e3
	r.Utilisation = float64(r.MACs) / (float64(d.Cells()) * float64(r.Cycles))
	return r, nil, nil
}

// withSets is the design with some sets of levels.
func withSets(d *arch.Design, sets []quant.Levels) (*arch.Design, error) {
	s := d.Spec
	s.Levels, s.Custom = nil, nil
	for _, set := range sets {
		if paper, err := quant.ForN(set.N()); err == nil && paper.Equal(set) {
			s.Levels = append(s.Levels, set.N())
		} else {
			s.Custom = append(s.Custom, set.Values())
		}
	}
	return arch.New(s)
}

// evaluator is what all parts of a workload share.
type evaluator struct {
	d       *arch.Design
	set     quant.Levels
	trained *Trained
	goal    mapping.Options
	prices  *energy.Prices
	fast    bool
}

// add counts a part, as often as it runs.
func (e *evaluator) add(r *Row, p *workload.Part) error {
	net, err := networkOf(p, e.set, e.trained)
	if err != nil {
		return err
	}
	mapped, err := mapping.MapFor(net, e.d, e.goal)
	if err != nil {
		return err
	}
	estimate, err := e.estimate(net, mapped)
	if err != nil {
		return err
	}
	r.Cycles += int64(p.Repeats) * int64(estimate.Cycles)
	r.TrafficBytes += int64(p.Repeats) * estimate.Traffic
	r.WeightBytes += int64(p.Copies) * int64(len(mapped.Image))
	if !e.fast {
		if r.Energy == nil {
			r.Energy = &energy.Band{}
		}
		*r.Energy = r.Energy.Plus(estimate.Energy.Times(float64(p.Repeats)))
	}
	return nil
}

// estimate is the cost of a program; without the actions that depend on values, if fast.
func (e *evaluator) estimate(net *network.Integer, p *program.Program) (*Estimate, error) {
	if e.fast {
		t, err := machine.Time(e.d, p)
		if err != nil {
			return nil, err
		}
		return NewEstimate(e.d, p, machine.Layers(e.d, p, t), e.prices)
	}
	m, err := machine.New(e.d, p)
	if err != nil {
		return nil, err
	}
	expected, err := Expected(m, p, net.Graph)
	if err != nil {
		return nil, err
	}
	return NewEstimate(e.d, p, expected, e.prices)
}

// networkOf is the part with trained parameters, or with drawn ones.
func networkOf(p *workload.Part, set quant.Levels, t *Trained) (*network.Integer, error) {
	if t != nil {
		return t.Network, nil
	}
	sets := make([]quant.Levels, len(p.Graph.Layers))
	for i := range sets {
		if p.Graph.Layers[i].HasLevels() {
			sets[i] = set
		}
	}
	return network.Uniform(p.Graph, sets, p.Logits, Seed)
}

// Input is activations drawn with equal chances.
func Input(g *network.Graph, pictures int) []int8 {
	r := rand.New(rand.NewPCG(Seed, 2))
	x := make([]int8, pictures*g.Input.Size())
	for i := range x {
		x[i] = int8(r.IntN(256) + math.MinInt8)
	}
	return x
}
