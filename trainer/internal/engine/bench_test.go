package engine

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/network"
	"lowres/quant"
	"lowres/trainer/kernel"
)

// randomNet returns a built-in model with random weights.
func randomNet(tb testing.TB, name string, n int) *network.Float {
	tb.Helper()
	g, err := network.Model(name)
	require.NoError(tb, err)
	return fill(tb, g, n)
}

// fill returns g with weights and biases uniform on ±0.1 and N = n, or float32 for 0.
func fill(tb testing.TB, g *network.Graph, n int) *network.Float {
	tb.Helper()
	levels := quant.Levels{}
	if n > 0 {
		var err error
		levels, err = quant.ForN(n)
		require.NoError(tb, err)
	}
	net := network.NewFloat(g, levels)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range net.Weights {
		for _, values := range [][]float32{net.Weights[i], net.Biases[i], net.Others[i]} {
			for k := range values {
				values[k] = 0.1 * (2*r.Float32() - 1)
			}
		}
	}
	return net
}

// noise is a Source of pictures that depend on their position.
func noise(position int, pixels []uint8) {
	state := uint32(position)*2654435761 + 1
	for i := range pixels {
		state = state*1664525 + 1013904223
		pixels[i] = uint8(state >> 24)
	}
}

func BenchmarkStep(b *testing.B) {
	for _, name := range []string{"fcnn1", "fcnn2", "cvnn1", "cvnn2", "vit1", "vit2"} {
		for _, workers := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/%d-workers", name, workers), func(b *testing.B) {
				net := randomNet(b, name, 3)
				m, err := NewMachine(net, network.NewFloat(net.Graph, quant.Levels{}), 256, Options{Workers: workers})
				require.NoError(b, err)
				defer m.Close()
				labels, pictures := make([]uint8, 256), make([]uint8, 256*net.Graph.Input.Size())
				noise(0, pictures)
				from := func(position int, pixels []uint8) { copy(pixels, pictures[position*len(pixels):]) }
				b.ReportAllocs()
				for b.Loop() {
					m.Step(Batch{From: from, Labels: labels}, kernel.Step{Rate: 0.0001, Momentum: 0.9})
				}
				images := 256 * float64(b.N)
				b.ReportMetric(images/b.Elapsed().Seconds(), "images/s")
				b.ReportMetric(images*StepFLOP(net.Graph)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
			})
		}
	}
}

func BenchmarkEvaluate(b *testing.B) {
	net := randomNet(b, "cvnn1", 3)
	m, err := NewMachine(net, nil, 0, Options{Workers: 2})
	require.NoError(b, err)
	defer m.Close()
	labels := make([]uint8, 512)
	b.ReportAllocs()
	for b.Loop() {
		m.Evaluate(noise, labels)
	}
	b.ReportMetric(512*float64(b.N)/b.Elapsed().Seconds(), "images/s")
}
