package kernel

// productCall is a Product as the assembly reads it: addresses, and strides in bytes. The jumps lead from
// the end of a window's line to the next, and from the end of a part back to its start.
type productCall struct {
	a                   *uint8
	b                   *int8
	c, bias             *int32
	aRow, aTile, cTile  int
	lineJump, partJump  int
	parts, lines, quads int // quads of bytes of a line
	fit                 int // quads whose sums fit int16
	tiles, rows         int // tiles to compute, and the rows of each
	saved               int
}

func (c *productCall) set(p *Product) {
	w := p.Weights
	c.a, c.b, c.c, c.bias = &p.A[0], &w.panel(p.Panel)[0], &p.C[0], &w.bias[p.Panel*Columns]
	c.aRow, c.lineJump, c.partJump = p.ARow, p.ALine-w.run, -w.lines*p.ALine
	c.parts, c.lines, c.quads, c.fit = w.parts, w.lines, w.run/4, w.fit
}

// cut cuts rows into tiles of at most most rows, whole tiles of one size, and returns the rows left over.
func (c *productCall) cut(rows, most int) (rest int) {
	c.rows = tileRows(rows, most)
	c.tiles, c.aTile, c.cTile = rows/c.rows, c.rows*c.aRow, c.rows*Columns*4
	return rows % c.rows
}

// leave takes what cut left over.
func (c *productCall) leave(p *Product, rest int) {
	done := p.Rows - rest
	c.a, c.c = &p.A[done*p.ARow], &p.C[done*Columns]
	c.tiles, c.rows = 1, rest
}

func multiply512(p *Product) {
	var c productCall
	c.set(p)
	rest := c.cut(p.Rows, 12)
	product512(&c)
	if rest > 0 {
		c.leave(p, rest)
		product512(&c)
	}
}

func multiplyVNNI(p *Product) {
	var c productCall
	c.set(p)
	rest := c.cut(p.Rows, 6)
	productVNNI(&c)
	if rest > 0 {
		c.leave(p, rest)
		productVNNI(&c)
	}
}

// multiplyAVX2 sums in int16 if that saves anything.
func multiplyAVX2(p *Product) {
	if p.Weights.fit > 1 {
		multiplyAVX2Int16(p)
		return
	}
	var c productCall
	c.set(p)
	rest := c.cut(p.Rows, 4)
	productAVX2(&c)
	if rest > 0 {
		c.leave(p, rest)
		productAVX2(&c)
	}
}

func multiplyAVX2Int16(p *Product) {
	var c productCall
	c.set(p)
	rest := c.cut(p.Rows, 6)
	productAVX2Int16(&c)
	if rest > 0 {
		c.leave(p, rest)
		productAVX2Int16(&c)
	}
}

//go:noescape
func product512(c *productCall)

//go:noescape
func productVNNI(c *productCall)

//go:noescape
func productAVX2(c *productCall)

//go:noescape
func productAVX2Int16(c *productCall)
