// Package arch describes a lowres accelerator. Spec is the only description of
// the hardware: the simulator and the generator both read it.
package arch

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"lowres/internal/strictyaml"
	"lowres/quant"
)

// ErrSpec is returned for a design that cannot be built.
var ErrSpec = errors.New("design")

// Spec is a design as its YAML file states it. Fields left out of the file keep
// the values of DefaultSpec.
type Spec struct {
	Name       string     `yaml:"name"`
	Target     Target     `yaml:"target"`
	Array      Array      `yaml:"array"`
	Levels     []int      `yaml:"levels"`        // the Ns that the design runs
	Custom     [][]int    `yaml:"custom_levels"` // … and sets of levels of its own, each list in rising order
	Weights    Weights    `yaml:"weights"`
	Buffers    Buffers    `yaml:"buffers"`
	Program    Depths     `yaml:"program"`
	Memory     Memory     `yaml:"memory"`
	Counters   CounterSet `yaml:"counters"`
	ClockMHz   float64    `yaml:"clock_mhz"`
	Technology string     `yaml:"technology"` // energy table, by name or file
}

// Array sizes the dot-product array and the units behind it.
type Array struct {
	Lanes             int  `yaml:"lanes"`                        // activations in one dot product
	Cols              int  `yaml:"cols"`                         // output channels side by side
	Pixels            int  `yaml:"pixels,omitempty"`             // output pixels of a row side by side; see YAML for omitempty
	Hold              int  `yaml:"hold"`                         // output positions that share the weights in place
	AccumulatorBits   int  `yaml:"accumulator_bits"`             // width of a partial sum
	Requantisers      int  `yaml:"requantisers"`                 // columns requantised in one cycle
	RequantiserStages int  `yaml:"requantiser_stages,omitempty"` // cycles that it takes: FewStages or ManyStages
	WeightTiles       int  `yaml:"weight_tiles"`                 // 2: the next weights collect behind those in place; 1: in their place
	SumBlocks         int  `yaml:"sum_blocks"`                   // 2: a block is computed while one is drained; 1: after it
	LevelsPerStage    int  `yaml:"tree_levels_per_stage"`        // levels of the adder tree between registers
	Cell              Cell `yaml:"cell"`                         // what multiplies
	SkewedSums        bool `yaml:"skewed_sums,omitempty"`        // sums are added up in two halves, the upper one a cycle later
}

// Weights says how weights are stored and where they are decoded.
type Weights struct {
	Packing quant.Packing `yaml:"packing"` // in memory
	Decode  DecodePlace   `yaml:"decode"`
}

// DecodePlace is where packed weights become digits.
type DecodePlace string

// The places of the decoder.
const (
	DecodeAtArray DecodePlace = "array" // the weight buffer holds packed weights
	DecodeAtLoad  DecodePlace = "load"  // … digits, 3 bits each
)

// CounterSet says which of the counters of docs/register-map.md there are; the
// others read as 0.
type CounterSet string

// The sets of counters.
const (
	CountAll    CounterSet = "all"
	CountCycles CounterSet = "cycles" // counter 0 alone
)

// Buffers sizes the on-chip memories in bytes. The weight buffer's are bytes of
// packed weights, wherever they are decoded.
type Buffers struct {
	Activation int `yaml:"activation_bytes"`
	Weight     int `yaml:"weight_bytes"`
	Parameter  int `yaml:"parameter_bytes"`
	Output     int `yaml:"output_bytes"`
	Table      int `yaml:"table_bytes"` // of 256 bytes a function table; 0: the design has none
}

// Depths are the instructions that each engine's program memory holds.
type Depths struct {
	Load    int `yaml:"load"`
	Compute int `yaml:"compute"`
	Store   int `yaml:"store"`
}

