package report

import (
	"fmt"
	"io"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"lowres/network"
	"lowres/sim/machine"
	"lowres/sim/program"
)

// bar is an instruction at work.
type bar struct {
	engine   program.Engine
	from, to float64 // cycles
	layer    int     // number in order of execution
}

// bars draws bars into a plot, a row for each engine, the first on top.
type bars []bar

// Plot implements plot.Plotter.
func (all bars) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for _, b := range all {
		row := float64(program.EngineCount-1) - float64(b.engine)
		left, right, low, high := x(b.from), x(b.to), y(row-0.4), y(row+0.4)
		c.FillPolygon(plotutil.SoftColors[b.layer%len(plotutil.SoftColors)], []vg.Point{{X: left, Y: low}, {X: right, Y: low}, {X: right, Y: high}, {X: left, Y: high}})
	}
}

// DataRange implements plot.DataRanger.
func (all bars) DataRange() (xmin, xmax, ymin, ymax float64) {
	for _, b := range all {
		xmax = max(xmax, b.to)
	}
	return 0, xmax, -0.5, float64(program.EngineCount) - 0.5
}

// Gantt draws when every engine runs: a bar from an instruction's go to the end of its
// run, in a colour of its layer. What the memory still answers behind it is not drawn.
func Gantt(w io.Writer, g *network.Graph, t *machine.Timing, p *program.Program) error {
	var all bars
	number := map[int]int{}
	fig := plot.New()
	fig.Title.Text = fmt.Sprintf("%s: what the engines do", g.Name)
	fig.X.Label.Text = "cycle"
	fig.Legend.Top = true
	for e := range program.EngineCount {
		for i := range t.Steps[e] {
			layer := p.Places[e][i].Layer
			n, ok := number[layer]
			if !ok {
				n = len(number)
				number[layer] = n
				fig.Legend.Add(g.Layers[layer].Name, swatch(n))
			}
			all = append(all, bar{e, float64(t.Steps[e][i].Go + 1), float64(t.Steps[e][i].Leave + 1), n})
		}
	}
	fig.Add(all)
	fig.NominalY(program.StoreEngine.String(), program.ComputeEngine.String(), program.LoadEngine.String())
	fig.X.Max *= 1.15 // room for the legend
	return writeSVG(w, fig, 28*vg.Centimeter, 9*vg.Centimeter)
}

// swatch is a layer's colour in the legend.
type swatch int

// Thumbnail implements plot.Thumbnailer.
func (s swatch) Thumbnail(c *draw.Canvas) {
	c.SetColor(plotutil.SoftColors[int(s)%len(plotutil.SoftColors)])
	c.Fill(c.Rectangle.Path())
}
