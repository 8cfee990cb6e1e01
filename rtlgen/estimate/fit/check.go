package fit

import (
	"context"
	"fmt"

	"lowres/rtlgen/estimate"
	"lowres/rtlgen/synth"
	"lowres/sim/arch"
)

// Check is a design that the fit has not seen, measured whole.
type Check struct {
	Seed   uint64          `json:"seed"`
	Index  uint64          `json:"index"`
	Size   int             `json:"size"`
	Target synth.Target    `json:"target"`
	Yosys  synth.Resources `json:"yosys"`
}

// Design is the design again.
func (c *Check) Design() *arch.Design { return Draw(c.Seed, c.Index, c.Size) }

// sizes are those of the designs of a check, by turns.
var sizes = []int{2, 3, 2, 3, 4}

// Checks draws n designs, each for one of the targets by turns, or for the next that it can
// be synthesised for.
func Checks(seed uint64, n int) []Check {
	var all []Check
	targets := synth.Targets()
	for i := range n {
		c := Check{Seed: seed, Index: uint64(i), Size: sizes[i%len(sizes)]}
		d, next := c.Design(), i
		for synth.Refusal(d, targets[next%len(targets)]) != nil {
			next++
		}
		c.Target = targets[next%len(targets)]
		all = append(all, c)
	}
	return all
}

// Verify measures the designs of checks.
func (r *Runner) Verify(ctx context.Context, checks []Check) error {
	for _, t := range synth.Targets() {
		var samples []Sample
		var at []int
		for i := range checks {
			if checks[i].Target == t {
				samples = append(samples, Sample{estimate.Block{Kind: whole, X: []float64{1}}, checks[i].Design()})
				at = append(at, i)
			}
		}
		measured, err := r.Measure(ctx, samples, t)
		if err != nil {
			return err
		}
		for k, m := range measured {
			checks[at[k]].Yosys = m.Takes
		}
	}
	return nil
}

// Blocks measures the blocks of a design.
func (r *Runner) Blocks(ctx context.Context, d *arch.Design, t synth.Target) ([]Measured, error) {
	var all []Measured
	for _, b := range estimate.Blocks(d, t) { // one by one, since those that are alike have one name
		m, err := r.Measure(ctx, []Sample{{b, d}}, t)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", b.Name, err)
		}
		all = append(all, m...)
	}
	return all, nil
}