// Memory is the AXI4 side. Latency is from the address handshake to the first
// data beat (read), and from the last data beat to the response (write).
type Memory struct {
	WidthBits     int `yaml:"width_bits"`
	LatencyCycles int `yaml:"latency_cycles"`
	BurstBeats    int `yaml:"burst_beats"` // most beats of one burst
	Outstanding   int `yaml:"outstanding"` // read bursts in flight

	// A pattern of stalls that simulator and testbench both know, see Stalls. They are
	// left out of a complete design file where there are none.
	StallPercent int `yaml:"stall_percent,omitempty"` // of beats, addresses and responses that wait
	StallSeed    int `yaml:"stall_seed,omitempty"`    // of which ones, and how long
}

// DefaultSpec is a 16 × 16 ternary array with a 128-bit memory.
func DefaultSpec() Spec {
	return Spec{
		Name:       "default",
		Target:     Portable,
		Array:      Array{Cell: CellSelect, Lanes: 16, Cols: 16, Pixels: 1, Hold: 16, AccumulatorBits: 24, Requantisers: 4, RequantiserStages: FewStages, WeightTiles: 2, SumBlocks: 2, LevelsPerStage: 1},
		Levels:     []int{3},
		Weights:    Weights{Packing: quant.Byte, Decode: DecodeAtArray},
		Buffers:    Buffers{Activation: 32 << 10, Weight: 32 << 10, Parameter: 2 << 10, Output: 16 << 10},
		Program:    Depths{Load: 256, Compute: 256, Store: 64},
		Memory:     Memory{WidthBits: 128, LatencyCycles: 40, BurstBeats: 16, Outstanding: 4},
		Counters:   CountAll,
		ClockMHz:   200,
		Technology: "horowitz45",
	}
}

// Design is a checked Spec with the quantities that follow from it. It is
// immutable.
type Design struct {
	Spec
	Sets   []quant.Levels // the level sets: Spec.Levels, then Spec.Custom
	Tables *SumTables     // what the array is made of; nil for cells that select

	codesPerBeat []int // by set: every step asks for it
}

