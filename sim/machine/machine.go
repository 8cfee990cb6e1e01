// Package machine simulates a lowres accelerator: every cycle, every counter
// and every bit that the Verilog of the same design gives for the same program.
//
// Time is the fast mode, cycles without values. New and Run are the exact mode:
// they execute the very bytes of the program, packed weights and all.
package machine

import (
	"fmt"

	"lowres/quant"
	"lowres/sim/arch"
	"lowres/sim/program"
)

// Machine is a design loaded with a program that is known to be sound: it fits
// the design, does not deadlock, and orders all reads and writes of the same
// bytes by tokens. It is immutable; runs may go in parallel.
type Machine struct {
	design  *arch.Design
	program *program.Program
	timing  *Timing
	pace    pace
	layers  *layering
	bases   []int             // step at which each compute instruction continues
	packing []*quant.Unpacker // parallel to the design's sets
}

// Result is what a run leaves behind.
type Result struct {
	Timing *Timing // shared by all runs of a Machine
	Memory []byte  // contents after the run
	Total  Counts  // actions of the whole run
	Layers []Layer // by the layer that the work was for, in order of execution
	Writes []Write // beats written, if Options.Writes
}

// Write is one beat that the store engine writes to memory.
type Write struct {
	Cycle   Cycle  // of the handshake on the write data channel
	Address uint32 // of the beat in bytes
	Data    []byte // one beat
}

// Options chooses what a run records.
type Options struct {
	Writes  bool // log every beat written
	Toggles bool // count the array's bits that change
	// Issue is called, if it is set, for every position that is issued to the array,
	// in that order, with its activation word and the tile in place, [col][lane]; both
	// are reused.
	Issue func(Issue)
}

// Issue is one activation word that goes through the array, slot by slot, pixel by pixel.
type Issue struct {
	Instruction int    // of the compute engine
	Layer       int    // into the graph's layers
	Word        []byte // int8, by lane
	Tile        []int16
	Slot, Pixel int  // of the block, of the slot
	Idle        bool // the pixel lies past the end of a row: padding, and no sum is written
	First       bool // sums start
	Ends        bool // the last of a block that is emitted
}

// New prepares the exact mode. It returns program.ErrProgram, ErrDeadlock or
// ErrHazard for a program that would not give the same values on every memory.
func New(d *arch.Design, p *program.Program) (*Machine, error) {
	t, err := Time(d, p)
	if err != nil {
		return nil, err
	}
	m := &Machine{design: d, program: p, timing: t, pace: paceOf(d), layers: newLayering(d, p), bases: stepBases(p)}
	if err := m.checkHazards(); err != nil {
		return nil, err
	}
	m.packing = codecs(d)
	return m, nil
}

// Run simulates one image: New, then Machine.Run.
func Run(d *arch.Design, p *program.Program, memory []byte) (*Result, error) {
	m, err := New(d, p)
	if err != nil {
		return nil, err
	}
	return m.Run(memory, Options{})
}

// Timing is when everything happens, the same for every run.
func (m *Machine) Timing() *Timing { return m.timing }

// Memory returns fresh memory contents: the program's image, and zeros.
func (m *Machine) Memory() []byte {
	memory := make([]byte, m.program.Memory)
	copy(memory, m.program.Image)
	return memory
}

// Run executes the program on memory, which starts with the program's image,
// holds the input tensor and is changed in place. It returns
// program.ErrProgram if memory is too short or holds weights or parameters that
// no mapping writes.
func (m *Machine) Run(memory []byte, o Options) (*Result, error) {
	if len(memory) < m.program.Memory {
		return nil, fmt.Errorf("%w: memory of %d bytes: want %d", program.ErrProgram, len(memory), m.program.Memory)
	}
	r := newRun(m, memory, o)
	for _, ref := range m.timing.order {
		if err := r.execute(ref); err != nil {
			return nil, fmt.Errorf("%w: %v: %w", program.ErrProgram, ref, err)
		}
	}
	return r.result(m.layers.sum(nil, m.timing)), nil
}

// stepBases lists the step at which each compute instruction starts: 0 with
// First, else where the one before left off.
func stepBases(p *program.Program) []int {
	bases := make([]int, len(p.Computes))
	for i := range p.Computes {
		if !p.Computes[i].First && i > 0 {
			bases[i] = bases[i-1] + p.Computes[i-1].Steps
		}
	}
	return bases
}
