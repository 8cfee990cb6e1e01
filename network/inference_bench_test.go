//go:build unix

package network_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/network"
	"lowres/quant"
	"lowres/trainer"
	"lowres/trainer/dataset"
)

// randomFloat is a built-in model with random weights at N = 3.
func randomFloat(b *testing.B, model string) *network.Float {
	g, err := network.Model(model)
	require.NoError(b, err)
	levels, err := quant.ForN(3)
	require.NoError(b, err)
	net := network.NewFloat(g, levels)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range net.Weights {
		for k := range net.Weights[i] {
			net.Weights[i][k] = rng.Float32() - 0.5
		}
	}
	return net
}

// BenchmarkInference compares the evaluator with the trainer's float32 inference of the same network, on
// the same pictures and one core, by processor time. Either side's time has the packing of its weights in it.
func BenchmarkInference(b *testing.B) {
	for _, model := range []string{"cvnn-small", "cvnn1", "cvnn2", "fcnn1", "fcnn2"} {
		float := randomFloat(b, model)
		macs := int64(0)
		for i := range float.Graph.Layers {
			macs += float.Graph.Layers[i].MACs()
		}
		count := int(max(500, min(80e9/macs, 20000)))
		_, set := dataset.Builtin(1, 0, count)
		ranges, err := trainer.ActivationRanges(float, set, 100, 1)
		require.NoError(b, err)
		integer, err := network.Quantise(float, ranges, network.QuantiseOptions{})
		require.NoError(b, err)
		measure := func(name string, infer func() error) {
			b.Run(model+"/"+name, func(b *testing.B) {
				start := network.ProcessorTime(b)
				for b.Loop() {
					require.NoError(b, infer())
				}
				rate := float64(b.N*count) / (network.ProcessorTime(b) - start).Seconds()
				b.ReportMetric(rate, "images/cpu-s")
				b.ReportMetric(rate*float64(macs)/1e9, "GMAC/cpu-s")
			})
		}
		measure("float32", func() error {
			_, err := trainer.Logits(float, set, true, 1)
			return err
		})
		inputs, logits := network.Input(set.Images), make([]int32, count*10)
		measure("integer", func() error {
			e, err := network.NewEvaluator(integer)
			if err != nil {
				return err
			}
			return e.Batch(logits, inputs, 1)
		})
	}
}
