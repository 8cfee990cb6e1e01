package rtlgen_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/internal/needs"
	"lowres/internal/simtest"
	"lowres/network"
	"lowres/registers"
	"lowres/rtlgen"
	"lowres/sim/arch"
	"lowres/sim/machine"
	"lowres/sim/mapping"
	"lowres/sim/program"
	"lowres/testbench"
)

// driverCase is the tiny design with a network and an input.
type driverCase struct {
	design *arch.Design
	graph  *network.Graph
	prog   *program.Program
	input  []int8
}

func newDriverCase(t *testing.T) driverCase {
	t.Helper()
	read, err := arch.ReadFile("../examples/tiny.yaml")
	require.NoError(t, err)
	s := read.Spec
	s.Counters = arch.CountAll
	d, err := arch.New(s)
	require.NoError(t, err)
	g := &network.Graph{Name: "driver", Input: network.Shape{H: 4, W: 4, C: 3}, Layers: []network.Layer{
		{Name: "conv1", Kind: network.Conv, Out: 6, Kernel: 3, Pad: 1, ReLU: true},
		{Name: "fc1", Kind: network.Dense, Out: 5},
	}}
	require.NoError(t, g.Resolve())
	r := rand.New(rand.NewPCG(7, 7))
	net, err := simtest.Fill(g, []int{3}, r)
	require.NoError(t, err)
	p, err := mapping.Map(net, d)
	require.NoError(t, err)
	c := driverCase{d, g, p, make([]int8, g.Input.Size())}
	for i := range c.input {
		c.input[i] = int8(r.IntN(256) - 128)
	}
	return c
}

// memory is the case's memory before and after the run, by the simulator.
func (c driverCase) memory(t *testing.T) (before, after []byte) {
	t.Helper()
	m, err := machine.New(c.design, c.prog)
	require.NoError(t, err)
	before = m.Memory()
	require.NoError(t, c.prog.Input().Put(before, c.input))
	result, err := m.Run(bytes.Clone(before), machine.Options{})
	require.NoError(t, err)
	return before, result.Memory
}

// The emitted driver runs a network on the Verilated accelerator, leaves the
// memory that the simulator leaves, and accesses the registers in the order and with the values
// in which the testbench's host does, which plays what the Go driver did.
func TestTheDriverRunsANetworkAsTheTestbenchDoes(t *testing.T) {
	needs.Tools(t, "verilator", "g++", "gcc", "make", "iverilog", "vvp")
	c := newDriverCase(t)
	dir := t.TempDir()
	files, err := rtlgen.Folder(c.design)
	require.NoError(t, err)
	put(t, dir, files...)
	before, after := c.memory(t)
	put(t, dir, rtlgen.File{Name: "memory.bin", Text: before})
	header, err := testbench.ProgramHeader(c.design, c.prog, 0)
	require.NoError(t, err)
	put(t, dir, header)
	out := buildAndRun(t, dir)
	require.Contains(t, out, "\nend\n")
	got, err := os.ReadFile(filepath.Join(dir, "memory.out"))
	require.NoError(t, err)
	require.Equal(t, after, got)
	require.Contains(t, out, fmt.Sprintf("counter 7: %d\n", c.prog.Count(program.ComputeEngine)))

	sequence, _, _ := strings.Cut(out, "running\n")
	accesses := regexp.MustCompile(`(?m)^(read|write) \w+ \w+$`).FindAllString(sequence, -1)
	require.Equal(t, fmt.Sprintf("write %02x %08x", registers.Control, registers.Start), accesses[len(accesses)-1])
	require.Equal(t, testbenchAccesses(t, c), accesses)
}

// buildAndRun compiles the driver as strict C and runs it against the design in dir.
func buildAndRun(t *testing.T, dir string) string {
	t.Helper()
	data, err := filepath.Abs("testdata/driver")
	require.NoError(t, err)
	call(t, dir, "gcc", "-std=c99", "-pedantic", "-Wall", "-Wextra", "-Wconversion", "-Werror", "-O1", "-c",
		"-include", data+"/access.h", "driver/tiny_driver.c", "-o", "driver.o")
	call(t, dir, "gcc", "-std=c99", "-pedantic", "-Wall", "-Wextra", "-Wconversion", "-Werror", "-ffreestanding", "-c",
		"driver/tiny_driver.c", "-o", "bare.o") // as it is on a target
	args := []string{"--cc", "--exe", "--build", "--prefix", "Vtop", "--top-module", "tiny_axi", "--Mdir", "obj", "-o", "../run",
		"-MAKEFLAGS", "OPT_FAST=-O0", "-CFLAGS", "-I" + dir + " -I" + dir + "/driver -include " + data + "/access.h",
		data + "/main.cpp", dir + "/driver.o"}
	call(t, dir, "verilator", append(args, strings.Fields(read(t, dir, "tiny.f"))...)...)
	return call(t, dir, "./run")
}

// testbenchAccesses are the register accesses of the testbench's host up to the start of the
// first image, in the form "write offset value" or "read offset value", without the read of
// VERSION, which tells the Go driver's caller what is there.
func testbenchAccesses(t *testing.T, c driverCase) []string {
	t.Helper()
	dir := t.TempDir()
	rtl, err := rtlgen.Generate(c.design)
	require.NoError(t, err)
	bench, err := testbench.Harness(c.design, c.prog.Memory)
	require.NoError(t, err)
	vectors, err := testbench.Vectors(c.design, c.prog, [][]int8{c.input}, testbench.VectorOptions{})
	require.NoError(t, err)
	put(t, dir, rtl...)
	put(t, dir, bench...)
	put(t, dir, vectors...)
	put(t, dir, rtlgen.File{Name: "monitor.v", Text: []byte(`module monitor;
  tiny_tb_icarus bench ();
  reg [11:0] write, read;
  reg [31:0] data;
  always @(posedge bench.tb.clk) begin
    if (bench.tb.s_awvalid && bench.tb.s_awready) write <= bench.tb.s_awaddr;
    if (bench.tb.s_arvalid && bench.tb.s_arready) read <= bench.tb.s_araddr;
    if (bench.tb.s_wvalid && bench.tb.s_wready) data <= bench.tb.s_wdata;
    if (bench.tb.s_bvalid && bench.tb.s_bready) $display("write %h %h", write[7:0], data);
    if (bench.tb.s_rvalid && bench.tb.s_rready) $display("read %h %h", read[7:0], bench.tb.s_rdata);
  end
endmodule
`)})
	sources, err := filepath.Glob(filepath.Join(dir, "*.v"))
	require.NoError(t, err)
	call(t, dir, "iverilog", append([]string{"-g2005", "-s", "monitor", "-o", "tb.vvp"}, sources...)...)
	out := call(t, dir, "vvp", "-n", "tb.vvp")
	var accesses []string
	for _, access := range regexp.MustCompile(`(?m)^(read|write) \w+ \w+$`).FindAllString(out, -1) {
		if !strings.HasPrefix(access, fmt.Sprintf("read %02x", registers.Version)) {
			accesses = append(accesses, access)
		}
		if access == fmt.Sprintf("write %02x %08x", registers.Control, registers.Start) {
			return accesses
		}
	}
	t.Fatal("the host starts no run")
	return nil
}

// put writes files to a folder.
func put(t *testing.T, dir string, files ...rtlgen.File) {
	t.Helper()
	for _, f := range files {
		path := filepath.Join(dir, f.Name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, f.Text, 0o644))
	}
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	require.NoError(t, err)
	return string(text)
}

// call runs a program in a folder and returns what it prints.
func call(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s: %s", name, out)
	return string(out)
}
