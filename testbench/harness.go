// Package testbench holds the harness that drives an emitted accelerator in
// Verilator and in Icarus, writes its vectors, and reads the log it leaves.
//
// One synchronous Verilog harness serves both simulators: a host (AXI4-Lite), a
// memory (AXI4), the rules of the bus, and a log with every go, retire and
// written beat. docs/verification.md describes how to run it by hand.
package testbench

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"math/bits"
	"path"
	"slices"
	"strings"
	"text/template"

	"lowres/rtlgen"
	"lowres/sim/arch"
)

//go:embed verilog
var sources embed.FS

// minMemory is the smallest memory of a harness in bytes, so that small programs
// share one build.
const minMemory = 2 << 20

// Flags for the two compilers. The harness needs no timing support of
// Verilator, and x-initial lets +x=N fill what is not reset with noise. Modules that stand many
// times, such as columns, are kept as functions: code of all of them is more than a processor's
// first cache holds.
const (
	VerilatorFlags = "--cc --exe --build --prefix Vtb -O3 --inline-mult 10 --x-initial unique --x-assign unique --noassert -MAKEFLAGS OPT_FAST=-O2"
	IcarusFlags    = "-g2005"
)

// CompilerFlags are those of Verilator that have its C++ compiled by cxx, such as clang++.
func CompilerFlags(cxx string) []string {
	return []string{"-MAKEFLAGS", "CXX=" + cxx, "-MAKEFLAGS", "LINK=" + cxx}
}

// File is one emitted file.
type File = rtlgen.File

// Harness returns the sources of the testbench of a design, for a memory of at
// least memoryBytes: Verilog, the C++ main program, and a Makefile. The build
// depends on the design and on MemoryBeats alone, not on a program.
func Harness(d *arch.Design, memoryBytes int) ([]File, error) {
	beats := MemoryBeats(d, memoryBytes)
	values := map[string]any{
		"Name":           d.Name,
		"Top":            rtlgen.TopModule(d),
		"MemW":           d.Memory.WidthBits,
		"Beats":          beats,
		"BeatW":          bits.Len(uint(beats - 1)),
		"VerilatorFlags": VerilatorFlags,
		"CompilerFlags":  strings.Join(CompilerFlags("$(CXX)"), " "),
		"IcarusFlags":    IcarusFlags,
		"Columns":        make([]struct{}, d.Array.Cols),
		"Pixels":         pixels(d),
		"Models":         rtlgen.Models(d.Target),
	}
	var files []File
	err := fs.WalkDir(sources, "verilog", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := sources.ReadFile(name)
		if err != nil {
			return err
		}
		f, err := emit(d.Name, path.Base(name), text, values)
		files = append(files, f)
		return err
	})
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return files, err
}

// pixel is where the columns of a pixel are in the core.
type pixel struct {
	Number int
	Path   string
}

// pixels lists the pixels of a design; a single one has no name of its own.
func pixels(d *arch.Design) (all []pixel) {
	if d.Array.Pixels == 1 {
		return []pixel{{}}
	}
	for i := range d.Array.Pixels {
		all = append(all, pixel{i, fmt.Sprintf("pixel[%d].", i)})
	}
	return all
}

// emit is one source, its template filled in.
func emit(design, name string, text []byte, values map[string]any) (File, error) {
	base, isTemplate := strings.CutSuffix(name, ".tmpl")
	if !isTemplate {
		return File{Name: name, Text: text}, nil
	}
	t, err := template.New(base).Parse(string(text))
	if err != nil {
		return File{}, fmt.Errorf("testbench source %s: %w", name, err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, values); err != nil {
		return File{}, fmt.Errorf("testbench source %s: %w", name, err)
	}
	renamed := map[string]string{"harness.v": design + "_tb.v", "icarus.v": design + "_tb_icarus.v", "sums.v": design + "_tb_sums_icarus.v"}
	if to, ok := renamed[base]; ok {
		base = to
	}
	return File{Name: base, Text: b.Bytes()}, nil
}

// MemoryBeats is the size of the harness's memory in beats: the power of two
// that holds memoryBytes, and at least 2 MiB.
func MemoryBeats(d *arch.Design, memoryBytes int) int {
	size := max(memoryBytes, minMemory)
	return 1 << bits.Len(uint(size-1)) / d.MemoryBytes()
}
