package network

import (
	"lowres/quant"
)

// Integer is a network of integers: int8 activations with zero point 0, integer
// levels, int32 biases and a requantiser for every output channel. It is exact:
// reference, simulator and RTL agree on it to the last bit.
type Integer struct {
	Graph      *Graph
	InputScale float64        // real value of input 1; the input is pixel − 128
	Layers     []IntegerLayer // parallel to Graph.Layers
}

// IntegerLayer holds the parameters of one layer; a pool has none.
//
// The accumulator of output channel o is acc = bias[o] + Σ w·a. A layer with
// Requant emits Requant[o].Apply(acc), one without (the last) emits acc itself
// as int32: the logits.
type IntegerLayer struct {
	Levels      quant.Levels
	Weights     []int16 // [out][ky][kx][in], every one a level
	Bias        []int32 // [out]
	Requant     []quant.Requantiser
	WeightScale float64 // real value of level 1
	OutputScale float64 // real value of output 1
}
