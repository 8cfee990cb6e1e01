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

// Vectors returns what the harness reads from its working directory:
// settings.hex, program.hex, memory.hex and an input<n>.hex for every image.
// An image is int8, NHWC, of the input's shape. It returns ErrVectors if
// something does not fit.
func Vectors(d *arch.Design, p *program.Program, images [][]int8, o VectorOptions) ([]File, error) {
	o = o.withDefaults()
	if o.Base%4096 != 0 {
		return nil, fmt.Errorf("%w: base %#x: want a multiple of 4096, so that bursts stay within their pages", ErrVectors, o.Base)
	}
	words, counts, err := encode(d, p)
	if err != nil {
		return nil, err
	}
	inputs, err := inputFiles(d, p.Input(), images)
	if err != nil {
		return nil, err
	}
	s := settings(d, p, len(images), o, counts)
	files := []File{
		{Name: "settings.hex", Text: s},
		{Name: "program.hex", Text: words},
		{Name: "memory.hex", Text: beatHex(p.Image, d.MemoryBytes())},
	}
	return append(files, inputs...), nil
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
func settings(d *arch.Design, p *program.Program, images int, o VectorOptions, words [program.EngineCount]int) []byte {
	beat := d.MemoryBytes()
	in := p.Input()
	var b strings.Builder
	put := func(what string, v int) { fmt.Fprintf(&b, "%08x  // %s\n", uint32(v), what) }
	put("format", 2)
	put("images", images)
	put("base address", int(o.Base))
	for e := range program.EngineCount {
		put(fmt.Sprintf("%v instructions", e), p.Count(e))
	}
	for e := range program.EngineCount {
		put(fmt.Sprintf("%v words", e), words[e])
	}
	put("beats in memory.hex", (len(p.Image)+beat-1)/beat)
	put("first beat of the input", int(in.Address)/beat)
	put("beats of an input", in.Bytes()/beat)
	put("read latency", d.Memory.LatencyCycles)
	put("write latency", d.Memory.LatencyCycles)
	put("cycles without an event to give up after", o.Timeout)
	put("beats of memory", (p.Memory+beat-1)/beat)
	put("memory width", d.Memory.WidthBits)
	put("program words", words[0]+words[1]+words[2])
	put("percent of stalls", d.Memory.StallPercent)
	put("seed of stalls", d.Memory.StallSeed)
	return []byte(b.String())
}

// encode is program.hex and the words of each engine.
func encode(d *arch.Design, p *program.Program) (text []byte, words [program.EngineCount]int, err error) {
	depths := [program.EngineCount]int{d.Program.Load, d.Program.Compute, d.Program.Store}
	var b strings.Builder
	var errs []error
	for e := range program.EngineCount {
		if n := p.Count(e); n > depths[e] {
			errs = append(errs, fmt.Errorf("%w: %v: %d instructions: the design holds %d; raise program.%v", ErrVectors, e, n, depths[e], e))
		}
		code, err := p.Encode(e)
		errs = append(errs, err)
		words[e] = len(code)
		fmt.Fprintf(&b, "// %v\n", e)
		for _, w := range code {
			fmt.Fprintf(&b, "%08x\n", w)
		}
	}
	return []byte(b.String()), words, errors.Join(errs...)
}

// inputFiles are the input tensors in the layout of the memory.
func inputFiles(d *arch.Design, in program.Tensor, images [][]int8) ([]File, error) {
	var files []File
	at := in
	at.Address = 0
	for i, image := range images {
		memory := make([]byte, in.Bytes())
		if err := at.Put(memory, image); err != nil {
			return nil, fmt.Errorf("%w: image %d: %w", ErrVectors, i, err)
		}
		files = append(files, File{Name: fmt.Sprintf("input%d.hex", i), Text: beatHex(memory, d.MemoryBytes())})
	}
	return files, nil
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
