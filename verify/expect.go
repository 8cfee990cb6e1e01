package verify

import (
	"fmt"
	"math/bits"

	"lowres/sim/arch"
	"lowres/sim/machine"
	"lowres/sim/program"
	"lowres/testbench"
	"lowres/version"
)

// expectation is what the exact simulator says that a run must do.
type expectation struct {
	design   *arch.Design
	program  *program.Program
	log      *testbench.Log
	memories [][]byte // contents after each image
	stores   []int    // the store instruction of each written beat, the same for every image
}

// expect runs the exact simulator on every image.
func expect(d *arch.Design, p *program.Program, images [][]int8) (*expectation, error) {
	m, err := machine.New(d, p)
	if err != nil {
		return nil, err
	}
	e := &expectation{design: d, program: p, log: &testbench.Log{Registers: identity(d), Ended: true}}
	for i, values := range images {
		memory := m.Memory()
		if err := p.Input().Put(memory, values); err != nil {
			return nil, fmt.Errorf("image %d: %w", i, err)
		}
		r, err := m.Run(memory, machine.Options{Writes: true})
		if err != nil {
			return nil, fmt.Errorf("image %d: %w", i, err)
		}
		e.log.Images = append(e.log.Images, expectedImage(d, r))
		e.memories = append(e.memories, r.Memory)
	}
	for i := range p.Stores {
		for range p.Stores[i].Beats {
			e.stores = append(e.stores, i)
		}
	}
	return e, nil
}

// expectedImage is the log of one image.
func expectedImage(d *arch.Design, r *machine.Result) testbench.Image {
	image := testbench.Image{Status: statusDone, Done: true, Counters: expectedCounters(d, &r.Timing.Counters)}
	for e := range program.EngineCount {
		for _, s := range r.Timing.Steps[e] {
			image.Go[e] = append(image.Go[e], s.Go)
			image.Retire[e] = append(image.Retire[e], s.Retire)
		}
	}
	for _, w := range r.Writes {
		image.Writes = append(image.Writes, testbench.Write{Cycle: w.Cycle, Address: w.Address, Data: w.Data})
	}
	return image
}

// statusDone is STATUS after a run without errors.
const statusDone = 1 << 1

// expectedCounters are the simulator's counters in the same order, 0 for those that the
// design leaves out.
func expectedCounters(d *arch.Design, c *machine.Counters) []uint32 {
	const l, x, s = program.LoadEngine, program.ComputeEngine, program.StoreEngine
	all := []uint32{
		uint32(c.Cycles),
		uint32(c.Busy[l]), uint32(c.Wait[l]), uint32(c.Retired[l]),
		uint32(c.Busy[x]), uint32(c.Wait[x]), uint32(c.ComputeStall), uint32(c.Retired[x]),
		uint32(c.ArrayActive), uint32(c.DrainActive),
		uint32(c.Busy[s]), uint32(c.Wait[s]), uint32(c.Retired[s]),
		uint32(c.ReadBursts), uint32(c.ReadBeats), uint32(c.WriteBursts), uint32(c.WriteBeats),
	}
	clear(all[d.CounterCount():])
	return all
}

// identity is what the identity registers of a design hold.
func identity(d *arch.Design) []testbench.Register {
	a := d.Array
	mask := uint32(0)
	for i, n := range []int{2, 3, 4, 5, 8, 9, 16, 17} {
		for _, have := range d.Levels {
			if have == n {
				mask |= 1 << i
			}
		}
	}
	return []testbench.Register{
		{Address: 0x00, Value: 0x4C524553},
		{Address: 0x28, Value: uint32(a.Lanes | a.Cols<<8 | a.Hold<<16 | a.Requantisers<<24)},
		{Address: 0x2C, Value: uint32(d.MemoryBytes()|a.AccumulatorBits<<8|len(d.Custom)<<24|bits.TrailingZeros(uint(a.Pixels))<<28) | mask<<16},
		{Address: 0x04, Value: version.Major<<16 | version.Minor<<8 | version.Patch},
	}
}

// Expected is the cycles that the first image takes by the exact simulator.
func Expected(d *arch.Design, p *program.Program, images [][]int8) (cycles int64, err error) {
	e, err := expect(d, p, images[:1])
	if err != nil {
		return 0, err
	}
	return int64(e.log.Images[0].Counters[0]), nil
}
