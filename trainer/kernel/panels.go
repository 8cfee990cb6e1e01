package kernel

func panelsGo(dst []float32, step int, src []float32, srcRow, rows, columns int) {
	for c := 0; c < columns; c += Columns {
		for r := range rows {
			copy(dst[c/Columns*step+r*Columns:], src[r*srcRow+c:][:min(Columns, columns-c)])
		}
	}
}
