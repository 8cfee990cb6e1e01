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

// What memories are made of.
const (
	flipFlops = "flip-flops"
	lutRAM    = "LUTs"
	blockRAM  = "blocks"
)

// memory is how Yosys builds a memory with a port for writing and one for reading.
type memory struct {
	width, addrW int // of a word and its address, bits
	of           string
	copies       int     // LUT RAMs or block RAMs
	deep         int     // log2 of those behind each other
	blocks       float64 // block RAMs as synth.Resources counts them
}

// guard is the cost of the logic that gives a block RAM the old word where its port for
// writing has the same address, see memory_libmap.
const guard = 8

// memory is a memory whose output or address is registered. Yosys takes the cheapest of
// block RAM, LUT RAM and flip-flops by the costs of its rules:
//
//	block RAM    min over modes of ceil(width / mode width) * 2^max(0, addrW - mode addrW) * cost,
//	             and what it needs around it, guard or 0 if both ports have one address
//	LUT RAM      xc7: 8 for each 3 bits of 64 words (6 bits of 32), ecp5: 4 for each 4 bits of 16,
//	             and what chooses among them
//	flip-flops   ice40: 1 a bit
func (s shape) memory(width, addrW, around int) memory {
	m, least := memory{width: width, addrW: addrW, of: blockRAM}, math.MaxInt
	for _, mode := range modes[s.target] {
		deep := max(0, addrW-mode.addrW)
		n := ceil(width, mode.width) << deep
		if n*mode.cost < least {
			m.copies, m.deep, m.blocks, least = n, deep, float64(n)*mode.blocks, n*mode.cost
		}
	}
	if small, cost := s.withoutBlocks(width, addrW); cost <= least+around {
		return small
	}
	return m
}

// withoutBlocks is a memory that is read at once, and its cost: no block RAM does that.
func (s shape) withoutBlocks(width, addrW int) (m memory, cost int) {
	m = memory{width: width, addrW: addrW, of: lutRAM}
	lutAddrW, lutWidth, lutCost := 4, 4, 4
	switch s.target {
	case synth.ICE40:
		m.of = flipFlops
		return m, width << addrW
	case synth.Xilinx:
		lutAddrW, lutWidth, lutCost = 6, 3, 8
		if addrW < 6 {
			lutWidth = 6
		}
	}
	m.deep = max(0, addrW-lutAddrW)
	m.copies = ceil(width, lutWidth) << m.deep
	return m, lutCost*m.copies + choice(width, m.deep)/2
}

// choice are the multiplexers of two that choose among 2^deep RAMs.
func choice(width, deep int) int { return width * (1<<deep - 1) }

// deepest is log2 of the blocks behind each other from where on what chooses among them
// doubles with each further doubling.
const deepest = 4

// ram is a memory that is a module of its own.
func (s shape) ram(name string, width, addrW int) Block {
	m := s.memory(width, addrW, guard)
	b := Block{Name: name, Instances: 1}
	switch m.of {
	case flipFlops:
		b.Kind, b.X = "ram of flip-flops", values(1, width, addrW, 1<<addrW, width<<addrW)
	case lutRAM:
		b.Kind, b.X = fmt.Sprintf("ram of LUTs, %d times", 1<<m.deep), values(1, width, addrW, 4*m.copies)
	default:
		b.Kind = fmt.Sprintf("ram of blocks, %d deep", 1<<min(m.deep, deepest))
		b.X = append(values(1, width, addrW), m.blocks, float64(choice(width, max(0, m.deep-deepest))))
	}
	return b
}

// inside are the quantities of a memory that is part of another block.
func (m memory) inside() []float64 {
	x := make([]float64, 6)
	switch m.of {
	case flipFlops:
		x[0], x[1] = float64(int(1)<<m.addrW), float64(m.width<<m.addrW)
	case lutRAM:
		x[2], x[3] = float64(m.copies), float64(choice(m.width, m.deep))
	default:
		x[4], x[5] = m.blocks, float64(m.width)
	}
	return x
}

// ceil is a / b, rounded up.
func ceil(a, b int) int { return (a + b - 1) / b }
