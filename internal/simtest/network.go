// Package simtest makes networks for the tests of the simulator, and runs them
// by a slow reference of its own.
package simtest

import (
	"math"
	"math/rand/v2"

	"lowres/network"
	"lowres/quant"
)

// Model returns a built-in model with random weights of n levels and
// requantisers that use most of the int8 range.
func Model(name string, n int, seed uint64) (*network.Integer, error) {
	g, err := network.Model(name)
	if err != nil {
		return nil, err
	}
	return Fill(g, []int{n}, rand.New(rand.NewPCG(seed, 1)))
}

// Fill gives a resolved graph random parameters. Layer i takes ns[i mod len].
func Fill(g *network.Graph, ns []int, r *rand.Rand) (*network.Integer, error) {
	net := &network.Integer{Graph: g, InputScale: 1, Layers: make([]network.IntegerLayer, len(g.Layers))}
	lastWeights := 0
	for i := range g.Layers {
		if g.Layers[i].HasWeights() {
			lastWeights = i
		}
	}
	for i := range g.Layers {
		if !g.Layers[i].HasWeights() {
			net.Layers[i].OutputScale = 1
			continue
		}
		l, err := quant.ForN(ns[i%len(ns)])
		if err != nil {
			return nil, err
		}
		fillLayer(&net.Layers[i], &g.Layers[i], l, i == lastWeights, r)
	}
	return net, nil
}

// fillLayer draws weights, biases and requantisers.
func fillLayer(l *network.IntegerLayer, g *network.Layer, levels quant.Levels, last bool, r *rand.Rand) {
	l.Levels, l.Weights, l.Bias = levels, make([]int16, g.WeightCount()), make([]int32, g.Out)
	for i := range l.Weights {
		l.Weights[i] = int16(levels.Value(r.IntN(levels.N())))
	}
	for i := range l.Bias {
		l.Bias[i] = int32(r.IntN(401) - 200)
	}
	l.WeightScale, l.OutputScale = 1, 1
	for range g.Out {
		if last {
			break
		}
		spread := 40 * float64(levels.Max()) * math.Sqrt(float64(g.WeightShape().Size())) // about 3/4 of a sum's deviation
		q, _ := quant.NewRequantiser(64/spread*(0.5+r.Float64()), g.ReLU)
		l.Requant = append(l.Requant, q)
	}
}

// Input draws an input image.
func Input(g *network.Graph, seed uint64) []int8 {
	r := rand.New(rand.NewPCG(seed, 2))
	x := make([]int8, g.Input.Size())
	for i := range x {
		x[i] = int8(r.IntN(256) - 128)
	}
	return x
}