// New checks a Spec. It returns ErrSpec with every field at fault.
func New(s Spec) (*Design, error) {
	c := checker{}
	c.name(s.Name)
	if !slices.Contains(Targets(), s.Target) {
		c.fail("target", s.Target, fmt.Sprintf("one of %v", Targets()))
	}
	lanes, cols, beat := 0, 0, 0 // bytes of a word, 0 if they are at fault
	if c.powerOfTwo("array.lanes", s.Array.Lanes, 4, 64) {
		lanes = s.Array.Lanes
	}
	if c.powerOfTwo("array.cols", s.Array.Cols, 4, 64) {
		cols = s.Array.Cols
	}
	c.powerOfTwo("array.pixels", s.Array.Pixels, 1, 8)
	c.between("array.hold", s.Array.Hold, 1, 64)
	c.between("array.accumulator_bits", s.Array.AccumulatorBits, 12, 32)
	c.powerOfTwo("array.requantisers", s.Array.Requantisers, 1, cmp.Or(cols, 64))
	if n := s.Array.RequantiserStages; n != FewStages && n != ManyStages {
		c.fail("array.requantiser_stages", n, fmt.Sprintf("%d or %d", FewStages, ManyStages))
	}
	c.between("array.weight_tiles", s.Array.WeightTiles, 1, 2)
	c.between("array.sum_blocks", s.Array.SumBlocks, 1, 2)
	c.between("array.tree_levels_per_stage", s.Array.LevelsPerStage, 1, 8)
	if s.Array.SkewedSums {
		c.skewed(&s)
	}
	sets := c.levels(s.Levels, s.Custom)
	if !slices.Contains(cells, s.Array.Cell) {
		c.fail("array.cell", s.Array.Cell, fmt.Sprintf("one of %v", cells))
	} else if s.Array.Cell != CellSelect {
		c.tables(&s)
	}
	if err := s.Weights.Packing.Validate(); err != nil {
		c.fail("weights.packing", s.Weights.Packing, fmt.Sprintf("one of %v", quant.Packings()))
	}
	if w := s.Weights.Decode; w != DecodeAtArray && w != DecodeAtLoad {
		c.fail("weights.decode", w, fmt.Sprintf("%s or %s", DecodeAtArray, DecodeAtLoad))
	}
	if c.powerOfTwo("memory.width_bits", s.Memory.WidthBits, 64, 512) {
		beat = s.Memory.WidthBits / 8
	}
	c.between("memory.latency_cycles", s.Memory.LatencyCycles, 1, 1000)
	if c.powerOfTwo("memory.burst_beats", s.Memory.BurstBeats, 1, 256) && s.Memory.BurstBeats*beat > 4096 {
		c.fail("memory.burst_beats", s.Memory.BurstBeats, fmt.Sprintf("at most %d: an AXI burst stays within 4096 bytes", 4096/beat))
	}
	c.between("memory.outstanding", s.Memory.Outstanding, 1, 16)
	c.between("memory.stall_percent", s.Memory.StallPercent, 0, 90)
	c.between("memory.stall_seed", s.Memory.StallSeed, 0, 1<<31-1)
	c.buffer("buffers.activation_bytes", s.Buffers.Activation, lanes)
	c.buffer("buffers.weight_bytes", s.Buffers.Weight, beat)
	c.buffer("buffers.parameter_bytes", s.Buffers.Parameter, beat)
	c.buffer("buffers.output_bytes", s.Buffers.Output, cols)
	if s.Buffers.Table != 0 {
		c.powerOfTwo("buffers.table_bytes", s.Buffers.Table, 256, 2048)
	}
	c.powerOfTwo("program.load", s.Program.Load, 4, MaxDepth)
	c.powerOfTwo("program.compute", s.Program.Compute, 4, MaxDepth)
	c.powerOfTwo("program.store", s.Program.Store, 4, MaxDepth)
	if s.Counters != CountAll && s.Counters != CountCycles {
		c.fail("counters", s.Counters, fmt.Sprintf("%s or %s", CountAll, CountCycles))
	}
	if !(s.ClockMHz > 0 && s.ClockMHz <= 10000) {
		c.fail("clock_mhz", s.ClockMHz, "above 0 and at most 10000")
	}
	if s.Technology == "" {
		c.fail("technology", s.Technology, "the name of a technology or a path to its file")
	}
	d := &Design{Spec: s, Sets: sets}
	if len(c.faults) == 0 && s.Array.Cell != CellSelect {
		d.Tables = sumTables(&s, sets, d.DigitCount())
	}
	c.holds(d)
	if err := c.err(); err != nil {
		return nil, err
	}
	return d, nil
}

// The pipelines of a requantiser, by their cycles; see hdl/requantise.v.
const (
	FewStages  = 4
	ManyStages = 10 // a register behind every step
)

// Limits of a design.
const (
	MaxDepth = 4096    // instructions of one engine
	MaxWords = 1 << 16 // words of a buffer: lane words, column words or beats
)

// CounterCount is the number of counters that the design has.
func (d *Design) CounterCount() int {
	if d.Counters == CountCycles {
		return 1
	}
	return 17
}

// MemoryBytes is the width of the memory in bytes: one beat.
func (d *Design) MemoryBytes() int { return d.Memory.WidthBits / 8 }

// DigitCount is the radix-4 digits of a weight in the array, enough for every
// level set of the design.
func (d *Design) DigitCount() int {
	n := 1
	for _, l := range d.Sets {
		n = max(n, l.DigitCount())
	}
	return n
}

// SetName names set i in the Verilog: n3 for N = 3, custom0 for the first custom set.
func (d *Design) SetName(i int) string {
	if i < len(d.Levels) {
		return fmt.Sprintf("n%d", d.Levels[i])
	}
	return fmt.Sprintf("custom%d", i-len(d.Levels))
}

