package fit

import (
	"fmt"
	"math"
	"strings"

	"lowres/rtlgen/estimate"
	"lowres/rtlgen/synth"
	"lowres/sim/arch"
)

// Off is how far an estimate is off, of LUTs, flip-flops and block RAMs: the difference,
// divided by what is.
type Off [3]float64

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

// Worst is the greatest error of the three.
func (o Off) Worst() float64 { return max(math.Abs(o[0]), math.Abs(o[1]), math.Abs(o[2])) }

// summary adds up the errors of designs.
type summary struct {
	designs           int
	size, worst, bias Off // sums of |off| and of off, and the greatest |off|
}

func (s *summary) add(o Off) {
	s.designs++
	for i, off := range o {
		s.size[i] += math.Abs(off)
		s.worst[i] = max(s.worst[i], math.Abs(off))
		s.bias[i] += off
	}
}

// row is the summary in Markdown.
func (s *summary) row(name string) string {
	row := fmt.Sprintf("| %s | %d |", name, s.designs)
	n := float64(s.designs)
	for i := range s.size {
		row += fmt.Sprintf(" %.2f | %.1f | %+.2f |", 100*s.size[i]/n, 100*s.worst[i], 100*s.bias[i]/n)
	}
	return row + "\n"
}

// Table is the checks of a model in Markdown: the errors by target, then every design.
func Table(m estimate.Model, checks []Check) (string, error) {
	var rows strings.Builder
	all := summary{}
	of := map[synth.Target]*summary{}
	for _, t := range synth.Targets() {
		of[t] = &summary{}
	}
	for _, c := range checks {
		d := c.Design()
		e, err := m.Design(d, c.Target)
		if err != nil {
			return "", err
		}
		o := OffBy(e.Total, c.Yosys)
		all.add(o)
		of[c.Target].add(o)
		fmt.Fprintf(&rows, "| %s | %s | %d | %d | %+.1f | %d | %d | %+.1f | %v | %v |\n", describe(d), c.Target,
			e.Total.LUT, c.Yosys.LUT, 100*o[0], e.Total.FF, c.Yosys.FF, 100*o[1], e.Total.BRAM, c.Yosys.BRAM)
	}
	text := "| target | designs | LUT: mean error, % | worst | bias | FF: mean | worst | bias | BRAM: mean | worst | bias |\n" +
		"|---|---|---|---|---|---|---|---|---|---|---|\n"
	for _, t := range synth.Targets() {
		text += of[t].row(string(t))
	}
	text += all.row("all")
	text += "\n| design | target | LUT | Yosys | % | FF | Yosys | % | BRAM | Yosys |\n|---|---|---|---|---|---|---|---|---|---|\n"
	return text + rows.String(), nil
}

// describe says in a few words what a design is like.
func describe(d *arch.Design) string {
	a := d.Array
	size := fmt.Sprintf("%d × %d", a.Lanes, a.Cols)
	if a.Pixels > 1 {
		size += fmt.Sprintf(" × %d", a.Pixels)
	}
	var levels []string
	for _, l := range d.Sets {
		levels = append(levels, fmt.Sprint(l.N()))
	}
	text := fmt.Sprintf("%s, %s levels, hold %d, %d requantisers, %d bits", size, strings.Join(levels, ", "), a.Hold, a.Requantisers, d.Memory.WidthBits)
	if d.Tables != nil {
		return text + ", " + string(a.Cell)
	}
	return fmt.Sprintf("%s, %s at %s, %s", text, d.Weights.Packing, d.Weights.Decode, d.Target)
}
