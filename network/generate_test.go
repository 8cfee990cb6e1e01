package network

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"pgregory.net/rapid"

	"lowres/quant"
)

// anyGraph draws a small graph of every kind that has an integer form, with residuals
// and branches.
func anyGraph() *rapid.Generator[*Graph] {
	return rapid.Custom(func(t *rapid.T) *Graph {
		side := rapid.IntRange(1, 7)
		g := &Graph{Name: "drawn", Input: Shape{side.Draw(t, "h"), side.Draw(t, "w"), rapid.IntRange(1, 5).Draw(t, "c")}}
		for i := range rapid.IntRange(1, 4).Draw(t, "layers") {
			shape := g.Input
			if i > 0 {
				shape = g.Output()
			}
			appendLayers(t, g, anyLayer(t, fmt.Sprintf("layer%d", i), shape))
			addResidual(t, g, i)
		}
		if last := &g.Layers[len(g.Layers)-1]; last.HasWeights() {
			last.ReLU = false
		}
		if err := g.Resolve(); err != nil {
			t.Fatalf("the generator draws a bad graph: %v", err)
		}
		return g
	})
}

// anyLayer draws a layer that fits the shape.
func anyLayer(t *rapid.T, name string, in Shape) Layer {
	smaller := min(in.H, in.W)
	kinds := []Kind{Conv, Dense, Depthwise, AvgPool, Lookup}
	if smaller >= 2 {
		kinds = append(kinds, MaxPool)
	}
	l := Layer{Name: name, Kind: rapid.SampledFrom(kinds).Draw(t, "kind")}
	switch l.Kind {
	case MaxPool:
		l.Kernel = rapid.IntRange(2, smaller).Draw(t, "kernel")
		l.Stride = rapid.IntRange(0, 4).Draw(t, "stride")
		l.Pad = rapid.IntRange(0, l.Kernel-1).Draw(t, "pad")
		return l
	case AvgPool:
		if l.Kernel = rapid.IntRange(0, smaller).Draw(t, "kernel"); l.Kernel > 0 {
			l.Stride = rapid.IntRange(0, 3).Draw(t, "stride")
		}
		return l
	case Lookup:
		l.Function = rapid.SampledFrom(Functions()).Draw(t, "function")
		return l
	case Conv, Dense:
		l.Out = rapid.OneOf(rapid.IntRange(1, 7), rapid.SampledFrom([]int{16, 31, 33})).Draw(t, "out")
	}
	l.ReLU = rapid.Bool().Draw(t, "relu")
	if l.Kind != Dense {
		l.Pad = rapid.IntRange(0, 2).Draw(t, "pad")
		l.Kernel = rapid.IntRange(l.Pad+1, l.Pad+max(1, smaller)).Draw(t, "kernel")
		l.Stride = rapid.IntRange(1, 3).Draw(t, "stride")
	}
	return l
}

// appendLayers adds layers that fit.
func appendLayers(t *rapid.T, g *Graph, layers ...Layer) {
	g.Layers = append(g.Layers, layers...)
	if err := g.Resolve(); err != nil {
		t.Fatalf("the generator draws a bad graph: %v", err)
	}
}

// addResidual adds, if drawn, the output of an earlier layer of the same size to the last one's, by way of
// a convolution if its channels differ.
func addResidual(t *rapid.T, g *Graph, i int) {
	last := len(g.Layers) - 1
	with := rapid.IntRange(-1, last).Draw(t, "with")
	name, shape, out := InputName, g.Input, g.Output()
	if with >= 0 {
		name, shape = g.Layers[with].Name, g.Layers[with].OutShape
	}
	if shape.H != out.H || shape.W != out.W || rapid.Bool().Draw(t, "no residual") {
		return
	}
	add := Layer{Name: fmt.Sprintf("add%d", i), Kind: Add, With: name, ReLU: rapid.Bool().Draw(t, "relu of the sum")}
	if shape == out {
		appendLayers(t, g, add)
		return
	}
	branch := Layer{Name: fmt.Sprintf("branch%d", i), Kind: Conv, From: name, Out: out.C, Kernel: 1}
	add.With = g.Layers[last].Name
	appendLayers(t, g, branch, add)
}

