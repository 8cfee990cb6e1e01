package network

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lowres/quant"
)

// tinyInteger is a network small enough to compute by hand: a 1×1 convolution
// with two channels on a 2×2×1 map, a pool, and a dense layer.
func tinyInteger(t require.TestingT) *Integer {
	g := &Graph{Name: "tiny", Input: Shape{2, 2, 1}, Layers: []Layer{
		{Name: "conv1", Kind: Conv, Out: 2, Kernel: 1, ReLU: true},
		{Name: "pool1", Kind: MaxPool, Kernel: 2},
		{Name: "fc1", Kind: Dense, Out: 2},
	}}
	require.NoError(t, g.Resolve())
	three, err := quant.ForN(3)
	require.NoError(t, err)
	five, err := quant.ForN(5)
	require.NoError(t, err)
	half := quant.Requantiser{Mult: 1 << 15, Shift: 16, ReLU: true}
	return &Integer{Graph: g, InputScale: 1.0 / 128, Layers: []IntegerLayer{
		{Levels: three, Weights: []int16{1, -1}, Bias: []int32{3, -4}, Requant: []quant.Requantiser{half, half}, WeightScale: 0.5, OutputScale: 1.0 / 128},
		{OutputScale: 1.0 / 128},
		{Levels: five, Weights: []int16{2, -1, 0, 1}, Bias: []int32{10, -10}, WeightScale: 0.25, OutputScale: 1.0 / 512},
	}}
}

func TestInputSubtracts128(t *testing.T) {
	require.Equal(t, []int8{-128, -1, 0, 127}, Input([]uint8{0, 127, 128, 255}))
}

func TestArgmaxTakesTheFirstOfEqualLogits(t *testing.T) {
	require.Equal(t, 1, Argmax([]int32{-5, 7, 7, 3}))
	require.Equal(t, 0, Argmax([]int32{math.MinInt32}))
}

func TestRunByHand(t *testing.T) {
	n := tinyInteger(t)
	activations, logits, err := n.Run([]int8{10, -20, 101, 0})
	require.NoError(t, err)
	// conv1: channel 0 = (a+3)/2, channel 1 = (−a−4)/2, halves up, relu.
	require.Equal(t, []int8{7, 0, 0, 8, 52, 0, 2, 0}, activations[0])
	require.Equal(t, []int8{52, 8}, activations[1])
	require.Nil(t, activations[2])
	require.Equal(t, []int32{2*52 - 8 + 10, 8 - 10}, logits)
}

func TestRunPadsWithZeros(t *testing.T) {
	g := &Graph{Name: "pad", Input: Shape{2, 2, 1}, Layers: []Layer{{Name: "c", Kind: Conv, Out: 1, Kernel: 3, Pad: 1}}}
	require.NoError(t, g.Resolve())
	n := randomInteger(rand.New(rand.NewPCG(1, 1)), g, uniformLevels(g, 17))
	copy(n.Layers[0].Weights, []int16{1, 2, 3, 4, 5, 6, 7, 8, -8})
	n.Layers[0].Bias[0] = 100
	_, logits, err := n.Run([]int8{1, 10, -100, 50})
	require.NoError(t, err)
	require.Equal(t, []int32{100 + 5 + 60 - 800 - 400, 100 + 4 + 50 - 700 + 400, 100 + 2 + 30 - 500 + 300, 100 + 1 + 20 - 400 + 250}, logits)
}

func TestRunRefuses(t *testing.T) {
	n := tinyInteger(t)
	_, _, err := n.Run(make([]int8, 3))
	require.ErrorIs(t, err, ErrShape)
	n.InputScale = math.NaN()
	_, _, err = n.Run(make([]int8, 4))
	require.ErrorIs(t, err, ErrNetwork)
}

