package engine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/network"
	"lowres/quant"
	"lowres/trainer/kernel"
)

// withTrunk is a transformer with a head of dense layers, or with something else in it.
func withTrunk(t *testing.T, head ...network.Layer) *network.Graph {
	t.Helper()
	g := &network.Graph{Name: "trunk", Input: network.Shape{H: 4, W: 4, C: 2}, Layers: []network.Layer{
		{Name: "patches", Kind: network.Patches, Kernel: 2, Out: 8}, {Name: "attention", Kind: network.Attention, Heads: 2},
		{Name: "dropout", Kind: network.Dropout, Rate: 0.3}, {Name: "fc1", Kind: network.Dense, Out: 9, GELU: true}}}
	g.Layers = append(append(g.Layers, head...), network.Layer{Name: "fc2", Kind: network.Dense, Out: 5})
	require.NoError(t, g.Resolve())
	return g
}

// One worker takes a batch of 150 in micro-batches of two groups, more workers in such of one.
func TestPartsOfSeveralGroupsDoNotDependOnTheWorkers(t *testing.T) {
	for name, g := range map[string]*network.Graph{
		"dense head":       withTrunk(t),
		"normalising head": withTrunk(t, network.Layer{Name: "norm", Kind: network.LayerNorm}),
	} {
		for _, set := range kernel.All() {
			var first *network.Float
			for workers := 1; workers <= 3; workers++ {
				net, labels := fill(t, g, 5), make([]uint8, 150)
				for i := range labels {
					labels[i] = uint8(i % 5)
				}
				m, err := NewMachine(net, network.NewFloat(g, quant.Levels{}), len(labels), Options{Workers: workers, Set: set})
				require.NoError(t, err)
				for n := range 3 {
					m.Step(Batch{From: noise, Labels: labels[:150-10*n], Noise: uint64(n)}, kernel.Step{Rate: 0.1, Momentum: 0.9})
				}
				m.Close()
				if first == nil {
					first = net
				}
				require.Equal(t, first.Weights, net.Weights, "%s, %s, %d workers", name, set.Name, workers)
				require.Equal(t, first.Others, net.Others, "%s, %s, %d workers", name, set.Name, workers)
			}
		}
	}
}

func TestATrunkEndsInFrontOfTheFirstDenseLayer(t *testing.T) {
	around := network.Layer{Name: "sum", Kind: network.Add, With: "attention"}
	back := network.Layer{Name: "wide", Kind: network.Dense, Out: 8}
	for name, c := range map[string]struct {
		graph                   *network.Graph
		trunk, part, microBatch int
	}{
		"dense head":                {withTrunk(t), 3, 8, 128},
		"normalising head":          {withTrunk(t, network.Layer{Name: "norm", Kind: network.LayerNorm}), 3, 8, 64},
		"a layer that reads around": {aroundTrunk(t, back, around), 0, 64, 64},
	} {
		p, err := newPlan(c.graph, 256, 2, false, true)
		require.NoError(t, err, name)
		require.Equal(t, []int{c.trunk, c.part, c.microBatch}, []int{p.trunk, p.part, p.microBatch}, name)
	}
	conv := &network.Graph{Name: "conv", Input: network.Shape{H: 4, W: 4, C: 2}, Layers: []network.Layer{
		{Name: "conv", Kind: network.Conv, Kernel: 1, Out: 4}, {Name: "fc", Kind: network.Dense, Out: 3}}}
	require.NoError(t, conv.Resolve())
	p, err := newPlan(conv, 256, 2, false, true)
	require.NoError(t, err)
	require.Equal(t, []int{0, 16, 16}, []int{p.trunk, p.part, p.microBatch})
}

// aroundTrunk has a mean of all tokens behind attention, which the sum behind a dense layer reads.
func aroundTrunk(t *testing.T, dense, sum network.Layer) *network.Graph {
	t.Helper()
	g := &network.Graph{Name: "around", Input: network.Shape{H: 4, W: 4, C: 2}, Layers: []network.Layer{
		{Name: "patches", Kind: network.Patches, Kernel: 2, Out: 8}, {Name: "attention", Kind: network.AvgPool},
		{Name: "again", Kind: network.Lookup, Function: network.Functions()[0]}, dense, sum,
		{Name: "fc", Kind: network.Dense, Out: 3}}}
	require.NoError(t, g.Resolve())
	return g
}

// beforeTiles has two convolutions and a pool in front of one by tiles.
func beforeTiles(t *testing.T, between ...network.Layer) *network.Graph {
	t.Helper()
	g := &network.Graph{Name: "tiled", Input: network.Shape{H: 32, W: 32, C: 3}, Layers: []network.Layer{
		{Name: "conv1", Kind: network.Conv, Kernel: 3, Pad: 1, Out: 32, ReLU: true},
		{Name: "point", Kind: network.Conv, Kernel: 1, Out: 33, ReLU: true},
		{Name: "pool", Kind: network.MaxPool, Kernel: 2}}}
	g.Layers = append(append(g.Layers, between...),
		network.Layer{Name: "conv2", Kind: network.Conv, Kernel: 3, Pad: 1, Out: 32, ReLU: true},
		network.Layer{Name: "fc", Kind: network.Dense, Out: 5})
	require.NoError(t, g.Resolve())
	return g
}

func TestWhereCachesAreFarATrunkEndsInFrontOfTheFirstTiles(t *testing.T) {
	for name, c := range map[string]struct {
		graph       *network.Graph
		far         bool
		trunk, part int
	}{
		"far":                          {beforeTiles(t), true, 3, 2},
		"near":                         {beforeTiles(t), false, 0, 16},
		"a layer of another kind":      {beforeTiles(t, network.Layer{Name: "again", Kind: network.Lookup, Function: network.Functions()[0]}), true, 0, 16},
		"dense layers have their own":  {withTrunk(t), true, 3, 8},
		"a layer that reads around it": {aroundTiles(t), true, 0, 16},
	} {
		p, err := newPlan(c.graph, 256, 2, c.far, true)
		require.NoError(t, err, name)
		require.Equal(t, []int{c.trunk, c.part}, []int{p.trunk, p.part}, name)
	}
}

// aroundTiles has a sum behind the tiles that reads what stands in front of them.
func aroundTiles(t *testing.T) *network.Graph {
	t.Helper()
	g := beforeTiles(t)
	head := g.Layers[len(g.Layers)-1]
	g.Layers = append(g.Layers[:2:2], network.Layer{Name: "conv2", Kind: network.Conv, Kernel: 3, Pad: 1, Out: 33, ReLU: true},
		network.Layer{Name: "sum", Kind: network.Add, With: "conv1"}, head)
	g.Layers[1].Out, g.Layers[2].Out = 32, 32
	require.NoError(t, g.Resolve())
	return g
}

// The parts are a matter of caches: every sum has the same order.
func TestPartsOfConvolutionsChangeNothing(t *testing.T) {
	run := func(set kernel.Set, far bool, workers int) *network.Float {
		set.FarCache = far
		g, labels := beforeTiles(t), make([]uint8, 21)
		net := fill(t, g, 3)
		m, err := NewMachine(net, network.NewFloat(g, quant.Levels{}), len(labels), Options{Workers: workers, Set: &set})
		require.NoError(t, err)
		defer m.Close()
		require.Equal(t, far, m.plan.trunk > 0)
		for range 2 {
			m.Step(Batch{From: noise, Labels: labels}, kernel.Step{Rate: 0.1, Momentum: 0.9})
		}
		return net
	}
	for _, set := range kernel.All() {
		require.Equal(t, run(*set, false, 1), run(*set, true, 2), set.Name)
	}
}
