package simtest

import (
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
	if draw("many sets", 0, 4) == 0 {
		s.Levels, s.Custom = quant.PaperN(), nil
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
