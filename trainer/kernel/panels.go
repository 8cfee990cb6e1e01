package kernel

// checkPanels panics if the copies would leave their slices.
func checkPanels(dst []float32, step int, src []float32, srcRow, rows, columns int) {
	if rows < 1 || columns < 1 || srcRow < 0 || step < rows*Columns || (rows-1)*srcRow+columns > len(src) ||
		(columns-1)/Columns*step+(rows-1)*Columns+(columns-1)%Columns >= len(dst) {
		panic("kernel: panels outside their memory")
	}
}

func panelsGo(dst []float32, step int, src []float32, srcRow, rows, columns int) {
	checkPanels(dst, step, src, srcRow, rows, columns)
	for c := 0; c < columns; c += Columns {
		for r := range rows {
			copy(dst[c/Columns*step+r*Columns:], src[r*srcRow+c:][:min(Columns, columns-c)])
		}
	}
}
