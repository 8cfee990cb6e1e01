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
// A set whose levels are not all the integers (or all but zero) in −h … h takes
// the level nearest to x, and of two equally near the one farther from zero.
// All-zero weights count as m = 1. dst and w have the same length; l is not
// float32.
// Source: the paper's equations 1 to 4; rounding and even N are reconstructed.
func (l Levels) Quantise(dst []int16, w []float32) (scale float32) {
	t := l.thresholds()
	inv, scale := l.Scale(w)
	for i, v := range w {
		dst[i] = t.level(float32(float64(v) * inv))
	}
	return scale
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

// thresholds maps x to a level: level i covers edges[i-1] … edges[i].
type thresholds struct {
	values []int
	edges  []float32
}

// thresholds lists the boundaries between neighbouring levels. With all the
// integers they are the halves; an even set of neighbours … −1, 1 … rounds away
// from zero, so its boundaries are the integers.
func (l Levels) thresholds() thresholds {
	t := thresholds{values: l.values}
	evenRule := l.isPaperEven()
	for i := 1; i < len(l.values); i++ {
		lo, hi := l.values[i-1], l.values[i]
		edge := float32(lo+hi) / 2
		if evenRule && hi < 0 {
			edge = float32(hi)
		} else if evenRule && lo > 0 {
			edge = float32(lo)
		}
		t.edges = append(t.edges, edge)
	}
	return t
}

// isPaperEven reports whether l is −h … −1, 1 … h.
func (l Levels) isPaperEven() bool {
	return !l.HasZero() && l.N() == 2*l.Max()
}

// level is the level of x: a value on an edge goes to the level farther from
// zero, except that the even sets' ceil keeps |x| = 1, 2, … at that level.
func (t thresholds) level(x float32) int16 {
	n := 0
	for _, e := range t.edges {
		if x > e || (x == e && t.takesEdge(n)) {
			n++
		}
	}
	return int16(t.values[n])
}

// takesEdge reports whether x exactly on the edge above level n moves up.
func (t thresholds) takesEdge(n int) bool {
	lo, hi := t.values[n], t.values[n+1]
	edge := t.edges[n]
	if edge == float32(lo) || edge == float32(hi) { // even rule: the edge is a level
		return edge == float32(hi)
	}
	return edge >= 0
}
