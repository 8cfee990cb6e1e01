package calibrate

import (
	"context"
	"fmt"
	"slices"

	"lowres/network"
	"lowres/quant"
	"lowres/sim/arch"
	"lowres/sim/cost"
	"lowres/sim/energy"
	"lowres/sim/energy/power"
	"lowres/sim/machine"
	"lowres/sim/mapping"
)

// The events of the control around the array, behind the clock.
const (
	controlPosition = 1 + iota
	controlDrain
	controlEvents
)

// controlModel is the network whose run is measured: drawn weights and a drawn
// picture, a convolution, a pool and a dense layer.
const controlModel = `
input: [12, 12, 8]
layers:
  - {name: conv1, kind: conv, out: 16, kernel: 3, pad: 1, relu: true}
  - {name: pool1, kind: maxpool, kernel: 2}
  - {name: conv2, kind: conv, out: 16, kernel: 3, pad: 1, relu: true}
  - {name: fc1, kind: dense, out: 10}
`

// controlWindows are the windows of that run, at equal distances; every second one is
// held out.
var controlWindows = power.Sampling{Windows: 16, Length: 24}

// controlDesign is a small core that is no example.
func controlDesign(l quant.Levels) (*arch.Design, error) {
	s := arch.DefaultSpec()
	s.Name, s.Levels = "measured", []int{l.N()}
	s.Array.Lanes, s.Array.Cols, s.Array.Hold, s.Array.AccumulatorBits, s.Array.Requantisers = 8, 4, 4, 20, 2
	s.Array.WeightTiles, s.Array.SumBlocks, s.Counters = 1, 1, arch.CountCycles
	s.Buffers = arch.Buffers{Activation: 1 << 12, Weight: 1 << 12, Parameter: 1 << 10, Output: 1 << 12, Table: s.Buffers.Table}
	s.Program = arch.Depths{Load: 64, Compute: 64, Store: 32}
	s.Memory.WidthBits = 64
	return arch.New(s)
}

// Control measures all of a core that is no array, decoder or requantiser, as a
// whole core runs.
func (b *Bench) Control(ctx context.Context, l quant.Levels, progress func(string, ...any)) (*Part, error) {
	d, err := controlDesign(l)
	if err != nil {
		return nil, err
	}
	g, err := network.ParseModel("measured", []byte(controlModel))
	if err != nil {
		return nil, err
	}
	net, err := network.Uniform(g, slices.Repeat([]quant.Levels{l}, len(g.Layers)), true, 1)
	if err != nil {
		return nil, err
	}
	p, err := mapping.Map(net, d)
	if err != nil {
		return nil, err
	}
	timing, err := machine.Time(d, p)
	if err != nil {
		return nil, err
	}
	whole := &power.Bench{Library: b.Library, LibPath: b.LibPath, Conditions: b.Conditions, Progress: progress}
	m, err := whole.Measure(ctx, d, p, cost.Input(g, 1), int(timing.Counters.Cycles), controlWindows)
	if err != nil {
		return nil, err
	}
	part := &Part{FlipFlops: m.FlipFlopsOf(energy.Control), CycleS: 4 * m.CriticalS}
	for i, name := range m.Modules {
		if power.PartOf(name) == energy.Control {
			part.Cells += m.Cells[i]
			part.AreaUM2 += m.AreasUM2[i]
		}
	}
	for i := range m.Windows {
		w := &m.Windows[i]
		part.Samples = append(part.Samples, Sample{Name: fmt.Sprintf("from cycle %d", w.First), N: l.N(), HeldOut: i%2 == 1, Cycles: m.Length,
			Events:  []float64{float64(part.FlipFlops * m.Length), float64(w.Events[power.ArrayActive]), float64(w.Events[power.DrainActive])},
			EnergyJ: m.EnergyJ(energy.Control, i)})
	}
	return part, nil
}
