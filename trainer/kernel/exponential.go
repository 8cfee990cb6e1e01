package kernel

import "math"

// lowest is the least argument of exponential.
const lowest = -87

// exponential is e^x for x from lowest to 88, with a relative error below 3e-7. It is small enough to be
// compiled into the loops around it.
//
// With n the whole number nearest to x/ln 2 and r = x − n·ln 2, it is 2ⁿ·e^r, e^r by its Taylor series to
// r⁶: |r| is at most ln 2/2, where the rest of the series is below 1.2e-7. ln 2 is subtracted in two parts,
// the first short enough for n·ln 2 to be exact.
func exponential(x float32) float32 {
	const shift = 3 << 22 // adding it rounds to a whole number, in the lowest bits
	t := x*(1/math.Ln2) + shift
	n := t - shift
	r := x - n*0.693359375 + n*2.12194440e-4
	e := 1 + r*(1+r*(1.0/2+r*(1.0/6+r*(1.0/24+r*(1.0/120+r*(1.0/720))))))
	return e * math.Float32frombits((math.Float32bits(t)+127)<<23)
}

// softmaxGo is Set.Softmax.
func softmaxGo(values []float32, row, rows, columns int, scale float32) {
	for first := 0; first < columns; first += Columns {
		softmaxStrip(values[first:], row, rows, min(Columns, columns-first), scale)
	}
}

// softmaxStrip is softmaxGo for at most Columns columns.
func softmaxStrip(values []float32, row, rows, columns int, scale float32) {
	var top, sums [Columns]float32
	copy(top[:], values[:columns])
	for r := range rows {
		for c, v := range values[r*row:][:columns] {
			top[c] = max(top[c], v)
		}
	}
	for r := range rows {
		line := values[r*row:][:columns]
		for c, v := range line {
			line[c] = exponential(max((v-top[c])*scale, lowest))
			sums[c] += line[c]
		}
	}
	for r := range rows {
		line := values[r*row:][:columns]
		for c := range line {
			line[c] *= 1 / sums[c]
		}
	}
}

// softmaxBackGo is Set.SoftmaxBack.
func softmaxBackGo(d, shares []float32, row, rows, columns int, scale float32) {
	for first := 0; first < columns; first += Columns {
		softmaxBackStrip(d[first:], shares[first:], row, rows, min(Columns, columns-first), scale)
	}
}

// softmaxBackStrip is softmaxBackGo for at most Columns columns.
func softmaxBackStrip(d, shares []float32, row, rows, columns int, scale float32) {
	var sums [Columns]float32
	for r := range rows {
		line := d[r*row:][:columns]
		for c, s := range shares[r*row:][:columns] {
			sums[c] += line[c] * s
		}
	}
	for r := range rows {
		line := d[r*row:][:columns]
		for c, s := range shares[r*row:][:columns] {
			line[c] = scale * s * (line[c] - sums[c])
		}
	}
}

// geluGo is Set.GELU.
// Φ is by formula 7.1.26 of Abramowitz and Stegun, whose error is below 7.5e-8.
func geluGo(out, slope, x []float32) {
	slope, x = slope[:len(out)], x[:len(out)]
	for k, v := range x {
		a := max(v, -v)
		e := exponential(max(-v*v/2, lowest))
		t := 1 / (1 + a*(0.3275911/math.Sqrt2))
		tail := e * t * (0.254829592/2 + t*(-0.284496736/2+t*(1.421413741/2+t*(-1.453152027/2+t*(1.061405429/2)))))
		if v > 0 {
			tail = 1 - tail
		}
		out[k] = v * tail
		slope[k] = tail + v*e*(1/(math.Sqrt2*math.SqrtPi))
	}
}

func multiplyGo(dst, a, b []float32) {
	a, b = a[:len(dst)], b[:len(dst)]
	for k := range dst {
		dst[k] = a[k] * b[k]
	}
}

// sum adds x up in four strands.
func sum(x []float32) float32 {
	var a, b, c, d float32
	for ; len(x) >= 4; x = x[4:] {
		a += x[0]
		b += x[1]
		c += x[2]
		d += x[3]
	}
	for _, v := range x {
		a += v
	}
	return a + b + (c + d)
}

// dot is Σ x·y, in four strands.
func dot(x, y []float32) float32 {
	var a, b, c, d float32
	y = y[:len(x)]
	for ; len(x) >= 4 && len(y) >= 4; x, y = x[4:], y[4:] {
		a += x[0] * y[0]
		b += x[1] * y[1]
		c += x[2] * y[2]
		d += x[3] * y[3]
	}
	for k, v := range x {
		a += v * y[k]
	}
	return a + b + (c + d)
}
