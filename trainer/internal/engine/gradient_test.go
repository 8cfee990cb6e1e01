package engine

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lowres/network"
	"lowres/quant"
	"lowres/trainer/kernel"
)

// kink is how near a pass may come to a point where the gradient jumps.
const kink = 1e-5

// testNoise decides what dropout drops in the tests.
var testNoise = uint64(77)

// layerOf draws one layer that fits the shape s.
func layerOf(t *rapid.T, s network.Shape, last bool) network.Layer {
	draw := func(name string, lo, hi int) int { return rapid.IntRange(lo, max(lo, hi)).Draw(t, name) }
	if last {
		return network.Layer{Kind: network.Dense, Out: draw("classes", 2, 40)}
	}
	side := min(s.H, s.W)
	if rapid.Bool().Draw(t, "transformer") {
		return transformerLayerOf(t, s)
	}
	switch kind := draw("kind", 0, 5); {
	case kind == 5:
		return network.Layer{Kind: network.Lookup, Function: rapid.SampledFrom(network.Functions()).Draw(t, "function")}
	case kind == 4:
		l := network.Layer{Kind: network.AvgPool, Kernel: draw("window", 0, min(side, 3))}
		if l.Kernel > 0 {
			l.Stride = draw("stride", 0, 2)
		}
		return l
	case kind == 3:
		k := draw("kernel", 1, min(side, 4))
		return network.Layer{Kind: network.Depthwise, Kernel: k, Stride: draw("stride", 1, 2), Pad: draw("pad", 0, k-1), ReLU: rapid.Bool().Draw(t, "relu")}
	case kind == 0 && side >= 2:
		l := network.Layer{Kind: network.MaxPool, Kernel: draw("window", 2, min(side, 3))}
		if draw("overlap", 0, 1) == 1 {
			l.Stride, l.Pad = draw("stride", 1, 3), draw("pad", 0, l.Kernel-1)
		}
		return l
	case kind == 1:
		k := draw("kernel", 1, min(side, 5))
		return network.Layer{Kind: network.Conv, Out: draw("out", 1, 70), Kernel: k, Stride: draw("stride", 1, 3),
			Pad: draw("pad", 0, k-1), ReLU: rapid.Bool().Draw(t, "relu")}
	}
	return denseOf(t)
}

func denseOf(t *rapid.T) network.Layer {
	l := network.Layer{Kind: network.Dense, Out: rapid.IntRange(1, 70).Draw(t, "out")}
	switch rapid.IntRange(0, 2).Draw(t, "activation") {
	case 0:
		l.ReLU = true
	case 1:
		l.GELU = true
	}
	return l
}

// transformerLayerOf draws a layer of a transformer. One channel cannot be normalised.
func transformerLayerOf(t *rapid.T, s network.Shape) network.Layer {
	kinds := []network.Kind{network.Attention, network.FeedForward, network.LayerNorm, network.Dropout}
	l := network.Layer{Kind: rapid.SampledFrom(kinds).Draw(t, "kind")}
	switch {
	case l.Kind == network.Dropout || s.C == 1:
		return network.Layer{Kind: network.Dropout, Rate: rapid.Float64Range(0.1, 0.9).Draw(t, "rate")}
	case l.Kind == network.Attention:
		for l.Heads = rapid.IntRange(1, s.C).Draw(t, "heads"); s.C%l.Heads != 0; {
			l.Heads--
		}
	}
	return l
}

// firstOf draws patches for the start of a network.
func firstOf(t *rapid.T, s network.Shape) network.Layer {
	k := rapid.IntRange(1, min(s.H, s.W)).Draw(t, "patch")
	return network.Layer{Kind: network.Patches, Kernel: k, Out: rapid.IntRange(2, 40).Draw(t, "embedding")}
}

func drawGraph(t *rapid.T) *network.Graph {
	g := &network.Graph{Name: "drawn", Input: network.Shape{H: rapid.IntRange(1, 9).Draw(t, "h"),
		W: rapid.IntRange(1, 14).Draw(t, "w"), C: rapid.IntRange(1, 5).Draw(t, "c")}}
	depth := rapid.IntRange(1, 4).Draw(t, "depth")
	for i := range depth {
		shape := g.Input
		if i > 0 {
			shape = g.Output()
		}
		l := layerOf(t, shape, i == depth-1)
		if i == 0 && depth > 1 && rapid.IntRange(0, 3).Draw(t, "first") == 0 {
			l = firstOf(t, shape)
		}
		l.Name = string(rune('a' + i))
		g.Layers = append(g.Layers, l)
		require.NoError(t, g.Resolve())
		if i < depth-1 {
			addResidual(t, g)
		}
	}
	return g
}

