package estimate

import (
	"fmt"
	"math/bits"
	"slices"

	"lowres/rtlgen/synth"
	"lowres/sim/arch"
)

// Block is a part of a design that is estimated as one: equal instances of a module with
// what is in them, but for parts that are blocks of their own.
type Block struct {
	Name      string // of the row: the instance in the emitted core, or the module
	Kind      string // of the model: blocks of one kind share coefficients
	Instances int
	X         []float64 // what the resources of an instance are linear in, see the kinds
}

// Blocks lists the parts of a design on a target, as rtlgen's templates and hdl put them
// together.
func Blocks(d *arch.Design, t synth.Target) []Block {
	s := shape{d, t}
	blocks := []Block{
		{"axi", "axi", 1, []float64{1}},
		{"reset_release", "reset", 1, []float64{1}},
		{"control_registers", "registers", 1, []float64{1}},
		s.core(),
		s.load(), s.ram("load program memory", 32, log2(4*d.Program.Load)),
		{"compute_front", "front", 1, []float64{1, float64(log2(12 * d.Program.Compute))}}, s.ram("compute program memory", 32, log2(12*d.Program.Compute)),
		s.store(), s.ram("store program memory", 32, log2(4*d.Program.Store)),
		s.counters(),
	}
	if t == synth.ICE40 { // whose top is the board's
		blocks = append(blocks, Block{"board", "board", 1, values(1, d.Memory.WidthBits)})
	}
	blocks = append(blocks, s.buffer("activation_buffer", s.Array.Pixels, d.Buffers.Activation, d.Memory.WidthBits, 8*d.Array.Lanes)...)
	blocks = append(blocks, s.buffer("parameter_buffer", 1, d.Buffers.Parameter, d.Memory.WidthBits, 64*d.Array.Requantisers)...)
	blocks = append(blocks, s.buffer("output_buffer", 1, d.Buffers.Output, 8*d.Array.Cols, d.Memory.WidthBits)...)
	if d.Weights.Decode == arch.DecodeAtLoad {
		blocks = append(blocks, s.ram("weight_buffer", d.WeightBits(), log2(d.Buffers.Weight/d.MemoryBytes())))
	} else {
		blocks = append(blocks, s.buffer("weight_buffer", 1, d.Buffers.Weight, d.Memory.WidthBits, d.Memory.WidthBits)...)
	}
	if d.Tables != nil {
		blocks = append(blocks, s.tables()...)
	} else {
		blocks = append(blocks, s.selectors()...)
	}
	blocks = append(blocks, s.accumulate())
	return append(blocks, s.drain()...)
}

// shape is a design, and quantities of it that the emitted Verilog has names for.
type shape struct {
	*arch.Design
	target synth.Target // of the synthesis
}

func (s shape) holdW() int { return max(1, log2(s.Array.Hold)) }
func (s shape) setW() int  { return max(1, log2(len(s.Sets))) }
func (s shape) sumsW() int { return s.holdW() + s.Array.SumBlocks - 1 }

func (s shape) cellW() int { return CellWidth(s.Design) }

// CellWidth is the width of an activation times a digit.
func CellWidth(d *arch.Design) int {
	for _, l := range d.Sets {
		if l.Max() > 1 {
			return 9
		}
	}
	return 8
}

// sumW is the width of the array's sums.
func (s shape) sumW() int {
	if s.Tables != nil {
		return s.Tables.ValueBits + log2(s.Tables.Count)
	}
	return DotWidth(s.cellW(), s.Array.Lanes, s.DigitCount())
}

// DotWidth is the width of a dot product.
func DotWidth(cellW, lanes, digits int) int {
	w := cellW + log2(lanes)
	if digits > 1 {
		w += 2*digits - 1
	}
	return w
}

// queue are the quantities of a burst_queue of so many bits.
func (s shape) queue(width int) []float64 {
	addrW := max(1, log2(s.Memory.Outstanding))
	return append(values(addrW, log2(s.Memory.Outstanding+1)), s.memory(width, addrW, guard).inside()...)
}

// loadAddrW is the width of an address of the largest buffer that is loaded.
func (s shape) loadAddrW() int {
	return log2(max(s.Buffers.Activation, s.Buffers.Weight, s.Buffers.Parameter, s.Buffers.Table) / s.MemoryBytes())
}

// load is the load engine without its program memory.
func (s shape) load() Block {
	w := s.loadAddrW()
	x := append(values(1, w, log2(s.MemoryBytes()), log2(s.Memory.BurstBeats), log2(4*s.Program.Load), s.setW()), s.queue(w+s.setW()+3)...)
	return Block{"load", "load", 1, x}
}

