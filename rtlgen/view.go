package rtlgen

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"lowres/registers"
	"lowres/sim/arch"
	"lowres/version"
)

// view is a design as the templates read it: every derived quantity by name.
type view struct {
	Name, Version, Hash string

	Tiles, Blocks, Events                                int
	Lanes, Cols, Hold, HoldW, Digits, AccW, Units, MemW  int
	Pixels, RequantiserStages                            int
	SumLatency, CellW, SumW, BeatBytes, BeatLog2         int
	StageLevels, Zeros, EarlySign                        int
	Ahead                                                bool // sums are read ahead
	ActBytes, WgtBytes, ParBytes, OutBytes, TableBytes   int
	SetW, LoadAddrW, LoadProgW, ComputeProgW, StoreProgW int
	Burst, Outstanding                                   int
	ParPerBeat, BeatPerPar                               int

	Sets             []setView
	LevelNames       string
	TileWordsLiteral string
	CodesLiteral     string // weights of a beat, by set
	Packing          string
	DecodeAtLoad     bool
	DigitW, DigitsW  int // of a weight's digits, and of all that a beat holds

	tablesView

	VersionHex, Design0Hex, Design1Hex string
}

func newView(d *arch.Design) (view, error) {
	hash, err := d.Hash()
	if err != nil {
		return view{}, err
	}
	beat, units := d.MemoryBytes(), d.Array.Requantisers
	v := view{
		Name: d.Name, Version: version.Text, Hash: hash,
		Tiles: d.Array.WeightTiles, Blocks: d.Array.SumBlocks, Events: d.CounterCount(),
		Lanes: d.Array.Lanes, Cols: d.Array.Cols, Pixels: d.Array.Pixels, Hold: d.Array.Hold,
		HoldW: max(1, log2(d.Array.Hold)), Digits: d.DigitCount(),
		AccW: d.Array.AccumulatorBits, Units: units, RequantiserStages: d.Array.RequantiserStages, MemW: d.Memory.WidthBits,
		BeatBytes: beat, BeatLog2: log2(beat),
		ActBytes: d.Buffers.Activation, WgtBytes: d.Buffers.Weight,
		ParBytes: d.Buffers.Parameter, OutBytes: d.Buffers.Output,
		TableBytes:   d.Buffers.Table,
		SetW:         max(1, log2(len(d.Sets))),
		LoadAddrW:    log2(max(d.Buffers.Activation, d.Buffers.Weight, d.Buffers.Parameter, d.Buffers.Table) / beat),
		LoadProgW:    log2(4 * d.Program.Load),
		ComputeProgW: log2(12 * d.Program.Compute),
		StoreProgW:   log2(4 * d.Program.Store),
		Burst:        d.Memory.BurstBeats, Outstanding: d.Memory.Outstanding,
		ParPerBeat: max(0, log2(beat)-log2(8*units)),
		BeatPerPar: max(0, log2(8*units)-log2(beat)),
		DigitW:     3 * d.DigitCount(),
		DigitsW:    3 * d.DigitCount() * most(d),
		Packing:    string(d.Weights.Packing), DecodeAtLoad: d.Weights.Decode == arch.DecodeAtLoad,
	}
	v.SumLatency = d.SumLatency()
	v.StageLevels, v.Zeros, v.EarlySign = d.Array.LevelsPerStage, bit(d.Zeros()), bit(d.Target == arch.ICE40)
	v.Ahead = d.SumsReadAhead()
	v.CellW = cellWidth(d)
	v.SumW = sumWidth(v.CellW, v.Lanes, v.Digits)
	if v.tablesView = newTablesView(d); d.Tables != nil {
		v.SumW = d.Tables.ValueBits + log2(d.Tables.Count)
		v.DigitW, v.DigitsW = d.Tables.CodeBits(), v.CodesW
	}
	names, words, codes := []string{}, []string{}, []string{}
	for i, l := range d.Sets {
		s := newSetView(d, i)
		v.Sets = append(v.Sets, s)
		names = append(names, fmt.Sprint(l.N()))
		words = append(words, fmt.Sprintf("16'd%d", s.TileWords))
		codes = append(codes, fmt.Sprintf("16'd%d", s.PerBeat))
	}
	slices.Reverse(words) // the first set stands lowest
	slices.Reverse(codes)
	v.LevelNames = strings.Join(names, ", ")
	v.TileWordsLiteral = "{" + strings.Join(words, ", ") + "}"
	v.CodesLiteral = "{" + strings.Join(codes, ", ") + "}"
	v.VersionHex = fmt.Sprintf("%08x", registers.VersionValue)
	v.Design0Hex = fmt.Sprintf("%08x", registers.Design0Value(d))
	v.Design1Hex = fmt.Sprintf("%08x", registers.Design1Value(d))
	return v, nil
}

// cellWidth is the width of an activation times a digit: 8 bits if no level of
// the design is beyond ±1, since the inverse of int8 is int8, else 9.
func cellWidth(d *arch.Design) int {
	for _, l := range d.Sets {
		if l.Max() > 1 {
			return 9
		}
	}
	return 8
}

// sumWidth is the width of dot_product's sum: cells over the lanes, and shifted
// digits on top. See hdl/dot_product.v.
func sumWidth(cell, lanes, digits int) int {
	w := cell + log2(lanes)
	if digits > 1 {
		w += 2*(digits-1) + 1
	}
	return w
}

// bit is 1 for true.
func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// log2 is ceil(log2 n) for n ≥ 1.
func log2(n int) int { return bits.Len(uint(n - 1)) }
