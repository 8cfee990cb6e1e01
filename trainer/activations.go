package trainer

import (
	"fmt"
	"math"

	"lowres/network"
	"lowres/trainer/dataset"
	"lowres/trainer/internal/engine"
)

// Histogram counts the magnitudes |v| of the outputs of one layer. Bucket k holds the magnitudes whose
// float32 bits, without the lowest 15, are k: 256 buckets for every power of two, so a bucket's edges are
// at most 0.4 % apart.
type Histogram struct {
	Counts []uint64
	Total  uint64
	Max    float32 // the largest magnitude, exactly
}

const (
	histogramShift   = 15
	histogramBuckets = 1 << (31 - histogramShift)
)

func (h *Histogram) add(values []float32) {
	for _, v := range values {
		v = float32(math.Abs(float64(v)))
		h.Counts[math.Float32bits(v)>>histogramShift]++
		h.Max = max(h.Max, v)
	}
	h.Total += uint64(len(values))
}

func (h *Histogram) merge(other *Histogram) {
	for k, n := range other.Counts {
		h.Counts[k] += n
	}
	h.Total += other.Total
	h.Max = max(h.Max, other.Max)
}

// Percentile is the smallest upper edge of a bucket such that at least part (0 to 1) of the magnitudes lie
// below it, and never above Max; 1 gives Max itself. An empty histogram gives 0.
func (h *Histogram) Percentile(part float64) float32 {
	if part >= 1 {
		return h.Max
	}
	need := uint64(math.Ceil(part * float64(h.Total)))
	below := uint64(0)
	for k, n := range h.Counts {
		if below += n; below >= need {
			return min(math.Float32frombits(uint32(k+1)<<histogramShift), h.Max)
		}
	}
	return h.Max
}

// ActivationHistograms runs the quantised network on the first n pictures of ds (all if it has fewer) and
// returns, by layer, the histogram of the magnitudes of its outputs: after the relu where it has one, and
// with the pools' too.
func ActivationHistograms(net *network.Float, ds *dataset.Dataset, n int) ([]*Histogram, error) {
	m, err := newForward(net, ds, 0)
	if err != nil {
		return nil, fmt.Errorf("activations: %w", err)
	}
	defer m.Close()
	layers := len(net.Graph.Layers)
	parts := make([][]*Histogram, m.Workers())
	for k := range parts {
		for range layers {
			parts[k] = append(parts[k], &Histogram{Counts: make([]uint64, histogramBuckets)})
		}
	}
	m.Outputs(pictures(ds), min(n, ds.Len()), func(member, _, images int, w *engine.Worker) {
		for i := range images {
			for l, h := range parts[member] {
				w.Values(l, i, h.add)
			}
		}
	})
	for _, part := range parts[1:] {
		for l, h := range part {
			parts[0][l].merge(h)
		}
	}
	return parts[0], nil
}

// ActivationRanges returns, by layer, the magnitude that part percentile (0 to 1; 1 = the maximum) of the
// layer's outputs do not exceed, over the first n pictures of ds and with the quantised weights. See
// ActivationHistograms.
func ActivationRanges(net *network.Float, ds *dataset.Dataset, n int, percentile float64) ([]float32, error) {
	if !(percentile > 0 && percentile <= 1) {
		return nil, fmt.Errorf("activations: percentile %v: want above 0 to 1", percentile)
	}
	if n < 1 {
		return nil, fmt.Errorf("activations: %d pictures: want at least 1", n)
	}
	histograms, err := ActivationHistograms(net, ds, n)
	if err != nil {
		return nil, err
	}
	ranges := make([]float32, len(histograms))
	for i, h := range histograms {
		ranges[i] = h.Percentile(percentile)
	}
	return ranges, nil
}
