package network

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lowres/quant"
)

// randomFloat fills a graph with Glorot-like weights and small biases.
func randomFloat(rng *rand.Rand, g *Graph, levels quant.Levels) *Float {
	f := NewFloat(g, levels)
	for i := range g.Layers {
		limit := math.Sqrt(6 / float64(g.Layers[i].WeightShape().Size()+g.Layers[i].Out))
		for j := range f.Weights[i] {
			f.Weights[i][j] = float32((2*rng.Float64() - 1) * limit)
		}
		for o := range f.Biases[i] {
			f.Biases[i][o] = float32(rng.NormFloat64() * 0.05)
		}
	}
	return f
}

// runFloat computes the network in float64 with the quantised weights s·q, and
// returns every layer's output, relu included.
func runFloat(n *Integer, f *Float, input []int8) [][]float64 {
	in := make([]float64, len(input))
	for i, v := range input {
		in[i] = float64(v) * n.InputScale
	}
	var outs [][]float64
	for i := range n.Layers {
		l, p := &n.Graph.Layers[i], &n.Layers[i]
		out := make([]float64, l.OutShape.Size())
		for j := range out {
			x, o := j/l.OutShape.C, j%l.OutShape.C
			out[j] = floatOutput(l, p, f.Biases[i], in, x/l.OutShape.W, x%l.OutShape.W, o)
		}
		outs, in = append(outs, out), out
	}
	return outs
}

// floatOutput is one output of one layer.
func floatOutput(l *Layer, p *IntegerLayer, bias []float32, in []float64, y, x, o int) float64 {
	window, stride := l.WeightShape(), l.Stride
	sum, most := 0.0, math.Inf(-1)
	if l.Kind == MaxPool {
		window, stride = Shape{l.Kernel, l.Kernel, 1}, l.Kernel
	}
	for i := range window.Size() {
		c, kx, ky := i%window.C, i/window.C%window.W, i/window.C/window.W
		iy, ix := y*stride+ky-l.Pad, x*stride+kx-l.Pad
		if iy < 0 || ix < 0 || iy >= l.InShape.H || ix >= l.InShape.W {
			continue
		}
		if l.Kind == MaxPool {
			most = max(most, in[(iy*l.InShape.W+ix)*l.InShape.C+o])
			continue
		}
		sum += p.WeightScale * float64(p.Weights[o*window.Size()+i]) * in[(iy*l.InShape.W+ix)*l.InShape.C+c]
	}
	switch {
	case l.Kind == MaxPool:
		return most
	case l.ReLU:
		return max(sum+float64(bias[o]), 0)
	}
	return sum + float64(bias[o])
}

// calibrated returns the largest |output| of every layer.
func calibrated(outs [][]float64) []float32 {
	ranges := make([]float32, len(outs))
	for i, out := range outs {
		for _, v := range out {
			ranges[i] = max(ranges[i], float32(math.Abs(v)))
		}
	}
	return ranges
}

func TestTheIntegerNetworkFollowsTheFloatOne(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	g, err := ParseModel("m", []byte(`
input: [8, 8, 3]
layers:
  - {name: conv1, kind: conv, out: 8, kernel: 3, pad: 1, relu: true}
  - {name: pool1, kind: maxpool, kernel: 2}
  - {name: conv2, kind: conv, out: 8, kernel: 3, stride: 2}
  - {name: fc1, kind: dense, out: 10}
`))
	require.NoError(t, err)
	for _, size := range quant.PaperN() {
		levels, err := quant.ForN(size)
		require.NoError(t, err)
		f := randomFloat(rng, g, levels)
		in := randomInput(rng, g.Input.Size())
		draft, err := Quantise(f, []float32{1, 1, 1, 1}, QuantiseOptions{})
		require.NoError(t, err)
		outs := runFloat(draft, f, in)
		n, err := Quantise(f, calibrated(outs), QuantiseOptions{})
		require.NoError(t, err)
		_, logits, err := n.Run(in)
		require.NoError(t, err)
		want := outs[3]
		spread := slices.Max(want) - slices.Min(want)
		for o, v := range logits {
			require.InDelta(t, want[o], float64(v)*n.Layers[3].OutputScale, 0.05*spread, "N=%d, logit %d", size, o)
		}
	}
}

