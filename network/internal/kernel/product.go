package kernel

// Product is one batch-reduce product of Rows rows with the Columns outputs of one panel. For row m and
// column n, with the lines and the run (in bytes) of the weights' window,
//
//	C[m·Columns + n] = bias[n] + Σ_line Σ_j w[n][line][j] · (A[m·ARow + line·ALine + j] − 128)
//
// in int32. Partial sums wrap around; the result is exact if it fits. Columns behind the last output get 0.
type Product struct {
	A           []uint8
	ARow, ALine int
	C           []int32
	Rows        int
	Weights     *Weights
	Panel       int
}

// Multiply computes p. It panics if p leaves its slices, which is a mistake in the caller's plan.
func (s *Set) Multiply(p *Product) {
	p.check()
	s.multiply(p)
}

// check panics if the product would leave its slices: the assembly trusts it.
func (p *Product) check() {
	w := p.Weights
	switch {
	case p.Rows < 1 || p.ARow < 0 || p.ALine < 0 || p.Panel < 0 || p.Panel >= w.Panels():
		panic("kernel: product of a wrong shape")
	case (p.Rows-1)*p.ARow+(w.lines-1)*p.ALine+w.run > len(p.A) || p.Rows*Columns > len(p.C):
		panic("kernel: product outside its matrices")
	}
}

// tileRows picks the rows of a tile: all of them if most allows it, else a large divisor of rows, else the
// most even cut.
func tileRows(rows, most int) int {
	if rows <= most {
		return rows
	}
	for r := most; r >= (2*most+2)/3; r-- {
		if rows%r == 0 {
			return r
		}
	}
	tiles := (rows + most - 1) / most
	return (rows + tiles - 1) / tiles
}
