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
	dropoutStream
)

// source is the sequence number n of a stream.
func (s stream) source(seed, n uint64) *rand.PCG { return rand.NewPCG(seed, uint64(s)<<56^n) }

// positionBound is the largest initial value of a position embedding: that of Keras, as the paper does not
// say; our choice.
const positionBound = 0.05

// Initialise returns g with Glorot-uniform weights, zero biases and shifts, gains of 1 and position
// embeddings uniform on ±0.05, and the given levels in every layer whose weights are quantised. A weight is
// uniform on ±sqrt(6/(in + out)), with in = window·inputs and out = window·outputs of its tensor, where the
// window of a dense layer is 1.
func Initialise(g *network.Graph, levels quant.Levels, seed uint64) *network.Float {
	net := network.NewFloat(g, levels)
	for i := range g.Layers {
		r := rand.New(weightStream.source(seed, uint64(i)))
		for _, t := range net.Tensors(i) {
			switch t.Name {
			case "biases", "query biases", "key biases", "value biases", "shift":
			case "gain":
				for k := range t.Values {
					t.Values[k] = 1
				}
			case "position":
				uniform(t.Values, positionBound, r)
			default:
				uniform(t.Values, glorot(&g.Layers[i], t.Shape[0]), r)
			}
		}
	}
	return net
}

// uniform fills values with numbers uniform on ±bound.
func uniform(values []float32, bound float64, r *rand.Rand) {
	for k := range values {
		values[k] = float32(bound * (2*r.Float64() - 1))
	}
}

// glorot is the bound of a tensor of weights with out outputs.
func glorot(l *network.Layer, out int) float64 {
	in := l.WeightShape().Size()
	switch l.Kind {
	case network.Conv:
		out *= l.Kernel * l.Kernel
	case network.Depthwise: // a window leads from one input to one output
		out = l.Kernel * l.Kernel
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
