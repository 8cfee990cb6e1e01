package engine

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"lowres/network"
	"lowres/quant"
	"lowres/trainer/kernel"
)

// convNet is a small network with every kind of layer and N = 3.
func convNet(tb testing.TB) *network.Float {
	tb.Helper()
	g := &network.Graph{Name: "conv net", Input: network.Shape{H: 12, W: 10, C: 3}, Layers: []network.Layer{
		{Name: "conv1", Kind: network.Conv, Out: 20, Kernel: 3, Pad: 1, ReLU: true},
		{Name: "pool1", Kind: network.MaxPool, Kernel: 2},
		{Name: "conv2", Kind: network.Conv, Out: 40, Kernel: 3, Stride: 2, Pad: 1, ReLU: true},
		{Name: "fc1", Kind: network.Dense, Out: 33, ReLU: true},
		{Name: "fc2", Kind: network.Dense, Out: 10},
	}}
	require.NoError(tb, g.Resolve())
	return fill(tb, g, 3)
}

// A whole first step, momentum and decay included, against float64.
func TestFirstStepOfAConvNetEqualsTheReference(t *testing.T) {
	net := convNet(t)
	net.Levels[0] = quant.Levels{} // three levels on 8-bit pixels give windows with equal maxima
	checkFirstStep(t, net, 40, 5e-7)
}

// The first step of the paper's networks from their initial weights, all levels included.
func TestFirstStepOfThePapersNetworksEqualsTheReference(t *testing.T) {
	for _, name := range []string{"fcnn1", "cvnn1", "vit1"} {
		t.Run(name, func(t *testing.T) {
			net := initialNet(t, name, 5)
			if name == "cvnn1" {
				net.Levels[0] = quant.Levels{} // or windows have equal maxima, as above
			}
			checkFirstStep(t, net, 2, 1e-9)
		})
	}
}

// initialNet returns a built-in model with N = n, Glorot-uniform weights, and whatever else a first step
// starts from, drawn apart from package trainer.
func initialNet(tb testing.TB, name string, n int) *network.Float {
	tb.Helper()
	net := randomNet(tb, name, n)
	for i := range net.Graph.Layers {
		l := &net.Graph.Layers[i]
		for _, tensor := range net.Tensors(i) {
			factor := 10 * math.Sqrt(6/float64(l.WeightShape().Size()+l.OutShape.C)) // fill has drawn on ±0.1
			for k, v := range tensor.Values {
				if tensor.Name == "gain" {
					tensor.Values[k] = 1 + v
				} else if len(tensor.Shape) > 1 && tensor.Name != "position" {
					tensor.Values[k] = v * float32(factor)
				}
			}
		}
	}
	return net
}

// checkFirstStep compares a step of images pictures with the reference, which must stay gap from kinks.
func checkFirstStep(t *testing.T, net *network.Float, images int, gap float64) {
	t.Helper()
	step := kernel.Step{Rate: 0.5, Momentum: 0.75, Decay: 0.125}
	velocity := fill(t, net.Graph, 0)
	labels := make([]uint8, images)
	r := newReference(net)
	r.noise = &testNoise
	cost, right := 0.0, 0
	for i := range labels {
		labels[i], r.position = uint8(i%10), i
		cost += r.cost(input(i, net.Graph.Input.Size()), int(labels[i]))
		logits := r.maps[len(r.maps)-1]
		if slices.Index(logits, slices.Max(logits)) == int(labels[i]) {
			right++
		}
		r.backward(int(labels[i]), 1/float64(images))
	}
	require.Greater(t, r.gap, gap, "the test needs a pass clear of kinks")
	want := moved(net, velocity, r, step)
	m, err := NewMachine(net, velocity, images, Options{Workers: 2})
	require.NoError(t, err)
	defer m.Close()
	gotCost, gotRight := m.Step(Batch{From: noise, Labels: labels, Noise: testNoise}, step)
	assert.InDelta(t, cost, gotCost, 1e-3)
	assert.Equal(t, right, gotRight)
	for i := range net.Graph.Layers {
		for k, tensor := range net.Tensors(i) {
			checkClose(t, tensor.Name, want.Tensors(i)[k].Values, tensor.Values, r.gradient(i)[k].Values)
		}
	}
}

// checkClose wants parameters within 1e-5 of the largest gradient of their tensor.
func checkClose(t *testing.T, name string, want, have []float32, gradient []float64) {
	t.Helper()
	top := 0.0
	for _, g := range gradient {
		top = max(top, g, -g)
	}
	for k := range want {
		if math.Abs(float64(want[k])-float64(have[k])) > 1e-5*top+1e-6 {
			t.Fatalf("%s[%d]: %v: want %v; the largest gradient is %v", name, k, have[k], want[k], top)
		}
	}
}

