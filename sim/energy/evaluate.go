package energy

import (
	"errors"
	"fmt"

	"lowres/sim/arch"
	"lowres/sim/machine"
)

// ErrValues is returned for counts of the fast mode: what a cell costs depends
// on its operands.
var ErrValues = errors.New("energy needs counts of the exact mode")

// Report is where the energy of some work goes.
type Report struct {
	Technology string          `json:"technology"`
	Total      Band            `json:"total"`
	Components []ComponentPart `json:"components"` // in the order of Components
	Kind       Kind            `json:"kind"`       // the least trustworthy of what counts
}

// ComponentPart is the energy of one component.
type ComponentPart struct {
	Component Component `json:"component"`
	Band
	Kind Kind `json:"kind"`
}

// Evaluate prices counts: Σ count × energy, by component. It is a pure function.
// It returns ErrValues for counts of the fast mode.
func Evaluate(t *Technology, d *arch.Design, counts *machine.Counts) (*Report, error) {
	if known := counts[machine.CellActive] + counts[machine.CellZeroActivation] + counts[machine.CellZeroWeight]; known != counts[machine.CellIssued] {
		return nil, fmt.Errorf("%w: %d cells issued, operands of %d known", ErrValues, counts[machine.CellIssued], known)
	}
	toggles := counts[machine.WeightToggle] + counts[machine.ProductToggle] + counts[machine.TreeToggle] + counts[machine.SumReadToggle]
	if t.Events != nil && counts[machine.CellIssued] > 0 && toggles == 0 {
		return nil, fmt.Errorf("%w, with toggles: %s prices bits that change", ErrValues, t.Name)
	}
	parts := map[Component]*ComponentPart{}
	r := &Report{Technology: t.Name, Kind: Measured}
	for _, c := range Components() {
		parts[c] = &ComponentPart{Component: c, Kind: Measured}
	}
	for a, cost := range t.Costs(d) {
		part := parts[cost.Component]
		if part == nil || counts[a] == 0 {
			continue
		}
		part.Band = part.Plus(cost.Times(float64(counts[a])))
		part.Kind = part.Kind.worse(cost.Kind)
	}
	for _, c := range Components() {
		r.Components = append(r.Components, *parts[c])
		r.Total = r.Total.Plus(parts[c].Band)
		r.Kind = r.Kind.worse(parts[c].Kind)
	}
	return r, nil
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

// Caveat says in one sentence how far the numbers can be trusted.
func (r *Report) Caveat() string {
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
