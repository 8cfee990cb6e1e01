package arch

// SumLatency is the number of cycles from an activation at the array's input to
// its column sums: one for the cells, and one for each register of the adder tree
// over lanes and digits; see hdl/dot_product.v. In an array of tables, those that fill the
// tables, one for the read and one for each halving of the tables.
func (d *Design) SumLatency() int {
	if d.Tables != nil {
		return d.FillLatency() + 1 + log2(d.Tables.Count)
	}
	stage := d.Array.LevelsPerStage
	return 1 + (d.TreeLevels()+stage-1)/stage
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

// TreeLevels is how often the adder tree halves: the lanes, then the digits.
func (d *Design) TreeLevels() int { return log2(d.Array.Lanes) + log2(d.DigitCount()) }

// TreeRegister reports whether there is a register behind level k of the tree, 1 to
// TreeLevels.
func (d *Design) TreeRegister(k int) bool {
	return k%d.Array.LevelsPerStage == 0 || k == d.TreeLevels()
}

// SumsReadAhead reports whether a sum is read in the cycle before it is added to or drained, so that the
// choice of it and the adder are in different cycles; see hdl/accumulator_ahead.v. No cycle of the
// design changes. With one tile and one block nothing is written where the next sum is read; the
// drain knows its next sums when it reads those before in several groups of columns.
func (d *Design) SumsReadAhead() bool {
	a := d.Array
	return d.Tables == nil && a.WeightTiles == 1 && a.SumBlocks == 1 && a.Requantisers < a.Cols && !a.SkewedSums
}
