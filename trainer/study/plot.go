package study

import (
	"fmt"
	"image/color"
	"io"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"lowres/trainer"
)

// panel is one of the four plots of a figure.
type panel struct {
	title    string
	quantity func(trainer.Epoch) float64
	percent  bool
}

// panels are the plots of a figure, two in a row.
func panels() [2][2]panel {
	return [2][2]panel{
		{{"training cost", func(e trainer.Epoch) float64 { return e.TrainCost }, false},
			{"test cost", func(e trainer.Epoch) float64 { return e.TestCost }, false}},
		{{"training accuracy, %", func(e trainer.Epoch) float64 { return 100 * e.TrainAccuracy }, true},
			{"test accuracy, %", func(e trainer.Epoch) float64 { return 100 * e.TestAccuracy }, true}},
	}
}

// maxCost cuts off the peaks of unstable training, in nats; guessing among ten classes costs 2.3.
const maxCost = 10

// The sizes of a figure.
const (
	figureWidth  = 24 * vg.Centimeter
	figureHeight = 17 * vg.Centimeter
	titleHeight  = 1 * vg.Centimeter
	legendWidth  = 2.6 * vg.Centimeter // at least
	letterWidth  = 0.21 * vg.Centimeter
	maxLabel     = 24 // letters
	margin       = 2 * vg.Millimeter
)

// SVG draws cost and accuracy in training and test. Every N has a colour of its own in all figures; lines of
// an N whose levels include zero are whole, others are dashed; those of sets that are not the paper's are
// dotted. With several seeds a line is their mean.
func (f *Figure) SVG(w io.Writer) error {
	canvas := vgsvg.New(figureWidth, figureHeight)
	if err := f.draw(draw.New(canvas)); err != nil {
		return fmt.Errorf("figure %s: %w", f.Name(), err)
	}
	_, err := canvas.WriteTo(w)
	return err
}

// draw draws the four panels under the title, with the legend to their right.
func (f *Figure) draw(all draw.Canvas) error {
	width := f.legendWidth()
	legend := plot.NewLegend()
	legend.Top, legend.Left, legend.Padding = true, true, margin/2
	all.SetColor(color.White)
	all.Fill(all.Rectangle.Path())
	plots := [][]*plot.Plot{{nil, nil}, {nil, nil}}
	for y, row := range panels() {
		for x, p := range row {
			drawn, err := f.plot(p, &legend, y == 0 && x == 0)
			if err != nil {
				return fmt.Errorf("%s: %w", p.title, err)
			}
			plots[y][x] = drawn
		}
	}
	tiles := draw.Tiles{Rows: 2, Cols: 2, PadX: vg.Centimeter / 2, PadY: vg.Centimeter / 2}
	for y, row := range plot.Align(plots, tiles, draw.Crop(all, margin, -width, 0, -titleHeight)) {
		for x, c := range row {
			plots[y][x].Draw(c)
		}
	}
	legend.Draw(draw.Crop(all, figureWidth-width+margin, 0, 0, -titleHeight))
	title := plots[0][0].Title.TextStyle
	title.XAlign, title.YAlign = draw.XCenter, draw.YTop
	all.FillText(title, vg.Point{X: (figureWidth - width) / 2, Y: figureHeight - margin}, f.Title())
	return nil
}

// plot draws the lines of one quantity, and names them in the legend if it should.
func (f *Figure) plot(q panel, legend *plot.Legend, name bool) (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text, p.X.Label.Text = q.title, "epoch"
	p.Add(plotter.NewGrid())
	others := 0
	for _, l := range f.lines(q.quantity) {
		drawn, err := plotter.NewLine(l.points())
		if err != nil {
			return nil, err
		}
		if drawn.LineStyle = style(l.run.NValues); l.run.Levels != "" {
			drawn.LineStyle = otherStyle(others)
			others++
		}
		p.Add(drawn)
		if len(l.values) == 1 {
			dot, err := plotter.NewScatter(l.points())
			if err != nil {
				return nil, err
			}
			dot.Color, dot.Shape = drawn.Color, draw.CircleGlyph{}
			p.Add(dot)
		}
		if name {
			legend.Add(l.run.label(), drawn)
		}
	}
	p.Y.Min, p.Y.Max = 0, min(p.Y.Max, maxCost)
	if q.percent {
		p.Y.Max = 100
	}
	return p, nil
}

// points are the corners of a line.
func (l *line) points() plotter.XYs {
	points := make(plotter.XYs, len(l.values))
	for i, v := range l.values {
		points[i] = plotter.XY{X: float64(i + 1), Y: v}
	}
	return points
}

// label names the run's levels in the legend.
func (r *Run) label() string {
	switch letters := []rune(r.Levels); {
	case len(letters) > maxLabel:
		return string(letters[:maxLabel-1]) + "…"
	case r.Levels != "":
		return r.Levels
	case r.NValues == 0:
		return "float32"
	}
	return fmt.Sprintf("N = %d", r.NValues)
}

// legendWidth is the room that the longest label needs.
func (f *Figure) legendWidth() vg.Length {
	width := vg.Length(legendWidth)
	for i := range f.Runs {
		width = max(width, vg.Centimeter+letterWidth*vg.Length(len([]rune(f.Runs[i].label()))))
	}
	return width
}

// style is the look of the line of n values. The colours are told apart by colour-blind readers too.
// Source: Okabe and Ito, "Color Universal Design", 2008.
func style(n int) draw.LineStyle {
	s := draw.LineStyle{Width: vg.Points(1.2), Color: color.Gray{120}}
	switch n {
	case 0:
		s.Color = color.Gray{0}
	case 2:
		s.Color = color.RGBA{213, 94, 0, 255}
	case 3:
		s.Color = color.RGBA{0, 114, 178, 255}
	case 4:
		s.Color = color.RGBA{204, 121, 167, 255}
	case 5:
		s.Color = color.RGBA{0, 158, 115, 255}
	case 8:
		s.Color = color.RGBA{230, 159, 0, 255}
	case 9:
		s.Color = color.RGBA{86, 180, 233, 255}
	case 16:
		s.Color = color.RGBA{150, 120, 30, 255}
	}
	if n%2 == 0 && n != 0 {
		s.Dashes = []vg.Length{vg.Points(5), vg.Points(2)}
	}
	return s
}

// otherStyle is the look of line number k of those whose sets are not the paper's.
func otherStyle(k int) draw.LineStyle {
	s := style([]int{3, 2, 5, 4, 8, 9, 16}[k%7])
	s.Dashes = []vg.Length{vg.Points(1.5), vg.Points(1.5)}
	return s
}
