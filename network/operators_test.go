package network

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lowres/quant"
)

// model parses a model.
func model(t require.TestingT, input, layers string) *Graph {
	g, err := ParseModel("m", []byte("input: "+input+"\nlayers: ["+layers+"]"))
	require.NoError(t, err)
	return g
}

// residual is a network with every kind beyond conv, dense and maxpool, small enough to compute by hand.
func residual(t require.TestingT) *Integer {
	g := model(t, "[2, 2, 2]", "{name: dw, kind: depthwise, kernel: 2, pad: 1, stride: 2}, {name: f, kind: function, function: tanh}, "+
		"{name: sum, kind: add, with: input, relu: true}, {name: mean, kind: avgpool}, {name: fc, kind: dense, out: 2}")
	three, err := quant.ForN(3)
	require.NoError(t, err)
	one := quant.Requantiser{Mult: 1 << 15, Shift: 15}
	table := make([]int8, TableSize)
	for a := range table {
		table[uint8(a)] = int8(min(max(-int(int8(a)), -128), 100)) // −a, but at most 100
	}
	return &Integer{Graph: g, InputScale: 1, Layers: []IntegerLayer{
		{Levels: three, Weights: []int16{1, 0, 1, 1, -1, 1, 1, 0}, Bias: []int32{1, -2}, Requant: []quant.Requantiser{one, one}, WeightScale: 1, OutputScale: 1},
		{Table: table, OutputScale: 1},
		{Factors: [2]int32{3, 2}, Requant: []quant.Requantiser{{Mult: 1 << 15, Shift: 16, ReLU: true}}, OutputScale: 1},
		{OutputScale: 1},
		{Levels: three, Weights: []int16{1, -1, 0, 1}, Bias: []int32{0, 7}, WeightScale: 1, OutputScale: 1},
	}}
}

func TestRunOfEveryOperatorByHand(t *testing.T) {
	n := residual(t)
	require.Equal(t, Shape{2, 2, 2}, n.Graph.Layers[0].OutShape)
	activations, logits, err := n.Run([]int8{10, -1, 20, -2, -30, 3, 40, 127}) // pixels (10, −1), (20, −2), (−30, 3), (40, 127)
	require.NoError(t, err)
	// dw: the windows hold one pixel each, in their last, third, second and first place.
	require.Equal(t, []int8{10 + 1, 0 - 2, 20 + 1, -2 - 2, 0 + 1, 3 - 2, 40 + 1, -127 - 2 + 1}, activations[0])
	require.Equal(t, []int8{-11, 2, -21, 4, -1, -1, -41, 100}, activations[1])
	// sum: (3·f + 2·input)/2, halves up, relu.
	require.Equal(t, []int8{0, 2, 0, 4, 0, 2, 0, 127}, activations[2])
	require.Equal(t, []int8{0, 34}, activations[3]) // 135/4 = 33.75
	require.Equal(t, []int32{-34, 41}, logits)
}

func TestAnAverageRoundsHalvesUp(t *testing.T) {
	g := model(t, "[2, 1, 1]", "{name: mean, kind: avgpool}")
	n := &Integer{Graph: g, InputScale: 1, Layers: []IntegerLayer{{OutputScale: 1}}}
	for in, want := range map[[2]int8]int32{{1, 2}: 2, {-1, -2}: -1, {127, 127}: 127, {-128, -128}: -128, {127, -128}: 0} {
		_, got, err := n.Run(in[:])
		require.NoError(t, err)
		require.Equal(t, []int32{want}, got, in)
	}
}

func TestAnAverageIsTheNearestIntegerButForTies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		count := rapid.IntRange(1, MaxKernel*MaxKernel).Draw(t, "count")
		sum := rapid.IntRange(-128*count, 127*count).Draw(t, "sum")
		mean := float64(sum) / float64(count)
		got := averager(count).Apply(int32(sum))
		require.LessOrEqual(t, math.Abs(float64(got)-mean), 0.5+1.0/512, "mean %g", mean)
	})
}

