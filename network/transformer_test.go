package network

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/quant"
)

func TestParametersAndMACsOfVIT1ByLayer(t *testing.T) {
	g, err := Model("vit1")
	require.NoError(t, err)
	type size struct {
		out        Shape
		parameters int
		macs       int64
	}
	want := map[string]size{
		"patches":    {Shape{8, 8, 64}, 48*64 + 64 + 64*64, 64 * 48 * 64},
		"attention1": {Shape{8, 8, 64}, 3*(64*64+64) + 128, 3*64*64*64 + 2*64*64*64},
		// two tensors of 64 for the normalisation, and no biases
		"feedforward1": {Shape{8, 8, 64}, 64*64 + 128, 64 * 64 * 64},
		"norm":         {Shape{8, 8, 64}, 128, 0},
		"dropout":      {Shape{8, 8, 64}, 0, 0},
		"fc1":          {Shape{1, 1, 1024}, 4096*1024 + 1024, 4096 * 1024},
	}
	for i := range g.Layers {
		l := &g.Layers[i]
		if w, ok := want[l.Name]; ok {
			require.Equal(t, w, size{l.OutShape, l.Parameters(), l.MACs()}, l.Name)
		}
	}
}

func TestTensorsCutAllParametersInOrder(t *testing.T) {
	g, err := Model("vit1")
	require.NoError(t, err)
	f := NewFloat(g, uniformLevels(g, 3)[0])
	require.NoError(t, f.Validate())
	next := float32(0)
	for i := range g.Layers {
		names := map[string]bool{}
		for _, tensor := range f.Tensors(i) {
			size := 1
			for _, n := range tensor.Shape {
				size *= n
			}
			require.Len(t, tensor.Values, size)
			require.False(t, names[tensor.Name], "a name of its own")
			names[tensor.Name] = true
			require.Equal(t, strings.HasSuffix(tensor.Name, "weights") && i > 0, tensor.Quantised, "%d %s", i, tensor.Name)
			for k := range tensor.Values {
				next++
				tensor.Values[k] = next
			}
		}
	}
	require.Equal(t, g.Parameters(), int(next))
	count := float32(0)
	for i := range g.Layers {
		for _, part := range [][]float32{f.Weights[i], f.Biases[i], f.Others[i]} {
			for _, v := range part {
				count++
				require.Equal(t, count, v)
			}
		}
	}
}

func TestOnlyConnectionWeightsTakeLevels(t *testing.T) {
	g, err := Model("vit1")
	require.NoError(t, err)
	f := NewFloat(g, uniformLevels(g, 3)[0])
	for i := range g.Layers {
		require.Equal(t, g.Layers[i].HasLevels(), !f.Levels[i].IsZero(), g.Layers[i].Name)
	}
	require.False(t, g.Layers[0].HasLevels(), "the patch encoder stays float32")
	require.True(t, g.Layers[1].HasLevels())
	clone := f.Clone()
	require.Equal(t, f, clone)
	clone.Others[0][0] = 1
	require.Zero(t, f.Others[0][0])
}

func TestLayersOfATransformerAreChecked(t *testing.T) {
	for text, want := range map[string]string{
		"{name: a, kind: attention}":                                   "heads: 0: want 1 to",
		"{name: a, kind: attention, heads: 2}":                         "heads: 2: want a divisor of the 3 channels of the input 8x8x3",
		"{name: a, kind: attention, heads: 3, out: 8}":                 "out: attention layers have none",
		"{name: a, kind: feedforward, gelu: true}":                     "gelu: feedforward layers have none",
		"{name: a, kind: layernorm, rate: 0.5}":                        "rate: layernorm layers have none",
		"{name: a, kind: dropout}":                                     "rate: 0: want above 0 and below 1",
		"{name: a, kind: dropout, rate: 1}":                            "rate: 1: want above 0 and below 1",
		"{name: a, kind: dropout, rate: .nan}":                         "rate",
		"{name: a, kind: patches, kernel: 9, out: 4}":                  "kernel: 9: want at most 8",
		"{name: a, kind: patches, kernel: 4, out: 4, relu: true}":      "relu: patches layers have none",
		"{name: a, kind: conv, kernel: 1, out: 4, gelu: true}":         "gelu: conv layers have none",
		"{name: a, kind: dense, out: 4, relu: true, gelu: true}":       "relu and gelu: want at most one",
		"{name: a, kind: patches, kernel: 2, out: 4, heads: 2}":        "heads: patches layers have none",
		"{name: a, kind: attention, heads: 3, relu: true, kernel: 65}": "kernel: attention layers have none",
	} {
		_, err := ParseModel("m", []byte("input: [8, 8, 3]\nlayers: ["+text+"]"))
		require.ErrorContains(t, err, want, text)
	}
	_, err := ParseModel("m", []byte("input: [4096, 4096, 1]\nlayers: [{name: a, kind: attention, heads: 1}]"))
	require.ErrorContains(t, err, "1 heads of 16777216×16777216 scores: want at most 268435456 in all")
}

func TestWhatHasNoIntegerFormIsRefusedByName(t *testing.T) {
	for text, want := range map[string]string{
		"{name: mix, kind: attention, heads: 1}":      "layer mix: unsupported layer: kind attention: an integer network has [\"conv\" \"dense\" \"maxpool\" \"depthwise\" \"avgpool\" \"add\" \"function\"]",
		"{name: ff, kind: feedforward}":               "layer ff: unsupported layer: kind feedforward",
		"{name: norm, kind: layernorm}":               "layer norm: unsupported layer: kind layernorm",
		"{name: drop, kind: dropout, rate: 0.5}":      "layer drop: unsupported layer: kind dropout",
		"{name: p, kind: patches, kernel: 2, out: 4}": "layer p: unsupported layer: kind patches",
		"{name: fc, kind: dense, out: 4, gelu: true}": "layer fc: unsupported layer: gelu",
	} {
		g, err := ParseModel("m", []byte("input: [2, 2, 3]\nlayers: ["+text+", {name: out, kind: dense, out: 2}]"))
		require.NoError(t, err)
		_, err = Quantise(NewFloat(g, uniformLevels(g, 3)[0]), []float32{1, 1}, QuantiseOptions{})
		require.ErrorIs(t, err, ErrUnsupported)
		require.ErrorContains(t, err, want)
		n := &Integer{Graph: g, InputScale: 1, Layers: make([]IntegerLayer, 2)}
		require.ErrorContains(t, n.Validate(), want)
		_, err = NewEvaluator(n)
		require.ErrorIs(t, err, ErrUnsupported)
		require.ErrorIs(t, (&File{Network: n, Packing: quant.Byte}).Write(nil), ErrUnsupported)
	}
}
