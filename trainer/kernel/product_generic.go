package kernel

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// runGo is Run in plain Go, and add the meaning of the assembly. Where the strides allow it, gonum multiplies, which
// adds the terms of one C in the same order; its kernels are assembly on some processors.
func runGo(p *Product) {
	p.check()
	if rows, tiles, transposed, ok := p.asMatrices(); ok {
		p.multiply(rows, tiles, transposed)
		return
	}
	p.add()
}

// add computes p term by term.
func (p *Product) add() {
	var acc [Columns]float32
	for t := range p.Tiles {
		for m := range p.Rows {
			c := p.C[t*p.CTile+m*p.CRow:][:p.columns()]
			start(p, c, &acc)
			reduce(p, t*p.ATile+m*p.ARow, &acc)
			finish(p, t*p.MaskTile+m*p.MaskRow, &acc)
			copy(c, acc[:p.columns()])
		}
	}
}

// asMatrices reports whether the inner loop of p is a product of matrices as BLAS has them, of tiles tiles of rows
// rows each, and whether A is transposed.
func (p *Product) asMatrices() (rows, tiles int, transposed, ok bool) {
	rows, tiles = p.Rows, p.Tiles
	if p.ATile == rows*p.ARow && p.CTile == rows*p.CRow && p.Mask == nil && rows*tiles <= gonumAlone {
		rows, tiles = rows*tiles, 1
	}
	terms := p.Count[2]
	plain, transposed := p.AStep[2] == 1 && p.ARow >= terms, p.ARow == 1 && p.AStep[2] >= rows
	ok = terms >= 4 && p.BStep[2] >= p.columns() && p.CRow >= p.columns() && (plain || transposed)
	return rows, tiles, !plain, ok
}

// gonumAlone is the number of rows up to which gonum starts no goroutines.
const gonumAlone = 192

// multiply computes p by products of matrices.
func (p *Product) multiply(rows, tiles int, transposed bool) {
	a, lda := blas.NoTrans, p.ARow
	if transposed {
		a, lda = blas.Trans, p.AStep[2]
	}
	var acc [Columns]float32
	for t := range tiles {
		c := p.C[t*p.CTile:]
		for m := range rows {
			start(p, c[m*p.CRow:][:p.columns()], &acc)
			copy(c[m*p.CRow:], acc[:p.columns()])
		}
		for i := range p.Count[0] {
			for j := range p.Count[1] {
				gonum.Implementation{}.Sgemm(a, blas.NoTrans, rows, p.columns(), p.Count[2], 1, p.A[t*p.ATile+i*p.AStep[0]+j*p.AStep[1]:], lda,
					p.B[i*p.BStep[0]+j*p.BStep[1]:], p.BStep[2], 1, c, p.CRow)
			}
		}
		for m := range rows {
			row := c[m*p.CRow:][:p.columns()]
			copy(acc[:], row)
			finish(p, t*p.MaskTile+m*p.MaskRow, &acc)
			copy(row, acc[:])
		}
	}
}

func start(p *Product, c []float32, acc *[Columns]float32) {
	switch p.Start {
	case FromBias:
		copy(acc[:], p.Bias)
	case FromC:
		copy(acc[:], c)
	default:
		*acc = [Columns]float32{}
	}
}

// reduce adds the terms of one row to acc, eight columns at a time so that their sums stay in registers.
func reduce(p *Product, a0 int, acc *[Columns]float32) {
	for n := 0; n < p.columns(); n += 8 {
		reduceEight(p, a0, n, (*[8]float32)(acc[n:]))
	}
}

func reduceEight(p *Product, a0, n int, acc *[8]float32) {
	s0, s1, s2, s3, s4, s5, s6, s7 := acc[0], acc[1], acc[2], acc[3], acc[4], acc[5], acc[6], acc[7]
	for i := range p.Count[0] {
		for j := range p.Count[1] {
			a := a0 + i*p.AStep[0] + j*p.AStep[1]
			b := n + i*p.BStep[0] + j*p.BStep[1]
			for range p.Count[2] {
				x, w := p.A[a], (*[8]float32)(p.B[b:])
				s0 += x * w[0]
				s1 += x * w[1]
				s2 += x * w[2]
				s3 += x * w[3]
				s4 += x * w[4]
				s5 += x * w[5]
				s6 += x * w[6]
				s7 += x * w[7]
				a += p.AStep[2]
				b += p.BStep[2]
			}
		}
	}
	*acc = [8]float32{s0, s1, s2, s3, s4, s5, s6, s7}
}

func finish(p *Product, mask int, acc *[Columns]float32) {
	if p.ReLU {
		for n, v := range acc {
			if v < 0 {
				acc[n] = 0
			}
		}
	}
	if p.Mask == nil {
		return
	}
	for n, y := range p.Mask[mask:][:p.columns()] {
		if !(y > 0) {
			acc[n] = 0
		}
	}
}
