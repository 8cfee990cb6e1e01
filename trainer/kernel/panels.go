package kernel

// checkPanels panics if the copies to panels of width columns would leave their slices.
func checkPanels[T float32 | uint8](dst []float32, step int, src []T, srcRow, rows, columns, width int) {
	if rows < 1 || columns < 1 || srcRow < 0 || step < rows*width || (rows-1)*srcRow+columns > len(src) ||
		(columns-1)/width*step+(rows-1)*width+(columns-1)%width >= len(dst) {
		panic("kernel: panels outside their memory")
	}
}

func panelsGo(dst []float32, step int, src []float32, srcRow, rows, columns int) {
	copyPanels(dst, step, src, srcRow, rows, columns, Columns)
}

func tilesGo(dst []float32, step int, src []float32, srcRow, rows, columns int) {
	copyPanels(dst, step, src, srcRow, rows, columns, MaxRows)
}

func copyPanels(dst []float32, step int, src []float32, srcRow, rows, columns, width int) {
	checkPanels(dst, step, src, srcRow, rows, columns, width)
	for c := 0; c < columns; c += width {
		for r := range rows {
			copy(dst[c/width*step+r*width:], src[r*srcRow+c:][:min(width, columns-c)])
		}
	}
}
