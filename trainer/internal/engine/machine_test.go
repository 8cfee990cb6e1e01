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
	step := kernel.Step{Rate: 0.5, Momentum: 0.75, Decay: 0.125}
	net, velocity := convNet(t), fill(t, convNet(t).Graph, 0)
	net.Levels[0] = quant.Levels{} // three levels on 8-bit pixels give windows with equal maxima
	labels := make([]uint8, 40)
	r := newReference(net)
	cost, right := 0.0, 0
	for i := range labels {
		labels[i] = uint8(i % 10)
		cost += r.cost(input(i, net.Graph.Input.Size()), int(labels[i]))
		logits := r.maps[len(r.maps)-1]
		if slices.Index(logits, slices.Max(logits)) == int(labels[i]) {
			right++
		}
		r.backward(int(labels[i]), 1.0/40)
	}
	require.Greater(t, r.gap, 5e-7, "the test needs a pass clear of kinks")
	want := moved(net, velocity, r, step)
	m, err := NewMachine(net, velocity, 40, Options{Workers: 2})
	require.NoError(t, err)
	defer m.Close()
	gotCost, gotRight := m.Step(noise, labels, step)
	assert.InDelta(t, cost, gotCost, 1e-3)
	assert.Equal(t, right, gotRight)
	for i := range want.Weights {
		checkClose(t, want.Weights[i], net.Weights[i], r.dWeights[i])
		checkClose(t, want.Biases[i], net.Biases[i], r.dBiass[i])
	}
}

// checkClose wants parameters within 1e-5 of the largest gradient of their layer.
func checkClose(t *testing.T, want, have []float32, gradient []float64) {
	t.Helper()
	top := 0.0
	for _, g := range gradient {
		top = max(top, g, -g)
	}
	if len(want) > 0 {
		require.InDeltaSlice(t, want, have, 1e-5*top+1e-6)
	}
}

// moved is net after one step in float64.
func moved(net, velocity *network.Float, r *reference, s kernel.Step) *network.Float {
	w := clone(net)
	one := func(w, v []float32, g []float64, decay float64) {
		for k := range w {
			speed := float64(s.Momentum)*float64(v[k]) - float64(s.Rate)*(g[k]+decay*float64(w[k]))
			w[k] = float32(float64(w[k]) + speed)
		}
	}
	for i := range w.Weights {
		one(w.Weights[i], velocity.Weights[i], r.dWeights[i], float64(s.Decay))
		one(w.Biases[i], velocity.Biases[i], r.dBiass[i], 0)
	}
	return w
}

func TestAWarmStepAllocatesNothing(t *testing.T) {
	net := convNet(t)
	m, err := NewMachine(net, network.NewFloat(net.Graph, quant.Levels{}), 64, Options{Workers: 2})
	require.NoError(t, err)
	defer m.Close()
	labels := make([]uint8, 64)
	step := func() { m.Step(noise, labels, kernel.Step{Rate: 1e-6}) }
	step()
	assert.Zero(t, testing.AllocsPerRun(20, step))
}

func TestASmallerBatchLeavesNothingOfALargerOne(t *testing.T) {
	labels := make([]uint8, 100)
	run := func(sizes ...int) *network.Float {
		net := convNet(t)
		m, err := NewMachine(net, network.NewFloat(net.Graph, quant.Levels{}), 100, Options{Workers: 1})
		require.NoError(t, err)
		defer m.Close()
		for _, n := range sizes {
			rate := float32(0)
			if n == 7 {
				rate = 0.1
			}
			m.Step(noise, labels[:n], kernel.Step{Rate: rate})
		}
		return net
	}
	require.Equal(t, run(7), run(100, 7))
}

func TestGraphsThatCannotBeTrainedAreRefused(t *testing.T) {
	cases := map[string]struct {
		layers []network.Layer
		want   string
	}{
		"a pool at the end":       {[]network.Layer{{Name: "p", Kind: network.MaxPool, Kernel: 2}}, "the last layer must be dense or conv"},
		"a map as its output":     {[]network.Layer{{Name: "c", Kind: network.Conv, Out: 4, Kernel: 1}}, "output 4x4x4: want 1x1"},
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
	net := convNet(t)
	r := newReference(net)
	labels := make([]uint8, 37)
	want := 0.0
	for i := range labels {
		labels[i] = uint8(i % 10)
		want += r.cost(input(i, net.Graph.Input.Size()), int(labels[i]))
	}
	m, err := NewMachine(net, nil, 0, Options{Workers: 3})
	require.NoError(t, err)
	defer m.Close()
	cost, _ := m.Evaluate(noise, labels)
	require.InDelta(t, want, cost, 1e-3)
}

func TestCrossEntropyStandsLargeLogits(t *testing.T) {
	d := make([]float32, 3)
	cost := crossEntropy([]float32{1e30, 0, -1e30}, 1, 1, d)
	assert.InDelta(t, 1e30, cost, 1e24)
	assert.Equal(t, []float32{1, -1, 0}, d)
}

func TestEveryBuiltInModelTakesAStep(t *testing.T) {
	for _, name := range network.ModelNames() {
		net := randomNet(t, name, 5)
		m, err := NewMachine(net, network.NewFloat(net.Graph, quant.Levels{}), 2, Options{Workers: 2})
		require.NoError(t, err, name)
		before := net.Weights[0][0]
		cost, _ := m.Step(noise, []uint8{1, 2}, kernel.Step{Rate: 1e-3})
		assert.False(t, math.IsNaN(cost) || math.IsInf(cost, 0), name)
		assert.NotEqual(t, before, net.Weights[0][0], name)
		m.Close()
	}
}
