package fit

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"

	"lowres/quant"
	"lowres/sim/arch"
)

// Draw is a legal design of at most so many lanes and columns, the same for the same
// seed and index. Each field is drawn by its name, so a new one changes no other.
func Draw(seed, index uint64, largest int) *arch.Design {
	for try := uint64(0); ; try++ {
		s := spec(field{seed, index, try}, largest)
		if d, err := arch.New(s); err == nil {
			return d
		}
	}
}

// field draws the fields of a design.
type field struct{ seed, index, try uint64 }

// among is a number from 0 to n - 1.
func (f field) among(name string, n int) int {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %s", f.try, name)
	return rand.New(rand.NewPCG(f.seed<<32|f.index, h.Sum64())).IntN(n)
}

// power is a power of two.
func (f field) power(name string, least, most int) int {
	n := 1
	for least<<n <= most {
		n++
	}
	return least << f.among(name, n)
}

// between is a number.
func (f field) between(name string, least, most int) int {
	return least + f.among(name, most-least+1)
}

// spec draws a design, which may be illegal.
func spec(f field, largest int) arch.Spec {
	s := arch.DefaultSpec()
	s.Name = fmt.Sprintf("drawn_%d_%d", f.seed, f.index)
	a := &s.Array
	a.Lanes, a.Cols = f.power("lanes", 4, largest), f.power("cols", 4, largest)
	a.Hold = f.between("hold", 1, 64)
	if f.among("long hold", 3) > 0 {
		a.Hold = f.between("short hold", 1, 16)
	}
	a.AccumulatorBits = f.between("accumulator", 12, 32)
	a.Requantisers = f.power("requantisers", 1, min(a.Cols, 16))
	a.WeightTiles, a.SumBlocks = f.between("tiles", 1, 2), f.between("blocks", 1, 2)
	s.Levels, s.Custom = nil, nil
	for range f.between("level sets", 1, 2) * f.between("more level sets", 1, 2) {
		n := quant.PaperN()[f.among(fmt.Sprint("levels", len(s.Levels)), 8)]
		s.Levels = append(s.Levels, n)
	}
	if f.among("custom", 6) == 0 {
		s.Levels, s.Custom = nil, [][]int{custom(f)}
	}
	s.Weights = arch.Weights{Packing: quant.Packings()[f.among("packing", 3)], Decode: []arch.DecodePlace{arch.DecodeAtArray, arch.DecodeAtLoad}[f.among("decode", 2)]}
	s.Memory.WidthBits = f.power("width", 64, 512)
	s.Memory.BurstBeats, s.Memory.Outstanding = f.power("burst", 1, 64), f.between("outstanding", 1, 16)
	most := min(largest*largest*256, 1<<20) // bytes of a buffer
	s.Buffers = arch.Buffers{Activation: f.power("activation", 256, most), Weight: f.power("weight", 256, most),
		Parameter: f.power("parameter", 256, most/8), Output: f.power("output", 256, most)}
	if f.among("functions", 3) == 0 {
		s.Buffers.Table = f.power("table", 256, 2048)
	}
	s.Program = arch.Depths{Load: f.power("load", 4, 4096), Compute: f.power("compute", 4, 4096), Store: f.power("store", 4, 1024)}
	s.Counters = []arch.CounterSet{arch.CountAll, arch.CountCycles}[f.among("counters", 2)]
	switch f.among("cell", 5) {
	case 0:
		a.Cell = []arch.Cell{arch.CellTableLUT, arch.CellTableBlock}[f.among("table cell", 2)]
		s.Weights = arch.Weights{Packing: quant.Byte, Decode: arch.DecodeAtArray}
	default:
		a.Pixels = []int{1, 1, 1, 2, 4, 8}[f.among("pixels", 6)]
		a.LevelsPerStage = []int{1, 1, 2, 3, 8}[f.among("levels per stage", 5)]
		s.Target = arch.Targets()[f.among("target", len(arch.Targets()))]
	}
	return s
}

// custom is a symmetric set of levels.
func custom(f field) []int {
	half := f.between("custom levels", 1, 8)
	zero := f.among("custom zero", 2) == 0
	var positive []int
	next := 0
	for i := range half {
		next += 1 + f.among(fmt.Sprint("custom step", i), 6)
		positive = append(positive, next)
	}
	var all []int
	for i := range positive {
		all = append(all, -positive[half-1-i])
	}
	if zero {
		all = append(all, 0)
	}
	return append(all, positive...)
}
