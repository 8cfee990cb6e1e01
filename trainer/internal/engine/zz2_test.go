package engine

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"runtime"
	"golang.org/x/sys/unix"

	"lowres/network"
	"lowres/quant"
	"lowres/trainer/kernel"
)

func threadCPU() int64 {
	var ts unix.Timespec
	unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts)
	return ts.Nano()
}

func least(n int, f func()) float64 {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	best := int64(1 << 60)
	used := int64(0)
	for k := 0; k < 4 || used < int64(n)*1000000; k++ {
		s := threadCPU()
		f()
		e := threadCPU() - s
		best = min(best, e)
		used += e
	}
	return float64(best)
}

func TestZY(t *testing.T) {
	ms := 300
	fmt.Sscan(os.Getenv("MS"), &ms)
	for _, name := range strings.Split(os.Getenv("ZZ"), ",") {
		net := randomNet(t, name, 3)
		m, _ := NewMachine(net, network.NewFloat(net.Graph, quant.Levels{}), 256, Options{Workers: 1})
		labels := make([]uint8, 256)
		m.Step(Batch{From: noise, Labels: labels}, kernel.Step{Rate: 0.0001, Momentum: 0.9})
		w := m.workers[0]
		im := m.plan.microBatch
		g := m.groups[0]
		tot := 0.0
		for i, l := range m.plan.layers {
			f := least(ms, func() { l.forward(w, im) })
			fmt.Printf("%s layer %d: forward %.1f us/image ", name, i, f/1e3/float64(im))
			tot += f
			lin, ok := l.(*linear)
			if !ok {
				b := least(ms, func() { l.backward(w, im, g) })
				tot += b
				fmt.Printf("back %.1f us/image\n", b/1e3/float64(im))
				continue
			}
			gf := func(t float64) float64 {
				return 2 * float64(net.Graph.Layers[i].MACs()) * float64(im) / t
			}
			b := least(ms, func() { lin.weightGradient(w, im, g) })
			tot += b
			fmt.Printf("(%.0f GFLOP/s) wgrad %.1f (%.0f) ", gf(f), b/1e3/float64(im), gf(b))
			if lin.from > 0 {
				d := least(ms, func() { lin.inputGradient(w, im) })
				fmt.Printf("dgrad %.1f (%.0f) ", d/1e3/float64(im), gf(d))
				tot += d
			}
			bb := least(ms, func() { lin.biasGradient(w, im, g) })
			tot += bb
			fmt.Printf("bias %.1f\n", bb/1e3/float64(im))
			if lin.tiled {
				detail(w, lin, im, g, ms)
			}
		}
		p := least(ms, func() { m.Refresh() })
		u := least(ms, func() { m.team.run(len(m.params.tasks)+len(m.params.others), m.phases.update) })
		c := least(ms, func() { g.clear() })
		ld := least(ms, func() { w.load(noise, 0, im) })
		fmt.Printf("%s refresh %.2f ms update %.2f ms clear %.2f ms load %.1f us/image; images %.1f us/image -> %.0f images/s\n", name, p/1e6, u/1e6, c/1e6, ld/1e3/float64(im), tot/1e3/float64(im), 256e9/(p+u+8*c+(ld+tot)/float64(im)*256))
		m.Close()
	}
}

func detail(w *Worker, l *linear, im int, g *Gradient, ms int) {
	t := newTiling(l.out.H, l.out.W)
	rows := min(t.rows, im*t.down)
	tiles := rows * t.across
	c := &convolution{from: viewOf(w.maps[l.from], &l.in, true), to: viewOf(w.maps[l.to], &l.out, false),
		filters: w.params.forward[l.number], filterStep: l.filterStep(), bias: w.params.bias[l.number], relu: l.relu}
	v := least(ms, func() { w.transformInto(w.tiles.inputs, kernel.TransformInput, c.from, &t, 0, rows) })
	mu := least(ms, func() { w.multiply(c, &t, tiles) })
	o := least(ms, func() { w.transformOut(c, &t, 0, rows) })
	d := viewOf(w.gradients[l.to], &l.dOut, false)
	z := least(ms, func() { w.transformInto(w.tiles.outputs, kernel.TransformGradient, d, &t, 0, rows) })
	f := least(ms, func() {
		for channel := 0; channel < l.cin; channel += filterPanels * kernel.Columns {
			for panel := range panels(l.cout) {
				l.filterGradient(w, &t, tiles, channel, panel)
			}
		}
	})
	a := least(ms, func() {
		for channel := 0; channel < l.cin; channel += filterPanels * kernel.Columns {
			for panel := range panels(l.cout) {
				w.addFilterGradient(l, g.panel(l, panel), channel)
			}
		}
	})
	flop := 2 * 36 * float64(tiles*l.cin*l.cout)
	fmt.Printf("    %d tiles: V %.0f ns/tile-panel, mult %.1f GFLOP/s, out %.0f ns/tp, Z %.0f ns/tp, fgrad %.1f GFLOP/s, add %.0f ns/(in,panel); us/tile: V %.2f M %.2f O %.2f Z %.2f F %.2f A %.2f\n", tiles,
		v/float64(tiles*panels(l.cin)), flop/mu, o/float64(tiles*panels(l.cout)), z/float64(tiles*panels(l.cout)), flop/f, a/float64(l.cin*panels(l.cout)),
		v/1e3/float64(tiles), mu/1e3/float64(tiles), o/1e3/float64(tiles), z/1e3/float64(tiles), f/1e3/float64(tiles), a/1e3/float64(tiles))
}
