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
	Controller       Component = "control"
	Clock            Component = "clock"
	Memory           Component = "memory"
)

// Components lists the components in the order of reports.
func Components() []Component {
	return []Component{Cells, Trees, Accumulators, Decoder, Drain, ActivationBuffer, WeightBuffer,
		ParameterBuffer, FunctionTable, OutputBuffer, ProgramMemory, Controller, Clock, Memory}
}

// Costs is the energy of each action. It is the only place that says what an
// action is made of; docs/energy.md has the same list.
func (t *Technology) Costs(d *arch.Design) [machine.ActionCount]Cost {
	var c [machine.ActionCount]Cost
	if t.Events != nil {
		t.Events.costs(d, &c)
	} else {
		t.Operations.costs(d, &c)
	}
	switch {
	case d.Tables == nil || t.unpriced(d) != nil:
	case t.Events != nil:
		t.tableEventCosts(d, &c)
	default:
		t.tableCosts(d, &c)
	}
	beat := d.Memory.WidthBits
	read := func(bytes, bits int) Cost { return t.sram(bytes, bits, false) }
	write := func(bytes, bits int) Cost { return t.sram(bytes, bits, true) }
	weights := d.Buffers.Weight / beat * d.WeightBits()
	c[machine.ActivationRead] = read(d.Buffers.Activation, 8*d.Array.Lanes).in(ActivationBuffer)
	c[machine.ActivationWrite] = write(d.Buffers.Activation, beat).in(ActivationBuffer)
	c[machine.ActivationWrite].Band = c[machine.ActivationWrite].Times(float64(d.Array.Pixels)) // each has a copy
	c[machine.WeightRead] = read(weights, d.WeightBits()).in(WeightBuffer)
	c[machine.WeightWrite] = write(weights, d.WeightBits()).in(WeightBuffer)
	c[machine.ParameterRead] = read(d.Buffers.Parameter, beat).in(ParameterBuffer)
	c[machine.ParameterWrite] = write(d.Buffers.Parameter, beat).in(ParameterBuffer)
	tables := max(d.Buffers.Table, 256) // no design without tables uses them
	c[machine.TableRead] = read(tables, 8).in(FunctionTable)
	c[machine.TableWrite] = write(tables, beat).in(FunctionTable)
	c[machine.TableWrite].Band = c[machine.TableWrite].Times(float64(d.Array.Requantisers)) // each has a copy
	c[machine.OutputWrite] = write(d.Buffers.Output, 8*d.Array.Cols).in(OutputBuffer)
	c[machine.OutputRead] = read(d.Buffers.Output, beat).in(OutputBuffer)
	c[machine.ProgramRead] = read(4*12*d.Program.Compute, 32).in(ProgramMemory)

	dram := priced(t.DRAM64, 8.0/64).in(Memory)
	for _, stream := range []machine.Action{machine.MemoryWeights, machine.MemoryParameters,
		machine.MemoryActivationsIn, machine.MemoryActivationsOut} {
		c[stream] = dram
	}
	return c
}

// costs is the energy of each action of the array, from whole operations.
func (t *Operations) costs(d *arch.Design, c *[machine.ActionCount]Cost) {
	a, digits := d.Array, d.DigitCount()
	cell := priced(t.CellBit, 9*float64(digits))
	register := func(bits int) Cost { return priced(t.RegisterBit, float64(bits)) }
	c[machine.CellActive] = cell.in(Cells)
	position := t.add(16).plus(t.add(16)) // the sequencer's addresses of activation and sum
	position.Band, position.Kind = position.Times(1/float64(a.Lanes*a.Cols)), position.Kind.worse(Assumed)
	c[machine.CellIssued] = position.in(Controller)
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
	b := registerBits(d)
	pipeline := a.Requantisers * a.RequantiserStages * 48 // stages of the requantisers; sums count only when they are read or written
	c[machine.ClockCycle] = priced(t.ClockBit, float64(b.trees+b.tiles+b.waiting+b.control+pipeline)).in(Clock)
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
func (t *Operations) add(bits int) Cost {
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
func (t *Operations) treeAdd(d *arch.Design) Cost {
	total := Cost{Kind: Measured}
	if d.Tables != nil {
		return t.add(d.Tables.ValueBits + 1) // most of them are the first level's
	}
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
func (t *Operations) multiply(bitsProduct int) Cost {
	at := math.Log(float64(bitsProduct)/64) / math.Log(1024.0/64)
	kind := t.Multiply8.Kind.worse(t.Multiply32.Kind).worse(Scaled)
	return Cost{Band: betweenLog(t.Multiply8.band(), t.Multiply32.band(), at), Kind: kind}
}

// log2 is ceil(log2 n) for n ≥ 1.
func log2(n int) int {
	bits := 0
	for 1<<bits < n {
		bits++
	}
	return bits
}
