package machine

import (
	"lowres/sim/arch"
	"lowres/sim/program"
)

// Action is something the hardware does that costs energy. Counts are free of
// technology; sim/energy joins them with a technology file.
type Action int

// The actions. Those marked "exact" or "toggles" depend on values and are 0 in fast
// mode; "toggles" are counted only with Options.Toggles.
const (
	CellActive         Action = iota // exact: cell with weight and activation not zero, a cycle
	CellZeroActivation               // exact: … with a weight that is not zero, and activation zero
	CellZeroWeight                   // exact: … with weight zero
	CellIssued                       // the sum of the three: cells × cycles that issue a position to them
	CellIdle                         // cells × cycles that issue none
	ActivationToggle                 // exact: bits that change between successive activation words
	WeightToggle                     // toggles: bits of digits that change when the next tile is taken
	SignToggle                       // toggles: … of these the signs of the digits
	ProductToggle                    // toggles: bits that change at the cells' outputs
	TreeToggle                       // toggles: bits that change in the registers of the adder trees
	SumAddressToggle                 // toggles: bits of the sums' address that change from one position to the next, in every column
	SumReadToggle                    // toggles: bits that change between the sums that positions find, one after the other
	SumToggle                        // toggles: bits that change in the partial sums
	WeightChange                     // exact: cells whose weight changes when the next tile is taken
	WeightDecode                     // weights decoded: lanes · cols a tile read, or all that a beat holds as it is loaded
	DigitAdd                         // additions that join the digits of a weight
	TreeAdd                          // additions in the adder trees, lanes − 1 a column
	SumTableFill                     // sums of activations and weights computed for tables
	SumTableWrite                    // … written to the tables, of every column
	SumTableRead                     // … read from them
	SumAdd                           // partial sums read, added to and written back
	SumStart                         // partial sums written without being read (first step)
	SumDrain                         // partial sums read by the drain, in passes of requantisers columns
	Requantise                       // sums requantised
	PoolCompare                      // requantised values compared for a maximum
	TableRead                        // requantised values looked up in a function table

	ActivationRead    // activation buffer, lane words read
	ActivationPadding // lane words that are padding and not read
	ActivationWrite   // activation buffer, beats written
	WeightRead        // weight buffer, beats read
	WeightWrite       // … written
	ParameterRead     // parameter buffer, beats read
	ParameterWrite    // … written
	TableWrite        // function tables, beats written
	OutputWrite       // output buffer, column words written
	OutputRead        // output buffer, beats read
	ProgramRead       // program memories, 32-bit words

	MemoryWeights        // bytes read from memory: packed weights
	MemoryParameters     // … biases and scales
	MemoryActivationsIn  // … feature maps
	MemoryActivationsOut // bytes written to memory: feature maps and logits

	WeightTake      // weight tiles put in place
	WordDecode      // weight words (beats) decoded
	DigitDecode     // digits decoded
	RegisterClocked // the array's flip-flops × cycles, see RegistersOf
	RegisterGated   // … of these with an enable that is off

	ClockCycle // cycles, busy or not
	ActionCount
)

// actionNames are the names in files, parallel to the constants.
var actionNames = [ActionCount]string{
	"cell_active", "cell_zero_activation", "cell_zero_weight", "cell_issued", "cell_idle",
	"activation_toggle", "weight_toggle", "sign_toggle", "product_toggle", "tree_toggle", "sum_address_toggle", "sum_read_toggle", "sum_toggle", "weight_change", "weight_decode", "digit_add", "tree_add",
	"sum_table_fill", "sum_table_write", "sum_table_read",
	"sum_add", "sum_start", "sum_drain", "requantise", "pool_compare", "table_read",
	"activation_read", "activation_padding", "activation_write", "weight_read", "weight_write",
	"parameter_read", "parameter_write", "table_write", "output_write", "output_read", "program_read",
	"memory_weights", "memory_parameters", "memory_activations_in", "memory_activations_out",
	"weight_take", "word_decode", "digit_decode", "register_clocked", "register_gated",
	"clock_cycle",
}

// String is the action's name in files and reports.
func (a Action) String() string { return actionNames[a] }

// Exact reports whether the action depends on values, so that only the exact
// mode counts it.
func (a Action) Exact() bool {
	switch a {
	case CellActive, CellZeroActivation, CellZeroWeight, ActivationToggle, WeightChange:
		return true
	}
	return a.Toggle()
}

// Toggle reports whether the action is a change of the array's bits, which the
// exact mode counts with Options.Toggles.
func (a Action) Toggle() bool { return a >= WeightToggle && a <= SumToggle }

// Counts are numbers of actions.
type Counts [ActionCount]int64

// Add adds b to c.
func (c *Counts) Add(b *Counts) {
	for i, n := range b {
		c[i] += n
	}
}

// MemoryBytes is the bytes that cross the memory port.
func (c *Counts) MemoryBytes() int64 {
	return c[MemoryWeights] + c[MemoryParameters] + c[MemoryActivationsIn] + c[MemoryActivationsOut]
}

