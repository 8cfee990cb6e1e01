package program

// Walk is how an instruction visits the positions of its tile: in slots, each of the
// positions that are issued in a cycle. A slot has the positions at the same place of up to
// Pixels neighbouring windows of a row; those past the row's end are left out. So windows
// are visited Pixels at a time, row by row, and all slots of a window follow each other.
type Walk struct {
	Rows, Cols int // windows, which are emitted pixels
	Window     int // positions of a window
	Pixels     int // array.pixels of the design
}

// Walk is the walk of the instruction on a design with so many pixels.
func (c *Compute) Walk(pixels int) Walk { return Walk{c.OutRows, c.OutCols, c.Pool * c.Pool, pixels} }

// Positions is the number of positions.
func (w Walk) Positions() int { return w.Rows * w.Cols * w.Window }

// Slots is the number of slots: rows · ⌈cols/pixels⌉ · window.
func (w Walk) Slots() int { return w.Rows * w.rowSlots() }

// rowSlots is the number of slots of a row.
func (w Walk) rowSlots() int { return (w.Cols + w.Pixels - 1) / w.Pixels * w.Window }

// Before is the number of positions in the first n slots. In a row all slots are full but those of
// its last windows, which have as many positions as windows are left.
func (w Walk) Before(n int) int {
	if w.Pixels == 1 {
		return n
	}
	row := w.rowSlots()
	full := w.Cols / w.Pixels * w.Window // slots of a row
	in := n % row
	return n/row*w.Cols*w.Window + min(in, full)*w.Pixels + max(in-full, 0)*(w.Cols%w.Pixels)
}