func TestRangesFollowTheOperators(t *testing.T) {
	n := residual(t)
	for i, want := range [][2]int{{-128, 127}, {-128, 127}, {-127, 100}, {0, 127}, {0, 127}} {
		lo, hi := n.ActivationRange(i)
		require.Equal(t, want, [2]int{lo, hi}, "layer %d", i)
	}
	for i, want := range [][2]int64{{-2 - 127 - 2*128, 1 + 3*127}, {0, 0}, {-3*127 - 2*128, 3*100 + 2*127}, {0, 4 * 127}, {-127, 127 + 7}} {
		lo, hi := n.AccumulatorRange(i)
		require.Equal(t, want, [2]int64{lo, hi}, "layer %d", i)
	}
}

func TestFactorsOfAResidualComeClose(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ratio := math.Exp2(rapid.Float64Range(-6, 6).Draw(t, "log2 of the ratio"))
		f, err := addFactors(ratio)
		require.NoError(t, err)
		require.InEpsilon(t, ratio, float64(f[0])/float64(f[1]), 1.0/64+1e-9)
	})
	for ratio, want := range map[float64][2]int32{1: {1, 1}, 1.01: {1, 1}, 0.5: {1, 2}, 0.75: {3, 4}, 64: {63, 1}} {
		f, err := addFactors(ratio)
		require.NoError(t, err)
		require.Equal(t, want, f, ratio)
	}
	_, err := addFactors(70)
	require.ErrorContains(t, err, "70 apart: want at most 64")
}

func TestFunctionsAndTheirSlopes(t *testing.T) {
	for f, want := range map[Function]float64{GELU: 0.8413447, HardSigmoid: 2.0 / 3, HardSwish: 2.0 / 3, Sigmoid: 0.7310586, SiLU: 0.7310586, Tanh: 0.7615942} {
		require.InDelta(t, want, f.Value(1), 1e-7, f)
		for x := -4.05; x < 4.1; x += 0.1 {
			const h = 1e-5
			require.InDelta(t, (f.Value(x+h)-f.Value(x-h))/(2*h), f.Slope(x), 1e-6, "%s at %g", f, x)
		}
	}
}

func TestATableRoundsAndClamps(t *testing.T) {
	table := Sigmoid.Table(0.05, 1.0/127)
	require.Equal(t, int8(64), table[0]) // 63.5 goes away from zero
	require.Equal(t, int8(127), table[127])
	require.Equal(t, int8(0), table[128]) // −128: 0.2
	require.Equal(t, int8(-128), Tanh.Table(1, 1.0/1000)[255])
}

func TestConnectRefuses(t *testing.T) {
	for layers, want := range map[string]string{
		"{name: a, kind: add}":                                                             "with: want the layer of the second operand",
		"{name: a, kind: add, with: b}":                                                    `with: "b": want the name of a layer before this one, or input`,
		"{name: a, kind: conv, kernel: 1, out: 2, from: a}":                                `from: "a": want the name`,
		"{name: a, kind: conv, kernel: 1, out: 2}, {name: b, kind: add, with: input}":      "with: input is 4x4x3: want the shape 4x4x2 of the other operand",
		"{name: a, kind: function, function: exp}":                                         `function: "exp": want one of ["gelu" "hardsigmoid"`,
		"{name: a, kind: function, function: tanh, relu: true}":                            "relu: function layers have none",
		"{name: a, kind: avgpool, stride: 2}":                                              "stride: 2 without a kernel",
		"{name: a, kind: avgpool, kernel: 5}":                                              "kernel: 5: want at most 4",
		"{name: a, kind: avgpool, kernel: 2, pad: 1}":                                      "pad: avgpool layers have none",
		"{name: a, kind: depthwise, kernel: 3, out: 4}":                                    "out: depthwise layers have none",
		"{name: a, kind: dense, out: 2}, {name: b, kind: dense, out: 2, from: input}":      "layers[0] a: nothing reads its output",
		"{name: a, kind: maxpool, kernel: 2, with: input}":                                 "with: maxpool layers have none",
		"{name: a, kind: dense, out: 2, from: nowhere}, {name: b, kind: conv, kernel: 65}": "kernel: 65",
	} {
		_, err := ParseModel("m", []byte("input: [4, 4, 3]\nlayers: ["+layers+"]"))
		require.ErrorIs(t, err, ErrShape)
		require.ErrorContains(t, err, want, layers)
	}
}