// store is the store engine without its program memory.
func (s shape) store() Block {
	x := append(values(1, log2(s.Buffers.Output/s.MemoryBytes()), log2(s.MemoryBytes()), log2(s.Memory.BurstBeats), log2(4*s.Program.Store)), s.queue(1)...)
	return Block{"store", "store", 1, x}
}

func (s shape) counters() Block {
	return Block{"counters", fmt.Sprintf("counters of %d", s.CounterCount()), 1, []float64{1}}
}

// core is what the core itself has: run control, the instruction, registers before the array.
func (s shape) core() Block {
	x := values(1, 8*s.Array.Lanes*s.Array.Pixels, 0, 0, 0)
	if s.Weights.Decode == arch.DecodeAtLoad {
		x[2], x[3] = float64(s.WeightBits()), float64(log2(s.Buffers.Weight/s.MemoryBytes()))
	}
	if s.Tables != nil {
		x[4] = float64(3 * s.Tables.Group * s.DigitCount())
	}
	return Block{"core", "core", 1, x}
}

// buffer is a buffer, in instances, and its memories.
func (s shape) buffer(name string, instances, bytes, writeW, readW int) []Block {
	physical := max(writeW, readW)
	banks, parts := physical/writeW, physical/readW
	memory := s.ram(name+" memory", writeW, log2(8*bytes/physical))
	memory.Instances = instances * banks
	x := make([]float64, 10)
	if banks > 1 {
		x[0], x[1] = 1, float64(banks)
	}
	if parts > 1 {
		x[2] = float64(log2(parts))
		x[2+log2(parts)] = float64(readW)
	}
	return []Block{{name, "buffer", instances, x}, memory}
}

// selectors are the parts of an array whose cells select.
func (s shape) selectors() []Block {
	digitW := 3 * s.DigitCount()
	blocks := []Block{s.sequencer()}
	blocks = append(blocks, s.decoder()...)
	perBeat := make([]int, len(s.Sets))
	for i := range s.Sets {
		perBeat[i] = s.CodesPerBeat(i)
	}
	return append(blocks, s.fill(s.Array.Lanes*s.Array.Cols, digitW, perBeat), s.tile(s.Array.Lanes, digitW, s.Array.WeightTiles),
		dot("dot", s.Array.Cols*s.Array.Pixels, string(s.Target), s.Array.Lanes, s.DigitCount(), s.cellW(), s.Array.LevelsPerStage, s.Zeros()))
}

// sequencer is what runs compute instructions.
func (s shape) sequencer() Block {
	h := s.holdW()
	many, pixels := min(len(s.Sets)-1, 1), s.Array.Pixels
	x := values(1, h, pixels*log2(s.Buffers.Activation/s.Array.Lanes), log2(s.Buffers.Weight/s.MemoryBytes()),
		s.Array.WeightTiles-1, s.Array.SumBlocks-1, many, len(s.Sets), (h+3+pixels)*(4+s.SumLatency()), 0, 0, 0)
	if pixels > 1 {
		x[8+log2(pixels)] = 1
	}
	x = append(x, s.memory(47+pixels, h, 0).inside()...) // the slots of a block
	return Block{"sequencer", "sequencer", 1, x}
}

// decoder is the decoders of every set, and what chooses among them: for each bit of a
// beat's digits, among the sets whose beats have as many.
func (s shape) decoder() []Block {
	var blocks []Block
	var ends []int // of the digits of a beat, by set, bits
	for i, l := range s.Sets {
		o := l.Layout(s.Weights.Packing)
		words := s.Memory.WidthBits / o.WordBits
		ends = append(ends, 3*s.DigitCount()*o.Codes*words)
		blocks = append(blocks, s.decode("decode_"+s.SetName(i), words, l, s.Weights.Packing))
	}
	return append([]Block{s.among(ends)}, blocks...)
}

// fittedSets are the numbers of level sets that designs are drawn with; what chooses among another
// number is taken to be like the next lower one.
var fittedSets = []int{9, 8, 5, 4, 3, 2}