func TestValidateNamesEveryFault(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(n *Integer)
		want  string
	}{
		"a layer too few":              {func(n *Integer) { n.Layers = n.Layers[:2] }, "parameters of 2 layers: want 3"},
		"an infinite input scale":      {func(n *Integer) { n.InputScale = math.Inf(1) }, "input scale +Inf: want finite and above 0"},
		"a weight that is no level":    {func(n *Integer) { n.Layers[0].Weights[1] = 2 }, "layer conv1: weight 1 is 2: want a level of N=3"},
		"float32 weights":              {func(n *Integer) { n.Layers[2].Levels = quant.Levels{} }, "layer fc1: weights are float32"},
		"a weight too few":             {func(n *Integer) { n.Layers[2].Weights = n.Layers[2].Weights[1:] }, "layer fc1: 3 weights and 2 biases: want 4 and 2"},
		"a bias too many":              {func(n *Integer) { n.Layers[2].Bias = append(n.Layers[2].Bias, 1) }, "4 weights and 3 biases"},
		"no weight scale":              {func(n *Integer) { n.Layers[0].WeightScale = 0 }, "layer conv1: weight scale 0"},
		"no output scale":              {func(n *Integer) { n.Layers[2].OutputScale = math.NaN() }, "layer fc1: weight scale 0.25, output scale NaN"},
		"logits in the middle":         {func(n *Integer) { n.Layers[0].Requant = nil }, "layer conv1: 0 requantisers: want 2 (only the last"},
		"a shift out of range":         {func(n *Integer) { n.Layers[0].Requant[1].Shift = 0 }, "layer conv1: channel 1: requantiser shift 0"},
		"a relu that disagrees":        {func(n *Integer) { n.Layers[0].Requant[1].ReLU = false }, "channel 1: requantiser with relu false: want the layer's true"},
		"relu on the logits":           {func(n *Integer) { n.Graph.Layers[2].ReLU = true }, "layer fc1: relu on the logits"},
		"a pool with weights":          {func(n *Integer) { n.Layers[1].Weights = []int16{1} }, "layer pool1: parameters: a pool has none"},
		"a pool that rescales":         {func(n *Integer) { n.Layers[1].OutputScale = 1 }, "layer pool1: output scale 1: want its input's 0.0078125"},
		"an accumulator beyond int32":  {func(n *Integer) { n.Layers[2].Bias[0] = math.MaxInt32 }, "layer fc1: accumulators reach -127 to 2147483901: want within int32"},
		"an accumulator below int32":   {func(n *Integer) { n.Layers[2].Bias[1] = math.MinInt32; n.Layers[2].Weights[2] = -1 }, "layer fc1: accumulators reach -2147483775 to"},
		"the first of several":         {func(n *Integer) { n.InputScale = 0; n.Layers[0].Weights[0] = 9; n.Layers[1].OutputScale = 1 }, "input scale 0"},
		"the last of the same several": {func(n *Integer) { n.InputScale = 0; n.Layers[0].Weights[0] = 9; n.Layers[1].OutputScale = 1 }, "layer pool1"},
	} {
		n := tinyInteger(t)
		require.NoError(t, n.Validate())
		c.spoil(n)
		err := n.Validate()
		require.ErrorIs(t, err, ErrNetwork, name)
		require.ErrorContains(t, err, c.want, name)
	}
}

func TestActivationRange(t *testing.T) {
	n := tinyInteger(t)
	for i, want := range [][2]int{{-128, 127}, {0, 127}, {0, 127}} {
		lo, hi := n.ActivationRange(i)
		require.Equal(t, want, [2]int{lo, hi}, "layer %d", i)
	}
}

func TestAccumulatorRangeOfTheTinyNetwork(t *testing.T) {
	n := tinyInteger(t)
	for i, want := range [][2]int64{{-127 - 4, 127 + 3}, {0, 0}, {-127, 2*127 + 10}} {
		lo, hi := n.AccumulatorRange(i)
		require.Equal(t, want, [2]int64{lo, hi}, "layer %d", i)
	}
}

func TestAccumulatorRangeIsReachedAndNeverLeft(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := anyInteger().Draw(t, "network")
		l, p := &n.Graph.Layers[0], &n.Layers[0]
		if l.Kind != Dense {
			t.Skip("a dense layer sees every input once")
		}
		lo, hi := n.AccumulatorRange(0)
		inLo, inHi := n.ActivationRange(0)
		least, most := int64(math.MaxInt64), int64(math.MinInt64)
		for o := range l.Out {
			in := make([]int8, l.InShape.Size())
			for _, sign := range []int{1, -1} {
				for j := range in {
					in[j] = int8(inLo)
					if sign*int(p.Weights[o*len(in)+j]) > 0 {
						in[j] = int8(inHi)
					}
				}
				sum := dotProduct(l, p, in, 0, 0, o)
				least, most = min(least, sum, sum+int64(p.Bias[o])), max(most, sum, sum+int64(p.Bias[o]))
			}
		}
		require.Equal(t, [2]int64{min(least, 0), max(most, 0)}, [2]int64{lo, hi})
	})
}
