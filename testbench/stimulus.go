package testbench

import (
	"bytes"
	"context"
	"fmt"

	"lowres/driver"
	"lowres/registers"
	"lowres/sim/arch"
	"lowres/sim/program"
)

// stimulus is the accelerator that the driver sees while it is written down what the host of the
// harness plays: registers and memory that answer as a sound accelerator of the design does.
// docs/verification.md has the format.
type stimulus struct {
	design *arch.Design
	script bytes.Buffer
	write  string // "write", or "rewrite" for what only +spoil wants
	status uint32
	loaded bool // memory.hex is written
	memory File
	inputs []File
}

// record has the driver run the program on the images, and meddles in the first.
func record(d *arch.Design, p *program.Program, images [][]int8, base uint32) (*stimulus, error) {
	s := &stimulus{design: d, write: "write"}
	device, err := driver.Open(d, s, s)
	if err != nil {
		return nil, err
	}
	if err := device.EnableInterrupt(true); err != nil {
		return nil, err
	}
	if err := device.Load(p, base); err != nil {
		return nil, err
	}
	for i, image := range images {
		if err := device.Put(image); err != nil {
			return nil, fmt.Errorf("image %d: %w", i, err)
		}
		if err := device.Start(); err != nil {
			return nil, err
		}
		if i == 0 {
			s.meddle()
		}
		if err := device.Wait(context.Background()); err != nil {
			return nil, err
		}
		if _, err := device.Counters(); err != nil {
			return nil, err
		}
		if i == 0 && len(images) > 1 {
			s.write = "rewrite"
			if err := device.Reload(); err != nil {
				return nil, err
			}
			s.write = "write"
		}
	}
	s.line("end", 0, uint32(len(images)))
	return s, nil
}

// line is one step of the host.
func (s *stimulus) line(step string, offset, value uint32) {
	fmt.Fprintf(&s.script, "%s %03x %08x\n", step, offset, value)
}

// Read writes a read down and answers it. A look at STATUS while a run is on its way becomes the
// host's wait.
func (s *stimulus) Read(offset uint32) (uint32, error) {
	if offset == registers.Status && s.status&registers.Busy != 0 {
		s.status = registers.Done
		s.line("await", offset, registers.Done)
		return s.status, nil
	}
	step := "read"
	if s.write == "rewrite" {
		step = "reread"
	}
	s.line(step, offset, 0)
	switch offset {
	case registers.ID:
		return registers.IDValue, nil
	case registers.Version:
		return registers.VersionValue, nil
	case registers.Design0:
		return registers.Design0Value(s.design), nil
	case registers.Design1:
		return registers.Design1Value(s.design), nil
	case registers.Status:
		return s.status, nil
	}
	return 0, nil
}

// Write writes a write down.
func (s *stimulus) Write(offset, value uint32) error {
	s.line(s.write, offset, value)
	if offset == registers.Control && value&registers.Start != 0 {
		s.status = registers.Busy
	}
	return nil
}

// ReadAt reads zeros: no result of a run is known.
func (s *stimulus) ReadAt(to []byte, _ int64) (int, error) {
	clear(to)
	return len(to), nil
}

// WriteAt is the memory image for the first time, then an input.
func (s *stimulus) WriteAt(from []byte, _ int64) (int, error) {
	text := beatHex(from, s.design.MemoryBytes())
	if !s.loaded {
		s.loaded, s.memory = true, File{Name: "memory.hex", Text: text}
		return len(from), nil
	}
	s.line("image", 0, uint32(len(s.inputs)))
	s.inputs = append(s.inputs, File{Name: fmt.Sprintf("input%d.hex", len(s.inputs)), Text: text})
	return len(from), nil
}

// meddle is what +meddle adds while the first image runs. The driver does none of it.
func (s *stimulus) meddle() {
	s.line("meddle", registers.Control, registers.Start) // all these leave a refused bit in STATUS
	s.line("meddle", registers.Base, 0xFFFFF000)
	s.line("meddle", registers.LoadCount, 1)
	s.line("meddle", registers.StoreCount, 0)
	s.line("meddle", registers.ProgramAddress, 0x40000001)
	s.line("meddle", registers.ProgramData, 0xFFFFFFFF)
	s.line("strobe", registers.IRQEnable, 0) // a strobe is missing: SLVERR
	s.line("astray", 0x7FC, 0xFFFFFFFF)      // no register: SLVERR
	for bit := uint32(0x100); bit <= 0x800; bit <<= 1 {
		s.line("astray", registers.Control|bit, registers.Start) // differs from CONTROL's in a bit
	}
	for bit := uint32(0x100); bit <= 0x800; bit <<= 1 {
		s.line("lost", 0x034|bit, 0) // reads 0, SLVERR
	}
}
