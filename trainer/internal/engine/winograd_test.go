package engine

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"lowres/network"
	"lowres/quant"
	"lowres/trainer/kernel"
)

// tiledNet is a small network of two tiled convolutions over a map of h×w, the first of them with a filter and a
// pad of its own. Their channels do not fill panels. It has N levels, or float32 for 0.
func tiledNet(tb testing.TB, h, w, filter, pad, n int) *network.Float {
	tb.Helper()
	g := &network.Graph{Name: fmt.Sprintf("tiled %dx%d filter %d pad %d", h, w, filter, pad), Input: network.Shape{H: h, W: w, C: 3}, Layers: []network.Layer{
		{Name: "conv1", Kind: network.Conv, Out: 32, Kernel: 3, Pad: 1, ReLU: true},
		{Name: "conv2", Kind: network.Conv, Out: 40, Kernel: filter, Pad: pad, ReLU: true},
		{Name: "conv3", Kind: network.Conv, Out: 70, Kernel: 3, Pad: 1},
		{Name: "fc1", Kind: network.Dense, Out: 10},
	}}
	require.NoError(tb, g.Resolve())
	return fill(tb, g, n)
}

// winogradBound is how far a gradient of tiledNet may be from that of float64, as a part of the largest of its
// tensor. A tile errs by up to 5e-6 of the root mean square of its outputs (see package kernel), and a gradient goes
// through three of them and a sum over a map, in which errors cancel; 3e-6 was seen.
const winogradBound = 1e-5

// A step of tiled convolutions, with maps whose sides are no multiples of a tile's, against float64.
func TestTiledConvolutionsEqualTheReference(t *testing.T) {
	shapes := []struct{ h, w, filter, pad int }{{8, 8, 3, 1}, {6, 11, 3, 0}, {7, 10, 3, 2}, {9, 6, 3, 1}, {8, 8, 5, 2}, {7, 5, 5, 3}, {9, 10, 5, 1}}
	worst := map[string]float64{}
	for _, s := range shapes {
		net := tiledNet(t, s.h, s.w, s.filter, s.pad, 0)
		for _, i := range []int{1, 2} {
			require.True(t, isTiled(net.Graph, i), "%s, layer %d", net.Graph.Name, i)
		}
		const images = 2
		first := clearOfKinks(net, images)
		r := newReference(net)
		for i := range images {
			r.cost(input(first+i, net.Graph.Input.Size()), i)
			r.backward(i, 1.0/images)
		}
		for _, set := range kernel.All() {
			worst[set.Name] = max(worst[set.Name], gradientError(t, set, net.Clone(), r, first, images))
		}
	}
	for name, far := range worst {
		t.Logf("%s: largest error of a gradient %.2g of the largest gradient of its tensor", name, far)
		assert.Less(t, far, winogradBound, name)
	}
}

// gradientError takes a step by images pictures from first on, and returns the largest distance of a gradient
// from the reference's, in units of the largest gradient of its tensor.
func gradientError(t *testing.T, set *kernel.Set, net *network.Float, r *reference, first, images int) (worst float64) {
	t.Helper()
	before := net.Clone()
	m, err := NewMachine(net, network.NewFloat(net.Graph, quant.Levels{}), images, Options{Workers: 2, Set: set})
	require.NoError(t, err)
	defer m.Close()
	from := func(position int, pixels []uint8) { noise(first+position, pixels) }
	m.Step(Batch{From: from, Labels: []uint8{0, 1}}, kernel.Step{Rate: 1})
	for i := range net.Graph.Layers {
		for k, tensor := range net.Tensors(i) {
			top, far := 0.0, 0.0
			for j, g := range r.gradient(i)[k].Values {
				top = max(top, math.Abs(g))
				far = max(far, math.Abs(g-(float64(before.Tensors(i)[k].Values[j])-float64(tensor.Values[j]))))
			}
			worst = max(worst, far/top)
		}
	}
	return worst
}

// clearOfKinks returns the first of images pictures in a row whose passes stay clear of kinks.
func clearOfKinks(net *network.Float, images int) int {
	for first, good := 0, 0; ; first++ {
		r := newReference(net)
		r.cost(input(first, net.Graph.Input.Size()), 0)
		if good++; r.gap < kink {
			good = 0
		}
		if good == images {
			return first - images + 1
		}
	}
}

func TestTiledConvolutionsDoNotDependOnTheWorkers(t *testing.T) {
	run := func(workers int) *network.Float {
		net := tiledNet(t, 7, 10, 3, 1, 3)
		m, err := NewMachine(net, network.NewFloat(net.Graph, quant.Levels{}), 100, Options{Workers: workers})
		require.NoError(t, err)
		defer m.Close()
		for range 2 {
			m.Step(Batch{From: noise, Labels: make([]uint8, 100)}, kernel.Step{Rate: 0.1, Momentum: 0.9})
		}
		return net
	}
	want := run(1)
	require.Equal(t, want, run(2))
	require.Equal(t, want, run(5))
}

func TestConvolutionsThatAreNotWorthTilesHaveNone(t *testing.T) {
	good := network.Layer{Kind: network.Conv, Out: 32, Kernel: 3, Stride: 1, Pad: 1}
	cases := map[string]struct {
		change func(first, l *network.Layer)
		want   bool
	}{
		"3x3 over 32 channels": {func(_, _ *network.Layer) {}, true},
		"5x5":                  {func(_, l *network.Layer) { l.Kernel, l.Pad = 5, 2 }, true},
		"4x4":                  {func(_, l *network.Layer) { l.Kernel, l.Pad = 4, 2 }, false},
		"stride 2":             {func(_, l *network.Layer) { l.Stride = 2 }, false},
		"few inputs":           {func(first, _ *network.Layer) { first.Out = 31 }, false},
		"few outputs":          {func(_, l *network.Layer) { l.Out = 31 }, false},
		"a small map":          {func(first, _ *network.Layer) { first.Kernel, first.Pad = 7, 0 }, false},
	}
	for name, k := range cases {
		g := &network.Graph{Name: name, Input: network.Shape{H: 8, W: 8, C: 3}, Layers: []network.Layer{good, good, good}}
		for i := range g.Layers {
			g.Layers[i].Name = fmt.Sprint("conv", i)
		}
		k.change(&g.Layers[0], &g.Layers[1])
		require.NoError(t, g.Resolve(), name)
		assert.Equal(t, k.want, isTiled(g, 1), name)
		assert.False(t, isTiled(g, 0), "%s: the first layer has 3 channels", name)
	}
}

// CVNN1 has two tiled convolutions, of 16 and 4 tiles.
func TestExecutedOperationsAreThoseOfTheTiles(t *testing.T) {
	g, err := network.Model("cvnn1")
	require.NoError(t, err)
	direct := 2 * 3 * 9.0 * (16*16*64*128 + 8*8*128*256)
	tiles := 2 * 3 * 36.0 * (16*64*128 + 4*128*256)
	require.Equal(t, StepFLOP(g)-direct+tiles, ExecutedFLOP(g))
	g, err = network.Model("fcnn1")
	require.NoError(t, err)
	require.Equal(t, StepFLOP(g), ExecutedFLOP(g))
}