// moved is net after one step in float64.
func moved(net, velocity *network.Float, r *reference, s kernel.Step) *network.Float {
	w := net.Clone()
	one := func(w, v []float32, g []float64, decay float64) {
		for k := range w {
			speed := float64(s.Momentum)*float64(v[k]) - float64(s.Rate)*(g[k]+decay*float64(w[k]))
			w[k] = float32(float64(w[k]) + speed)
		}
	}
	for i := range w.Weights {
		one(w.Weights[i], velocity.Weights[i], r.dWeights[i], float64(s.Decay))
		one(w.Biases[i], velocity.Biases[i], r.dBiass[i], 0)
		one(w.Others[i], velocity.Others[i], r.dOthers[i], 0)
	}
	return w
}

// vitNet is a small network with every kind of layer of a transformer and N = 3.
func vitNet(tb testing.TB) *network.Float {
	tb.Helper()
	g := &network.Graph{Name: "vit net", Input: network.Shape{H: 12, W: 10, C: 3}, Layers: []network.Layer{
		{Name: "patches", Kind: network.Patches, Kernel: 2, Out: 24},
		{Name: "attention", Kind: network.Attention, Heads: 3},
		{Name: "feedforward", Kind: network.FeedForward},
		{Name: "norm", Kind: network.LayerNorm},
		{Name: "dropout", Kind: network.Dropout, Rate: 0.25},
		{Name: "fc1", Kind: network.Dense, Out: 33, GELU: true},
		{Name: "fc2", Kind: network.Dense, Out: 10},
	}}
	require.NoError(tb, g.Resolve())
	return fill(tb, g, 3)
}

func TestAWarmStepAllocatesNothing(t *testing.T) {
	for _, net := range []*network.Float{convNet(t), vitNet(t), tiledNet(t, 7, 10, 3, 1, 3)} {
		checkAllocations(t, net)
	}
}

func checkAllocations(t *testing.T, net *network.Float) {
	m, err := NewMachine(net, network.NewFloat(net.Graph, quant.Levels{}), 64, Options{Workers: 2})
	require.NoError(t, err)
	defer m.Close()
	labels := make([]uint8, 64)
	step := func() { m.Step(Batch{From: noise, Labels: labels}, kernel.Step{Rate: 1e-6}) }
	step()
	assert.Zero(t, testing.AllocsPerRun(20, step), net.Graph.Name)
}

func TestASmallerBatchLeavesNothingOfALargerOne(t *testing.T) {
	labels := make([]uint8, 100)
	run := func(net *network.Float, sizes ...int) *network.Float {
		m, err := NewMachine(net, network.NewFloat(net.Graph, quant.Levels{}), 100, Options{Workers: 1})
		require.NoError(t, err)
		defer m.Close()
		for _, n := range sizes {
			rate := float32(0)
			if n == 7 {
				rate = 0.1
			}
			m.Step(Batch{From: noise, Labels: labels[:n]}, kernel.Step{Rate: rate})
		}
		return net
	}
	require.Equal(t, run(convNet(t), 7), run(convNet(t), 100, 7))
	require.Equal(t, run(vitNet(t), 7), run(vitNet(t), 100, 7))
	require.Equal(t, run(tiledNet(t, 7, 10, 3, 1, 3), 7), run(tiledNet(t, 7, 10, 3, 1, 3), 100, 7))
}

func TestDropoutDependsOnTheNoiseAndNotOnTheWorkers(t *testing.T) {
	run := func(workers int, noises ...uint64) *network.Float {
		net := vitNet(t)
		m, err := NewMachine(net, network.NewFloat(net.Graph, quant.Levels{}), 100, Options{Workers: workers})
		require.NoError(t, err)
		defer m.Close()
		for _, n := range noises {
			m.Step(Batch{From: noise, Labels: make([]uint8, 100), Noise: n}, kernel.Step{Rate: 0.1})
			m.Evaluate(noise, make([]uint8, 40)) // without dropout, and without a trace
		}
		return net
	}
	want := run(1, 5, 6)
	require.Equal(t, want, run(4, 5, 6))
	require.NotEqual(t, want.Weights, run(1, 5, 7).Weights)
}

func TestGraphsThatCannotBeTrainedAreRefused(t *testing.T) {
	cases := map[string]struct {
		layers []network.Layer
		want   string
	}{
		"a pool at the end":       {[]network.Layer{{Name: "p", Kind: network.MaxPool, Kernel: 2}}, "the last layer must be dense or conv"},
		"a map as its output":     {[]network.Layer{{Name: "c", Kind: network.Conv, Out: 4, Kernel: 1}}, "output 4x4x4: want 1x1"},
		"a dropout at the end":    {[]network.Layer{{Name: "c", Kind: network.Conv, Out: 4, Kernel: 4}, {Name: "d", Kind: network.Dropout, Rate: 0.5}}, "the last layer must be dense or conv"},
		"patches of a map":        {[]network.Layer{{Name: "c", Kind: network.Conv, Out: 4, Kernel: 1}, {Name: "p", Kind: network.Patches, Out: 4, Kernel: 2}, {Name: "f", Kind: network.Dense, Out: 4}}, "layer p: unsupported network: patches behind other layers: want them as the first layer"},
		"nothing wrong with this": {[]network.Layer{{Name: "c", Kind: network.Conv, Out: 4, Kernel: 4}}, ""},
	}
	for name, k := range cases {
		g := &network.Graph{Name: name, Input: network.Shape{H: 4, W: 4, C: 1}, Layers: k.layers}
		require.NoError(t, g.Resolve())
		m, err := NewMachine(network.NewFloat(g, quant.Levels{}), nil, 0, Options{})
		if k.want == "" {
			require.NoError(t, err, name)
			m.Close()
			continue
		}
		require.ErrorIs(t, err, ErrUnsupported, name)
		require.ErrorContains(t, err, k.want, name)
	}
}

