package quant

import "math"

// Alpha is α of equation 3. With Glorot-uniform weights it gives N = 3 three
// equal thirds, which is how its lost value was reconstructed.
const Alpha = 0.75

// MeanAbs is equation 1, m = mean(|w|), summed in float64 in index order.
func MeanAbs(w []float32) float64 {
	sum := 0.0
	for _, v := range w {
		sum += math.Abs(float64(v))
	}
	if len(w) == 0 {
		return 0
	}
	return sum / float64(len(w))
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
func (l Levels) Scale(w []float32) (inv float64, scale float32) {
	m := MeanAbs(w)
	if m == 0 {
		m = 1
	}
	inv = Alpha * float64(l.Max()) / m
	return inv, float32(1 / inv)
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
