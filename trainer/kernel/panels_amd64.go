package kernel

import "unsafe"

// line is the number of bytes of a line of a cache.
const line = 64

// panelsCall is what the assembly of Panels and Tiles reads: addresses, and strides in bytes.
type panelsCall struct {
	dst, src     *float32
	step, srcRow int
	panels, rows int
}

func vectorPanels(loop func(*panelsCall)) func(dst []float32, step int, src []float32, srcRow, rows, columns int) {
	return func(dst []float32, step int, src []float32, srcRow, rows, columns int) {
		checkPanels(dst, step, src, srcRow, rows, columns, Columns)
		whole := columns / Columns
		if uintptr(unsafe.Pointer(&dst[0]))%line != 0 || step*4%line != 0 {
			whole = 0
		}
		if whole > 0 {
			loop(&panelsCall{dst: &dst[0], src: &src[0], step: step * 4, srcRow: srcRow * 4, panels: whole, rows: rows})
		}
		if done := whole * Columns; done < columns {
			panelsGo(dst[whole*step:], step, src[done:], srcRow, rows, columns-done)
		}
	}
}

func vectorTiles(dst []float32, step int, src []float32, srcRow, rows, columns int) {
	checkPanels(dst, step, src, srcRow, rows, columns, MaxRows)
	whole := columns / MaxRows
	if whole > 0 {
		rowTiles256(&panelsCall{dst: &dst[0], src: &src[0], step: step * 4, srcRow: srcRow * 4, panels: whole, rows: rows})
	}
	if done := whole * MaxRows; done < columns {
		tilesGo(dst[whole*step:], step, src[done:], srcRow, rows, columns-done)
	}
}

//go:noescape
func rowTiles256(p *panelsCall)

//go:noescape
func panels512(p *panelsCall)

//go:noescape
func panels256(p *panelsCall)