func TestEvaluateEqualsTheReference(t *testing.T) {
	for _, net := range []*network.Float{convNet(t), vitNet(t), tiledNet(t, 7, 10, 3, 1, 3)} {
		r := newReference(net)
		labels := make([]uint8, 37)
		want := 0.0
		for i := range labels {
			labels[i] = uint8(i % 10)
			want += r.cost(input(i, net.Graph.Input.Size()), int(labels[i]))
		}
		m, err := NewMachine(net, nil, 0, Options{Workers: 3})
		require.NoError(t, err)
		cost, _ := m.Evaluate(noise, labels)
		m.Close()
		require.InDelta(t, want, cost, 1e-3, net.Graph.Name)
	}
}

func TestCrossEntropyStandsLargeLogits(t *testing.T) {
	d := make([]float32, 3)
	cost := crossEntropy([]float32{1e30, 0, -1e30}, 1, 0, 1, d)
	assert.InDelta(t, 1e30, cost, 1e24)
	assert.Equal(t, []float32{1, -1, 0}, d)
}

// The gradient is that of −Σ target·ln p, by central differences; the cost is that of the label alone.
func TestSmoothedLabelsHaveTheGradientOfTheirCost(t *testing.T) {
	logits, target := []float32{0.5, -1, 2, 0.25}, []float64{0.05, 0.05, 0.85, 0.05}
	cost := func(k int, h float64) (sum float64) {
		moved, all := make([]float64, 4), 0.0
		for j, v := range logits {
			moved[j] = float64(v)
		}
		moved[k] += h
		for _, v := range moved {
			all += math.Exp(v)
		}
		for j, v := range moved {
			sum -= target[j] * (v - math.Log(all))
		}
		return sum
	}
	d := make([]float32, 4)
	plain := crossEntropy(logits, 2, 0, 0, nil)
	require.Equal(t, plain, crossEntropy(logits, 2, 0.2, 3, d))
	for k := range d {
		require.InDelta(t, 3*(cost(k, 1e-6)-cost(k, -1e-6))/2e-6, d[k], 1e-6)
	}
}

func TestEveryBuiltInModelTakesAStep(t *testing.T) {
	for _, name := range network.ModelNames() {
		net := randomNet(t, name, 5)
		m, err := NewMachine(net, network.NewFloat(net.Graph, quant.Levels{}), 2, Options{Workers: 2})
		require.NoError(t, err, name)
		before := net.Clone()
		cost, _ := m.Step(Batch{From: noise, Labels: []uint8{1, 2}}, kernel.Step{Rate: 1})
		assert.False(t, math.IsNaN(cost) || math.IsInf(cost, 0), name)
		for i := range net.Graph.Layers {
			for k, tensor := range net.Tensors(i) {
				if tensor.Name == "key biases" {
					continue // they add the same to all scores of a query, so their gradient is 0
				}
				assert.NotEqual(t, before.Tensors(i)[k].Values, tensor.Values, "%s, layer %d, %s", name, i, tensor.Name)
			}
		}
		m.Close()
	}
}

// Each of the paper's families with every N, another set, and levels that differ by layer: the cost of a picture
// against float64, and a step that moves the weights.
func TestEveryFamilyRunsWithEveryLevels(t *testing.T) {
	for _, name := range []string{"fcnn1", "cvnn1", "vit1"} {
		glorot := initialNet(t, name, 5)
		for _, text := range []string{"2", "3", "4", "5", "8", "9", "16", "17", "0", "-4/-2/-1/0/1/2/4", "3,first=17,last=-2/-1/1/2"} {
			levels, err := network.ParseLevels(glorot.Graph, text)
			require.NoError(t, err)
			net := glorot.Clone()
			require.NoError(t, net.SetLevels(levels))
			want := newReference(net).cost(input(0, net.Graph.Input.Size()), 1)
			m, err := NewMachine(net, network.NewFloat(net.Graph, quant.Levels{}), 1, Options{Workers: 2})
			require.NoError(t, err)
			cost, _ := m.Evaluate(noise, []uint8{1})
			assert.InDelta(t, want, cost, 1e-4*(1+want), "%s, %s", name, text)
			m.Step(Batch{From: noise, Labels: []uint8{1}}, kernel.Step{Rate: 1})
			last := len(net.Weights) - 1
			assert.NotEqual(t, glorot.Weights[last], net.Weights[last], "%s, %s", name, text)
			m.Close()
		}
	}
}
