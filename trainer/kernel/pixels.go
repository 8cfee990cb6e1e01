package kernel

func pixelPanelsGo(dst []float32, step int, src []uint8, srcRow, rows, columns int) {
	checkPanels(dst, step, src, srcRow, rows, columns, Columns)
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
