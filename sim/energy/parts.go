package energy

import (
	"fmt"

	"lowres/sim/arch"
	"lowres/sim/machine"
)

// Part is a part of a core's logic, as a netlist can be measured: its modules, with
// their registers' clock. Memories are none.
type Part string

// The parts of a core.
const (
	DotProducts  Part = "dot products"
	Sums         Part = "accumulators"
	WeightTiles  Part = "weight tiles"
	Decoders     Part = "weight decoder"
	Requantisers Part = "requantisers"
	Control      Part = "control" // all the rest: sequencer, engines, drain, registers between
)

// Parts lists the parts in the order of reports.
func Parts() []Part {
	return []Part{DotProducts, Sums, WeightTiles, Decoders, Requantisers, Control}
}

// Logic is the energy of a core's logic by part: events of the counts, and every
// flip-flop's clock in every cycle. It is what Evaluate charges, without memories, in
// another order. It returns ErrTechnology for a technology of operations, and
// ErrValues as Evaluate.
func Logic(t *Technology, d *arch.Design, counts *machine.Counts) (map[Part]Band, error) {
	if t.Events == nil {
		return nil, fmt.Errorf("%w %s: prices operations; its array's parts have no energies of their own; take one that lowres calibrate made", ErrTechnology, t.Name)
	}
	if d.Tables != nil {
		return nil, fmt.Errorf("%w %s: array.cell %s has parts that are not told apart: want cells that select", ErrTechnology, t.Name, d.Array.Cell)
	}
	if _, err := Evaluate(t, d, counts); err != nil {
		return nil, err
	}
	return t.Events.logic(d, counts), nil
}

// FlipFlops is how many flip-flops the model has of each part, of requantisers none: their clock
// is that of a whole one.
func FlipFlops(d *arch.Design) map[Part]int {
	b := registerBits(d)
	return map[Part]int{DotProducts: b.trees, Sums: b.sums + b.waiting, WeightTiles: b.tiles, Control: b.control}
}

// logic adds the parts up.
func (e *Events) logic(d *arch.Design, n *machine.Counts) map[Part]Band {
	column, _ := e.columnFor(machine.ShapeOf(d))
	decoder, _ := e.decoderFor(d)
	b := registerBits(d)
	column1 := float64(b.sums / (d.Array.Cols * d.Array.Pixels))
	pixels := float64(d.Array.Pixels) // a weight goes to every pixel
	parts := map[Part]Band{}
	add := func(p Part, v *Value, times float64) { parts[p] = parts[p].Plus(v.band().Times(times)) }
	of := func(a machine.Action) float64 { return float64(n[a]) }
	cycles := of(machine.ClockCycle)
	add(DotProducts, column.ClockBit, cycles*float64(b.trees))
	add(DotProducts, column.ActivationBit, of(machine.ActivationToggle)*float64(d.Array.Cols))
	add(DotProducts, column.WeightBit, of(machine.WeightToggle)*pixels)
	add(DotProducts, column.SignBit, of(machine.SignToggle)*pixels)
	add(DotProducts, column.ProductBit, of(machine.ProductToggle))
	add(DotProducts, column.TreeBit, of(machine.TreeToggle))
	add(Sums, e.SumClockBit, cycles*float64(b.sums+b.waiting))
	add(Sums, e.SumReadBit, of(machine.SumReadToggle))
	add(Sums, e.SumAddress, of(machine.SumAddressToggle))
	add(Sums, e.SumAddressBit, of(machine.SumAddressToggle)*column1)
	add(Sums, e.SumDrainBit, of(machine.SumDrain)*column1)
	add(WeightTiles, e.TileClockBit, cycles*float64(b.tiles))
	add(WeightTiles, e.TileToggleBit, of(machine.WeightToggle))
	add(Decoders, decoder, of(machine.WeightDecode))
	add(Requantisers, e.RequantiserClock, cycles*requantiserClocks(d))
	add(Requantisers, e.Requantise, of(machine.Requantise))
	add(Control, e.ControlClockBit, cycles*float64(b.control))
	add(Control, e.ControlPosition, of(machine.CellIssued)/float64(d.Cells()))
	add(Control, e.ControlDrain, of(machine.SumDrain)/float64(d.Array.Requantisers))
	add(Control, column.TreeBit, 8*of(machine.PoolCompare))
	return parts
}