// anyLevels draws a level set, of the paper's or custom.
func anyLevels(t *rapid.T) quant.Levels {
	n := rapid.SampledFrom(append(quant.PaperN(), 0)).Draw(t, "N")
	if n != 0 {
		l, _ := quant.ForN(n)
		return l
	}
	values := []int{}
	for _, v := range rapid.SliceOfNDistinct(rapid.IntRange(1, quant.MaxLevel), 1, 16, rapid.ID).Draw(t, "levels") {
		values = append(values, -v, v)
	}
	slices.Sort(values)
	l, err := quant.Custom(values)
	if err != nil {
		t.Fatalf("the generator draws a bad set: %v", err)
	}
	return l
}

// anyInteger draws a valid integer network. Some have a last layer that emits
// logits, some one that emits activations.
func anyInteger() *rapid.Generator[*Integer] {
	return rapid.Custom(func(t *rapid.T) *Integer {
		g := anyGraph().Draw(t, "graph")
		levels := make([]quant.Levels, len(g.Layers))
		for i := range levels {
			levels[i] = anyLevels(t)
		}
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		n := randomInteger(rng, g, levels)
		if last := &n.Layers[len(n.Layers)-1]; g.Layers[len(n.Layers)-1].HasWeights() && rapid.Bool().Draw(t, "requantise the last") {
			last.Requant = randomRequant(rng, g.Layers[len(n.Layers)-1].BiasCount(), false)
		}
		return n
	})
}

// randomInteger fills a graph with random levels, biases and requantisers; the
// last layer emits logits.
func randomInteger(rng *rand.Rand, g *Graph, levels []quant.Levels) *Integer {
	n := &Integer{Graph: g, InputScale: 1.0 / 128, Layers: make([]IntegerLayer, len(g.Layers))}
	for i := range g.Layers {
		l, p := &g.Layers[i], &n.Layers[i]
		scale := rng.Float64() + 0.01
		switch {
		case l.Kind == MaxPool || l.Kind == AvgPool:
			scale = n.inputScale(i)
		case l.Kind == Add:
			p.Factors = [2]int32{1 + rng.Int32N(MaxFactor), 1 + rng.Int32N(MaxFactor)}
			p.Requant = []quant.Requantiser{{Mult: uint16(rng.IntN(1 << 16)), Shift: uint8(16 + rng.IntN(8)), ReLU: l.ReLU}}
		case l.Kind == Lookup:
			p.Table = randomInput(rng, TableSize)
		default:
			p.Levels, p.WeightScale = levels[i], rng.Float64()+0.01
			p.Weights, p.Bias = make([]int16, l.WeightCount()), make([]int32, l.BiasCount())
			for j := range p.Weights {
				p.Weights[j] = int16(p.Levels.Value(rng.IntN(p.Levels.N())))
			}
			for o := range p.Bias {
				p.Bias[o] = rng.Int32N(20_000) - 10_000
			}
			if i < len(g.Layers)-1 {
				p.Requant = randomRequant(rng, l.BiasCount(), l.ReLU)
			}
		}
		p.OutputScale = scale
	}
	return n
}

// randomRequant draws a different requantiser for every channel.
func randomRequant(rng *rand.Rand, channels int, relu bool) []quant.Requantiser {
	r := make([]quant.Requantiser, channels)
	for o := range r {
		r[o] = quant.Requantiser{Mult: uint16(rng.IntN(1 << 16)), Shift: uint8(18 + rng.IntN(10)), ReLU: relu}
	}
	return r
}

// randomInput draws an int8 tensor.
func randomInput(rng *rand.Rand, size int) []int8 {
	in := make([]int8, size)
	for i := range in {
		in[i] = int8(rng.IntN(256) - 128)
	}
	return in
}

// uniformLevels repeats the paper's set with n levels for every layer of g.
func uniformLevels(g *Graph, n int) []quant.Levels {
	l, err := quant.ForN(n)
	if err != nil {
		panic(err)
	}
	return slices.Repeat([]quant.Levels{l}, len(g.Layers))
}
