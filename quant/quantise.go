package quant

import (
	"math"
	"slices"
)

// Alpha is α of equation 3. With Glorot-uniform weights it gives N = 3 three
// equal thirds, which is how its lost value was reconstructed.
const Alpha = 0.75

// MeanAbs is equation 1, m = mean(|w|): the sums by SumAbs of blocks of SumBlock weights, added in their
// order, by their number. So it may be computed in parts, and by vectors, to the same bits.
func MeanAbs(w []float32) float64 {
	if len(w) == 0 {
		return 0
	}
	sum := 0.0
	for block := range slices.Chunk(w, SumBlock) {
		sum += SumAbs(block)
	}
	return sum / float64(len(w))
}

// The order in which MeanAbs adds.
const (
	SumBlock = 1 << 15
	Strands  = 32
)

// SumAbs is Σ |x[i]| in float64: strand i mod 32 takes the values of x one after another, and AddStrands
// adds the strands up.
func SumAbs(x []float32) float64 {
	var sums [Strands]float64
	for ; len(x) >= Strands; x = x[Strands:] {
		for k, v := range x[:Strands] {
			sums[k] += math.Abs(float64(v))
		}
	}
	for k, v := range x {
		sums[k] += math.Abs(float64(v))
	}
	return AddStrands(&sums)
}

// AddStrands adds sums in index order.
func AddStrands(sums *[Strands]float64) (sum float64) {
	for _, s := range sums {
		sum += s
	}
	return sum
}

// Quantise writes the level of every weight (equations 1 to 4) and returns the
// layer's scale s, so that the float weight that dst[i] stands for is s·dst[i]:
//
//	m = mean(|w|);  x = α·h·w/m;  s = m/(α·h)
//	N odd : q = round(x) clipped to −h … h (halves away from zero)
//	N even: q = sign(x)·clip(ceil(|x|), 1, h), x = 0 going to +1
//
// x is w·(α·h/m) in float64, rounded to float32. A set whose levels are not all
// the integers (or all but zero) in −h … h takes the level nearest to x, and of
// two equally near the one farther from zero, or the positive one. All-zero
// weights count as m = 1. dst and w have the same length, w is finite (a NaN
// would go to −h) and l is not float32.
// Source: the paper's equations 1 to 4; rounding and even N are reconstructed.
func (l Levels) Quantise(dst []int16, w []float32) (scale float32) {
	inv, scale := l.Scale(w)
	l.Assign(dst, w, inv)
	return scale
}

// Assign writes the level of every weight of a part of a layer, with inv = α·h/m of the whole layer from
// Scale: Quantise in parts.
func (l Levels) Assign(dst []int16, w []float32, inv float64) {
	var levels [MaxLevels]int16
	for i, v := range l.values {
		levels[i] = int16(v)
	}
	t := l.thresholds()
	edges := t[:len(l.values)-1]
	for i, v := range w {
		x, code := float32(float64(v)*inv), 0
		for _, e := range edges {
			if x >= e {
				code++
			}
		}
		dst[i] = levels[code]
	}
}

// Scale returns inv = α·h/m, so that x = w·inv, and the layer's scale s = 1/inv.
func (l Levels) Scale(w []float32) (inv float64, scale float32) { return l.ScaleOf(MeanAbs(w)) }

// ScaleOf is Scale of weights with m = MeanAbs(w).
func (l Levels) ScaleOf(m float64) (inv float64, scale float32) {
	if m == 0 {
		m = 1
	}
	inv = Alpha * float64(l.Max()) / m
	return inv, float32(1 / inv)
}

// AppendEdges appends, for each level but the lowest, the smallest float32 weight (or infinity) that Assign
// gives it with inv, so the code of a weight is the number of edges that it reaches.
func (l Levels) AppendEdges(edges []float32, inv float64) []float32 {
	t := l.thresholds()
	for _, e := range t[:l.N()-1] {
		low, high := rank(float32(math.Inf(-1))), rank(float32(math.Inf(1)))
		for low < high { // w·inv, rounded, never falls as w rises
			middle := (low + high) >> 1
			if float32(float64(ranked(middle))*inv) >= e {
				high = middle
			} else {
				low = middle + 1
			}
		}
		edges = append(edges, ranked(low))
	}
	return edges
}

// rank numbers the float32 values in rising order, and ranked is the value of a number; both zeros are 0.
func rank(v float32) int64 {
	if v < 0 {
		return -int64(math.Float32bits(-v))
	}
	return int64(math.Float32bits(v))
}

func ranked(n int64) float32 {
	if n < 0 {
		return -math.Float32frombits(uint32(-n))
	}
	return math.Float32frombits(uint32(n))
}

// thresholds holds, for each level but the lowest, the smallest float32 x that
// takes it, so the code of x is the number of thresholds that x reaches.
func (l Levels) thresholds() (t [MaxLevels - 1]float32) {
	evenRule := l.isPaperEven()
	for i := range len(l.values) - 1 {
		t[i] = threshold(l.values[i], l.values[i+1], evenRule)
	}
	return t
}

// threshold is the smallest float32 that takes level hi rather than its lower
// neighbour lo. The boundary is their middle, and the middle itself goes away
// from zero; ceil(|x|) of the even rule puts it on the level nearer to zero,
// which keeps that value.
func threshold(lo, hi int, evenRule bool) float32 {
	switch {
	case evenRule && hi < 0:
		return float32(hi)
	case evenRule && lo > 0:
		return math.Nextafter32(float32(lo), math.MaxFloat32)
	}
	middle := float32(lo+hi) / 2
	if middle < 0 { // the middle itself stays at lo
		return math.Nextafter32(middle, 0)
	}
	return middle
}

// isPaperEven reports whether l is −h … −1, 1 … h.
func (l Levels) isPaperEven() bool {
	return !l.HasZero() && l.N() == 2*l.Max()
}
