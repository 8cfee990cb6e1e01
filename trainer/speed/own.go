package speed

import (
	"time"

	"lowres/network"
	"lowres/quant"
	"lowres/trainer/internal/engine"
	"lowres/trainer/kernel"
)

// own is the trainer of lowres on images that lie in memory.
type own struct {
	machine *engine.Machine
	images  []uint8
	labels  []uint8
	from    engine.Source
	first   int // of the images of the step
}

// batches is the number of different batches in memory.
const batches = 4

func newOwn(net *network.Float, batch, threads int, set *kernel.Set) (*own, error) {
	size := net.Graph.Input.Size()
	o := &own{images: make([]uint8, batches*batch*size), labels: make([]uint8, batch)}
	state := uint32(1)
	for i := range o.images {
		state = state*1664525 + 1013904223
		o.images[i] = uint8(state >> 24)
	}
	for i := range o.labels {
		o.labels[i] = uint8(i % net.Graph.Output().C)
	}
	o.from = func(position int, pixels []uint8) { copy(pixels, o.images[(o.first+position)*size:]) }
	var err error
	o.machine, err = engine.NewMachine(net, network.NewFloat(net.Graph, quant.Levels{}), batch, engine.Options{Workers: threads, Set: set})
	return o, err
}

// descent is a step small enough for the weights to stay where they are useful.
var descent = kernel.Step{Rate: 0.001, Momentum: 0.92}

func (o *own) run(steps int) (Sample, error) {
	wall, cpu := time.Now(), cpuTime()
	for range steps {
		o.first = (o.first + len(o.labels)) % (batches * len(o.labels))
		o.machine.Step(engine.Batch{From: o.from, Labels: o.labels}, descent)
	}
	cpu = cpuTime() - cpu
	return Sample{steps * len(o.labels), cpu.Seconds(), time.Since(wall).Seconds()}, nil
}

func (o *own) close() error {
	o.machine.Close()
	return nil
}
