package arch

import "math/bits"

// SumLatency is the number of cycles from an activation at the array's input to
// its column sums: one for the cells, one for each halving of the lanes,
// then of the digits. See hdl/dot_product.v.
func (d *Design) SumLatency() int {
	levels := func(n int) int { return bits.Len(uint(n - 1)) }
	return 1 + levels(d.Array.Lanes) + levels(d.DigitCount())
}