// loadCounts are the actions of a load.
func loadCounts(d *arch.Design, l *program.Load) (c Counts) {
	beats, bytes := int64(l.Beats), int64(l.Beats*d.MemoryBytes())
	writes := [program.BufferCount]Action{ActivationWrite, WeightWrite, ParameterWrite, TableWrite}
	streams := [program.BufferCount]Action{MemoryActivationsIn, MemoryWeights, MemoryParameters, MemoryParameters}
	c[writes[l.Buffer]], c[streams[l.Buffer]] = beats, bytes
	if l.Buffer == program.WeightBuffer && d.Weights.Decode == arch.DecodeAtLoad {
		c[WordDecode] = beats
		c[WeightDecode] = beats * int64(d.CodesPerBeat(l.Set))
		c[DigitDecode] = c[WeightDecode] * int64(d.DigitCount())
	}
	c[ProgramRead] = program.LoadWords
	return c
}

// storeCounts are the actions of a store.
func storeCounts(d *arch.Design, s *program.Store) (c Counts) {
	c[OutputRead], c[MemoryActivationsOut] = int64(s.Beats), int64(s.Beats*d.MemoryBytes())
	c[ProgramRead] = program.StoreWords
	return c
}

// computeCounts are the actions of a compute that do not depend on values. Its
// first step is base.
func computeCounts(d *arch.Design, c *program.Compute, base int) (n Counts) {
	if d.Tables != nil {
		return tableCounts(d, c, base)
	}
	lanes, cols := int64(d.Array.Lanes), int64(d.Array.Cols)
	places := int64(c.Positions())
	issued := places * int64(c.Steps)
	blocks := (int64(c.Walk(d.Array.Pixels).Slots()) + int64(d.Array.Hold) - 1) / int64(d.Array.Hold)
	fetched := blocks * int64(c.Steps)
	n[CellIssued] = issued * lanes * cols
	n[WeightRead] = fetched * int64(d.TileWords(c.Set))
	n[WeightTake] = fetched
	if d.Weights.Decode == arch.DecodeAtArray {
		n[WordDecode] = n[WeightRead]
		n[WeightDecode] = fetched * lanes * cols
		n[DigitDecode] = n[WeightDecode] * int64(d.DigitCount())
	}
	n[DigitAdd] = issued * lanes * cols * int64(d.DigitCount()-1)
	n[TreeAdd] = issued * (lanes - 1) * cols
	n[ActivationRead] = activationReads(c, base)
	n[ActivationPadding] = issued - n[ActivationRead]
	if c.First {
		n[SumStart] = places * cols
	}
	n[SumAdd] = issued*cols - n[SumStart]
	n[ProgramRead] = program.ComputeWords
	if c.Last {
		drainCounts(d, c, &n)
	}
	return n
}

// drainCounts adds the actions of emitting a tile.
func drainCounts(d *arch.Design, c *program.Compute, n *Counts) {
	cols, places := int64(d.Array.Cols), int64(c.Positions())
	pixels := int64(c.OutRows * c.OutCols)
	n[SumDrain] = places * cols * int64(planes(c))
	n[OutputWrite] = pixels * int64(planes(c))
	n[ParameterRead] = int64(d.ParameterGroupBytes() / d.MemoryBytes())
	if !c.Wide {
		n[Requantise] = places * cols
		n[PoolCompare] = (places - pixels) * cols
		if c.Table {
			n[TableRead] = places * cols
		}
	}
}

// activationReads is the number of activation words that are not padding: for
// every kernel position the existing rows times the existing columns times its
// channel groups.
func activationReads(c *program.Compute, base int) int64 {
	n := int64(0)
	for s := base; s < base+c.Steps; {
		kernel := s / c.GroupWords
		end := min((kernel+1)*c.GroupWords, base+c.Steps)
		rows := visited(c, c.OriginY+kernel/c.KernelCols, c.OutRows, c.InRows)
		cols := visited(c, c.OriginX+kernel%c.KernelCols, c.OutCols, c.InCols)
		n += int64(rows) * int64(cols) * int64(end-s)
		s = end
	}
	return n
}

// visited is how many rows (or columns) of a number of pool windows, the first at origin,
// lie in 0 … size−1.
func visited(c *program.Compute, origin, windows, size int) (n int) {
	if c.Overlap == 0 {
		return existing(origin, c.Stride, windows*c.Pool, size)
	}
	for w := range windows {
		n += existing(origin+w*(c.Pool-c.Overlap)*c.Stride, c.Stride, c.Pool, size)
	}
	return n
}

// existing is how many of origin, origin + stride, … (n of them) lie in 0 … size−1.
func existing(origin, stride, n, size int) int {
	if stride == 0 && origin >= 0 && origin < size {
		return n
	}
	count := func(limit int) int { // how many are below limit
		return min(max((limit-origin+stride-1)/stride, 0), n)
	}
	if origin >= size || stride == 0 {
		return 0
	}
	return count(size) - count(0)
}
