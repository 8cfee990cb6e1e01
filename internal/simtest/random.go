package simtest

import (
	"math/rand/v2"

	"pgregory.net/rapid"

	"lowres/network"
	"lowres/quant"
	"lowres/sim/arch"
)

// Spec draws a legal design with every knob, lanes and columns of 4 to 2^size,
// and buffers of a few KiB. draw returns a number from lo to hi.
func Spec(size int, draw func(name string, lo, hi int) int) arch.Spec {
	pow := func(name string, lo, hi int) int { return 1 << draw(name, lo, hi) }
	s := arch.DefaultSpec()
	s.Name = "drawn"
	s.Array.Lanes, s.Array.Cols = pow("lanes", 2, size), pow("cols", 2, size)
	s.Array.Hold = draw("hold", 1, 12)
	if draw("long hold", 0, 5) == 0 {
		s.Array.Hold = draw("hold", 13, 64)
	}
	s.Array.AccumulatorBits = draw("accumulator", 18, 32)
	s.Array.Requantisers = min(pow("requantisers", 0, 4), s.Array.Cols)
	s.Array.Pixels = []int{1, 1, 2, 4}[draw("pixels", 0, 3)]
	s.Array.WeightTiles, s.Array.SumBlocks = draw("tiles", 1, 2), draw("blocks", 1, 2)
	sets := [][]int{{2}, {3}, {4}, {5}, {8}, {9}, {16}, {17}, {3, 5}, {2, 3}, {3, 4}, {9, 2}, {17, 8, 3}}
	s.Levels = sets[draw("levels", 0, len(sets)-1)]
	if draw("custom levels", 0, 3) == 0 {
		custom := [][]int{{-4, -2, -1, 0, 1, 2, 4}, {-3, -1, 1, 3}, {-128, -37, -5, 0, 5, 37, 128}, {-1, 0, 1}}
		s.Custom = [][]int{custom[draw("custom set", 0, len(custom)-1)]}
		if draw("only custom", 0, 1) == 1 || len(s.Custom[0]) == 3 {
			s.Levels = nil
		}
	}
	s.Weights.Packing = quant.Packings()[draw("packing", 0, 2)]
	s.Weights.Decode = []arch.DecodePlace{arch.DecodeAtArray, arch.DecodeAtLoad}[draw("decode", 0, 1)]
	s.Counters = []arch.CounterSet{arch.CountAll, arch.CountCycles}[draw("counters", 0, 1)]
	width := draw("width", 6, 9)
	s.Memory = arch.Memory{WidthBits: 1 << width, LatencyCycles: draw("latency", 1, 40),
		BurstBeats: pow("burst", 0, 5), Outstanding: draw("outstanding", 1, 5)}
	if draw("many bursts", 0, 5) == 0 {
		s.Memory.Outstanding = draw("outstanding", 6, 16)
	}
	s.Buffers = arch.Buffers{Activation: pow("activation", 10, 13), Weight: pow("weight", 10, 13),
		Parameter: pow("parameter", max(8, width), 10), Output: pow("output", width+3, 12)}
	if draw("tables", 0, 1) == 1 {
		s.Buffers.Table = pow("table", 8, 11)
	}
	s.Program = arch.Depths{Load: 512, Compute: 512, Store: 256}
	if draw("cell", 0, 3) == 0 {
		s.Array.Cell = []arch.Cell{arch.CellTableLUT, arch.CellTableBlock}[draw("table", 0, 1)]
		s.Array.Pixels, s.Weights = 1, arch.Weights{Packing: quant.Byte, Decode: arch.DecodeAtArray}
	}
	if s.Array.Cell == arch.CellSelect {
		s.Array.LevelsPerStage = []int{1, 1, 2, 3, 8}[draw("levels per stage", 0, 4)]
		if draw("cells of a target", 0, 1) == 1 {
			s.Target = arch.Targets()[draw("target", 1, len(arch.Targets())-1)]
		}
	}
	if draw("requantiser stages", 0, 7) == 0 {
		s.Array.RequantiserStages = arch.ManyStages
	}
	return s
}

// Design draws a small design.
func Design(t *rapid.T) *arch.Design {
	s := Spec(4, func(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, name) })
	s.Program = arch.Depths{Load: arch.MaxDepth, Compute: arch.MaxDepth, Store: arch.MaxDepth}
	d, err := arch.New(s)
	if err != nil {
		t.Fatalf("%+v: %v", s, err)
	}
	return d
}

// Network draws a small network of what the design can run; see Graph.
func Network(t *rapid.T, d *arch.Design) *network.Integer {
	draw := func(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, name) }
	return Draw(draw, d, rapid.Uint64().Draw(t, "seed"))
}

// Draw draws a small network of what the design can run, with parameters by seed; draw
// returns a number from lo to hi.
func Draw(draw func(name string, lo, hi int) int, d *arch.Design, seed uint64) *network.Integer {
	g := Graph(draw, d)
	sets := make([]quant.Levels, len(g.Layers))
	for i := range sets {
		sets[i] = d.Sets[draw("levels of the layer", 0, len(d.Sets)-1)]
		if g.Layers[i].Kind == network.Depthwise {
			sets[i] = zeroSet(d)
		}
	}
	return FillSets(g, sets, rand.New(rand.NewPCG(seed, 1)))
}

// zeroSet is the first of the design's level sets that has 0 and 1, none if none has.
func zeroSet(d *arch.Design) quant.Levels {
	for _, s := range d.Sets {
		if _, one := s.Code(1); one && s.HasZero() {
			return s
		}
	}
	return quant.Levels{}
}
