package network

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestResolveComputesTheShapes(t *testing.T) {
	for name, c := range map[string]struct {
		input Shape
		layer Layer
		want  Shape
	}{
		"a padded 3x3 keeps the size":          {Shape{32, 32, 3}, Layer{Kind: Conv, Out: 8, Kernel: 3, Pad: 1}, Shape{32, 32, 8}},
		"an unpadded 3x3 loses two":            {Shape{32, 20, 3}, Layer{Kind: Conv, Out: 8, Kernel: 3}, Shape{30, 18, 8}},
		"a stride drops what does not fit":     {Shape{8, 7, 1}, Layer{Kind: Conv, Out: 2, Kernel: 3, Stride: 2}, Shape{3, 3, 2}},
		"a kernel as large as the padded map":  {Shape{2, 2, 1}, Layer{Kind: Conv, Out: 1, Kernel: 4, Pad: 1}, Shape{1, 1, 1}},
		"a pool drops the last odd row":        {Shape{5, 7, 4}, Layer{Kind: MaxPool, Kernel: 2}, Shape{2, 3, 4}},
		"a dense layer flattens":               {Shape{4, 4, 3}, Layer{Kind: Dense, Out: 10}, Shape{1, 1, 10}},
		"a 1x1 convolution keeps a single map": {Shape{1, 1, 1}, Layer{Kind: Conv, Out: 1, Kernel: 1}, Shape{1, 1, 1}},
	} {
		c.layer.Name = "a"
		g := &Graph{Input: c.input, Layers: []Layer{c.layer}}
		require.NoError(t, g.Resolve(), name)
		require.Equal(t, c.want, g.Output(), name)
		require.Equal(t, c.input, g.Layers[0].InShape, name)
	}
}

func TestWeightsAndMACsOfCVNN1(t *testing.T) {
	g, err := Model("cvnn1")
	require.NoError(t, err)
	macs := int64(0)
	for i := range g.Layers {
		macs += g.Layers[i].MACs()
	}
	require.Equal(t, int64(40_043_776), macs)
	require.Equal(t, Shape{3, 3, 64}, g.Layers[2].WeightShape())
	require.Equal(t, 9*64*128, g.Layers[2].WeightCount())
	require.Equal(t, Shape{4, 4, 256}, g.Layers[6].WeightShape())
	require.Equal(t, Shape{}, g.Layers[1].WeightShape())
}

func TestABadModelIsReportedAllAtOnce(t *testing.T) {
	_, err := ParseModel("bad", []byte(`
input: [8, 8, 3]
layers:
  - {name: 1st, kind: conv, out: 0, kernel: 65, pad: 65}
  - {name: a, kind: convolution}
  - {name: a, kind: dense, out: 10, kernel: 3, stride: 2, pad: 1}
  - {name: b, kind: maxpool, kernel: 1, out: 3, relu: true}
`))
	require.ErrorIs(t, err, ErrShape)
	require.Equal(t, []string{
		`model bad: shape: layers[0].name: "1st": want a letter, then letters, digits and _, at most 64`,
		`shape: layers[0] 1st: out: 0: want 1 to 1048576`,
		`kernel: 65: want 1 to 64`,
		`pad: 65: want 0 to 64`,
		`shape: layers[1] a: kind: "convolution": want one of ["conv" "depthwise" "dense" "maxpool" "avgpool" "add" "function" "patches" "attention" "feedforward" "layernorm" "dropout"]`,
		`shape: layers[2].name: "a": want a name of its own, layers[1] has this one`,
		`shape: layers[2] a: kernel: dense layers have none; remove it`,
		`stride: dense layers have none; remove it`,
		`pad: dense layers have none; remove it`,
		`shape: layers[3] b: kernel: 1: want 2 to 64`,
		`out: maxpool layers have none; remove it`,
		`relu: maxpool layers have none; remove it`,
	}, strings.Split(err.Error(), "\n"))
}

func TestResolveRefuses(t *testing.T) {
	dense := Layer{Name: "fc", Kind: Dense, Out: 1}
	for name, c := range map[string]struct {
		graph Graph
		want  string
	}{
		"an empty input":              {Graph{Input: Shape{0, 1, 1}, Layers: []Layer{dense}}, "input: 0x1x1: want 1x1x1 to 4096x4096x1048576"},
		"a huge input":                {Graph{Input: Shape{4096, 4096, 17}, Layers: []Layer{dense}}, "at most 268435456 values"},
		"no layers":                   {Graph{Input: Shape{1, 1, 1}}, "layers: 0: want 1 to 1024"},
		"too many layers":             {Graph{Input: Shape{1, 1, 1}, Layers: make([]Layer, 1025)}, "layers: 1025"},
		"a pool on a single pixel":    {Graph{Input: Shape{1, 4, 1}, Layers: []Layer{{Name: "p", Kind: MaxPool, Kernel: 2}}}, "kernel: 2: want at most 1"},
		"a kernel beyond the padding": {Graph{Input: Shape{2, 2, 1}, Layers: []Layer{{Name: "c", Kind: Conv, Out: 1, Kernel: 5, Pad: 1}}}, "kernel: 5: want at most 4, the smaller side of the padded input 2x2x1"},
		"too many weights":            {Graph{Input: Shape{64, 64, 64}, Layers: []Layer{{Name: "fc", Kind: Dense, Out: 1 << 20}}}, "weights: want at most 268435456"},
		"too large an output":         {Graph{Input: Shape{4096, 4096, 1}, Layers: []Layer{{Name: "c", Kind: Conv, Out: 64, Kernel: 1}}}, "output 4096x4096x64"},
		"a name that is too long":     {Graph{Input: Shape{1, 1, 1}, Layers: []Layer{{Name: strings.Repeat("a", 65), Kind: Dense, Out: 1}}}, "at most 64"},
	} {
		err := c.graph.Resolve()
		require.ErrorIs(t, err, ErrShape, name)
		require.ErrorContains(t, err, c.want, name)
	}
}

func TestResolveTwiceIsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := anyGraph().Draw(t, "graph")
		want := append([]Layer{}, g.Layers...)
		require.NoError(t, g.Resolve())
		require.Equal(t, want, g.Layers)
	})
}