// Set is the index of a level set among the design's, and whether it is there.
func (d *Design) Set(l quant.Levels) (index int, ok bool) {
	for i, s := range d.Sets {
		if s.Equal(l) {
			return i, true
		}
	}
	return 0, false
}

// CodesPerBeat is the number of weights of set i that a memory beat holds, or of tables
// whose weights it holds.
func (d *Design) CodesPerBeat(i int) int { return d.codesPerBeat[i] }

// TileWords is the number of weight-buffer words (one memory beat each) that
// hold a tile of lanes × cols weights of set i: ceil(lanes·cols / CodesPerBeat), with
// tables instead of lanes if the array has them.
func (d *Design) TileWords(i int) int {
	perBeat, codes := d.CodesPerBeat(i), d.Array.Lanes
	if d.Tables != nil {
		codes = d.Tables.Count
	}
	return (codes*d.Array.Cols + perBeat - 1) / perBeat
}

// Cells is the activation × weight products of a cycle: lanes × cols × pixels.
func (d *Design) Cells() int { return d.Array.Lanes * d.Array.Cols * d.Array.Pixels }

// BlockSlots is the most slots of a block, whose sums the array holds, each of up to
// pixels positions: hold, or one, with column groups instead, in an array of tables.
func (d *Design) BlockSlots() int {
	if d.Tables != nil {
		return 1
	}
	return d.Array.Hold
}

// Lead is the cycles in which what stands still in a step of set i is made ready: the
// words of a tile of weights, or the entries of the tables.
func (d *Design) Lead(i int) int {
	if d.Tables != nil {
		return d.Tables.Fill(i)
	}
	return d.TileWords(i)
}

// StepCycles is the time of a step in which so many words pass, of set i: the longer of
// these and Lead, which pass side by side, or their sum where the array has a single
// tile. The words are slots of positions, or with tables the weights of the column groups.
func (d *Design) StepCycles(pass, i int) int {
	if d.Array.WeightTiles == 1 {
		return pass + d.Lead(i)
	}
	return max(pass, d.Lead(i))
}

// WeightBits is the width of a weight-buffer word: a beat of packed weights, or
// the digits of the most weights that a beat holds, 3 bits each.
func (d *Design) WeightBits() int {
	if d.Weights.Decode == DecodeAtArray {
		return d.Memory.WidthBits
	}
	most := 0
	for i := range d.Sets {
		most = max(most, d.CodesPerBeat(i))
	}
	return 3 * d.DigitCount() * most
}

// ParameterGroupBytes is the space that the parameters of one column group take:
// 8 bytes a column, in whole beats.
func (d *Design) ParameterGroupBytes() int {
	return max(8*d.Array.Cols, d.MemoryBytes())
}

// PixelBytes is the stride between neighbouring pixels of a stored feature map
// with c channels: c int8 values padded to whole lanes, columns and beats.
func (d *Design) PixelBytes(c int) int {
	unit := max(d.Array.Lanes, d.Array.Cols, d.MemoryBytes())
	return (c + unit - 1) / unit * unit
}

// ReadFile reads and checks a design file. Unknown keys and values of another
// type are reported with their lines, and values out of range, all at once.
func ReadFile(path string) (*Design, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	d, err := Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return d, nil
}

// Parse reads and checks the YAML text of a design.
func Parse(text []byte) (*Design, error) {
	s := DefaultSpec()
	s.Levels = nil
	fault := strictyaml.Decode(text, &s)
	switch {
	case fault == nil:
		return New(s)
	case errors.Is(fault, strictyaml.ErrSyntax): // there are no fields to check
		return nil, fmt.Errorf("%w: %w", ErrSpec, fault)
	}
	if strings.Contains(fault.Error(), ": levels") {
		s.Levels = []int{3} // their fault is found already
	}
	_, rest := New(s)
	return nil, errors.Join(fmt.Errorf("%w: %w", ErrSpec, fault), rest)
}
