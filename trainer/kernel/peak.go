package kernel

// peakChains is the number of independent sums of a peak loop.
const peakChains = 12

// peakGo is the peak loop in plain Go: products and sums of scalars, rounded apart.
func peakGo(n int) {
	var a, b, c, d, e, f, g, h, i, j, k, l float32
	x, y := peakFactors[0], peakFactors[1]
	for range n {
		a = a*x + y
		b = b*x + y
		c = c*x + y
		d = d*x + y
		e = e*x + y
		f = f*x + y
		g = g*x + y
		h = h*x + y
		i = i*x + y
		j = j*x + y
		k = k*x + y
		l = l*x + y
	}
	peakSum = a + b + c + d + e + f + g + h + i + j + k + l
}

// The compiler knows neither operands nor use of the sums, so it leaves nothing out.
var (
	peakFactors [2]float32
	peakSum     float32
)

// Peak runs n rounds of multiply-adds that touch nothing but registers, and returns their floating-point
// operations, two a multiply-add: timed, the most that this processor can do with these instructions.
func (s *Set) Peak(n int) (flop float64) {
	s.peak(n)
	return 2 * peakChains * float64(s.lanes) * float64(n)
}
