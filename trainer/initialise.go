package trainer

import (
	"math"
	"math/rand/v2"

	"lowres/network"
	"lowres/quant"
)

// stream names an independent sequence of random numbers of one seed.
type stream uint64

const (
	weightStream stream = iota + 1
	orderStream
	imageStream
)

// source is the sequence number n of a stream.
func (s stream) source(seed, n uint64) *rand.PCG { return rand.NewPCG(seed, uint64(s)<<56^n) }

// Initialise returns g with Glorot-uniform weights and zero biases, and the given levels in every layer
// with weights. A weight is uniform on ±sqrt(6/(in + out)), with in = window·inputs and out =
// window·outputs of its layer, where the window of a dense layer is 1.
func Initialise(g *network.Graph, levels quant.Levels, seed uint64) *network.Float {
	net := network.NewFloat(g, levels)
	for i := range g.Layers {
		l := &g.Layers[i]
		if !l.HasWeights() {
			continue
		}
		r := rand.New(weightStream.source(seed, uint64(i)))
		bound := glorot(l)
		for k := range net.Weights[i] {
			net.Weights[i][k] = float32(bound * (2*r.Float64() - 1))
		}
	}
	return net
}

func glorot(l *network.Layer) float64 {
	in := l.WeightShape().Size()
	out := l.Out
	if l.Kind == network.Conv {
		out *= l.Kernel * l.Kernel
	}
	return math.Sqrt(6 / float64(in+out))
}

// order is the order of n pictures in an epoch, a Fisher-Yates shuffle into order.
func (r Recipe) order(order []int, epoch int) {
	random := rand.New(orderStream.source(r.Seed, uint64(epoch)))
	for i := range order {
		order[i] = i
	}
	random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
}
