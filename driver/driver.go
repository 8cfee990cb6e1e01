// Package driver runs an emitted accelerator from Go, through the same registers in the same
// order as the C driver of the emitted folder: probe, programs, start, wait, counters.
//
// It reaches the hardware through two interfaces. Map implements both for what Linux maps into a
// process (/dev/mem, UIO); a debug probe or a simulation has its own. The testbench has one that
// writes down what its host plays, so every co-simulation runs what this package does.
package driver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"lowres/registers"
	"lowres/sim/arch"
	"lowres/sim/program"
)

// Errors of an accelerator and of the calls that it refuses.
var (
	ErrAbsent      = errors.New("no accelerator")
	ErrDesign      = errors.New("another design")
	ErrBusy        = errors.New("busy")
	ErrProgram     = errors.New("program")
	ErrReadFailed  = errors.New("memory answered a read with an error")
	ErrWriteFailed = errors.New("memory answered a write with an error")
	ErrInstruction = errors.New("an instruction was illegal and was skipped")
	ErrRefused     = errors.New("a register was written while busy, and was not changed")
)

// Registers are the accelerator's registers; offsets are in bytes, multiples of 4.
type Registers interface {
	Read(offset uint32) (uint32, error)
	Write(offset, value uint32) error
}

// Memory is the memory that the accelerator reads and writes. Offset 0 is the program's byte
// 0, whose address for the accelerator is the base of Device.Load. It is coherent: what was
// written is there at the next start, what the accelerator wrote after the wait.
type Memory interface {
	io.ReaderAt
	io.WriterAt
}

// Device is an accelerator of one design. Its methods are not for several goroutines at once.
type Device struct {
	design    *arch.Design
	registers Registers
	memory    Memory
	version   uint32
	program   *program.Program
	code      [program.EngineCount][]uint32
	base      uint32
}

// Open looks for an accelerator of the design. It returns ErrAbsent if there is none, and
// ErrDesign if there is another: a program would run on an array that it was not mapped for.
func Open(d *arch.Design, r Registers, m Memory) (*Device, error) {
	for _, want := range []struct {
		name          string
		offset, value uint32
		fault         error
	}{
		{"ID", registers.ID, registers.IDValue, ErrAbsent},
		{"DESIGN0", registers.Design0, registers.Design0Value(d), ErrDesign},
		{"DESIGN1", registers.Design1, registers.Design1Value(d), ErrDesign},
	} {
		got, err := r.Read(want.offset)
		if err != nil {
			return nil, err
		}
		if got != want.value {
			return nil, fmt.Errorf("%w: %s reads %#08x: want %#08x, that of %s", want.fault, want.name, got, want.value, d.Name)
		}
	}
	version, err := r.Read(registers.Version)
	return &Device{design: d, registers: r, memory: m, version: version}, err
}

// Version is the version of lowres that wrote the accelerator.
func (d *Device) Version() string {
	return fmt.Sprintf("%d.%d.%d", d.version>>16, d.version>>8&0xff, d.version&0xff)
}

// EnableInterrupt makes irq high while a run has ended, or keeps it low.
func (d *Device) EnableInterrupt(on bool) error {
	value := uint32(0)
	if on {
		value = 1
	}
	return d.registers.Write(registers.IRQEnable, value)
}

// Load writes a program's memory image to memory, and its base, counts and instructions to the
// registers. base is the address of the program's byte 0 as the accelerator sees it. It returns
// ErrProgram for a base that is no multiple of 4096 or a program that the design does not hold,
// and ErrBusy while a run is on its way.
func (d *Device) Load(p *program.Program, base uint32) error {
	if base%registers.BaseAlignment != 0 {
		return fmt.Errorf("%w: base %#x: want a multiple of %d, so that bursts stay within their pages", ErrProgram, base, registers.BaseAlignment)
	}
	code, err := d.encode(p)
	if err != nil {
		return err
	}
	if _, err := d.memory.WriteAt(p.Image, 0); err != nil {
		return err
	}
	d.program, d.code, d.base = p, code, base
	return d.Reload()
}

// encode is the program's words, each engine's.
func (d *Device) encode(p *program.Program) (code [program.EngineCount][]uint32, err error) {
	depths := [program.EngineCount]int{d.design.Program.Load, d.design.Program.Compute, d.design.Program.Store}
	var errs []error
	for e := range program.EngineCount {
		if n := p.Count(e); n > depths[e] {
			errs = append(errs, fmt.Errorf("%w: %v: %d instructions: the design holds %d; raise program.%v", ErrProgram, e, n, depths[e], e))
		}
		words, err := p.Encode(e)
		if err != nil {
			errs = append(errs, fmt.Errorf("%w: %w", ErrProgram, err))
		}
		code[e] = words
	}
	return code, errors.Join(errs...)
}

