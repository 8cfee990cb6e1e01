package kernel

type pixelCall struct {
	dst   *float32
	src   *uint8
	count int
}

func vectorPixels(loop func(*pixelCall), width int) func(dst []float32, src []uint8) {
	return func(dst []float32, src []uint8) {
		src = src[:len(dst)]
		whole := len(dst) / width * width
		if whole > 0 {
			loop(&pixelCall{&dst[0], &src[0], whole})
		}
		pixelsGo(dst[whole:], src[whole:])
	}
}

// pixelPanelsCall is what the assembly of PixelPanels reads: addresses, and strides in bytes.
type pixelPanelsCall struct {
	dst          *float32
	src          *uint8
	step, srcRow int
	panels, rows int
}

func vectorPixelPanels(loop func(*pixelPanelsCall)) func(dst []float32, step int, src []uint8, srcRow, rows, columns int) {
	return func(dst []float32, step int, src []uint8, srcRow, rows, columns int) {
		checkPanels(dst, step, src, srcRow, rows, columns, Columns)
		whole := columns / Columns
		if whole > 0 {
			loop(&pixelPanelsCall{dst: &dst[0], src: &src[0], step: step * 4, srcRow: srcRow, panels: whole, rows: rows})
		}
		if done := whole * Columns; done < columns {
			pixelPanelsGo(dst[whole*step:], step, src[done:], srcRow, rows, columns-done)
		}
	}
}

//go:noescape
func pixelPanels512(p *pixelPanelsCall)

//go:noescape
func pixelPanels256(p *pixelPanelsCall)

//go:noescape
func pixels512(p *pixelCall)

//go:noescape
func pixels256(p *pixelCall)
