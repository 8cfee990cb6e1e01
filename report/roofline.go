package report

import (
	"fmt"
	"io"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"lowres/sim/arch"
)

// Roofline draws every layer with multiply-accumulates under the roof of the design:
//
//	MACs/cycle ≤ min(lanes·columns·pixels, MACs/byte · bytes/beat)
//
// A layer near the slope waits for memory, one near the flat has all the array gives; one
// far below both loses its time elsewhere. Both axes are logarithmic.
func (s *Simulation) Roofline(w io.Writer, d *arch.Design) error {
	peak, slope := float64(d.Cells()), float64(d.MemoryBytes())
	p := plot.New()
	p.Title.Text = fmt.Sprintf("%s on %s", s.Network, s.Design)
	p.X.Label.Text, p.Y.Label.Text = "MACs per byte of memory", "MACs per cycle"
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Tick.Marker, p.Y.Tick.Marker = plot.LogTicks{Prec: -1}, plot.LogTicks{Prec: -1}
	p.Add(plotter.NewGrid())
	var points plotter.XYs
	var names []string
	for _, r := range append(s.Layers[:len(s.Layers):len(s.Layers)], s.Total) {
		if bytes := r.WeightBytes + r.InputBytes + r.OutputBytes; r.MACs > 0 && bytes > 0 && r.Cycles > 0 {
			points = append(points, plotter.XY{X: ratio(r.MACs, bytes), Y: ratio(r.MACs, r.Cycles)})
			names = append(names, "  "+r.Layer)
		}
	}
	left, right, low := peak/slope, peak/slope, peak
	for _, at := range points {
		left, right, low = min(left, at.X), max(right, at.X), min(low, at.Y)
	}
	left, right, low = decade(left, math.Floor), decade(right, math.Ceil), decade(low, math.Floor)
	roof, err := plotter.NewLine(plotter.XYs{{X: max(left, low/slope), Y: max(left*slope, low)}, {X: peak / slope, Y: peak}, {X: right, Y: peak}})
	if err != nil {
		return err
	}
	p.Add(roof)
	if len(points) > 0 {
		if err := addLayers(p, points, names); err != nil {
			return err
		}
	}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = left, right*3, low, decade(peak, math.Ceil)
	return writeSVG(w, p, 18*vg.Centimeter, 12*vg.Centimeter)
}

// addLayers draws the layers with their names.
func addLayers(p *plot.Plot, points plotter.XYs, names []string) error {
	dots, err := plotter.NewScatter(points)
	if err != nil {
		return err
	}
	dots.Radius, dots.Shape = vg.Millimeter, draw.CircleGlyph{}
	labels, err := plotter.NewLabels(plotter.XYLabels{XYs: points, Labels: names})
	if err != nil {
		return err
	}
	for i := range labels.TextStyle {
		labels.TextStyle[i].Rotation = -math.Pi / 4 // layers at the roof stand close together
	}
	p.Add(dots, labels)
	return nil
}

// decade is the power of ten that round finds.
func decade(x float64, round func(float64) float64) float64 {
	return math.Pow(10, round(math.Log10(x)))
}
