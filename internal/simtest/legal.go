package simtest

import (
	"fmt"
	"slices"

	"lowres/quant"
	"lowres/sim/arch"
)

// LegalSpec draws from all legal designs, of lanes and columns of 4 to 2^size, with every
// field as likely small as large. Buffers that are too small for the array grow until it is
// legal. draw returns a number from lo to hi.
func LegalSpec(size int, draw func(name string, lo, hi int) int) arch.Spec {
	pow := func(name string, lo, hi int) int { return 1 << draw(name, lo, hi) }
	s := Spec(size, draw) // levels, packing, places, counters
	a, m, b := &s.Array, &s.Memory, &s.Buffers
	a.Hold, a.AccumulatorBits = draw("any hold", 1, 64), draw("any accumulator", 12, 32)
	a.Requantisers = min(pow("any requantisers", 0, 6), a.Cols)
	legalLevels(&s, draw)
	if draw("many pixels", 0, 7) == 0 {
		a.Pixels = 8
	}
	if a.Cell = []arch.Cell{arch.CellSelect, arch.CellSelect, arch.CellTableLUT, arch.CellTableBlock}[draw("cell", 0, 3)]; a.Cell != arch.CellSelect {
		s.Weights = arch.Weights{Packing: quant.Byte, Decode: arch.DecodeAtArray}
		s.Target, a.LevelsPerStage, a.Pixels = arch.Portable, 1, 1
	}
	m.LatencyCycles, m.Outstanding = draw("any latency", 1, 1000), draw("any outstanding", 1, 16)
	m.BurstBeats = min(pow("any burst", 0, 8), 4096*8/m.WidthBits)
	words := func(name string, bytes int) int { return min(pow(name, 8, 20), arch.MaxWords*bytes) }
	b.Activation, b.Output = words("any activation", a.Lanes), words("any output", a.Cols)
	b.Weight, b.Parameter = words("any weight", m.WidthBits/8), words("any parameter", m.WidthBits/8)
	s.Program = arch.Depths{Load: pow("loads", 2, 12), Compute: pow("computes", 2, 12), Store: pow("stores", 2, 12)}
	for _, err := arch.New(s); err != nil && (b.Weight < 1<<14 || b.Parameter < 1<<11); _, err = arch.New(s) {
		b.Weight, b.Parameter = max(b.Weight, min(2*b.Weight, 1<<14)), max(b.Parameter, min(2*b.Parameter, 1<<11))
	}
	return s
}

// legalLevels draws level sets that Spec does not: all of the paper's, some of them in any
// order, and random custom sets.
func legalLevels(s *arch.Spec, draw func(name string, lo, hi int) int) {
	paper := quant.PaperN()
	switch draw("many sets", 0, 4) {
	case 0:
		s.Levels, s.Custom = paper, nil
	case 1:
		s.Levels, s.Custom = nil, nil
		for i := range draw("some sets", 1, 4) {
			if n := paper[draw(fmt.Sprint("set ", i), 0, len(paper)-1)]; !slices.Contains(s.Levels, n) {
				s.Levels = append(s.Levels, n)
			}
		}
	}
	if draw("any custom levels", 0, 4) == 0 {
		s.Custom = [][]int{customLevels(draw)}
		if draw("any custom levels alone", 0, 1) == 1 {
			s.Levels = nil
		}
	}
}

// customLevels draws a set of 2 to 31 levels, which are as many as an array of either kind
// of tables holds. The last step is 2 or more, so that the set is none of the paper's.
func customLevels(draw func(name string, lo, hi int) int) []int {
	var positive, all []int
	for i := range draw("positive levels", 1, 15) {
		positive = append(positive, draw(fmt.Sprint("step ", i), 1, 8))
	}
	positive[len(positive)-1]++
	for i := 1; i < len(positive); i++ {
		positive[i] += positive[i-1]
	}
	for _, v := range slices.Backward(positive) {
		all = append(all, -v)
	}
	if draw("level 0", 0, 1) == 1 {
		all = append(all, 0)
	}
	return append(all, positive...)
}
