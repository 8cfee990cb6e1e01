package fit

import (
	"context"
	"fmt"
	"math"
	"strings"

	"lowres/rtlgen/estimate"
	"lowres/rtlgen/synth"
	"lowres/sim/arch"
)

// Check is a design that the fit has not seen, measured whole.
type Check struct {
	Seed    uint64          `json:"seed"`
	Index   uint64          `json:"index"`
	Largest int             `json:"largest"`
	Target  synth.Target    `json:"target"`
	Yosys   synth.Resources `json:"yosys"`
}

// Design is the design again.
func (c *Check) Design() *arch.Design { return Draw(c.Seed, c.Index, c.Largest) }

// sizes are the most lanes and columns of the designs of a check, in turn.
var sizes = []int{4, 8, 4}

// Checks draws n designs, each for the target that it is written for, or for one of
// those that it can be synthesised for, in turn.
func Checks(seed uint64, n int) []Check {
	var all []Check
	for i := range uint64(n) {
		c := Check{Seed: seed, Index: i, Largest: sizes[i%uint64(len(sizes))]}
		d := c.Design()
		c.Target = synth.Targets()[i%3]
		if estimate.Refusal(d, c.Target) != nil {
			c.Target = estimate.Default(d.Target)
		}
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

// Off is how far an estimate is off: the difference, divided by what is.
type Off struct{ LUT, FF, BRAM float64 }

// OffBy compares an estimate with what is.
func OffBy(e, is synth.Resources) Off {
	return Off{ratio(float64(e.LUT), float64(is.LUT)), ratio(float64(e.FF), float64(is.FF)), ratio(e.BRAM, is.BRAM)}
}

// ratio is (e - is) / is, and 0 where both are 0.
func ratio(e, is float64) float64 {
	if e == is {
		return 0
	}
	return (e - is) / is
}

// Table is the checks of a model in Markdown, with the mean and the greatest error.
func Table(m estimate.Model, checks []Check) (string, error) {
	var rows, s strings.Builder
	type sum struct {
		n                int
		mean, bias, most Off
	}
	sums := map[synth.Target]*sum{}
	for _, c := range checks {
		d := c.Design()
		e, err := m.Design(d, c.Target)
		if err != nil {
			return "", err
		}
		o := OffBy(e.Total, c.Yosys)
		a := sums[c.Target]
		if a == nil {
			a = &sum{}
			sums[c.Target] = a
		}
		a.n++
		for _, x := range []struct {
			to  [3]*float64
			off float64
		}{{[3]*float64{&a.mean.LUT, &a.most.LUT, &a.bias.LUT}, o.LUT}, {[3]*float64{&a.mean.FF, &a.most.FF, &a.bias.FF}, o.FF}, {[3]*float64{&a.mean.BRAM, &a.most.BRAM, &a.bias.BRAM}, o.BRAM}} {
			*x.to[0] += math.Abs(x.off)
			*x.to[1] = max(*x.to[1], math.Abs(x.off))
			*x.to[2] += x.off
		}
		fmt.Fprintf(&rows, "| %s | %s | %d | %d | %+.1f | %d | %d | %+.1f | %v | %v |\n", describe(d), c.Target,
			e.Total.LUT, c.Yosys.LUT, 100*o.LUT, e.Total.FF, c.Yosys.FF, 100*o.FF, e.Total.BRAM, c.Yosys.BRAM)
	}
	s.WriteString("| target | designs | LUT: mean, worst, bias % | FF | BRAM |\n|---|---|---|---|---|\n")
	for _, t := range synth.Targets() {
		if a := sums[t]; a != nil {
			cell := func(mean, most, bias float64) string {
				return fmt.Sprintf("%.2f, %.1f, %+.2f", 100*mean/float64(a.n), 100*most, 100*bias/float64(a.n))
			}
			fmt.Fprintf(&s, "| %s | %d | %s | %s | %s |\n", t, a.n, cell(a.mean.LUT, a.most.LUT, a.bias.LUT), cell(a.mean.FF, a.most.FF, a.bias.FF), cell(a.mean.BRAM, a.most.BRAM, a.bias.BRAM))
		}
	}
	s.WriteString("\n| design | target | LUT | Yosys | % | FF | Yosys | % | BRAM | Yosys |\n|---|---|---|---|---|---|---|---|---|---|\n")
	s.WriteString(rows.String())
	return s.String(), nil
}

// describe says in a few words what a design is like.
func describe(d *arch.Design) string {
	a := d.Array
	size := fmt.Sprintf("%d × %d", a.Lanes, a.Cols)
	if a.Pixels > 1 {
		size += fmt.Sprintf(" × %d", a.Pixels)
	}
	levels := fmt.Sprintf("N = %s", strings.Trim(strings.Join(strings.Fields(fmt.Sprint(d.Levels)), ", "), "[]"))
	if len(d.Custom) > 0 {
		levels = fmt.Sprintf("%d custom levels", len(d.Custom[0]))
	}
	text := fmt.Sprintf("%s, %s, hold %d, %d requantisers, %d bits", size, levels, a.Hold, a.Requantisers, d.Memory.WidthBits)
	if d.Tables != nil {
		return text + ", " + string(a.Cell)
	}
	return fmt.Sprintf("%s, %s at %s, %s", text, d.Weights.Packing, d.Weights.Decode, d.Target)
}
