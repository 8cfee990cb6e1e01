//go:build unix

package network

import (
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lowres/network/internal/kernel"
)

// ProcessorTime is what this process has taken of all cores.
func ProcessorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkEvaluator is one core's rate with every set of instructions, by processor time.
func BenchmarkEvaluator(b *testing.B) {
	const images = 96
	rng := rand.New(rand.NewPCG(3, 4))
	for _, model := range []string{"cvnn-small", "cvnn1", "cvnn2", "fcnn1", "fcnn2"} {
		g, err := Model(model)
		require.NoError(b, err)
		n, inputs := randomInteger(rng, g, uniformLevels(g, 3)), randomInput(rng, images*g.Input.Size())
		dst := make([]int32, images*g.Output().Size())
		for _, set := range kernel.All() {
			b.Run(model+"/"+set.Name, func(b *testing.B) {
				e, err := newEvaluator(n, set)
				require.NoError(b, err)
				require.NoError(b, e.Batch(dst, inputs, 1))
				b.ReportAllocs()
				start := ProcessorTime(b)
				for b.Loop() {
					require.NoError(b, e.Batch(dst, inputs, 1))
				}
				rate := float64(b.N*images) / (ProcessorTime(b) - start).Seconds()
				b.ReportMetric(rate, "images/cpu-s")
				b.ReportMetric(rate*float64(macs(g))/1e9, "GMAC/cpu-s")
			})
		}
	}
}

// BenchmarkNewEvaluator is the time to check a network and to pack its weights for the processor.
func BenchmarkNewEvaluator(b *testing.B) {
	for _, model := range []string{"cvnn1", "cvnn2"} {
		g, err := Model(model)
		require.NoError(b, err)
		n := randomInteger(rand.New(rand.NewPCG(3, 4)), g, uniformLevels(g, 3))
		b.Run(model, func(b *testing.B) {
			for b.Loop() {
				_, err := NewEvaluator(n)
				require.NoError(b, err)
			}
		})
	}
}

func BenchmarkReference(b *testing.B) {
	rng := rand.New(rand.NewPCG(3, 4))
	g, err := Model("cvnn1")
	require.NoError(b, err)
	n, in := randomInteger(rng, g, uniformLevels(g, 3)), randomInput(rng, g.Input.Size())
	for b.Loop() {
		_, _, err := n.Run(in)
		require.NoError(b, err)
	}
}

// macs is the number of multiply-accumulates for one image.
func macs(g *Graph) (sum int64) {
	for i := range g.Layers {
		sum += g.Layers[i].MACs()
	}
	return sum
}
