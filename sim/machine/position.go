package machine

import "lowres/sim/program"

// position is an output position of a tile: the input pixel under its kernel
// position 0, and that pixel's lane word.
type position struct{ y, x, word int }

// positions lists a tile's positions in the order of the machine: pool window
// by pool window, and row by row within one. It reuses dst.
func positions(dst []position, c *program.Compute) []position {
	dst = dst[:0]
	for py := range c.OutRows {
		for px := range c.OutCols {
			for dy := range c.Pool {
				for dx := range c.Pool {
					dst = append(dst, position{
						y:    c.OriginY + (py*(c.Pool-c.Overlap)+dy)*c.Stride,
						x:    c.OriginX + (px*(c.Pool-c.Overlap)+dx)*c.Stride,
						word: c.ActAddress + py*c.PyWords + px*c.PxWords + dy*c.DyWords + dx*c.DxWords,
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
