package kernel

// expandCall is what the assembly reads.
type expandCall struct {
	dst   *float32
	codes *int8
	count int // codes
	scale float32
}

// packedOrder is where the eight groups of four bytes come from that packing within 128 bits has taken apart.
var packedOrder = [8]int32{0, 4, 1, 5, 2, 6, 3, 7}

func vectorCodes(loop func(*quantiseCall), width int) func(dst []int8, dstRow int, w []float32, wRow, rows, columns int, t Table) {
	return func(dst []int8, dstRow int, w []float32, wRow, rows, columns int, t Table) {
		checkCodes(dst, dstRow, w, wRow, rows, columns)
		levels, whole := t.Levels[:len(t.Edges)+1], columns/width*width
		if len(t.Edges) == 0 {
			whole = 0
		}
		if whole > 0 {
			loop(&quantiseCall{w: &w[0], bytes: whole * 4, edges: &t.Edges[0], count: len(t.Edges), codes: &dst[0], levels: &levels[0],
				order: &packedOrder, rows: rows, dstRow: dstRow, wRow: wRow * 4, ahead: wRow * 4})
		}
		if whole < columns {
			codesGo(dst[whole:], dstRow, w[whole:], wRow, rows, columns-whole, t)
		}
	}
}

func vectorExpand(loop func(*expandCall), width int) func(dst []float32, codes []int8, scale float32) {
	return func(dst []float32, codes []int8, scale float32) {
		codes = codes[:len(dst)]
		whole := len(dst) / width * width
		if whole > 0 {
			loop(&expandCall{&dst[0], &codes[0], whole, scale})
		}
		expandGo(dst[whole:], codes[whole:], scale)
	}
}

func vectorExpandFours(loop func(*expandCall)) func(dst []float32, codes []int8, scale float32) {
	return func(dst []float32, codes []int8, scale float32) {
		codes = codes[:len(dst)]
		if len(dst)%(4*Columns) != 0 {
			panic("kernel: codes that are not whole fours of rows")
		}
		if len(dst) > 0 {
			loop(&expandCall{&dst[0], &codes[0], len(dst), scale})
		}
	}
}

//go:noescape
func codes512(p *quantiseCall)

//go:noescape
func codes256(p *quantiseCall)

//go:noescape
func expand512(p *expandCall)

//go:noescape
func expand256(p *expandCall)

//go:noescape
func expandFours512(p *expandCall)

//go:noescape
func expandFours256(p *expandCall)
