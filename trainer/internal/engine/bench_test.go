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

// randomNet returns a built-in model with uniform weights in ±1/sqrt(inputs of an output).
func randomNet(tb testing.TB, name string, n int) *network.Float {
	tb.Helper()
	g, err := network.Model(name)
	require.NoError(tb, err)
	levels := quant.Levels{}
	if n > 0 {
		levels, err = quant.ForN(n)
		require.NoError(tb, err)
	}
	net := network.NewFloat(g, levels)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range net.Weights {
		bound := float32(0.05)
		for k := range net.Weights[i] {
			net.Weights[i][k] = bound * (2*r.Float32() - 1)
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
	for _, name := range []string{"cvnn1", "cvnn-small", "fcnn1"} {
		for _, workers := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/%d-workers", name, workers), func(b *testing.B) {
				net := randomNet(b, name, 3)
				m, err := NewMachine(net, network.NewFloat(net.Graph, quant.Levels{}), 256, Options{Workers: workers})
				require.NoError(b, err)
				defer m.Close()
				labels := make([]uint8, 256)
				b.ReportAllocs()
				for b.Loop() {
					m.Step(noise, labels, kernel.Step{Rate: 0.0001, Momentum: 0.9})
				}
				b.ReportMetric(256*float64(b.N)/b.Elapsed().Seconds(), "images/s")
			})
		}
	}
}
