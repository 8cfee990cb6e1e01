package rtlgen

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"lowres/quant"
	"lowres/sim/arch"
	"lowres/version"
)

// view is a design as the templates read it: every derived quantity by name.
type view struct {
	Name, Version, Hash string

	Lanes, Cols, Hold, HoldW, Digits, AccW, Units, MemW int
	SumLatency, CellW, SumW, BeatBytes, BeatLog2        int
	ActBytes, WgtBytes, ParBytes, OutBytes              int
	LoadAddrW, LoadProgW, ComputeProgW, StoreProgW      int
	Burst, Outstanding                                  int
	ParPerBeat, BeatPerPar                              int

	Sets             []setView
	LevelNames       string
	TileWordsLiteral string
	Slots, DigitW    int
	TileBits         int

	VersionHex, Design0Hex, Design1Hex string
}

// setView is one level set of a design.
type setView struct {
	Index, N, PerByte, TileWords, Last, Bits int
	Values, Reserved                         string
	Cases                                    []caseView
}

// caseView is one line of a decoder's table.
type caseView struct {
	Byte int
	Bits string
}

// decodeView is what the template of one level set's decoder reads.
type decodeView struct {
	view
	Set setView
}

func newView(d *arch.Design) (view, error) {
	hash, err := d.Hash()
	if err != nil {
		return view{}, err
	}
	beat, units := d.MemoryBytes(), d.Array.Requantisers
	v := view{
		Name: d.Name, Version: version.Text, Hash: hash,
		Lanes: d.Array.Lanes, Cols: d.Array.Cols, Hold: d.Array.Hold,
		HoldW: max(1, log2(d.Array.Hold)), Digits: d.DigitCount(),
		AccW: d.Array.AccumulatorBits, Units: units, MemW: d.Memory.WidthBits,
		BeatBytes: beat, BeatLog2: log2(beat),
		ActBytes: d.Buffers.Activation, WgtBytes: d.Buffers.Weight,
		ParBytes: d.Buffers.Parameter, OutBytes: d.Buffers.Output,
		LoadAddrW:    log2(max(d.Buffers.Activation, d.Buffers.Weight, d.Buffers.Parameter) / beat),
		LoadProgW:    log2(4 * d.Program.Load),
		ComputeProgW: log2(12 * d.Program.Compute),
		StoreProgW:   log2(4 * d.Program.Store),
		Burst:        d.Memory.BurstBeats, Outstanding: d.Memory.Outstanding,
		ParPerBeat: max(0, log2(beat)-log2(8*units)),
		BeatPerPar: max(0, log2(8*units)-log2(beat)),
		Slots:      d.Array.Lanes * d.Array.Cols,
		DigitW:     3 * d.DigitCount(),
	}
	v.SumLatency = d.SumLatency()
	v.CellW = cellWidth(d)
	v.SumW = sumWidth(v.CellW, v.Lanes, v.Digits)
	v.TileBits = v.Slots * v.DigitW
	names, words, mask := []string{}, []string{}, 0
	for i, l := range d.Sets {
		s := newSetView(d, i)
		v.Sets = append(v.Sets, s)
		names = append(names, fmt.Sprint(l.N()))
		words = append(words, fmt.Sprintf("16'd%d", s.TileWords))
		mask |= 1 << slices.Index(quant.PaperN(), l.N())
	}
	slices.Reverse(words) // the first set stands lowest
	v.LevelNames = strings.Join(names, ", ")
	v.TileWordsLiteral = "{" + strings.Join(words, ", ") + "}"
	v.VersionHex = fmt.Sprintf("%08x", version.Major<<16|version.Minor<<8|version.Patch)
	v.Design0Hex = fmt.Sprintf("%08x", v.Lanes|v.Cols<<8|v.Hold<<16|v.Units<<24)
	v.Design1Hex = fmt.Sprintf("%08x", beat|v.AccW<<8|mask<<16)
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

func newSetView(d *arch.Design, i int) setView {
	l, digits := d.Sets[i], d.DigitCount()
	k := l.CodesPerByte()
	s := setView{
		Index: i, N: l.N(), PerByte: k, TileWords: d.TileWords(i), Last: l.N() - 1,
		Bits: 3 * digits * k, Values: strings.Trim(fmt.Sprint(l.Values()), "[]"),
	}
	used := 1
	for range k {
		used *= l.N()
	}
	s.Reserved = "from " + fmt.Sprint(used)
	if used == 256 {
		s.Reserved = "none"
	}
	for b := range used {
		s.Cases = append(s.Cases, caseView{b, decodedBits(l, b, k, digits)})
	}
	return s
}

// decodedBits is the decoder's output for byte b in binary, highest bit first:
// {negative, two, one} for each digit of each of the k weights.
func decodedBits(l quant.Levels, b, k, digits int) string {
	var parts []string
	for range k {
		d := make([]int, digits)
		quant.Digits(d, l.Value(b%l.N()))
		b /= l.N()
		for _, digit := range d {
			parts = append(parts, digitBits(digit))
		}
	}
	slices.Reverse(parts)
	return strings.Join(parts, "_")
}

// digitBits is {negative, two, one} of a digit −2 … 2.
func digitBits(digit int) string {
	return map[int]string{-2: "110", -1: "101", 0: "000", 1: "001", 2: "010"}[digit]
}

// log2 is ceil(log2 n) for n ≥ 1.
func log2(n int) int { return bits.Len(uint(n - 1)) }
