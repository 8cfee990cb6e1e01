package kernel

import "unsafe"

// TransposeFours writes rows of codes, srcRow apart, for ExpandFours: dst[(32i + r)·4 + j] = src[r·srcRow + 4i + j], for
// rows of at most 32 rows, 4·fours codes of each, and j below 4. Both begin at multiples of four bytes.
func (s *Set) TransposeFours(dst, src []int8, srcRow, rows, fours int) {
	s.Transpose(words(dst), Columns, words(src), srcRow/4, rows, fours)
}

// words are codes as words of four, which are moved and never computed with.
func words(codes []int8) []float32 {
	return unsafe.Slice((*float32)(unsafe.Pointer(&codes[0])), len(codes)/4)
}

// NewCodes is room for n codes, a multiple of four, that TransposeFours takes.
func NewCodes(n int) []int8 {
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*int8)(unsafe.Pointer(&make([]float32, n/4)[0])), n)
}

// checkCodes panics if rows would leave their matrices.
func checkCodes(dst []int8, dstRow int, w []float32, wRow, rows, columns int) {
	if rows < 1 || columns < 1 || dstRow < columns || wRow < columns ||
		(rows-1)*dstRow+columns > len(dst) || (rows-1)*wRow+columns > len(w) {
		panic("kernel: codes outside their matrices")
	}
}

// codesGo is Set.Codes.
func codesGo(dst []int8, dstRow int, w []float32, wRow, rows, columns int, t Table) {
	checkCodes(dst, dstRow, w, wRow, rows, columns)
	levels := t.Levels[:len(t.Edges)+1]
	for r := range rows {
		to := dst[r*dstRow:][:columns]
		for i, v := range w[r*wRow:][:columns] {
			code := 0
			for _, e := range t.Edges {
				if v >= e {
					code++
				}
			}
			to[i] = int8(levels[code])
		}
	}
}

func expandGo(dst []float32, codes []int8, scale float32) {
	codes = codes[:len(dst)]
	for i, q := range codes {
		dst[i] = scale * float32(q)
	}
}

func expandFoursGo(dst []float32, codes []int8, scale float32) {
	if len(dst)%(4*Columns) != 0 {
		panic("kernel: codes that are not whole fours of rows")
	}
	for i := 0; i < len(dst); i += 4 * Columns {
		to, from := dst[i:][:4*Columns], codes[i:][:4*Columns]
		for k, q := range from {
			to[k%4*Columns+k/4] = scale * float32(q)
		}
	}
}
