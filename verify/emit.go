package verify

import (
	"os"
	"path/filepath"

	"lowres/internal/atomicfile"
	"lowres/rtlgen"
	"lowres/sim/arch"
	"lowres/sim/program"
	"lowres/testbench"
)

// Names in an emitted folder.
const (
	rtlDir     = "rtl"
	benchDir   = "tb"
	vectorsDir = "tb/vectors"
)

// Emit writes a folder that stands alone: the Verilog of the design in rtl/, and
// in tb/ the testbench with the vectors of a program and its images, the log
// that a run must leave, the program for the C driver, and a Makefile (make verilator, make icarus). The same
// arguments give the same bytes.
func Emit(dir string, d *arch.Design, p *program.Program, images [][]int8) error {
	e, err := expect(d, p, images)
	if err != nil {
		return err
	}
	if err := EmitSources(dir, d, p.Memory); err != nil {
		return err
	}
	slow := &Stress{Percent: 90} // whoever runs the folder may want stress
	vectors, err := testbench.Vectors(d, p, images, testbench.VectorOptions{Timeout: e.patience(slow)})
	if err != nil {
		return err
	}
	header, err := testbench.ProgramHeader(d, p, 0)
	if err != nil {
		return err
	}
	vectors = append(vectors, header, testbench.File{Name: "expected.log", Text: e.log.Format()})
	return writeFiles(filepath.Join(dir, vectorsDir), vectors)
}

// EmitSources writes rtl/ and tb/ without vectors, for programs that need at most
// memoryBytes of memory.
func EmitSources(dir string, d *arch.Design, memoryBytes int) error {
	rtl, err := rtlgen.Generate(d)
	if err != nil {
		return err
	}
	if err := writeFiles(filepath.Join(dir, rtlDir), rtl); err != nil {
		return err
	}
	bench, err := testbench.Harness(d, memoryBytes)
	if err != nil {
		return err
	}
	return writeFiles(filepath.Join(dir, benchDir), bench)
}

// writeFiles writes files to a folder, which is made if it is not there.
func writeFiles(dir string, files []testbench.File) error {
	for _, f := range files {
		if err := writeFile(dir, f.Name, f.Text); err != nil {
			return err
		}
	}
	return nil
}

// writeFile writes a file of a folder, which is made if it is not there.
func writeFile(dir, name string, text []byte) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	return atomicfile.WriteBytes(filepath.Join(dir, name), text)
}

// writeScratch writes files that the next run writes again: nobody waits for the disk.
func writeScratch(dir string, files []testbench.File) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Text, 0o666); err != nil {
			return err
		}
	}
	return nil
}