// among is what chooses among sets, by where the digits of their beats end. On ECP5 Yosys maps
// for depth: what a bit takes depends on how many sets there are, not only on how many have it.
func (s shape) among(ends []int) Block {
	slices.Sort(ends)
	have := make([]int, len(ends)) // bits that so many sets and one have
	from := 0
	for i, end := range ends {
		have[len(ends)-i-1], from = end-from, end
	}
	if s.target == synth.ECP5 && len(ends) > 1 {
		sets := fittedSets[slices.IndexFunc(fittedSets, func(n int) bool { return n <= len(ends) })]
		x := make([]float64, 1+sets)
		x[0] = 1
		for i, n := range have {
			x[min(i+1, sets)] += float64(n) * float64(max(i+1, sets)) / float64(sets)
		}
		return Block{"decoder", fmt.Sprintf("decoder of %d sets", sets), 1, x}
	}
	x := make([]float64, 6)
	if len(ends) > 1 {
		x[0], x[1] = 1, float64(len(ends))
		for i, n := range have {
			if i < 2 {
				x[2+i] = float64(n)
			} else {
				x[4] += float64(n)
				x[5] += float64(n * (i + 1))
			}
		}
	}
	return Block{"decoder", "decoder", 1, x}
}

// fill says which slots of a tile a word fills: registers of the word, what tells words
// apart, and what chooses among the places that a slot's weight has by level set.
func (s shape) fill(slots, digitW int, perBeat []int) Block {
	most := min(slots, slices.Max(perBeat)) // weights of a word that are used
	words := ceil(slots, slices.Min(perBeat))
	sets, tellers, places, choices := 0, 0, 0, 0
	if len(perBeat) > 1 {
		sets = len(perBeat)
		tellers = len(distinct(slots, perBeat, func(slot, codes int) int { return slot / codes }))
		for _, n := range distinct(slots, perBeat, func(slot, codes int) int { return slot % codes }) {
			places++
			choices += s.chooser(n)
		}
	}
	return Block{"fill", "fill", 1, values(1, most*digitW, words, sets, places*digitW, choices*digitW, tellers)}
}

// distinct lists, for the slots that differ in what is computed of them for some set, of
// how many values that is.
func distinct(slots int, perBeat []int, of func(slot, codes int) int) []int {
	var counts []int
	seen := map[string]bool{}
	for slot := range slots {
		tuple := make([]int, len(perBeat))
		for i, codes := range perBeat {
			tuple[i] = of(slot, codes)
		}
		if key := fmt.Sprint(tuple); !seen[key] {
			seen[key] = true
			slices.Sort(tuple)
			counts = append(counts, len(slices.Compact(tuple)))
		}
	}
	return counts
}

// chooser is the LUTs that choose a bit of n by n selects: two of them in a LUT of four
// inputs, three in one of six, and a LUT for each or each two that follow.
func (s shape) chooser(n int) int {
	if s.target == synth.Xilinx {
		return 1 + max(0, n-2)/2
	}
	return max(1, n-1)
}

// tile is the weights in place.
func (s shape) tile(lanes, digitW, tiles int) Block {
	n := lanes * s.Array.Cols * digitW
	return Block{"weights", "weights", 1, values(n, n*(tiles-1))}
}

// dot is dot products.
func dot(name string, instances int, target string, lanes, digits, cellW, stageLevels int, zeros bool) Block {
	levels, digitLevels := log2(lanes), log2(digits)
	all := levels + digitLevels
	registered := func(k int) bool { return k%stageLevels == 0 || k == all }
	sumBits, kept := 0, 0
	for k := 1; k <= levels; k++ {
		n, w := lanes>>k, cellW+k
		sumBits += n * w
		if registered(k) {
			kept += n * (w + 1)
		}
	}
	digitBits, digitKept := 0, 0
	inW := cellW + levels
	switch digits {
	case 2:
		digitBits, digitKept = inW+1, inW+4
	case 3, 4:
		pair, sum := inW+3, inW+2*digits-1
		n := digits / 2
		digitBits = n*(inW+1) + sum - 4
		digitKept = sum + 1
		if registered(levels + 1) {
			digitKept += pair + 1
			if digits == 3 {
				digitKept += inW + 1
			} else {
				digitKept += pair + 1
			}
		}
	}
	kind := fmt.Sprintf("dot %s %d", target, cellW)
	if !zeros && cellW == 9 && target == string(arch.ICE40) {
		kind += " without zeros" // signs are settled in pairs
	}
	x := values(digits, digits*lanes, digits*sumBits, digits*kept, digitBits, digitKept)
	return Block{name, kind, instances, x}
}

