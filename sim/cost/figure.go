package cost

import (
	"fmt"
	"image/color"
	"io"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// SVG draws every row that the design can run: its cost to the right, energy where all
// have one and latency otherwise; upwards its accuracy where all have one, otherwise its
// levels. Those of the Pareto set are filled.
func SVG(w io.Writer, title string, rows []Row) error {
	p := plot.New()
	p.Title.Text = title
	p.Add(plotter.NewGrid())
	accuracy, joules := true, true
	var ok []Row
	for _, r := range rows {
		if r.Fault == "" {
			ok = append(ok, r)
			accuracy, joules = accuracy && r.Accuracy != nil, joules && r.Energy != nil
		}
	}
	p.X.Label.Text, p.Y.Label.Text = "latency, ms", "levels of a weight"
	if joules {
		p.X.Label.Text = "energy, µJ"
	}
	if accuracy {
		p.Y.Label.Text = "accuracy, %"
	}
	for i := range ok {
		r := &ok[i]
		at := plotter.XY{X: r.LatencyMS, Y: float64(r.N)}
		if joules {
			at.X = r.Energy.TypicalPJ / 1e6
		}
		if accuracy {
			at.Y = 100 * *r.Accuracy
		}
		if err := addPoint(p, at, r); err != nil {
			return err
		}
	}
	p.X.Min, p.X.Max = 0, 1.1*p.X.Max
	canvas := vgsvg.New(16*vg.Centimeter, 11*vg.Centimeter)
	all := draw.New(canvas)
	all.SetColor(color.White)
	all.Fill(all.Rectangle.Path())
	p.Draw(all)
	_, err := canvas.WriteTo(w)
	return err
}

// addPoint draws a row with its name.
func addPoint(p *plot.Plot, at plotter.XY, r *Row) error {
	dot, err := plotter.NewScatter(plotter.XYs{at})
	if err != nil {
		return err
	}
	dot.Radius, dot.Shape = vg.Millimeter, draw.RingGlyph{}
	if r.Pareto {
		dot.Shape = draw.CircleGlyph{}
	}
	name, err := plotter.NewLabels(plotter.XYLabels{XYs: plotter.XYs{at}, Labels: []string{fmt.Sprintf("  %s", r.Levels)}})
	if err != nil {
		return err
	}
	p.Add(dot, name)
	return nil
}
