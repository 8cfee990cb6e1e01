package kernel

// requantiseCall is a Requantise as the assembly reads it: addresses, and strides in bytes.
type requantiseCall struct {
	c               *int32
	out             *uint8
	table           *int64
	line, cStep     int
	outStep         int
	window, windows int
	groups          int
	low             int64
}

func (c *requantiseCall) set(r *Requantise) {
	c.c, c.out, c.table = &r.C[0], &r.Out[0], &r.By.table[r.Panel*(Columns/group)*6*8]
	c.line, c.cStep, c.outStep = r.Line*4, r.Window*Columns*4, r.Step
	c.window, c.windows, c.groups, c.low = r.Window, r.Windows, r.columns()/group, r.By.low
}

func requantise512(r *Requantise) {
	var c requantiseCall
	c.set(r)
	requantiseLoop512(&c)
}

func requantise256(r *Requantise) {
	var c requantiseCall
	c.set(r)
	requantiseLoop256(&c)
}

//go:noescape
func requantiseLoop512(c *requantiseCall)

//go:noescape
func requantiseLoop256(c *requantiseCall)
