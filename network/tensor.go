package network

// Tensor is one named array of parameters of a layer, in row-major order.
type Tensor struct {
	Name      string // "weights", "query weights", "biases", "gain", …: unique in its layer
	Shape     []int
	Values    []float32 // part of the Float, not a copy
	Quantised bool      // connection weights that take the layer's levels, with a scale of this tensor's own
}

// Tensors lists the parameters of layer i of a network that Validate accepts, in
// the order of Weights, Biases, Others:
//
//	conv, dense   weights [out][ky][kx][in], biases [out]
//	depthwise     weights [channel][ky][kx], biases [channel]
//	patches       weights [out][ky][kx][in], biases [out], position [y][x][out]
//	attention     query, key, value weights [out][in]; query, key, value biases [out]; gain, shift [in]
//	feedforward   weights [out][in], gain, shift [in]
//	layernorm     gain, shift [in]
func (f *Float) Tensors(i int) []Tensor {
	l := &f.Graph.Layers[i]
	c := l.InShape.C
	weights, biases, others := cutter{f.Weights[i]}, cutter{f.Biases[i]}, cutter{f.Others[i]}
	switch w := l.WeightShape(); l.Kind {
	case Conv, Dense:
		return []Tensor{weights.matrix("weights", l.Out, w.H, w.W, w.C), biases.vector("biases", l.Out)}
	case Depthwise:
		return []Tensor{weights.matrix("weights", c, w.H, w.W), biases.vector("biases", c)}
	case Patches:
		t := weights.matrix("weights", l.Out, w.H, w.W, w.C)
		t.Quantised = false
		return []Tensor{t, biases.vector("biases", l.Out), others.vector("position", l.OutShape.H, l.OutShape.W, l.Out)}
	case Attention:
		return []Tensor{
			weights.matrix("query weights", c, c), weights.matrix("key weights", c, c), weights.matrix("value weights", c, c),
			biases.vector("query biases", c), biases.vector("key biases", c), biases.vector("value biases", c),
			others.vector("gain", c), others.vector("shift", c),
		}
	case FeedForward:
		return []Tensor{weights.matrix("weights", c, c), others.vector("gain", c), others.vector("shift", c)}
	case LayerNorm:
		return []Tensor{others.vector("gain", c), others.vector("shift", c)}
	}
	return nil
}

// cutter cuts an array into tensors from its start.
type cutter struct{ rest []float32 }

// vector cuts off a tensor of the given shape.
func (c *cutter) vector(name string, shape ...int) Tensor {
	size := 1
	for _, n := range shape {
		size *= n
	}
	t := Tensor{Name: name, Shape: shape, Values: c.rest[:size:size]}
	c.rest = c.rest[size:]
	return t
}

// matrix cuts off a tensor of connection weights.
func (c *cutter) matrix(name string, shape ...int) Tensor {
	t := c.vector(name, shape...)
	t.Quantised = true
	return t
}
