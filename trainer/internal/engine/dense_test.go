package engine

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/network"
	"lowres/quant"
	"lowres/trainer/kernel"
)

// denseNet has several blocks of weights, the last ones of odd sizes.
func denseNet(tb testing.TB) *network.Float {
	tb.Helper()
	g := &network.Graph{Name: "dense net", Input: network.Shape{H: 10, W: 10, C: 3}, Layers: []network.Layer{
		{Name: "fc1", Kind: network.Dense, Out: 101, ReLU: true},
		{Name: "drop", Kind: network.Dropout, Rate: 0.3},
		{Name: "fc2", Kind: network.Dense, Out: 37, GELU: true},
		{Name: "fc3", Kind: network.Dense, Out: 10},
	}}
	require.NoError(tb, g.Resolve())
	return fill(tb, g, 3)
}

// The micro-batches of such a network depend on the workers; what it learns does not.
func TestDenseNetworksDoNotDependOnTheWorkers(t *testing.T) {
	for _, clip := range []float64{0, 0.01} {
		run := func(workers int) *network.Float {
			net := denseNet(t)
			m, err := NewMachine(net, network.NewFloat(net.Graph, quant.Levels{}), 200, Options{Workers: workers})
			require.NoError(t, err)
			defer m.Close()
			for step := range uint64(3) {
				rule := Rule{SGD: kernel.Step{Rate: 0.1, Momentum: 0.9, Decay: 0.01}, Clip: clip}
				m.StepBy(Batch{From: noise, Labels: make([]uint8, 200-70*int(step)), Noise: step}, rule)
			}
			return net
		}
		want := run(1)
		for _, workers := range []int{2, 3, 5} {
			require.Equal(t, want, run(workers), fmt.Sprintf("%d workers, clip %v", workers, clip))
		}
	}
}

// The convolution wants a border around the one pixel that the dense layer writes.
func TestADenseLayerInFrontOfAPaddedConvolutionEqualsTheReference(t *testing.T) {
	g := &network.Graph{Name: "bordered", Input: network.Shape{H: 2, W: 2, C: 3}, Layers: []network.Layer{
		{Name: "fc1", Kind: network.Dense, Out: 5, ReLU: true},
		{Name: "conv", Kind: network.Conv, Out: 4, Kernel: 3, Pad: 1, ReLU: true},
		{Name: "fc2", Kind: network.Dense, Out: 10},
	}}
	require.NoError(t, g.Resolve())
	checkFirstStep(t, fill(t, g, 3), 12, 1e-7)
}

// The weights of such layers are packed in several blocks, as bytes or, where a level is no byte or there are none, as
// they are.
func TestWideDenseLayersEqualTheReference(t *testing.T) {
	flat := []network.Layer{{Name: "fc1", Kind: network.Dense, Out: 35, ReLU: true}, {Name: "fc2", Kind: network.Dense, Out: 10}}
	spread := []network.Layer{{Name: "conv", Kind: network.Conv, Out: 1030, Kernel: 1, ReLU: true}, {Name: "fc", Kind: network.Dense, Out: 10}}
	rows := []network.Layer{{Name: "conv", Kind: network.Conv, Out: 230, Kernel: 1, ReLU: true}, {Name: "fc", Kind: network.Dense, Out: 10}}
	coarse, err := quant.Custom([]int{-128, 0, 128})
	require.NoError(t, err)
	three, err := quant.ForN(3)
	require.NoError(t, err)
	for _, c := range []struct {
		name   string
		input  network.Shape
		layers []network.Layer
		levels quant.Levels
	}{
		{"more inputs than a block", network.Shape{H: 27, W: 26, C: 3}, flat, three},
		{"levels that are no bytes", network.Shape{H: 27, W: 26, C: 3}, flat, coarse},
		{"no levels", network.Shape{H: 27, W: 26, C: 3}, flat, quant.Levels{}},
		{"taps of which a row is more than a block", network.Shape{H: 2, W: 3, C: 2}, spread, three},
		{"rows of taps in several blocks", network.Shape{H: 5, W: 3, C: 2}, rows, three},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := &network.Graph{Name: "wide", Input: c.input, Layers: c.layers}
			require.NoError(t, g.Resolve())
			net := fill(t, g, 0)
			for i := range net.Levels {
				net.Levels[i] = c.levels
			}
			checkFirstStep(t, net, 3, 1e-9)
		})
	}
}

// Every instruction set takes the same step, within the rounding of its sums.
func TestDenseNetworksLearnTheSameWithEverySet(t *testing.T) {
	run := func(set *kernel.Set) *network.Float {
		net := denseNet(t)
		m, err := NewMachine(net, network.NewFloat(net.Graph, quant.Levels{}), 64, Options{Workers: 2, Set: set})
		require.NoError(t, err)
		defer m.Close()
		m.Step(Batch{From: noise, Labels: make([]uint8, 64)}, kernel.Step{Rate: 0.1, Momentum: 0.9})
		return net
	}
	want := run(kernel.Named("go"))
	for _, set := range kernel.All() {
		got := run(set)
		for i := range want.Weights {
			require.InDeltaSlice(t, want.Weights[i], got.Weights[i], 1e-6, "%s, layer %d", set.Name, i)
			require.InDeltaSlice(t, want.Biases[i], got.Biases[i], 1e-6, "%s, layer %d", set.Name, i)
		}
	}
}
