package machine

import "lowres/sim/program"

// position is an output position of a tile: the input pixel under its kernel
// position 0, that pixel's lane word, and where its value goes.
type position struct {
	y, x, word  int
	pixel       int  // of its slot
	out         int  // emitted pixel of the tile, row by row
	first, last bool // of its pool window
}

// positions lists a tile's positions in the order of the machine, program.Walk: slot by
// slot, in a slot window by window of a row; row by row within a window. It reuses dst.
func positions(dst []position, c *program.Compute, pixels int) []position {
	dst = dst[:0]
	for py := range c.OutRows {
		for first := 0; first < c.OutCols; first += pixels {
			for d := range c.Pool * c.Pool {
				for px := first; px < min(first+pixels, c.OutCols); px++ {
					dst = append(dst, position{
						y:     c.OriginY + (py*(c.Pool-c.Overlap)+d/c.Pool)*c.Stride,
						x:     c.OriginX + (px*(c.Pool-c.Overlap)+d%c.Pool)*c.Stride,
						word:  c.ActAddress + py*c.PyWords + px*c.PxWords + d/c.Pool*c.DyWords + d%c.Pool*c.DxWords,
						pixel: px - first, out: py*c.OutCols + px,
						first: d == 0, last: d == c.Pool*c.Pool-1,
					})
				}
			}
		}
	}
	return dst
}

// kernelStep is a reduction step: its kernel position and its word's offset.
type kernelStep struct{ y, x, word int }

// kernelSteps lists the steps base … base+Steps−1. It reuses dst.
func kernelSteps(dst []kernelStep, c *program.Compute, base int) []kernelStep {
	dst = dst[:0]
	for s := base; s < base+c.Steps; s++ {
		group, kernel := s%c.GroupWords, s/c.GroupWords
		y, x := kernel/c.KernelCols, kernel%c.KernelCols
		dst = append(dst, kernelStep{y, x, y*c.RowWords + x*c.PixelWords + group})
	}
	return dst
}

// reads reports whether the position's activation exists in the step, that is,
// does not lie in the padding.
func (p position) reads(k kernelStep, c *program.Compute) bool {
	return uint(p.y+k.y) < uint(c.InRows) && uint(p.x+k.x) < uint(c.InCols)
}
