package kernel

import "unsafe"

// call is a Product as the assembly reads it: addresses, and strides in bytes. A jump is the step of an
// outer loop less what the loop inside it has walked.
type call struct {
	a, b, c, bias, mask      *float32
	aRow, aTile, cRow, cTile int
	maskRow, maskTile        int
	n0, n1, n2               int
	aStep, aJump1, aJump0    int
	bStep, bJump1, bJump0    int
	tiles, start, relu       int
	next                     uintptr // where the next line to fetch lies, in the end beyond the memory
	nextLines                int     // that a tile asks for
	saved                    int
}

func (c *call) set(p *Product) {
	const size = 4
	c.a, c.b, c.c, c.bias, c.mask = &p.A[0], &p.B[0], &p.C[0], nil, nil
	if p.Start == FromBias {
		c.bias = &p.Bias[0]
	}
	if p.Mask != nil {
		c.mask = &p.Mask[0]
	}
	c.aRow, c.aTile, c.cRow, c.cTile = p.ARow*size, p.ATile*size, p.CRow*size, p.CTile*size
	c.maskRow, c.maskTile = p.MaskRow*size, p.MaskTile*size
	if p.Mask == nil {
		c.maskTile = 0 // the assembly tells "no mask" by a null address on every tile
	}
	c.n0, c.n1, c.n2 = p.Count[0], p.Count[1], p.Count[2]
	c.aStep, c.aJump1, c.aJump0 = jumps(p.Count, p.AStep)
	c.bStep, c.bJump1, c.bJump0 = jumps(p.Count, p.BStep)
	c.tiles, c.start, c.relu = p.Tiles, int(p.Start), 0
	if p.ReLU {
		c.relu = 1
	}
	c.next, c.nextLines = 0, 0
	if len(p.Next) > 0 {
		c.next, c.nextLines = uintptr(unsafe.Pointer(&p.Next[0])), (len(p.Next)*size+p.Tiles*line-1)/(p.Tiles*line)
	}
}

func jumps(count, step [3]int) (inner, middle, outer int) {
	return 4 * step[2], 4 * (step[1] - count[2]*step[2]), 4 * (step[0] - count[1]*step[1])
}

func run512(p *Product) {
	p.check()
	var c call
	c.set(p)
	if p.Narrow {
		dispatchNarrow512(p.Rows, &c)
	} else {
		dispatch512(p.Rows, &c)
	}
}

func dispatch512(rows int, c *call) {
	switch rows {
	case 1:
		product512x1(c)
	case 2:
		product512x2(c)
	case 3:
		product512x3(c)
	case 4:
		product512x4(c)
	case 5:
		product512x5(c)
	case 6:
		product512x6(c)
	case 7:
		product512x7(c)
	case 8:
		product512x8(c)
	case 9:
		product512x9(c)
	case 10:
		product512x10(c)
	case 11:
		product512x11(c)
	case 12:
		product512x12(c)
	}
}

func dispatchNarrow512(rows int, c *call) {
	switch rows {
	case 1:
		narrow512x1(c)
	case 2:
		narrow512x2(c)
	case 3:
		narrow512x3(c)
	case 4:
		narrow512x4(c)
	case 5:
		narrow512x5(c)
	case 6:
		narrow512x6(c)
	case 7:
		narrow512x7(c)
	case 8:
		narrow512x8(c)
	case 9:
		narrow512x9(c)
	case 10:
		narrow512x10(c)
	case 11:
		narrow512x11(c)
	case 12:
		narrow512x12(c)
	}
}

// run256 cuts a product into halves of 16 columns and tiles of at most 6 rows, which fit 16 registers.
func run256(p *Product) {
	p.check()
	groups := (p.Rows + 5) / 6
	q := *p
	for half := 0; half < p.columns(); half += Columns / 2 {
		for row, left := 0, groups; left > 0; left-- {
			q.Rows = (p.Rows - row + left - 1) / left
			q.A, q.B, q.C = p.A[row*p.ARow:], p.B[half:], p.C[row*p.CRow+half:]
			if p.Start == FromBias {
				q.Bias = p.Bias[half:]
			}
			if p.Mask != nil {
				q.Mask = p.Mask[row*p.MaskRow+half:]
			}
			var c call
			c.set(&q)
			dispatch256(q.Rows, &c)
			row += q.Rows
			q.Next = nil
		}
	}
}

func dispatch256(rows int, c *call) {
	switch rows {
	case 1:
		product256x1(c)
	case 2:
		product256x2(c)
	case 3:
		product256x3(c)
	case 4:
		product256x4(c)
	case 5:
		product256x5(c)
	case 6:
		product256x6(c)
	}
}

//go:noescape
func product512x1(p *call)

//go:noescape
func product512x2(p *call)

//go:noescape
func product512x3(p *call)

//go:noescape
func product512x4(p *call)

//go:noescape
func product512x5(p *call)

//go:noescape
func product512x6(p *call)

//go:noescape
func product512x7(p *call)

//go:noescape
func product512x8(p *call)

//go:noescape
func product512x9(p *call)

//go:noescape
func product512x10(p *call)

//go:noescape
func product512x11(p *call)

//go:noescape
func product512x12(p *call)

//go:noescape
func product256x1(p *call)

//go:noescape
func product256x2(p *call)

//go:noescape
func product256x3(p *call)

//go:noescape
func product256x4(p *call)

//go:noescape
func product256x5(p *call)

//go:noescape
func product256x6(p *call)

//go:noescape
func narrow512x1(p *call)

//go:noescape
func narrow512x2(p *call)

//go:noescape
func narrow512x3(p *call)

//go:noescape
func narrow512x4(p *call)

//go:noescape
func narrow512x5(p *call)

//go:noescape
func narrow512x6(p *call)

//go:noescape
func narrow512x7(p *call)

//go:noescape
func narrow512x8(p *call)

//go:noescape
func narrow512x9(p *call)

//go:noescape
func narrow512x10(p *call)

//go:noescape
func narrow512x11(p *call)

//go:noescape
func narrow512x12(p *call)
