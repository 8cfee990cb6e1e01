package energy

import (
	"math"

	"lowres/sim/arch"
	"lowres/sim/machine"
)

// Cost is the energy of one action on a design.
type Cost struct {
	Band
	Kind Kind // the least trustworthy of what it is made of
	// Component is the part of the accelerator that it is charged to; empty for
	// an action that costs nothing of its own.
	Component Component
}

// Component is a part of the accelerator in an energy report.
type Component string

// The components, in the order of reports.
const (
	Cells            Component = "cells"
	Trees            Component = "adder trees"
	Accumulators     Component = "accumulators"
	Decoder          Component = "weight decoder"
	Drain            Component = "drain"
	ActivationBuffer Component = "activation buffer"
	WeightBuffer     Component = "weight buffer"
	ParameterBuffer  Component = "parameter buffer"
	FunctionTable    Component = "function tables"
	OutputBuffer     Component = "output buffer"
	ProgramMemory    Component = "program memory"
	Clock            Component = "clock"
	Memory           Component = "memory"
)

// Components lists the components in the order of reports.
func Components() []Component {
	return []Component{Cells, Trees, Accumulators, Decoder, Drain, ActivationBuffer, WeightBuffer,
		ParameterBuffer, FunctionTable, OutputBuffer, ProgramMemory, Clock, Memory}
}

// Costs is the energy of each action. It is the only place that says what an
// action is made of; docs/energy.md has the same list.
func (t *Technology) Costs(d *arch.Design) [machine.ActionCount]Cost {
	var c [machine.ActionCount]Cost
	a, digits := d.Array, d.DigitCount()
	beat := d.Memory.WidthBits
	cell := priced(t.CellBit, 9*float64(digits))
	register := func(bits int) Cost { return priced(t.RegisterBit, float64(bits)) }

	c[machine.CellActive] = cell.in(Cells)
	c[machine.CellZeroActivation] = Cost{}
	c[machine.CellZeroWeight] = Cost{}
	c[machine.ActivationToggle] = priced(t.WireBit, float64(a.Cols*digits)).in(Cells)
	c[machine.WeightChange] = register(3 * digits).in(Cells)
	c[machine.WeightDecode] = priced(t.Decode, 1).plus(register(3 * digits)).in(Decoder)
	c[machine.DigitAdd] = t.add(9 + log2(a.Lanes) + 2*(digits-1)).in(Trees)
	c[machine.TreeAdd] = t.treeAdd(d).in(Trees)
	sum := register(a.AccumulatorBits)
	c[machine.SumAdd] = t.add(a.AccumulatorBits).plus(sum).plus(sum).in(Accumulators)
	c[machine.SumStart] = sum.in(Accumulators)
	c[machine.SumDrain] = sum.in(Drain)
	c[machine.Requantise] = t.multiply(a.AccumulatorBits * 16).plus(t.add(a.AccumulatorBits)).plus(t.add(16)).in(Drain)
	c[machine.PoolCompare] = t.add(8).in(Drain)

	c[machine.ActivationRead] = t.sram(d.Buffers.Activation, 8*a.Lanes).in(ActivationBuffer)
	c[machine.ActivationWrite] = t.sram(d.Buffers.Activation, beat).in(ActivationBuffer)
	c[machine.WeightRead] = t.sram(d.Buffers.Weight/beat*d.WeightBits(), d.WeightBits()).in(WeightBuffer)
	c[machine.WeightWrite] = c[machine.WeightRead]
	c[machine.ParameterRead] = t.sram(d.Buffers.Parameter, beat).in(ParameterBuffer)
	c[machine.ParameterWrite] = c[machine.ParameterRead]
	tables := max(d.Buffers.Table, 256) // no design without tables uses them
	c[machine.TableRead] = t.sram(tables, 8).in(FunctionTable)
	c[machine.TableWrite] = t.sram(tables, beat).in(FunctionTable)
	c[machine.TableWrite].Band = c[machine.TableWrite].Times(float64(a.Requantisers)) // each has a copy
	c[machine.OutputWrite] = t.sram(d.Buffers.Output, 8*a.Cols).in(OutputBuffer)
	c[machine.OutputRead] = t.sram(d.Buffers.Output, beat).in(OutputBuffer)
	c[machine.ProgramRead] = t.sram(4*12*d.Program.Compute, 32).in(ProgramMemory)

	dram := priced(t.DRAM64, 8.0/64).in(Memory)
	for _, stream := range []machine.Action{machine.MemoryWeights, machine.MemoryParameters,
		machine.MemoryActivationsIn, machine.MemoryActivationsOut} {
		c[stream] = dram
	}
	c[machine.ClockCycle] = priced(t.ClockBit, float64(RegisterBits(d))).in(Clock)
	return c
}

