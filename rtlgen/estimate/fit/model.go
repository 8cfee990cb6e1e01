package fit

import (
	"context"
	"fmt"

	"lowres/rtlgen/estimate"
	"lowres/rtlgen/synth"
)

// Kinds measures and fits every kind of block for a target.
func (r *Runner) Kinds(ctx context.Context, seed uint64, t synth.Target, m estimate.Model) error {
	plan := Plan(seed, t)
	if m[t] == nil {
		m[t] = map[string]*estimate.Coefficients{}
	}
	var samples []Sample
	for _, kind := range kinds(plan) {
		samples = append(samples, plan[kind]...)
	}
	measured, err := r.Measure(ctx, samples, t)
	if err != nil {
		return fmt.Errorf("%s: %w", t, err)
	}
	for len(measured) > 0 {
		n, kind := 0, measured[0].Block.Kind
		for n < len(measured) && measured[n].Block.Kind == kind {
			n++
		}
		m[t][kind] = coefficients(measured[:n])
		r.report(kind, t, measured[:n], m[t][kind])
		measured = measured[n:]
	}
	return nil
}

// report tells how well a kind is fitted.
func (r *Runner) report(kind string, t synth.Target, all []Measured, c *estimate.Coefficients) {
	if r.Progress == nil {
		return
	}
	r.Progress(fmt.Sprintf("%s %-40s %3d samples  LUT %v FF %v", t, kind, len(all), c.LUT, c.FF))
	for _, s := range all {
		e := c.At(s.Block.X)
		r.Progress(fmt.Sprintf("    %v: LUT %d for %d, FF %d for %d, BRAM %v for %v", s.Block.X, e.LUT, s.Takes.LUT, e.FF, s.Takes.FF, e.BRAM, s.Takes.BRAM))
	}
}
