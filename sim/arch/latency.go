package arch

// SumLatency is the number of cycles from an activation at the array's input to
// its column sums: one for the cells, one for each halving of the lanes,
// then of the digits; see hdl/dot_product.v. In an array of tables, those that fill the
// tables, one for the read and one for each halving of the tables.
func (d *Design) SumLatency() int {
	if d.Tables != nil {
		return d.FillLatency() + 1 + log2(d.Tables.Count)
	}
	return 1 + log2(d.Array.Lanes) + log2(d.DigitCount())
}

// FillLatency is the cycles by which the weights follow the activations in an array of
// tables, 0 in others: from an activation word and the weights of an entry to its sum;
// cells, tree and digits of hdl/table_fill.v, and its register.
func (d *Design) FillLatency() int {
	if d.Tables == nil {
		return 0
	}
	return 2 + log2(d.Tables.GroupLanes()) + log2(d.DigitCount())
}