// RegisterBits is about the number of flip-flops of the design: two weight tiles
// and the adder trees; the accumulators, which are written one at a time, count
// only when they are read or written.
func RegisterBits(d *arch.Design) int {
	a, digits := d.Array, d.DigitCount()
	tiles := a.WeightTiles * 3 * digits * a.Lanes * a.Cols
	tree := 0
	for k := 1; a.Lanes>>k > 0; k++ {
		tree += (a.Lanes >> k) * (9 + k)
	}
	pipeline := 3*8*a.Lanes + a.Requantisers*4*48 // activation registers, requantiser stages
	return tiles + a.Cols*digits*tree + pipeline
}

// priced is n times a value of the file.
func priced(v *Value, n float64) Cost { return Cost{Band: v.band().Times(n), Kind: v.Kind} }

// in charges the cost to a component.
func (c Cost) in(component Component) Cost {
	c.Component = component
	return c
}

// plus is the sum of two costs.
func (c Cost) plus(o Cost) Cost { return Cost{Band: c.Band.Plus(o.Band), Kind: c.Kind.worse(o.Kind)} }

// add is an addition of so many bits: linear between (and beyond) 8 and 32.
func (t *Technology) add(bits int) Cost {
	kind := t.Add8.Kind.worse(t.Add32.Kind)
	switch {
	case bits == 8:
		return priced(t.Add8, 1)
	case bits == 32:
		return priced(t.Add32, 1)
	case bits < 8:
		return Cost{Band: t.Add8.band().Times(float64(bits) / 8), Kind: kind.worse(Scaled)}
	}
	return Cost{Band: between(t.Add8.band(), t.Add32.band(), float64(bits-8)/24), Kind: kind.worse(Scaled)}
}

// treeAdd is the mean addition of an adder tree: level k has lanes/2^k adders of
// 9 + k bits.
func (t *Technology) treeAdd(d *arch.Design) Cost {
	total := Cost{Kind: Measured}
	for k := 1; d.Array.Lanes>>k > 0; k++ {
		level := t.add(9 + k)
		level.Band = level.Times(float64(d.Array.Lanes >> k))
		total = total.plus(level)
	}
	total.Band = total.Times(float64(d.DigitCount()) / float64(d.Array.Lanes-1))
	return total
}

// multiply is a multiplication whose operands' widths have the given product,
// log-log between (and beyond) 8 × 8 and 32 × 32.
func (t *Technology) multiply(bitsProduct int) Cost {
	at := math.Log(float64(bitsProduct)/64) / math.Log(1024.0/64)
	kind := t.Multiply8.Kind.worse(t.Multiply32.Kind).worse(Scaled)
	return Cost{Band: betweenLog(t.Multiply8.band(), t.Multiply32.band(), at), Kind: kind}
}

// sram is an access of so many bits to a memory of so many bytes: log-log
// between (and beyond) the sizes of the file, in proportion to the bits.
func (t *Technology) sram(bytes, bits int) Cost {
	i := 0
	for i < len(t.SRAM)-2 && t.SRAM[i+1].Bytes < bytes {
		i++
	}
	a, b := &t.SRAM[i], &t.SRAM[i+1]
	for _, p := range []*SRAMPoint{a, b} {
		if p.Bytes == bytes && p.Bits == bits {
			return priced(&p.Value, 1)
		}
	}
	at := math.Log(float64(bytes)/float64(a.Bytes)) / math.Log(float64(b.Bytes)/float64(a.Bytes))
	perBit := betweenLog(a.band().Times(1/float64(a.Bits)), b.band().Times(1/float64(b.Bits)), at)
	return Cost{Band: perBit.Times(float64(bits)), Kind: a.Kind.worse(b.Kind).worse(Scaled)}
}

// log2 is ceil(log2 n) for n ≥ 1.
func log2(n int) int {
	bits := 0
	for 1<<bits < n {
		bits++
	}
	return bits
}
