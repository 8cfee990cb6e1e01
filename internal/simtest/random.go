package simtest

import (
	"math/rand/v2"

	"pgregory.net/rapid"

	"lowres/network"
	"lowres/quant"
	"lowres/sim/arch"
)

// Design draws a small design: every knob, buffers of 256 bytes to 8 KiB.
func Design(t *rapid.T) *arch.Design {
	pow := func(name string, lo, hi int) int { return 1 << rapid.IntRange(lo, hi).Draw(t, name) }
	s := arch.DefaultSpec()
	s.Array.Lanes, s.Array.Cols = pow("lanes", 2, 4), pow("cols", 2, 4)
	s.Array.Hold = rapid.IntRange(1, 20).Draw(t, "hold")
	s.Array.Requantisers = min(pow("requantisers", 0, 4), s.Array.Cols)
	s.Levels = rapid.SampledFrom([][]int{{2}, {3}, {5}, {3, 4}, {9, 2}, {17, 8, 3}}).Draw(t, "levels")
	s.Buffers = arch.Buffers{Activation: pow("activation", 9, 13), Weight: pow("weight", 10, 13),
		Parameter: pow("parameter", 8, 10), Output: pow("output", 8, 12)}
	s.Program = arch.Depths{Load: arch.MaxDepth, Compute: arch.MaxDepth, Store: arch.MaxDepth}
	s.Memory = arch.Memory{WidthBits: pow("width", 6, 8), LatencyCycles: rapid.IntRange(1, 40).Draw(t, "latency"),
		BurstBeats: pow("burst", 0, 5), Outstanding: rapid.IntRange(1, 5).Draw(t, "outstanding")}
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