// addResidual adds, if drawn, an earlier map of the same size to the last one, by way of a convolution if
// its channels differ.
func addResidual(t *rapid.T, g *network.Graph) {
	last := len(g.Layers) - 1
	with := rapid.IntRange(-1, last).Draw(t, "with")
	name, shape, out := network.InputName, g.Input, g.Output()
	if with >= 0 {
		name, shape = g.Layers[with].Name, g.Layers[with].OutShape
	}
	if shape.H != out.H || shape.W != out.W || rapid.IntRange(0, 2).Draw(t, "no residual") > 0 {
		return
	}
	add := network.Layer{Name: g.Layers[last].Name + "sum", Kind: network.Add, With: name, ReLU: rapid.Bool().Draw(t, "relu of the sum")}
	if shape != out {
		branch := network.Layer{Name: g.Layers[last].Name + "branch", Kind: network.Conv, From: name, Out: out.C,
			Kernel: 1 + 2*rapid.IntRange(0, 1).Draw(t, "wide")}
		branch.Pad, add.With = branch.Kernel/2, g.Layers[last].Name
		if min(shape.H, shape.W)+2*branch.Pad < branch.Kernel {
			branch.Kernel, branch.Pad = 1, 0
		}
		g.Layers = append(g.Layers, branch)
	}
	g.Layers = append(g.Layers, add)
	require.NoError(t, g.Resolve())
}

// drawNet draws a network whose every layer has levels of its own: float32, one of the paper's, or another set.
func drawNet(t *rapid.T) *network.Float {
	net := network.NewFloat(drawGraph(t), quant.Levels{})
	for i := range net.Graph.Layers {
		if !net.Graph.Layers[i].HasLevels() {
			continue
		}
		switch n := rapid.SampledFrom(append(quant.PaperN(), 0, 7)).Draw(t, "N"); n {
		case 0:
		case 7:
			net.Levels[i], _ = quant.Custom([]int{-4, -2, -1, 0, 1, 2, 4})
		default:
			net.Levels[i], _ = quant.ForN(n)
		}
	}
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
	for i := range net.Graph.Layers {
		for _, tensor := range net.Tensors(i) {
			for k := range tensor.Values {
				tensor.Values[k] = (2*r.Float32() - 1) / 4
			}
		}
	}
	return net
}

func input(position, size int) []float64 {
	pixels := make([]uint8, size)
	noise(position, pixels)
	x := make([]float64, size)
	for k, p := range pixels {
		x[k] = (float64(p) - 128) / 128
	}
	return x
}

func TestReferenceGradientsEqualCentralDifferences(t *testing.T) {
	const h = 1e-6
	rapid.Check(t, func(t *rapid.T) {
		net := drawNet(t)
		r := newReference(net)
		r.noise = &testNoise
		x := input(rapid.IntRange(0, 100).Draw(t, "image"), net.Graph.Input.Size())
		label := rapid.IntRange(0, net.Graph.Output().C-1).Draw(t, "label")
		r.cost(x, label)
		r.backward(label, 1)
		if r.gap < kink {
			t.Skip("the gradient jumps nearby")
		}
		i := rapid.SampledFrom(withParameters(net.Graph)).Draw(t, "layer")
		gradients := r.gradient(i)
		for j, tensor := range r.parameters(i) {
			k := rapid.IntRange(0, len(tensor.Values)-1).Draw(t, tensor.Name)
			saved := tensor.Values[k]
			tensor.Values[k] = saved + h
			up := r.cost(x, label)
			tensor.Values[k] = saved - h
			down := r.cost(x, label)
			tensor.Values[k] = saved
			require.InDelta(t, (up-down)/(2*h), gradients[j].Values[k], 1e-4, "layer %d, %s %d", i, tensor.Name, k)
		}
	})
}

func withParameters(g *network.Graph) (layers []int) {
	for i := range g.Layers {
		if g.Layers[i].Parameters() > 0 {
			layers = append(layers, i)
		}
	}
	return layers
}

// A step with rate 1 and no momentum moves every parameter by minus its gradient.
func TestStepEqualsTheReferenceGradients(t *testing.T) {
	for _, set := range kernel.All() {
		t.Run(set.Name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { checkStep(t, set) })
		})
	}
}

func checkStep(t *rapid.T, set *kernel.Set) {
	net := drawNet(t)
	r := newReference(net)
	r.noise = &testNoise
	labels := make([]uint8, rapid.SampledFrom([]int{1, 3, 17, 40}).Draw(t, "batch"))
	want := 0.0
	for i := range labels {
		labels[i] = uint8(rapid.IntRange(0, net.Graph.Output().C-1).Draw(t, "label"))
		r.position = i
		want += r.cost(input(i, net.Graph.Input.Size()), int(labels[i]))
		r.backward(int(labels[i]), 1/float64(len(labels)))
	}
	if r.gap < kink {
		t.Skip("float32 and float64 may take different sides of a kink")
	}
	before := net.Clone()
	m, err := NewMachine(net, network.NewFloat(net.Graph, quant.Levels{}), len(labels), Options{Workers: 2, Set: set})
	require.NoError(t, err)
	defer m.Close()
	cost, _ := m.Step(Batch{From: noise, Labels: labels, Noise: testNoise}, kernel.Step{Rate: 1})
	require.InDelta(t, want, cost, 1e-3*(1+want))
	for i := range net.Graph.Layers {
		for k, tensor := range net.Tensors(i) {
			checkMoved(t, before.Tensors(i)[k].Values, tensor.Values, r.gradient(i)[k].Values)
		}
	}
}

// checkMoved wants before − after = gradient within 1e-4 of the largest gradient of the tensor.
func checkMoved(t *rapid.T, before, after []float32, gradient []float64) {
	top := 0.0
	for _, g := range gradient {
		top = max(top, g, -g)
	}
	for k, g := range gradient {
		require.InDelta(t, g, float64(before[k])-float64(after[k]), 1e-4*(top+1e-2), "parameter %d", k)
	}
}
