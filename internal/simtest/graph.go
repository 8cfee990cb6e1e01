package simtest

import (
	"fmt"

	"lowres/network"
	"lowres/sim/arch"
)

// Graph draws one to seven layers of every kind that the design can run, of every
// kernel, stride, padding and pool that fits, with residuals and branches. The last
// makes sums or averages. draw returns a number from lo to hi.
func Graph(draw func(name string, lo, hi int) int, d *arch.Design) *network.Graph {
	g := &grapher{draw: draw, diagonal: !zeroSet(d).IsZero(), tables: d.Buffers.Table > 0}
	g.Name = "random"
	g.Input = network.Shape{H: draw("height", 1, 9), W: draw("width", 1, 9), C: draw("channels", 1, 20)}
	for range draw("layers", 0, 3) {
		g.body()
		g.residual()
		if g.diagonal {
			g.function()
		}
	}
	kinds := 2
	if g.diagonal {
		kinds = 4
	}
	switch draw("last", 0, kinds) {
	case 3:
		g.add(network.Layer{Kind: network.Depthwise, Kernel: 1})
	case 4: // activations instead of sums
		g.add(network.Layer{Kind: network.AvgPool})
	case 0:
		g.add(network.Layer{Kind: network.Conv, Out: draw("out", 1, 9), Kernel: 1})
	case 1:
		g.add(network.Layer{Kind: network.Dense, Out: draw("out", 1, 40), ReLU: g.flag("relu")})
		fallthrough
	default:
		g.add(network.Layer{Kind: network.Dense, Out: draw("out", 1, 20)})
	}
	return &g.Graph
}

// grapher draws the layers of a graph.
type grapher struct {
	network.Graph
	draw     func(name string, lo, hi int) int
	diagonal bool // the design runs diagonal passes
	tables   bool // … functions
}

func (g *grapher) flag(name string) bool { return g.draw(name, 0, 1) == 1 }

// shape is what the next layer reads.
func (g *grapher) shape() network.Shape {
	if len(g.Layers) == 0 {
		return g.Input
	}
	return g.Output()
}

// add adds a layer that fits and names it.
func (g *grapher) add(l network.Layer) {
	l.Name = fmt.Sprintf("%s%d", l.Kind, len(g.Layers))
	g.Layers = append(g.Layers, l)
	if err := g.Resolve(); err != nil {
		panic(err) // the generator keeps within the rules
	}
}

// body draws a layer and sometimes a function and a pool behind it.
func (g *grapher) body() {
	s, most := g.shape(), 1
	if g.diagonal {
		most = 4
	}
	side := min(s.H, s.W, 4)
	kernel := g.draw("kernel", 1, side)
	windowed := network.Layer{Kernel: kernel, Stride: g.draw("stride", 1, 2), Pad: g.draw("pad", 0, kernel-1), ReLU: g.flag("relu")}
	switch g.draw("kind", 0, most) {
	case 0, 1:
		windowed.Kind, windowed.Out = network.Conv, g.draw("out", 1, 24)
		g.add(windowed)
	case 2:
		windowed.Kind = network.Depthwise
		g.add(windowed)
	case 3:
		g.add(network.Layer{Kind: network.AvgPool, Kernel: kernel, Stride: windowed.Stride})
	default:
		g.add(network.Layer{Kind: network.AvgPool})
	}
	s, last := g.shape(), g.Layers[len(g.Layers)-1]
	g.function()
	if pool := g.draw("pool", 1, 3); pool > 1 && pool <= min(s.H, s.W) && (g.diagonal || last.HasWeights()) {
		l := network.Layer{Kind: network.MaxPool, Kernel: pool}
		switch strided := g.draw("strided", 0, 2) == 0; {
		case strided && g.diagonal:
			l.Stride, l.Pad = g.draw("pool stride", 1, 4), g.draw("pool pad", 0, pool-1)
		case strided: // behind its convolution, since there is no pass of its own
			l.Stride = g.draw("pool stride", pool, 4)
		}
		g.add(l)
	}
}

// function adds one, if drawn and the design has tables.
func (g *grapher) function() {
	if g.tables && (g.diagonal || g.Layers[len(g.Layers)-1].HasWeights()) && g.flag("function") {
		g.add(network.Layer{Kind: network.Lookup, Function: network.Tanh})
	}
}

// residual adds, if drawn, an earlier map of the same size to the last one, by way of a
// convolution if its channels differ.
func (g *grapher) residual() {
	if !g.diagonal || g.flag("no residual") {
		return
	}
	last := len(g.Layers) - 1
	with := g.draw("with", -1, last)
	name, shape, out := network.InputName, g.Input, g.Output()
	if with >= 0 {
		name, shape = g.Layers[with].Name, g.Layers[with].OutShape
	}
	add := network.Layer{Kind: network.Add, With: name, ReLU: g.flag("relu")}
	switch {
	case shape == out:
		g.add(add)
	case shape.H == out.H && shape.W == out.W:
		add.With = g.Layers[last].Name
		// A branch leaves the last layer unread until the sum reads it.
		g.Layers = append(g.Layers, network.Layer{Name: fmt.Sprintf("branch%d", last+1), Kind: network.Conv, From: name, Out: out.C, Kernel: 1})
		g.add(add)
	}
}
