package kernel

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPeakCountsTwoOperationsAMultiplyAdd(t *testing.T) {
	lanes := map[string]float64{"avx512": 16, "avx2": 8, "go": 1}
	for _, s := range All() {
		assert.Equal(t, 2*12*1000*lanes[s.Name], s.Peak(1000), s.Name)
	}
}

// The distance of BenchmarkProduct to this is what is left to gain.
func BenchmarkPeak(b *testing.B) {
	for _, s := range All() {
		b.Run(s.Name, func(b *testing.B) {
			flop := 0.0
			for b.Loop() {
				flop += s.Peak(1000)
			}
			b.ReportMetric(flop/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
		})
	}
}
