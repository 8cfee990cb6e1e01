package kernel

// checkPixelPanels panics if the pixels would leave their slices.
func checkPixelPanels(dst []float32, step int, src []uint8, srcRow, rows, columns int) {
	if rows < 1 || columns < 1 || srcRow < 0 || step < rows*Columns || (rows-1)*srcRow+columns > len(src) ||
		(columns-1)/Columns*step+(rows-1)*Columns+(columns-1)%Columns >= len(dst) {
		panic("kernel: panels of pixels outside their memory")
	}
}

func pixelPanelsGo(dst []float32, step int, src []uint8, srcRow, rows, columns int) {
	checkPixelPanels(dst, step, src, srcRow, rows, columns)
	for r := range rows {
		for c := 0; c < columns; c += Columns {
			pixelsGo(dst[c/Columns*step+r*Columns:][:min(Columns, columns-c)], src[r*srcRow+c:])
		}
	}
}

func pixelsGo(dst []float32, src []uint8) {
	src = src[:len(dst)]
	for k, p := range src {
		dst[k] = float32(int32(p)-128) * (1.0 / 128)
	}
}
