package kernel

import "math"

// exponentialConstants are what the assembly of the exponential and of GELU reads, each in every lane; the order is that of
// internal/gen.
type exponentialConstants [21][16]float32

var exponentials = spread(1/math.Ln2, 3<<22, 0.693359375, 2.12194440e-4,
	1.0/720, 1.0/120, 1.0/24, 1.0/6, 1.0/2, 1, 1, math.Float32frombits(127), lowest,
	-1.0/2, 0.3275911/math.Sqrt2, 1.061405429/2, -1.453152027/2, 1.421413741/2, -0.284496736/2, 0.254829592/2,
	1/(math.Sqrt2*math.SqrtPi))

func spread(values ...float32) *exponentialConstants {
	c := new(exponentialConstants)
	for i, v := range values {
		for lane := range c[i] {
			c[i][lane] = v
		}
	}
	return c
}

// matrixCall, geluCall and normCall are what the assembly reads: addresses, and lengths and strides in bytes.
type matrixCall struct {
	a, b        *float32
	bytes, rows int
	aRow, bRow  int
	scale       float32
	constants   *exponentialConstants
}

type geluCall struct {
	out, slope, x *float32
	bytes         int
	constants     *exponentialConstants
}

type normCall struct {
	a, b, hat, inverse, gain, shift, dGain, dShift *float32 // a and b: in and out, or d and dIn
	bytes, rows, aRow, bRow                        int
	part, epsilon, one                             float32
}

// checkRows panics if rows of columns values leave a matrix.
func checkRows(x []float32, row, rows, columns int) {
	if rows < 1 || columns < 1 || row < columns || (rows-1)*row+columns > len(x) {
		panic("kernel: rows outside their matrix")
	}
}

func vectorSoftmax(loop func(*matrixCall), width int) func(values []float32, row, rows, columns int, scale float32) {
	return func(values []float32, row, rows, columns int, scale float32) {
		if columns%(2*width) != 0 {
			softmaxGo(values, row, rows, columns, scale)
			return
		}
		checkRows(values, row, rows, columns)
		loop(&matrixCall{a: &values[0], bytes: columns * 4, rows: rows, aRow: row * 4, scale: scale, constants: exponentials})
	}
}

func vectorSoftmaxBack(loop func(*matrixCall), width int) func(d, shares []float32, row, rows, columns int, scale float32) {
	return func(d, shares []float32, row, rows, columns int, scale float32) {
		if columns%(2*width) != 0 {
			softmaxBackGo(d, shares, row, rows, columns, scale)
			return
		}
		checkRows(d, row, rows, columns)
		checkRows(shares, row, rows, columns)
		loop(&matrixCall{a: &d[0], b: &shares[0], bytes: columns * 4, rows: rows, aRow: row * 4, bRow: row * 4, scale: scale})
	}
}

func vectorGELU(loop func(*geluCall), width int) func(out, slope, x []float32) {
	return func(out, slope, x []float32) {
		slope, x = slope[:len(out)], x[:len(out)]
		whole := len(out) / width * width
		if whole > 0 {
			loop(&geluCall{&out[0], &slope[0], &x[0], whole * 4, exponentials})
		}
		geluGo(out[whole:], slope[whole:], x[whole:])
	}
}

func vectorMultiply(loop func(*geluCall), width int) func(dst, a, b []float32) {
	return func(dst, a, b []float32) {
		a, b = a[:len(dst)], b[:len(dst)]
		whole := len(dst) / width * width
		if whole > 0 {
			loop(&geluCall{out: &dst[0], slope: &a[0], x: &b[0], bytes: whole * 4})
		}
		multiplyGo(dst[whole:], a[whole:], b[whole:])
	}
}

func vectorNorm(loop func(*normCall), width int) func(*Normalisation) {
	return func(n *Normalisation) {
		if n.Channels%width != 0 || n.Channels == 0 {
			normGo(n)
			return
		}
		n.checkForward()
		loop(&normCall{a: &n.In[0], b: &n.Out[0], hat: &n.Hat[0], gain: &n.Gain[0], shift: &n.Shift[0], inverse: &n.Inverse[0],
			bytes: n.Channels * 4, rows: n.Rows, aRow: n.InRow * 4, bRow: n.OutRow * 4,
			part: 1 / float32(n.Channels), epsilon: n.Epsilon, one: 1})
	}
}

func vectorNormAgain(loop func(*normCall), width int) func(*Normalisation) {
	return func(n *Normalisation) {
		if n.Channels%width != 0 || n.Channels == 0 {
			normAgainGo(n)
			return
		}
		n.checkAgain()
		loop(&normCall{b: &n.Out[0], hat: &n.Hat[0], gain: &n.Gain[0], shift: &n.Shift[0],
			bytes: n.Channels * 4, rows: n.Rows, bRow: n.OutRow * 4})
	}
}

func vectorNormBack(loop func(*normCall), width int) func(*Normalisation) {
	return func(n *Normalisation) {
		if n.Channels%width != 0 || n.Channels == 0 {
			normBackGo(n)
			return
		}
		n.checkBackward()
		loop(&normCall{a: &n.D[0], b: &n.DIn[0], hat: &n.Hat[0], gain: &n.Gain[0], dGain: &n.DGain[0], dShift: &n.DShift[0],
			inverse: &n.Inverse[0], bytes: n.Channels * 4, rows: n.Rows, aRow: n.DRow * 4, bRow: n.DInRow * 4,
			part: 1 / float32(n.Channels)})
	}
}

//go:noescape
func softmax512(p *matrixCall)

//go:noescape
func softmax256(p *matrixCall)

//go:noescape
func softmaxBack512(p *matrixCall)

//go:noescape
func softmaxBack256(p *matrixCall)

//go:noescape
func gelu512(p *geluCall)

//go:noescape
func gelu256(p *geluCall)

//go:noescape
func multiply512(p *geluCall)

//go:noescape
func multiply256(p *geluCall)

//go:noescape
func norm512(p *normCall)

//go:noescape
func norm256(p *normCall)

//go:noescape
func normAgain512(p *normCall)

//go:noescape
func normAgain256(p *normCall)

//go:noescape
func normBack512(p *normCall)

//go:noescape
func normBack256(p *normCall)
