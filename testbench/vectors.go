package testbench

import (
	"errors"
	"fmt"
	"strings"

	"lowres/sim/arch"
	"lowres/sim/program"
)

// ErrVectors is returned for a program or images that the harness cannot run.
var ErrVectors = errors.New("vectors")

// Defaults of VectorOptions.
const (
	DefaultBase    = 0x40000000
	DefaultTimeout = 1 << 20
)

// VectorOptions are the settings of a run that are not in the program. The zero
// value stands for the defaults.
type VectorOptions struct {
	Base    uint32 // address of the program's byte 0, a multiple of 4096
	Timeout int    // cycles in which nothing happens before the run is given up
}

// Vectors returns what the harness reads from its working directory: settings.hex,
// control.txt, memory.hex and an input<n>.hex for every image. What the host does is what
// package driver does to run the program. An image is int8, NHWC, of the input's shape. It
// returns ErrVectors if something does not fit.
func Vectors(d *arch.Design, p *program.Program, images [][]int8, o VectorOptions) ([]File, error) {
	o = o.withDefaults()
	s, err := record(d, p, images, o.Base)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrVectors, err)
	}
	files := []File{
		{Name: "settings.hex", Text: settings(d, p, o)},
		{Name: "control.txt", Text: s.script.Bytes()},
		s.memory,
	}
	return append(files, s.inputs...), nil
}

func (o VectorOptions) withDefaults() VectorOptions {
	if o.Base == 0 {
		o.Base = DefaultBase
	}
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	return o
}

// settings is settings.hex, in the order of the harness's setting array.
func settings(d *arch.Design, p *program.Program, o VectorOptions) []byte {
	beat := d.MemoryBytes()
	in := p.Input()
	var b strings.Builder
	put := func(what string, v int) { fmt.Fprintf(&b, "%08x  // %s\n", uint32(v), what) }
	put("format", 3)
	put("base address", int(o.Base))
	put("beats in memory.hex", (len(p.Image)+beat-1)/beat)
	put("first beat of the input", int(in.Address)/beat)
	put("beats of an input", in.Bytes()/beat)
	put("read latency", d.Memory.LatencyCycles)
	put("write latency", d.Memory.LatencyCycles)
	put("cycles without an event to give up after", o.Timeout)
	put("beats of memory", (p.Memory+beat-1)/beat)
	put("memory width", d.Memory.WidthBits)
	put("percent of stalls", d.Memory.StallPercent)
	put("seed of stalls", d.Memory.StallSeed)
	return []byte(b.String())
}

// beatHex writes memory beat by beat for $readmemh: the byte at the lowest
// address comes last, and the last beat is filled with zeros.
func beatHex(memory []byte, beat int) []byte {
	const digits = "0123456789abcdef"
	text := make([]byte, 0, (len(memory)/beat+1)*(2*beat+1))
	for at := 0; at < len(memory); at += beat {
		for i := beat - 1; i >= 0; i-- {
			v := byte(0)
			if at+i < len(memory) {
				v = memory[at+i]
			}
			text = append(text, digits[v>>4], digits[v&15])
		}
		text = append(text, '\n')
	}
	return text
}
