package fit

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"lowres/rtlgen/estimate"
	"lowres/rtlgen/synth"
)

// coefficients fits a kind to its samples.
func coefficients(samples []Measured) *estimate.Coefficients {
	of := func(get func(synth.Resources) float64) []float64 {
		y := make([]float64, len(samples))
		for i, s := range samples {
			y[i] = get(s.Takes)
		}
		return leastSquares(samples, y)
	}
	return &estimate.Coefficients{
		LUT: of(func(r synth.Resources) float64 { return float64(r.LUT) }), FF: of(func(r synth.Resources) float64 { return float64(r.FF) }),
		BRAM: of(func(r synth.Resources) float64 { return r.BRAM }), Carry: of(func(r synth.Resources) float64 { return float64(r.Carry) }),
		Samples: len(samples),
	}
}

// smallest is the resources that weigh as much as none, so that a small block's error
// is not all that counts.
const smallest = 30

// leastSquares minimises the sum of ((a·x - y) / (y + smallest))^2 over a ≥ 0: every
// quantity adds to what a block takes, so none may take away.
func leastSquares(samples []Measured, y []float64) []float64 {
	n := len(samples[0].Block.X)
	a, b := mat.NewDense(len(y), n, nil), mat.NewVecDense(len(y), nil)
	for i, s := range samples {
		w := 1 / (math.Abs(y[i]) + smallest)
		for k, x := range s.Block.X {
			a.Set(i, k, w*x)
		}
		b.SetVec(i, w*y[i])
	}
	x := nonNegative(a, b)
	last := 0
	for i, v := range x {
		if x[i] = math.Round(v*1e6) / 1e6; x[i] != 0 {
			last = i + 1
		}
	}
	return x[:last]
}

// nonNegative minimises |a·x - b| over x ≥ 0.
//
// Source: C. L. Lawson, R. J. Hanson: Solving Least Squares Problems, 1974, chapter 23.
func nonNegative(a *mat.Dense, b *mat.VecDense) []float64 {
	rows, n := a.Dims()
	scale := make([]float64, n) // columns to length 1
	for k := range n {
		scale[k] = math.Max(mat.Norm(a.ColView(k), 2), 1e-30)
	}
	x, free := make([]float64, n), make([]bool, n)
	for range 3 * n {
		gradient := residual(a, b, x)
		best, most := -1, 1e-9*mat.Norm(b, 2)
		for k := range n {
			if g := mat.Dot(a.ColView(k), gradient) / scale[k]; !free[k] && g > most {
				best, most = k, g
			}
		}
		if best < 0 {
			break
		}
		free[best] = true
		for {
			s := solve(a, b, free, scale, rows)
			alpha, out := 1.0, -1
			for k := range n {
				if free[k] && s[k] <= 0 {
					if step := x[k] / (x[k] - s[k]); step < alpha || out < 0 {
						alpha, out = math.Min(step, alpha), k
					}
				}
			}
			for k := range n {
				if free[k] {
					x[k] += alpha * (s[k] - x[k])
				}
			}
			if out < 0 {
				break
			}
			free[out], x[out] = false, 0
		}
	}
	return x
}

// residual is b - a·x.
func residual(a *mat.Dense, b *mat.VecDense, x []float64) *mat.VecDense {
	r := mat.NewVecDense(b.Len(), nil)
	r.MulVec(a, mat.NewVecDense(len(x), x))
	r.SubVec(b, r)
	return r
}

// solve is the least squares solution in the free columns, with a ridge that decides
// among columns which the samples cannot tell apart.
func solve(a *mat.Dense, b *mat.VecDense, free []bool, scale []float64, rows int) []float64 {
	var columns []int
	for k, f := range free {
		if f {
			columns = append(columns, k)
		}
	}
	const ridge = 1e-6
	m := mat.NewDense(rows+len(columns), len(columns), nil)
	rhs := mat.NewVecDense(rows+len(columns), nil)
	for j, k := range columns {
		for i := range rows {
			m.Set(i, j, a.At(i, k)/scale[k])
		}
		m.Set(rows+j, j, ridge)
	}
	for i := range rows {
		rhs.SetVec(i, b.AtVec(i))
	}
	var s mat.VecDense
	if err := s.SolveVec(m, rhs); err != nil {
		s.Reset()
		s.ReuseAsVec(len(columns))
	}
	x := make([]float64, len(free))
	for j, k := range columns {
		x[k] = s.AtVec(j) / scale[k]
	}
	return x
}
