package speed

import (
	"slices"

	"lowres/network"
	"lowres/trainer/internal/engine"
)

// Spread is the least, the middle and the largest of some values.
type Spread struct {
	Min    float64 `json:"min"`
	Median float64 `json:"median"`
	Max    float64 `json:"max"`
}

// Figures are what a Result comes to, by the medians of its samples. Those of what was not measured are 0.
type Figures struct {
	ACPUSecond     float64 `json:"images_a_cpu_second"` // on one core
	ASecondOnTwo   float64 `json:"images_a_second_on_two"`
	Speedup        float64 `json:"two_cores_to_one"` // of images a second
	GFLOPS         float64 `json:"gflops"`           // of one core, as if convolutions were computed directly
	PartOfPeak     float64 `json:"part_of_peak"`
	ExecutedGFLOPS float64 `json:"executed_gflops"` // of one core, with fewer for those that run by tiles
	ExecutedPart   float64 `json:"executed_part_of_peak"`
	PeerACPUSecond float64 `json:"peer_images_a_cpu_second,omitempty"`
	PeerASecond    float64 `json:"peer_images_a_second_on_two,omitempty"`
	Ratio          *Spread `json:"times_peer,omitempty"`        // of images a processor second on one core, round by round
	RatioOnTwo     *Spread `json:"times_peer_on_two,omitempty"` // of images a second on two
}

func newResult(net *network.Float) *Result {
	return &Result{Network: net.Graph.Name, FLOPAnImage: engine.StepFLOP(net.Graph),
		ExecutedFLOPAnImage: engine.ExecutedFLOP(net.Graph)}
}

// Figures sums r up.
func (r *Result) Figures() Figures {
	f := Figures{
		ACPUSecond: middle(r.OneCore, Sample.ACPUSecond), ASecondOnTwo: middle(r.TwoCores, Sample.ASecond),
		PeerACPUSecond: middle(r.PeerOneCore, Sample.ACPUSecond), PeerASecond: middle(r.PeerTwoCores, Sample.ASecond),
		Ratio: ratio(r.OneCore, r.PeerOneCore, Sample.ACPUSecond), RatioOnTwo: ratio(r.TwoCores, r.PeerTwoCores, Sample.ASecond),
	}
	f.Speedup = f.ASecondOnTwo / f.ACPUSecond
	f.GFLOPS = f.ACPUSecond * r.FLOPAnImage / 1e9
	f.ExecutedGFLOPS = f.ACPUSecond * r.ExecutedFLOPAnImage / 1e9
	peak := median(r.PeakGFLOPS)
	f.PartOfPeak, f.ExecutedPart = f.GFLOPS/peak, f.ExecutedGFLOPS/peak
	return f
}

// middle is the median of a figure of samples.
func middle(samples []Sample, figure func(Sample) float64) float64 {
	if len(samples) == 0 {
		return 0
	}
	var values []float64
	for _, s := range samples {
		values = append(values, figure(s))
	}
	return median(values)
}

// ratio is that of the figures of a and b, pair by pair.
func ratio(a, b []Sample, figure func(Sample) float64) *Spread {
	if len(b) == 0 {
		return nil
	}
	var ratios []float64
	for i := range b {
		ratios = append(ratios, figure(a[i])/figure(b[i]))
	}
	return &Spread{slices.Min(ratios), median(ratios), slices.Max(ratios)}
}

// median is the middle of values, of an even number of them the mean of both.
func median(values []float64) float64 {
	v := slices.Sorted(slices.Values(values))
	n := len(v)
	return (v[(n-1)/2] + v[n/2]) / 2
}

// Peak is the middle of the peaks that were measured beside results, in GFLOP/s.
func Peak(results []Result) float64 {
	var all []float64
	for _, r := range results {
		all = append(all, r.PeakGFLOPS...)
	}
	return median(all)
}
