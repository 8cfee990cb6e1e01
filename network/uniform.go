package network

import (
	"fmt"
	"math"
	"math/rand/v2"

	"lowres/quant"
)

// Uniform gives a resolved graph parameters before anything is trained: weights drawn
// with equal chances from the level set of their layer, biases of 0, and requantisers
// that leave activations a standard deviation of about 40. sets runs parallel to g.Layers
// and holds a set for every layer with levels; see ParseLevels. With logits the last layer
// emits its sums. The same seed gives the same network.
//
// What the network costs follows from its shapes and sets; what it says means nothing.
// Uniform returns quant.ErrLevels for float32 levels, and what Integer.Validate finds.
func Uniform(g *Graph, sets []quant.Levels, logits bool, seed uint64) (*Integer, error) {
	r := rand.New(rand.NewPCG(seed, 1))
	n := &Integer{Graph: g, InputScale: DefaultInputScale, Layers: make([]IntegerLayer, len(g.Layers))}
	for i := range g.Layers {
		l := &g.Layers[i]
		if err := l.checkInteger(); err != nil {
			return nil, fmt.Errorf("layer %s: %w", l.Name, err)
		}
		var err error
		if n.Layers[i], err = n.uniformLayer(i, sets[i], logits && i == len(g.Layers)-1, r); err != nil {
			return nil, fmt.Errorf("layer %s: %w", l.Name, err)
		}
	}
	return n, n.Validate()
}

// uniformLayer is the parameters of layer i; those of the layers before are there.
func (n *Integer) uniformLayer(i int, set quant.Levels, logits bool, r *rand.Rand) (p IntegerLayer, err error) {
	l := &n.Graph.Layers[i]
	switch {
	case l.Kind == MaxPool || l.Kind == AvgPool:
		p.OutputScale = n.inputScale(i)
	case l.Kind == Lookup:
		p.OutputScale = n.inputScale(i)
		p.Table = l.Function.Table(n.inputScale(i), p.OutputScale)
	case l.Kind == Add:
		p.OutputScale, p.Factors = 1, [2]int32{1, 1}
		err = p.requantise(1, 1/math.Sqrt2, l.ReLU)
	case set.IsZero():
		err = fmt.Errorf("%w: float32: want levels such as N = 3", quant.ErrLevels)
	default:
		p = uniformWeights(l, set, r)
		if logits {
			return p, nil
		}
		spread := math.Sqrt(float64(l.WeightShape().Size())) * deviation(set) // of a sum of activations of deviation 1
		err = p.requantise(l.BiasCount(), 1/spread, l.ReLU)
	}
	return p, err
}

// uniformWeights draws the weights of a layer.
func uniformWeights(l *Layer, set quant.Levels, r *rand.Rand) IntegerLayer {
	p := IntegerLayer{Levels: set, WeightScale: 1, OutputScale: 1,
		Weights: make([]int16, l.WeightCount()), Bias: make([]int32, l.BiasCount())}
	for k := range p.Weights {
		p.Weights[k] = int16(set.Value(r.IntN(set.N())))
	}
	return p
}

// deviation is √(mean of the squared levels).
func deviation(set quant.Levels) float64 {
	sum := 0.0
	for _, v := range set.Values() {
		sum += float64(v * v)
	}
	return math.Sqrt(sum / float64(set.N()))
}

// requantise gives the layer n requantisers of one factor.
func (p *IntegerLayer) requantise(n int, factor float64, relu bool) error {
	q, err := quant.NewRequantiser(factor, relu)
	for range n {
		p.Requant = append(p.Requant, q)
	}
	return err
}