func TestQuantiseFollowsItsFormulas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := anyGraph().Draw(t, "graph")
		if last := g.Layers[len(g.Layers)-1]; !last.HasWeights() {
			t.Skip("no logits")
		}
		levels := anyLevels(t)
		f := randomFloat(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 9)), g, levels)
		ranges := rapid.SliceOfN(rapid.Float32Range(0.5, 20), len(g.Layers), len(g.Layers)).Draw(t, "ranges")
		n, err := Quantise(f, ranges, QuantiseOptions{InputScale: 0.05})
		require.NoError(t, err)
		for i, p := range n.Layers {
			in := n.inputScale(i)
			switch l := &g.Layers[i]; l.Kind {
			case MaxPool, AvgPool:
				require.Equal(t, IntegerLayer{OutputScale: in}, p)
				continue
			case Add:
				out, with := float64(ranges[i])/127, n.scaleOf(l.Second)
				require.Equal(t, out, p.OutputScale)
				require.InEpsilon(t, in/out, float64(p.Factors[0])*p.Requant[0].Scale(), 1.0/64)
				require.InEpsilon(t, with/out, float64(p.Factors[1])*p.Requant[0].Scale(), 1.0/64)
				require.Equal(t, l.ReLU, p.Requant[0].ReLU)
				continue
			case Lookup:
				out := float64(ranges[i]) / 127
				require.Equal(t, IntegerLayer{OutputScale: out, Table: l.Function.Table(in, out)}, p)
				continue
			}
			want := make([]int16, len(p.Weights))
			require.Equal(t, float64(levels.Quantise(want, f.Weights[i])), p.WeightScale)
			require.Equal(t, want, p.Weights)
			for o, b := range p.Bias {
				require.InDelta(t, float64(f.Biases[i][o])/(in*p.WeightScale), float64(b), 0.5)
			}
			if i == len(n.Layers)-1 {
				require.Nil(t, p.Requant)
				require.Equal(t, in*p.WeightScale, p.OutputScale)
				break
			}
			require.Equal(t, float64(ranges[i])/127, p.OutputScale)
			for _, r := range p.Requant {
				require.InEpsilon(t, in*p.WeightScale/p.OutputScale, r.Scale(), 1.0/(1<<15))
				require.Equal(t, g.Layers[i].ReLU, r.ReLU)
			}
		}
	})
}

func TestBiasesRoundHalvesAwayFromZero(t *testing.T) {
	got, err := quantiseBias([]float32{1.25, -1.25, 1.2, -1.2, 0}, 0.5)
	require.NoError(t, err)
	require.Equal(t, []int32{3, -3, 2, -2, 0}, got)
}

func TestQuantiseNamesTheLayerAtFault(t *testing.T) {
	nan := float32(math.NaN())
	for name, c := range map[string]struct {
		spoil func(f *Float, ranges []float32)
		want  string
	}{
		"a float32 layer":       {func(f *Float, _ []float32) { f.Levels[0] = quant.Levels{} }, "layer conv1: its weights are float32"},
		"a weight that is NaN":  {func(f *Float, _ []float32) { f.Weights[2][1] = nan }, "layer fc1: weight 1 is NaN"},
		"a weight too few":      {func(f *Float, _ []float32) { f.Weights[2] = f.Weights[2][1:] }, "layer fc1: 3 weights"},
		"a bias beyond int32":   {func(f *Float, _ []float32) { f.Biases[0][1] = 1e9 }, "layer conv1: bias 1 is 1e+09"},
		"a bias that is NaN":    {func(f *Float, _ []float32) { f.Biases[0][1] = nan }, "layer conv1: bias 1 is NaN"},
		"a range of zero":       {func(_ *Float, r []float32) { r[0] = 0 }, "layer conv1: range 0: want finite and above 0"},
		"a range that is NaN":   {func(_ *Float, r []float32) { r[0] = nan }, "layer conv1: range NaN"},
		"a range far too small": {func(_ *Float, r []float32) { r[0] = 1e-9 }, "layer conv1: requantisation scale"},
		"relu on the logits":    {func(f *Float, _ []float32) { f.Graph.Layers[2].ReLU = true }, "layer fc1: the last layer emits the logits"},
	} {
		f := randomFloat(rand.New(rand.NewPCG(1, 2)), tinyInteger(t).Graph, uniformLevels(tinyInteger(t).Graph, 3)[0])
		ranges := []float32{1, 0, 0}
		_, err := Quantise(f, ranges, QuantiseOptions{})
		require.NoError(t, err)
		c.spoil(f, ranges)
		n, err := Quantise(f, ranges, QuantiseOptions{})
		require.ErrorContains(t, err, c.want, name)
		require.Nil(t, n)
	}
	f := NewFloat(tinyInteger(t).Graph, quant.Levels{})
	_, err := Quantise(f, nil, QuantiseOptions{})
	require.ErrorIs(t, err, ErrShape)
	f.Biases = nil
	require.ErrorIs(t, f.Validate(), ErrShape)
}

func TestQuantiseChecksItsResult(t *testing.T) {
	g := &Graph{Name: "one", Input: Shape{1, 1, 2}, Layers: []Layer{{Name: "fc", Kind: Dense, Out: 1}}}
	require.NoError(t, g.Resolve())
	f := randomFloat(rand.New(rand.NewPCG(1, 2)), g, uniformLevels(g, 3)[0])
	n, err := Quantise(f, []float32{0}, QuantiseOptions{InputScale: -1})
	require.ErrorIs(t, err, ErrNetwork)
	require.ErrorContains(t, err, "input scale -1")
	require.Nil(t, n)
}