// loaded returns ErrProgram before the first Load.
func (d *Device) loaded() error {
	if d.program == nil {
		return fmt.Errorf("%w: there is none yet: want Load first", ErrProgram)
	}
	return nil
}

// Reload writes the registers of the loaded program again, as after a reset. It returns
// ErrProgram without one, and ErrBusy while a run is on its way.
func (d *Device) Reload() error {
	if err := d.loaded(); err != nil {
		return err
	}
	if err := d.idle(); err != nil {
		return err
	}
	w := writer{d.registers, nil}
	w.put(registers.Base, d.base)
	w.put(registers.LoadCount, uint32(d.program.Count(program.LoadEngine)))
	w.put(registers.ComputeCount, uint32(d.program.Count(program.ComputeEngine)))
	w.put(registers.StoreCount, uint32(d.program.Count(program.StoreEngine)))
	for e, words := range d.code {
		w.put(registers.ProgramAddress, uint32(e)<<registers.ProgramEngineShift)
		for _, word := range words {
			w.put(registers.ProgramData, word)
		}
	}
	return w.err
}

// writer writes registers up to the first error.
type writer struct {
	registers Registers
	err       error
}

func (w *writer) put(offset, value uint32) {
	if w.err == nil {
		w.err = w.registers.Write(offset, value)
	}
}

// idle returns ErrBusy while a run is on its way.
func (d *Device) idle() error {
	status, err := d.registers.Read(registers.Status)
	if err == nil && status&registers.Busy != 0 {
		err = fmt.Errorf("%w: a run is on its way; wait for it first", ErrBusy)
	}
	return err
}

// Put writes the pictures of a run to the program's input: int8, NHWC, as many as the program's
// batch, one behind the other. It returns program.ErrTensor for another number of values, and
// ErrProgram before the first Load.
func (d *Device) Put(pictures []int8) error {
	if err := d.loaded(); err != nil {
		return err
	}
	in := d.program.Input()
	at := int64(in.Address)
	in.Address = 0
	bytes := make([]byte, in.Bytes())
	if err := in.Put(bytes, pictures); err != nil {
		return err
	}
	_, err := d.memory.WriteAt(bytes, at)
	return err
}

// Start starts a run of the loaded program. It returns ErrBusy while one is on its way.
func (d *Device) Start() error {
	if err := d.idle(); err != nil {
		return err
	}
	return d.registers.Write(registers.Control, registers.Start)
}

// pollInterval lies between two looks at STATUS.
const pollInterval = 20 * time.Microsecond

// Wait looks at STATUS until the run is done, or ctx is. Errors do not stop a run: it returns
// all that STATUS has at the end, ErrReadFailed, ErrWriteFailed, ErrInstruction and ErrRefused.
func (d *Device) Wait(ctx context.Context) error {
	for {
		status, err := d.registers.Read(registers.Status)
		if err != nil {
			return err
		}
		if status&registers.Done != 0 {
			return statusError(status)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		time.Sleep(pollInterval)
	}
}

// statusError is what STATUS says about a run that has ended.
func statusError(status uint32) error {
	var errs []error
	for _, bit := range []struct {
		mask uint32
		err  error
	}{
		{registers.ReadError, ErrReadFailed},
		{registers.WriteError, ErrWriteFailed},
		{registers.BadInstruction, ErrInstruction},
		{registers.StartRefused | registers.WriteRefused, ErrRefused},
	} {
		if status&bit.mask != 0 {
			errs = append(errs, bit.err)
		}
	}
	return errors.Join(errs...)
}

// Clear clears done, and with it irq.
func (d *Device) Clear() error { return d.registers.Write(registers.Control, registers.Clear) }

// Counters are the counters of the last run in the order of registers.Counters.
func (d *Device) Counters() ([]uint32, error) {
	values := make([]uint32, len(registers.Counters()))
	for i := range values {
		v, err := d.registers.Read(uint32(registers.CounterPage + 4*i))
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	return values, nil
}

// Output reads the values of the program's last tensor, NHWC, all pictures of the batch. It
// returns ErrProgram before the first Load.
func (d *Device) Output() ([]int32, error) {
	if err := d.loaded(); err != nil {
		return nil, err
	}
	out := d.program.Output()
	at := int64(out.Address)
	out.Address = 0
	bytes := make([]byte, out.Bytes())
	if _, err := d.memory.ReadAt(bytes, at); err != nil {
		return nil, err
	}
	return out.Values(bytes, d.design.Array.Cols)
}

// Run runs the loaded program on the pictures of a batch: Put, Start, Wait, Output.
func (d *Device) Run(ctx context.Context, pictures []int8) ([]int32, error) {
	for _, step := range []func() error{
		func() error { return d.Put(pictures) },
		d.Start,
		func() error { return d.Wait(ctx) },
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return d.Output()
}