func TestValidateNamesFaultsOfOperators(t *testing.T) {
	for want, spoil := range map[string]func(l []IntegerLayer){
		"layer dw: 8 weights and 1 biases: want 8 and 2":            func(l []IntegerLayer) { l[0].Bias = l[0].Bias[1:] },
		"layer dw: table or factors":                                func(l []IntegerLayer) { l[0].Table = l[1].Table },
		"layer f: table of 255 entries: want 256":                   func(l []IntegerLayer) { l[1].Table = l[1].Table[1:] },
		"layer f: output scale 0":                                   func(l []IntegerLayer) { l[1].OutputScale = 0 },
		"layer f: weights, requantisers or factors: a function has": func(l []IntegerLayer) { l[1].Requant = l[2].Requant },
		"layer sum: factors [3 0]: want 1 to 64":                    func(l []IntegerLayer) { l[2].Factors[1] = 0 },
		"layer sum: factors [65 2]: want 1 to 64":                   func(l []IntegerLayer) { l[2].Factors[0] = 65 },
		"layer sum: 2 requantisers: want 1":                         func(l []IntegerLayer) { l[2].Requant = append(l[2].Requant, l[2].Requant[0]) },
		"layer sum: channel 0: requantiser with relu false":         func(l []IntegerLayer) { l[2].Requant = []quant.Requantiser{{Shift: 1}} },
		"layer sum: weights or table: a residual has none":          func(l []IntegerLayer) { l[2].Bias = []int32{1} },
		"layer sum: output scale -1":                                func(l []IntegerLayer) { l[2].OutputScale = -1 },
		"layer mean: parameters: a pool has none":                   func(l []IntegerLayer) { l[3].Factors[0] = 1 },
	} {
		n := residual(t)
		require.NoError(t, n.Validate())
		spoil(n.Layers)
		err := n.Validate()
		require.ErrorIs(t, err, ErrNetwork, want)
		require.ErrorContains(t, err, want)
	}
}

func TestTheOldestVersionThatHoldsANetworkIsWritten(t *testing.T) {
	require.Equal(t, byte(1), encoded(t, tinyFile(t))[8])
	data := encoded(t, &File{Network: residual(t)})
	require.Equal(t, byte(2), data[8])
	data[8] = 1
	_, err := ReadLRN(bytes.NewReader(data))
	require.ErrorContains(t, err, "layer dw kind, offset 50: code 3: want 0 to 2")
	old := encoded(t, tinyFile(t))
	old[8] = 2
	_, err = ReadLRN(bytes.NewReader(old))
	require.ErrorIs(t, err, ErrFormat)
}

func TestAFileOfVersion2ThatFitsVersion1IsRefused(t *testing.T) {
	g := tinyInteger(t).Graph
	payload := appendGraph(nil, g, 2)
	d := &decoder{section: tagGraph, data: payload}
	d.graph(2)
	require.ErrorContains(t, d.finish(), "in version 2: want version 1, the oldest that can hold it")
}

func TestDepthwiseEqualsADiagonalConvolution(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
		layer := Layer{Name: "dw", Kind: Depthwise, Kernel: 1 + r.IntN(3), Stride: 1 + r.IntN(3), ReLU: r.IntN(2) == 0}
		layer.Pad = r.IntN(layer.Kernel)
		g := &Graph{Name: "dw", Input: Shape{3 + r.IntN(4), 3 + r.IntN(4), 1 + r.IntN(5)}, Layers: []Layer{layer, {Name: "fc", Kind: Dense, Out: 2}}}
		require.NoError(t, g.Resolve())
		n := randomInteger(r, g, uniformLevels(g, 5))
		in := randomInput(r, g.Input.Size())
		_, got, err := n.Run(in)
		require.NoError(t, err)

		c, window := g.Input.C, layer.Kernel*layer.Kernel
		layer.Kind, layer.Out = Conv, c
		full := &Graph{Name: "conv", Input: g.Input, Layers: []Layer{layer, g.Layers[1]}}
		require.NoError(t, full.Resolve())
		diagonal := make([]int16, c*window*c)
		for o := range c {
			for k := range window {
				diagonal[(o*window+k)*c+o] = n.Layers[0].Weights[o*window+k]
			}
		}
		first := n.Layers[0]
		first.Weights = diagonal
		_, want, err := (&Integer{Graph: full, InputScale: n.InputScale, Layers: []IntegerLayer{first, n.Layers[1]}}).Run(in)
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}
