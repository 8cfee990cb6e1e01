package mapping

import (
	"lowres/sim/arch"
	"lowres/sim/program"
)

// walk is how the machine visits a tile of rows × cols pixels.
func (l *layer) walk(d *arch.Design, rows, cols int) program.Walk {
	w := program.Walk{Rows: rows, Cols: cols, Window: l.pool * l.pool, Pixels: d.Array.Pixels}
	if l.inLine(d, rows, cols) {
		w.Rows, w.Cols = 1, rows*cols
	}
	return w
}

// inLine reports whether the windows of a tile are taken for a single row, so that no slot
// ends with the rows: where all of them exist, their addresses alone tell them apart, and those
// of each lie as far behind those of the one before. It is of use to several pixels.
func (l *layer) inLine(d *arch.Design, rows, cols int) bool {
	exist := l.padRows == 0 && l.padCols == 0
	apart := cols == 1 || l.kernelCols == 1 && l.stride == 1 && l.pool == 1 && l.poolStep == 1
	return d.Array.Pixels > 1 && rows > 1 && exist && apart && rows*cols <= addressMask
}

// line makes the tile's windows a single row if they are inLine. All positions then lie at
// the origin, which a window of the kernel's size is around.
func (t *tile) line(d *arch.Design, c *program.Compute) {
	if !t.l.inLine(d, t.rows, t.cols) {
		return
	}
	if t.cols == 1 {
		c.PxWords = c.PyWords
	}
	c.OutRows, c.OutCols, c.PyWords = 1, t.rows*t.cols, 0
	if len(t.operands) < 2 { // the rows of a residual's window are its operands
		c.Stride, c.OriginY, c.OriginX = 0, 0, 0
		c.InRows, c.InCols = t.l.kernelRows, t.l.kernelCols
	}
}
