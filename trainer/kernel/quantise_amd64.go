package kernel

import "lowres/quant"

// quantiseCall, strandCall and transposeCall are what the assembly reads: addresses, and lengths and strides in bytes.
type quantiseCall struct {
	dst, w *float32
	bytes  int
	edges  *float32
	count  int
	values *float32 // or codes, levels and order
	codes  *int8
	levels *int32
	order  *[8]int32

	rows, dstRow, wRow int
	ahead              int
}

type strandCall struct {
	x     *float32
	bytes int
	sums  *[quant.Strands]float64
}

type transposeCall struct {
	dst, src       *float32
	dstRow, srcRow int
	groups         int // of four columns
}

func vectorQuantise(loop func(*quantiseCall), width int) func(dst, w []float32, t Table) {
	return func(dst, w []float32, t Table) {
		w, values := w[:len(dst)], t.Values[:len(t.Edges)+1]
		whole := len(dst) / width * width
		if whole > 0 && len(t.Edges) > 0 {
			c := quantiseCall{dst: &dst[0], w: &w[0], bytes: whole * 4, edges: &t.Edges[0], count: len(t.Edges), values: &values[0]}
			loop(&c)
			dst, w = dst[whole:], w[whole:]
		}
		quantiseGo(dst, w, t)
	}
}

func vectorSumAbs(loop func(*strandCall)) func(x []float32) float64 {
	return func(x []float32) float64 {
		var sums [quant.Strands]float64
		whole := len(x) / quant.Strands * quant.Strands
		if whole > 0 {
			loop(&strandCall{&x[0], whole * 4, &sums})
		}
		addStrands(&sums, x[whole:])
		return quant.AddStrands(&sums)
	}
}

// vectorTranspose does whole vectors of rows and groups of four columns in assembly, the rest in plain Go.
func vectorTranspose(loop func(*transposeCall), width int) func(dst []float32, dstRow int, src []float32, srcRow, rows, columns int) {
	return func(dst []float32, dstRow int, src []float32, srcRow, rows, columns int) {
		groups := columns / 4
		if rows < 1 || columns < 1 || dstRow < rows || srcRow < 0 ||
			(columns-1)*dstRow+rows > len(dst) || (rows-1)*srcRow+columns > len(src) {
			panic("kernel: transpose outside its matrices")
		}
		r := 0
		for ; r+width <= rows && groups > 0; r += width {
			loop(&transposeCall{&dst[r], &src[r*srcRow], dstRow * 4, srcRow * 4, groups})
			if done := 4 * groups; done < columns {
				transposeGo(dst[done*dstRow+r:], dstRow, src[r*srcRow+done:], srcRow, width, columns-done)
			}
		}
		if r < rows {
			transposeGo(dst[r:], dstRow, src[r*srcRow:], srcRow, rows-r, columns)
		}
	}
}

//go:noescape
func quantise512(p *quantiseCall)

//go:noescape
func quantise256(p *quantiseCall)

//go:noescape
func sumAbs512(p *strandCall)

//go:noescape
func sumAbs256(p *strandCall)

//go:noescape
func transpose512(p *transposeCall)

//go:noescape
func transpose256(p *transposeCall)
