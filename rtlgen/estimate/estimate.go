// Package estimate says what a design takes on an FPGA without synthesis: LUTs,
// flip-flops and block RAMs as Yosys counts them, see package synth.
//
// Yosys keeps hierarchy there, so a design takes the sum of what its modules take, each
// for itself. A design is a list of blocks; what a block takes is linear in a few
// quantities of it, with coefficients fitted to measured blocks. docs/estimate.md says how
// far off that is.
package estimate

import (
	"fmt"

	"lowres/rtlgen/synth"
	"lowres/sim/arch"
)

// Row is what the instances of a block take together.
type Row struct {
	Block     string `json:"block"`
	Instances int    `json:"instances"`
	synth.Resources
}

// Result is what a design takes on a target.
type Result struct {
	Rows  []Row
	Total synth.Resources
}

// Design estimates a design for a target. It returns synth.ErrTarget if that cannot be synthesised,
// and ErrForm for a form of the array that was not fitted.
func Design(d *arch.Design, t synth.Target) (*Result, error) {
	m, err := Fitted()
	if err != nil {
		return nil, err
	}
	return m.Design(d, t)
}

// Design estimates with the model.
func (m Model) Design(d *arch.Design, t synth.Target) (*Result, error) {
	if err := synth.Refusal(d, t); err != nil {
		return nil, err
	}
	if d.Array.SkewedSums {
		return nil, fmt.Errorf("%w: %s: array.skewed_sums: true: adders in two halves were not fitted: want false, or lowres synth --target %s, which counts them", ErrForm, d.Name, t)
	}
	r := &Result{}
	for _, b := range Blocks(d, t) {
		c, ok := m[t][b.Kind]
		if !ok {
			return nil, fmt.Errorf("%w: no model of %s for %s: fit it again", ErrModel, b.Kind, t)
		}
		row := Row{Block: b.Name, Instances: b.Instances}
		row.Add(c.At(b.X), b.Instances)
		r.Rows = append(r.Rows, row)
		r.Total.Add(row.Resources, 1)
	}
	return r, nil
}
