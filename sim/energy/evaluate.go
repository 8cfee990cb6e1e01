package energy

import (
	"errors"
	"fmt"
	"slices"

	"lowres/sim/arch"
	"lowres/sim/machine"
)

// ErrValues is returned for counts of the fast mode: what a cell costs depends
// on its operands.
var ErrValues = errors.New("energy needs counts of the exact mode")

// Report is where the energy of some work goes.
type Report struct {
	Technology string          `json:"technology"`
	Activity   Activity        `json:"activity"`
	Total      Band            `json:"total"`
	Components []ComponentPart `json:"components"` // in the order of Components
	Kind       Kind            `json:"kind"`       // the least trustworthy of what counts
}

// Activity says where the actions that depend on values come from.
type Activity string

// The activities.
const (
	Counted  Activity = "counted"  // in a run with values
	Expected Activity = "expected" // without: machine.Expect
)

// ExpectedSpread is the band around the energy of an expected action: twelve trained networks were at
// most 27 % off, see docs/energy.md.
const ExpectedSpread = 1.3

// ComponentPart is the energy of one component.
type ComponentPart struct {
	Component Component `json:"component"`
	Band
	Kind Kind `json:"kind,omitempty"` // the least trustworthy of what counts; none where nothing does
}

// Evaluate prices counts: Σ count × energy, by component. It is a pure function.
// It returns ErrValues for counts of the fast mode.
func Evaluate(t *Technology, d *arch.Design, counts *machine.Counts) (*Report, error) {
	return t.Prices(d).Evaluate(counts)
}

// Prices are what the actions of a design cost, for many counts.
type Prices struct {
	technology *Technology
	unpriced   error // why the technology has none for the design
	costs      [machine.ActionCount]Cost
	part       [machine.ActionCount]int // of Components, -1 for what costs nothing
	activity   Activity
}

// Prices prices the actions of a design.
func (t *Technology) Prices(d *arch.Design) *Prices {
	p := &Prices{technology: t, unpriced: t.unpriced(d), costs: t.Costs(d), activity: Counted}
	for a := range p.costs {
		p.part[a] = slices.Index(Components(), p.costs[a].Component)
	}
	return p
}

// Expected are the prices of counts from machine.Expect, with the band of what was not run.
func (p *Prices) Expected() *Prices {
	e := *p
	e.activity = Expected
	for a := range e.costs {
		if b := &e.costs[a].Band; machine.Action(a).Exact() {
			b.LowPJ, b.HighPJ = b.LowPJ/ExpectedSpread, b.HighPJ*ExpectedSpread
		}
	}
	return &e
}

// Evaluate prices counts, as the function does.
func (p *Prices) Evaluate(counts *machine.Counts) (*Report, error) {
	if err := p.check(counts); err != nil {
		return nil, err
	}
	r := &Report{Technology: p.technology.Name, Activity: p.activity}
	for _, c := range Components() {
		r.Components = append(r.Components, ComponentPart{Component: c})
	}
	for a := range p.costs {
		if p.part[a] < 0 || counts[a] == 0 {
			continue
		}
		part := &r.Components[p.part[a]]
		part.Band = part.Plus(p.costs[a].Times(float64(counts[a])))
		part.Kind = part.Kind.worse(p.costs[a].Kind)
	}
	for i := range r.Components {
		r.Total = r.Total.Plus(r.Components[i].Band)
		r.Kind = r.Kind.worse(r.Components[i].Kind)
	}
	return r, nil
}

// Total is Evaluate's total alone, without its checks: counts that lack values lack their
// energy too.
func (p *Prices) Total(counts *machine.Counts) (b Band) {
	for a := range p.costs {
		n, c := float64(counts[a]), &p.costs[a]
		if p.part[a] >= 0 {
			b.LowPJ += n * c.LowPJ
			b.TypicalPJ += n * c.TypicalPJ
			b.HighPJ += n * c.HighPJ
		}
	}
	return b
}

// check returns ErrValues for counts without the values that the technology prices.
func (p *Prices) check(counts *machine.Counts) error {
	if p.unpriced != nil {
		return p.unpriced
	}
	if known := counts[machine.CellActive] + counts[machine.CellZeroActivation] + counts[machine.CellZeroWeight]; known != counts[machine.CellIssued] {
		return fmt.Errorf("%w: %d cells issued, operands of %d known", ErrValues, counts[machine.CellIssued], known)
	}
	toggles := counts[machine.WeightToggle] + counts[machine.ProductToggle] + counts[machine.TreeToggle] + counts[machine.SumReadToggle]
	if p.technology.Events != nil && counts[machine.CellIssued] > 0 && toggles == 0 {
		return fmt.Errorf("%w, with toggles: %s prices bits that change", ErrValues, p.technology.Name)
	}
	return nil
}

// Part is the energy of one component.
func (r *Report) Part(c Component) Band {
	for _, p := range r.Components {
		if p.Component == c {
			return p.Band
		}
	}
	return Band{}
}

// OnChip is the energy without the memory outside.
func (r *Report) OnChip() Band {
	sum := Band{}
	for _, p := range r.Components {
		if p.Component != Memory {
			sum = sum.Plus(p.Band)
		}
	}
	return sum
}

// Caveat says how far the numbers can be trusted.
func (r *Report) Caveat() string {
	if r.Activity == Expected {
		return r.kindCaveat() + " No values were run: what depends on them is expected, not counted."
	}
	return r.kindCaveat()
}

// kindCaveat is the caveat of the technology's values.
func (r *Report) kindCaveat() string {
	switch r.Kind {
	case Assumed:
		return "Parts are assumed and scaled: compare designs with these numbers, do not budget power with them."
	case Scaled:
		return "Parts are scaled from other sizes: good to a factor of two."
	case Published:
		return "All values are published ones."
	case Calibrated:
		return "All values were fitted to netlists of a cell library: good to a factor of three against silicon."
	}
	return "All values were measured."
}
