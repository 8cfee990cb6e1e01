package network

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lowres/network/internal/kernel"
	"lowres/quant"
)

func TestEvaluatorEqualsTheReference(t *testing.T) {
	for _, set := range kernel.All() {
		t.Run(set.Name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				n := anyInteger().Draw(t, "network")
				rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "input seed"), 2))
				e, err := newEvaluator(n, set)
				require.NoError(t, err)
				requireReference(t, n, e, rng, rapid.IntRange(1, 30).Draw(t, "images"))
				requireReference(t, n, e, rng, 1) // meets the first ones' scratch memory
			})
		})
	}
}

// requireReference compares the logits of random inputs, many of them −128 or 127, with Integer.Run.
func requireReference(t require.TestingT, n *Integer, e *Evaluator, rng *rand.Rand, images int) {
	size, classes := n.Graph.Input.Size(), n.Graph.Output().Size()
	in, got := randomInput(rng, images*size), make([]int32, images*classes)
	for i := range in {
		switch rng.IntN(4) {
		case 0:
			in[i] = -128
		case 1:
			in[i] = 127
		}
	}
	require.NoError(t, e.Batch(got, in, 1))
	for i := range images {
		_, want, err := n.Run(in[i*size:][:size])
		require.NoError(t, err)
		require.Equal(t, want, got[i*classes:][:classes], "image %d", i)
		if i == 0 {
			require.NoError(t, e.Logits(got[:classes], in[:size]))
			require.Equal(t, want, got[:classes])
		}
	}
}

// TestEvaluatorEqualsTheReferenceForEveryLevelSet runs layers of many panels, with the ends of every set.
func TestEvaluatorEqualsTheReferenceForEveryLevelSet(t *testing.T) {
	g := &Graph{Name: "wide", Input: Shape{13, 14, 3}, Layers: []Layer{
		{Name: "pool0", Kind: MaxPool, Kernel: 2}, // behind no convolution
		{Name: "conv1", Kind: Conv, Out: 35, Kernel: 3, Pad: 1, ReLU: true},
		{Name: "pool1", Kind: MaxPool, Kernel: 2}, // drops rows and columns
		{Name: "conv2", Kind: Conv, Out: 65, Kernel: 2, Stride: 2, Pad: 1},
		{Name: "fc1", Kind: Dense, Out: 33, ReLU: true},
		{Name: "fc2", Kind: Dense, Out: 10},
	}}
	require.NoError(t, g.Resolve())
	custom, err := quant.Custom([]int{-128, -65, -64, 0, 64, 65, 128})
	require.NoError(t, err)
	sets := []quant.Levels{custom}
	for _, n := range quant.PaperN() {
		levels, err := quant.ForN(n)
		require.NoError(t, err)
		sets = append(sets, levels)
	}
	for _, levels := range sets {
		rng := rand.New(rand.NewPCG(5, uint64(levels.N())))
		n := randomInteger(rng, g, slices.Repeat([]quant.Levels{levels}, len(g.Layers)))
		for _, set := range kernel.All() {
			t.Run(levels.String()+"/"+set.Name, func(t *testing.T) {
				e, err := newEvaluator(n, set)
				require.NoError(t, err)
				requireReference(t, n, e, rng, 5)
			})
		}
	}
}

// extremes is a dense layer whose accumulators come close to the ends of int32.
func extremes(t *testing.T, levels ...int) (*Integer, []int8) {
	const inputs = 131_000
	l, err := quant.Custom(levels)
	require.NoError(t, err)
	g := &Graph{Name: "extremes", Input: Shape{1, 1, inputs}, Layers: []Layer{{Name: "fc", Kind: Dense, Out: 5}}}
	require.NoError(t, g.Resolve())
	n := &Integer{Graph: g, InputScale: 1, Layers: []IntegerLayer{{
		Levels: l, Weights: make([]int16, 5*inputs), Bias: make([]int32, 5), WeightScale: 1, OutputScale: 1,
	}}}
	in := make([]int8, inputs)
	for i := range in {
		in[i] = -128
		for o := range 5 { // mixed signs, so that both halves of a word borrow
			n.Layers[0].Weights[o*inputs+i] = int16(levels[o%len(levels)])
		}
	}
	return n, in
}

func TestEvaluatorEqualsTheReferenceAtTheEndsOfInt32(t *testing.T) {
	n, in := extremes(t, -128, 128)
	_, want, err := n.Run(in)
	require.NoError(t, err)
	require.Greater(t, want[0], int32(math.MaxInt32-1_300_000))
	for _, set := range kernel.All() {
		e, err := newEvaluator(n, set)
		require.NoError(t, err)
		got := make([]int32, 5)
		require.NoError(t, e.Logits(got, in))
		require.Equal(t, want, got, set.Name)
	}
}

func TestBatchDoesNotDependOnTheWorkers(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	g, err := Model("cvnn-small")
	require.NoError(t, err)
	n := randomInteger(rng, g, uniformLevels(g, 5))
	const images = 70
	inputs := randomInput(rng, images*g.Input.Size())
	e, err := NewEvaluator(n)
	require.NoError(t, err)
	want := make([]int32, 0, images*10)
	for i := range images {
		_, logits, err := n.Run(inputs[i*g.Input.Size():][:g.Input.Size()])
		require.NoError(t, err)
		want = append(want, logits...)
	}
	for _, workers := range []int{-1, 0, 1, 3, 20} {
		got := make([]int32, images*10)
		require.NoError(t, e.Batch(got, inputs, workers))
		require.Equal(t, want, got, "%d workers", workers)
	}
	require.NoError(t, e.Batch(nil, nil, 2))
	require.ErrorIs(t, e.Batch(make([]int32, 10), inputs, 1), ErrShape)
	require.ErrorIs(t, e.Batch(make([]int32, 10), inputs[1:], 1), ErrShape)
}

func TestEvaluatorRefuses(t *testing.T) {
	n := tinyInteger(t)
	e, err := NewEvaluator(n)
	require.NoError(t, err)
	require.ErrorIs(t, e.Logits(make([]int32, 2), make([]int8, 1)), ErrShape)
	require.ErrorIs(t, e.Logits(make([]int32, 9), make([]int8, n.Graph.Input.Size())), ErrShape)
	n.InputScale = 0
	_, err = NewEvaluator(n)
	require.ErrorIs(t, err, ErrNetwork)
}

func TestEvaluatorDoesNotAllocate(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	g, err := Model("cvnn-small")
	require.NoError(t, err)
	for _, n := range []*Integer{randomInteger(rng, g, uniformLevels(g, 3)), residual(t)} {
		e, err := NewEvaluator(n)
		require.NoError(t, err)
		size, classes := n.Graph.Input.Size(), n.Graph.Output().Size()
		in, dst := randomInput(rng, 30*size), make([]int32, 30*classes)
		require.Zero(t, testing.AllocsPerRun(3, func() { _ = e.Logits(dst[:classes], in[:size]) }))
		require.Zero(t, testing.AllocsPerRun(3, func() { _ = e.Batch(dst, in, 1) }))
	}
}