// accumulate is the partial sums of the columns.
func (s shape) accumulate() Block {
	w := s.sumsW()
	acc := s.Array.AccumulatorBits
	x, kind := values(1, acc, s.sumW(), 1<<w, choice(acc, w), acc*w), "accumulate" // flip-flops and multiplexers, which grow steadily
	if s.target != synth.ICE40 {
		x, kind = values(1, acc, s.sumW()), fmt.Sprintf("accumulate %d", w) // LUT RAM, which grows in steps
	}
	if s.SumsReadAhead() { // their memory has a register behind it, as block RAM has
		kind += " ahead"
		if m := s.memory(acc, w, guard); m.of == blockRAM {
			x, kind = append(values(1, acc, s.sumW()), m.blocks), "accumulate ahead in blocks"
		}
	}
	return Block{"accumulate", kind, s.Array.Cols * s.Array.Pixels, x}
}

// drain is what brings sums to the output buffer, its requantisers and its tables.
func (s shape) drain() []Block {
	d, a := s.Design, s.Array
	columnGroups := a.Cols / a.Requantisers
	groups, groupW := columnGroups*a.Pixels, max(1, log2(columnGroups))
	tables := min(d.Buffers.Table, 1)
	h := s.holdW()
	byGroup, pixels, windows := 0, min(a.Pixels-1, 1), memory{}.inside()
	entryW := log2(a.Pixels)
	if d.Tables != nil {
		byGroup, entryW = 1, h
	}
	if byGroup+pixels > 0 { // greatest bytes of pool windows
		m, _ := s.withoutBlocks(8*a.Requantisers, entryW+groupW)
		windows = m.inside()
	}
	x := values(1, h, a.SumBlocks-1, groupW, a.Cols, a.Requantisers, a.Requantisers*a.AccumulatorBits, 0, 0, 0,
		log2(d.Buffers.Output/a.Cols), log2(d.Buffers.Parameter/d.MemoryBytes()), tables, tables*a.Requantisers,
		byGroup, byGroup*(h+groupW), pixels, pixels*(entryW+groupW))
	if groups > 1 { // one of two, of four, of eights
		x[6+min(log2(groups), 3)] = float64(a.Requantisers * a.AccumulatorBits * max(1, groups/8))
	}
	x = append(x, windows...)
	later := a.RequantiserStages - arch.FewStages // cycles by which the drain's lines are longer
	x = append(x, float64(later*(groupW+max(1, entryW)+5+tables*a.Requantisers)))
	blocks := []Block{
		{"drain", "drain", 1, x},
		{"requantise", fmt.Sprintf("requantise %d", a.RequantiserStages), a.Requantisers, values(1, a.AccumulatorBits)},
	}
	if tables > 0 {
		blocks = append(blocks, s.buffer("function tables", a.Requantisers, d.Buffers.Table, d.Memory.WidthBits, 8)...)
	}
	return blocks
}

// tables are the parts of an array of tables.
func (s shape) tables() []Block {
	t := s.Tables
	digits := s.DigitCount()
	h := s.holdW()
	many := min(len(s.Sets)-1, 1)
	x := values(1, h, log2(s.Buffers.Activation/s.Array.Lanes), log2(s.Buffers.Weight/s.MemoryBytes()), s.Array.WeightTiles-1, s.Array.SumBlocks-1,
		many, t.IndexBits, h*s.SumLatency())
	entries := 0
	for i := range s.Sets {
		entries += t.Sets[i].Entries()
	}
	group := dot("table dots", t.Count, "portable", t.GroupLanes(), digits, s.cellW(), 1, true)
	adders := t.Count - 1
	column := values(1, t.Count, t.Count*t.ValueBits, adders, adders*t.ValueBits)
	return []Block{
		{"sequencer", "table sequencer", 1, x},
		{"table_levels", "table levels", 1, values(1, entries, entries*t.Group*digits)},
		{"fill_tables", "fill tables", 1, values(1, t.Count*t.ValueBits, (t.IndexBits+2)*(s.FillLatency()))},
		group,
		s.fill(t.Count*s.Array.Cols, t.CodeBits(), []int{s.CodesPerBeat(0)}),
		s.tile(t.Count, t.CodeBits(), 1),
		{"tables", fmt.Sprintf("tables %d of %d, half %t", s.Array.WeightTiles, t.IndexBits, t.Half), s.Array.Cols, column},
	}
}

// values are numbers as a model takes them.
func values(n ...int) []float64 {
	x := make([]float64, len(n))
	for i := range n {
		x[i] = float64(n[i])
	}
	return x
}

// log2 is ceil(log2 n) for n ≥ 1.
func log2(n int) int { return bits.Len(uint(n - 1)) }
