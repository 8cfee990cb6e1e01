package estimate

import (
	"fmt"
	"math"

	"lowres/rtlgen/synth"
)

// mode is a shape of a target's block RAM.
type mode struct {
	addrW, width int     // words of an address of so many bits, at most
	blocks       float64 // as synth.Resources counts them
	cost         int     // of Yosys's rules, share/yosys/*/brams*.txt
}

// modes are the shapes of block RAMs with a port for writing and one for reading, the
// deepest first: it is taken where two are as cheap.
var modes = map[synth.Target][]mode{
	synth.ICE40:  {{11, 2, 1, 64}, {10, 4, 1, 64}, {9, 8, 1, 64}, {8, 16, 1, 64}},
	synth.ECP5:   {{14, 1, 1, 128}, {13, 2, 1, 128}, {12, 4, 1, 128}, {11, 9, 1, 128}, {10, 18, 1, 128}, {9, 36, 1, 128}},
	synth.Xilinx: {{16, 1, 2, 513}, {15, 1, 1, 257}, {14, 2, 1, 257}, {13, 4, 1, 257}, {12, 9, 1, 257}, {11, 9, 0.5, 129}, {10, 18, 0.5, 129}, {9, 36, 0.5, 129}},
}

// deepest is log2 of the blocks behind each other from where on what chooses among them
// doubles with each further doubling.
const deepest = 4

// ram is a memory with a port for writing and one for reading. Yosys takes the cheapest
// of block RAM, LUT RAM and flip-flops by the costs of its rules:
//
//	block RAM    min over modes of ceil(width / mode width) * 2^max(0, addrW - mode addrW) * cost
//	LUT RAM      xc7: 8 for each 3 bits of 64 words (6 bits of 32), ecp5: 4 for each 4 bits of 16,
//	             and what chooses among them
//	flip-flops   ice40: 1 a bit
func (s shape) ram(name string, width, addrW int) Block {
	best, least, copies := mode{}, math.MaxInt, 0
	for _, m := range modes[s.target] {
		n := ceil(width, m.width) << max(0, addrW-m.addrW)
		if n*m.cost < least {
			best, least, copies = m, n*m.cost, n
		}
	}
	b := Block{Name: name, Instances: 1}
	banks := func(below int) int { return max(0, addrW-below) }
	switch s.target {
	case synth.ICE40:
		if width<<addrW <= least {
			b.Kind, b.X = "ram of flip-flops", values(1, width, addrW, 1<<addrW, width<<addrW)
			return b
		}
	case synth.ECP5:
		if n := ceil(width, 4) << banks(4); 4*n+choice(width, banks(4)) < least {
			b.Kind, b.X = fmt.Sprintf("ram of LUTs, %d times", 1<<banks(4)), values(1, width, addrW, 4*n)
			return b
		}
	case synth.Xilinx:
		per := 3
		if addrW < 6 {
			per = 6
		}
		if n := ceil(width, per) << banks(6); 8*n+choice(width, banks(6)) < least {
			b.Kind, b.X = fmt.Sprintf("ram of LUTs, %d times", 1<<banks(6)), values(1, width, addrW, 4*n)
			return b
		}
	}
	deep := banks(best.addrW)
	b.Kind = fmt.Sprintf("ram of blocks, %d deep", 1<<min(deep, deepest))
	b.X = append(values(1, width, addrW), float64(copies)*best.blocks, float64(width*(1<<max(0, deep-deepest)-1)))
	return b
}

// choice is the cost of choosing among 2^banks LUT RAMs: a multiplexer of two is 1 a bit.
func choice(width, banks int) int { return width * (1<<banks - 1) }

// ceil is a / b, rounded up.
func ceil(a, b int) int { return (a + b - 1) / b }
