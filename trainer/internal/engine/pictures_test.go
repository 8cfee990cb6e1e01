package engine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/network"
	"lowres/quant"
	"lowres/trainer/kernel"
)

// What a worker has widened belongs to one step: with other pictures it takes the step that a new machine takes.
func TestEveryStepOfADenseLayerReadsItsOwnPictures(t *testing.T) {
	descent := kernel.Step{Rate: 0.1, Momentum: 0.9}
	from := func(batch int) Source {
		return func(position int, pixels []uint8) { noise(1000*batch+position, pixels) }
	}
	machine := func(net, velocity *network.Float) *Machine {
		m, err := NewMachine(net, velocity, 24, Options{Workers: 1})
		require.NoError(t, err)
		t.Cleanup(m.Close)
		return m
	}
	net := denseNet(t)
	velocity := network.NewFloat(net.Graph, quant.Levels{})
	m, labels := machine(net, velocity), make([]uint8, 24)
	m.Step(Batch{From: from(0), Labels: labels}, descent)
	again, againVelocity := net.Clone(), velocity.Clone()
	m.Step(Batch{From: from(1), Labels: labels}, descent)
	machine(again, againVelocity).Step(Batch{From: from(1), Labels: labels}, descent)
	require.Equal(t, again, net)
	require.Equal(t, againVelocity, velocity)
}

// Layers behind the first one may read the pictures too: then they have to lie in the input map.
func TestPicturesThatTwoLayersReadEqualTheReference(t *testing.T) {
	g := &network.Graph{Name: "two readers", Input: network.Shape{H: 2, W: 2, C: 3}, Layers: []network.Layer{
		{Name: "fc1", Kind: network.Dense, Out: 5},
		{Name: "conv", Kind: network.Conv, Out: 5, Kernel: 2, From: "input"},
		{Name: "sum", Kind: network.Add, With: "fc1", ReLU: true},
		{Name: "fc2", Kind: network.Dense, Out: 10},
	}}
	require.NoError(t, g.Resolve())
	checkFirstStep(t, fill(t, g, 3), 12, 1e-7)
}
