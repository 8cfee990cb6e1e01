package network

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lowres/quant"
)

func TestEvaluatorEqualsTheReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := anyInteger().Draw(t, "network")
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "input seed"), 2))
		e, err := NewEvaluator(n)
		if errors.Is(err, ErrUnsupported) {
			t.Skip(err)
		}
		require.NoError(t, err)
		got := make([]int32, n.Graph.Output().Size())
		for range 2 { // the second image meets the first one's scratch memory
			in := randomInput(rng, n.Graph.Input.Size())
			_, want, err := n.Run(in)
			require.NoError(t, err)
			require.NoError(t, e.Logits(got, in))
			require.Equal(t, want, got)
		}
	})
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
	e, err := NewEvaluator(n)
	require.NoError(t, err)
	got := make([]int32, 5)
	require.NoError(t, e.Logits(got, in))
	require.Equal(t, want, got)
}

func TestUnpackTakesTwoSumsApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int32().Draw(t, "low"), rapid.Int32().Draw(t, "high")
		low, high := unpack(int64(a) + int64(b)<<32)
		require.Equal(t, a, low)
		require.Equal(t, b, high)
	})
}

func TestBatchDoesNotDependOnTheWorkers(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	g, err := Model("cvnn-small")
	require.NoError(t, err)
	n := randomInteger(rng, g, uniformLevels(g, 5))
	const images = 7
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

func TestLogitsDoesNotAllocate(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	g, err := Model("cvnn-small")
	require.NoError(t, err)
	e, err := NewEvaluator(randomInteger(rng, g, uniformLevels(g, 3)))
	require.NoError(t, err)
	in, dst := randomInput(rng, g.Input.Size()), make([]int32, 10)
	require.Zero(t, testing.AllocsPerRun(3, func() { _ = e.Logits(dst, in) }))
}

// benchmark reports images and multiply-accumulates a second.
func benchmark(b *testing.B, model string, run func(n *Integer) func(in []int8)) {
	rng := rand.New(rand.NewPCG(3, 4))
	g, err := Model(model)
	require.NoError(b, err)
	image := run(randomInteger(rng, g, uniformLevels(g, 3)))
	in := randomInput(rng, g.Input.Size())
	macs := int64(0)
	for i := range g.Layers {
		macs += g.Layers[i].MACs()
	}
	b.ReportAllocs()
	for b.Loop() {
		image(in)
	}
	rate := float64(b.N) / b.Elapsed().Seconds()
	b.ReportMetric(rate, "images/s")
	b.ReportMetric(rate*float64(macs)/1e9, "GMAC/s")
}

func BenchmarkEvaluator(b *testing.B) {
	for _, model := range []string{"cvnn-small", "cvnn1", "cvnn2", "fcnn2"} {
		b.Run(model, func(b *testing.B) {
			benchmark(b, model, func(n *Integer) func([]int8) {
				e, err := NewEvaluator(n)
				require.NoError(b, err)
				dst := make([]int32, 10)
				return func(in []int8) { require.NoError(b, e.Logits(dst, in)) }
			})
		})
	}
}

func BenchmarkReference(b *testing.B) {
	benchmark(b, "cvnn1", func(n *Integer) func([]int8) {
		return func(in []int8) {
			_, _, err := n.Run(in)
			require.NoError(b, err)
		}
	})
}
