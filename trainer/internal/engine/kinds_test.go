package engine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/network"
	"lowres/quant"
	"lowres/trainer/kernel"
)

// between is a network of 6×8 pictures with a layer, or some, in the middle, and parameters before and behind it.
func between(middle ...network.Layer) []network.Layer {
	layers := []network.Layer{{Kind: network.Conv, Out: 6, Kernel: 3, Pad: 1}}
	return append(append(layers, middle...), network.Layer{Kind: network.Dense, Out: 5})
}

// kindCases has one network for every kind of layer, and more where a kind has forms that are computed in another way.
var kindCases = map[string][]network.Layer{
	"conv":                between(network.Layer{Kind: network.Conv, Out: 7, Kernel: 3, Pad: 1, ReLU: true}),
	"conv with a stride":  between(network.Layer{Kind: network.Conv, Out: 7, Kernel: 2, Stride: 2}),
	"conv by tiles":       {{Kind: network.Conv, Out: 32, Kernel: 1}, {Kind: network.Conv, Out: 33, Kernel: 3, Pad: 1, ReLU: true}, {Kind: network.AvgPool}, {Kind: network.Dense, Out: 5}},
	"depthwise":           between(network.Layer{Kind: network.Depthwise, Kernel: 3, Pad: 1, ReLU: true}),
	"dense":               between(network.Layer{Kind: network.Dense, Out: 9}),
	"dense with relu":     between(network.Layer{Kind: network.Dense, Out: 9, ReLU: true}),
	"dense with gelu":     between(network.Layer{Kind: network.Dense, Out: 9, GELU: true}),
	"maxpool":             between(network.Layer{Kind: network.MaxPool, Kernel: 2}),
	"maxpool, overlapped": between(network.Layer{Kind: network.MaxPool, Kernel: 3, Stride: 2, Pad: 1}),
	"avgpool":             between(network.Layer{Kind: network.AvgPool, Kernel: 2}),
	"add":                 between(network.Layer{Kind: network.Conv, Out: 6, Kernel: 1}, network.Layer{Kind: network.Add, With: "a", ReLU: true}),
	"function":            between(network.Layer{Kind: network.Lookup, Function: network.Functions()[0]}),
	"patches":             {{Kind: network.Patches, Kernel: 2, Out: 6}, {Kind: network.Dense, Out: 5}},
	"attention":           between(network.Layer{Kind: network.Attention, Heads: 2}),
	"feedforward":         between(network.Layer{Kind: network.FeedForward}),
	"layernorm":           between(network.Layer{Kind: network.LayerNorm}),
	"dropout":             between(network.Layer{Kind: network.Dropout, Rate: 0.4}),
}

// Every set's gradients of every tensor, and those of the reference, are the central differences of the cost in float64.
func TestGradientsOfEveryKindOfLayerAreCentralDifferences(t *testing.T) {
	const h, images = 1e-5, 2
	for name, layers := range kindCases {
		t.Run(name, func(t *testing.T) {
			g := &network.Graph{Name: "kinds", Input: network.Shape{H: 6, W: 8, C: 3}}
			for i, l := range layers {
				l.Name = string(rune('a' + i))
				g.Layers = append(g.Layers, l)
			}
			require.NoError(t, g.Resolve())
			net := fill(t, g, 0)
			labels := []uint8{1, 3}
			r := newReference(net)
			r.noise = &testNoise
			cost := func() (sum float64) {
				for r.position = range images {
					sum += r.cost(input(r.position, g.Input.Size()), int(labels[r.position])) / images
				}
				return sum
			}
			for r.position = range images {
				r.cost(input(r.position, g.Input.Size()), int(labels[r.position]))
				r.backward(int(labels[r.position]), 1.0/images)
			}
			require.Greater(t, r.gap, kink, "the gradient jumps nearby: other weights are needed")
			moved := stepsOfEverySet(t, net, labels)
			for i := range g.Layers {
				for k, part := range r.parameters(i) {
					top := 0.0
					for _, d := range r.gradient(i)[k].Values {
						top = max(top, d, -d)
					}
					for j := 0; j < len(part.Values); j += 1 + len(part.Values)/100 { // some of every output and input
						saved := part.Values[j]
						part.Values[j] = saved + h
						up := cost()
						part.Values[j] = saved - h
						down := cost()
						part.Values[j] = saved
						difference := (up - down) / (2 * h)
						require.InDelta(t, difference, r.gradient(i)[k].Values[j], 1e-6*(top+1e-3), "reference, layer %d, %s %d", i, part.Name, j)
						for set, after := range moved {
							have := float64(net.Tensors(i)[k].Values[j]) - float64(after.Tensors(i)[k].Values[j])
							require.InDelta(t, difference, have, 1e-4*(top+1e-2), "%s, layer %d, %s %d", set, i, part.Name, j)
						}
					}
				}
			}
		})
	}
}

// stepsOfEverySet is net after a step with rate 1: its parameters less their gradients.
func stepsOfEverySet(t *testing.T, net *network.Float, labels []uint8) map[string]*network.Float {
	t.Helper()
	moved := map[string]*network.Float{}
	for _, set := range kernel.All() {
		after := net.Clone()
		m, err := NewMachine(after, network.NewFloat(net.Graph, quant.Levels{}), len(labels), Options{Workers: 2, Set: set})
		require.NoError(t, err)
		m.Step(Batch{From: noise, Labels: labels, Noise: testNoise}, kernel.Step{Rate: 1})
		m.Close()
		moved[set.Name] = after
	}
	return moved
}

func TestEveryKindOfLayerHasACase(t *testing.T) {
	for _, kind := range network.Kinds() {
		_, ok := kindCases[string(kind)]
		require.True(t, ok, "%s", kind)
	}
}
