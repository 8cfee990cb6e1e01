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
	sets := make([]quant.Levels, len(ns))
	for i, n := range ns {
		l, err := quant.ForN(n)
		if err != nil {
			return nil, err
		}
		sets[i] = l
	}
	return FillSets(g, sets, r), nil
}

// FillSets is Fill with level sets instead of their numbers of levels.
func FillSets(g *network.Graph, sets []quant.Levels, r *rand.Rand) *network.Integer {
	net := &network.Integer{Graph: g, InputScale: 1, Layers: make([]network.IntegerLayer, len(g.Layers))}
	for i := range g.Layers {
		l, p := &g.Layers[i], &net.Layers[i]
		p.OutputScale = 1
		switch {
		case l.HasWeights():
			fillLayer(p, l, sets[i%len(sets)], i == len(g.Layers)-1, r)
		case l.Kind == network.Add:
			p.Factors = [2]int32{1 + r.Int32N(9), 1 + r.Int32N(9)}
			q, _ := quant.NewRequantiser((0.5+r.Float64())/float64(max(p.Factors[0], p.Factors[1])), l.ReLU)
			p.Requant = []quant.Requantiser{q}
		case l.Kind == network.Lookup:
			p.Table = make([]int8, network.TableSize)
			for a := range p.Table {
				p.Table[a] = int8(r.IntN(256) - 128)
			}
		}
	}
	return net
}

// fillLayer draws weights, biases and requantisers.
func fillLayer(l *network.IntegerLayer, g *network.Layer, levels quant.Levels, last bool, r *rand.Rand) {
	l.Levels, l.Weights, l.Bias = levels, make([]int16, g.WeightCount()), make([]int32, g.BiasCount())
	for i := range l.Weights {
		l.Weights[i] = int16(levels.Value(r.IntN(levels.N())))
	}
	for i := range l.Bias {
		l.Bias[i] = int32(r.IntN(401) - 200)
	}
	l.WeightScale = 1
	for range g.BiasCount() {
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
