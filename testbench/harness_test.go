package testbench

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lowres/internal/needs"
	"lowres/network"
	"lowres/sim/arch"
	"lowres/sim/program"
)

var update = flag.Bool("update", false, "write the golden files anew")

// dummyDesign has the memory of testdata/dummy.
func dummyDesign(t *testing.T) *arch.Design {
	t.Helper()
	s := arch.DefaultSpec()
	s.Name = "dummy"
	s.Array = arch.Array{Cell: arch.CellSelect, Lanes: 4, Cols: 4, Pixels: 1, Hold: 2, AccumulatorBits: 24, Requantisers: 1, RequantiserStages: arch.FewStages, WeightTiles: 2, SumBlocks: 2, LevelsPerStage: 1}
	s.Memory.WidthBits, s.Memory.LatencyCycles = 64, 7
	s.Program = arch.Depths{Load: 64, Compute: 16, Store: 64}
	d, err := arch.New(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// dummyProgram loads 5 and 16 beats and stores them again.
func dummyProgram() *program.Program {
	return &program.Program{
		Loads:    []program.Load{{Memory: 0x1000, Beats: 5}, {Memory: 0x1040, Beats: 16}},
		Computes: []program.Compute{{Steps: 9}, {Steps: 20}},
		Stores:   []program.Store{{Memory: 0x2000, Beats: 5}, {Memory: 0x2040, Beats: 16}},
		Image:    []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
		Memory:   0x3000,
		Tensors:  []program.Tensor{{Layer: -1, Address: 0x1000, Shape: network.Shape{H: 4, W: 6, C: 3}, PixelBytes: 8}},
	}
}

// dummyImages count up and down.
func dummyImages() [][]int8 {
	images := [][]int8{make([]int8, 72), make([]int8, 72)}
	for i := range images[0] {
		images[0][i], images[1][i] = int8(i), int8(-i)
	}
	return images
}

// folder emits the dummy with its testbench; edits change dummy_core.v by
// replacing the first text by the second.
func folder(t *testing.T, o VectorOptions, edits ...string) string {
	t.Helper()
	dir := t.TempDir()
	d, p := dummyDesign(t), dummyProgram()
	bench, err := Harness(d, p.Memory)
	if err != nil {
		t.Fatal(err)
	}
	vectors, err := Vectors(d, p, dummyImages(), o)
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "tb"), bench)
	put(t, filepath.Join(dir, "tb", "vectors"), vectors)
	put(t, filepath.Join(dir, "rtl"), dummySources(t, edits))
	return dir
}

// dummySources are dummy_axi and what is under it.
func dummySources(t *testing.T, edits []string) []File {
	t.Helper()
	var files []File
	for _, name := range []string{"testdata/dummy/dummy_axi.v", "testdata/dummy/dummy_core.v", "../hdl/control_registers.v"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, File{Name: filepath.Base(name), Text: text})
	}
	for i := 0; i < len(edits); i += 2 {
		found := false
		for j := range files[:2] {
			found = found || bytes.Contains(files[j].Text, []byte(edits[i]))
			files[j].Text = bytes.Replace(files[j].Text, []byte(edits[i]), []byte(edits[i+1]), 1)
		}
		if !found {
			t.Fatalf("the dummy has no %q", edits[i])
		}
	}
	return files
}

func put(t *testing.T, dir string, files []File) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// simulate runs a target of the folder's Makefile and returns its log.
func simulate(t *testing.T, dir, target, args string) string {
	t.Helper()
	cmd := exec.Command("make", "-s", target, "COMPARE=:", "ARGS="+args)
	cmd.Dir = filepath.Join(dir, "tb")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("make %s: %v\n%s", target, err, out)
	}
	text, err := os.ReadFile(filepath.Join(dir, "tb", "vectors", target+".log"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func parse(t *testing.T, text string) *Log {
	t.Helper()
	log, err := ParseLog(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return log
}

func TestTheLogOfTheDummyIsTheGoldenOne(t *testing.T) {
	needs.Tools(t, "make", "iverilog", "vvp")
	log := simulate(t, folder(t, VectorOptions{}), "icarus", "")
	const golden = "testdata/dummy.log"
	if *update {
		if err := os.WriteFile(golden, []byte(log), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if log != string(want) {
		t.Errorf("the log differs from %s:\n%s", golden, log)
	}
	if again := string(parse(t, log).Format()); again != log {
		t.Errorf("parsed and formatted again the log is\n%s", again)
	}
}

func TestBothSimulatorsLeaveTheSameLog(t *testing.T) {
	needs.Tools(t, "make", "iverilog", "vvp", "verilator", "g++")
	dir := folder(t, VectorOptions{})
	for _, args := range []string{"", "+bursts", "+hold=40 +seed=5", "+hold=80 +seed=6 +garbage", "+read_error=2 +write_error=1"} {
		icarus, verilator := simulate(t, dir, "icarus", args), simulate(t, dir, "verilator", args)
		if icarus != verilator {
			t.Errorf("%q: icarus\n%s\nverilator\n%s", args, icarus, verilator)
		}
		if log := parse(t, icarus); !log.Ended || len(log.Violations) > 0 {
			t.Errorf("%q: ended %v, violations %v", args, log.Ended, log.Violations)
		}
	}
}

func TestStressChangesCyclesAndNoValue(t *testing.T) {
	needs.Tools(t, "make", "iverilog", "vvp")
	dir := folder(t, VectorOptions{})
	calm := parse(t, simulate(t, dir, "icarus", ""))
	for _, args := range []string{"+hold=30 +seed=1", "+hold=60 +seed=2 +garbage", "+hold=99 +seed=3"} {
		log := parse(t, simulate(t, dir, "icarus", args))
		if !log.Ended || len(log.Violations) > 0 || len(log.Images) != 2 {
			t.Fatalf("%q: %+v", args, log)
		}
		for i, image := range log.Images {
			if image.Retire[program.StoreEngine][1] <= calm.Images[i].Retire[program.StoreEngine][1] {
				t.Errorf("%q: image %d was not slower", args, i)
			}
			for j, w := range image.Writes {
				if want := calm.Images[i].Writes[j]; w.Address != want.Address || !bytes.Equal(w.Data, want.Data) {
					t.Errorf("%q: image %d, beat %d: %x at %#x, want %x at %#x", args, i, j, w.Data, w.Address, want.Data, want.Address)
				}
			}
		}
	}
}

func TestErrorResponsesReachTheStatus(t *testing.T) {
	needs.Tools(t, "make", "iverilog", "vvp")
	dir := folder(t, VectorOptions{})
	for args, want := range map[string][2]uint32{
		"+read_error=1":                {0x12, 0x02},
		"+write_error=3":               {0x02, 0x22},
		"+read_error=4 +write_error=2": {0x22, 0x12},
	} {
		log := parse(t, simulate(t, dir, "icarus", args))
		if got := [2]uint32{log.Images[0].Status, log.Images[1].Status}; got != want {
			t.Errorf("%s: STATUS %#x, want %#x", args, got, want)
		}
	}
}

func TestBrokenBusRulesAreNamed(t *testing.T) {
	needs.Tools(t, "make", "iverilog", "vvp")
	for _, c := range []struct{ name, from, to, args, rule string }{
		{"a read burst that leaves its page", "assign rd_req_addr_o   = base_i + memory", "assign rd_req_addr_o = base_i + memory + 32'hFF8", "", "ar-4k"},
		{"a write burst that leaves its page", "assign wr_req_addr_o   = base_i + memory", "assign wr_req_addr_o = base_i + memory + 32'hFF8", "", "aw-4k"},
		{"an unaligned read", "assign rd_req_addr_o   = base_i + memory", "assign rd_req_addr_o = base_i + memory + 32'd4", "", "ar-form"},
		{"a burst that does not count up", "m_axi_awburst = 2'b01", "m_axi_awburst = 2'b00", "", "aw-form"},
		{"a strobe that is missing", "m_axi_wstrb   = 8'hFF", "m_axi_wstrb   = 8'hFE", "", "w-strobe"},
		{"an early last beat", "at_q[7:0] == last[7:0]", "at_q[7:0] + 8'd1 == last[7:0]", "", "w-last"},
		{"an address that changes while it waits", "assign rd_req_addr_o   = base_i + memory", "assign rd_req_addr_o = base_i + memory + {cycles_q[28:0], 3'd0}", "+hold=90", "ar-unstable"},
		{"data that change while they wait", "64'h0101010101010101", "{32'd0, cycles_q}", "+hold=90", "w-unstable"},
		{"a valid that falls again", "state_q == Ask && engine_q == 2'd2", "state_q == Ask && engine_q == 2'd2 && cycles_q[0]", "+hold=90", "aw-unstable"},
		{"a read below the base", "assign rd_req_addr_o   = base_i + memory", "assign rd_req_addr_o = memory", "", "read-outside"},
		{"a write below the base", "assign wr_req_addr_o   = base_i + memory", "assign wr_req_addr_o = memory", "", "write-outside"},
		{"a valid in reset", "state_q == Send", "(state_q == Send || !rst_ni)", "", "reset"},
		{"an unknown handshake", "assign rd_ready_o      = 1'b1", "assign rd_ready_o = data[255][0]", "", "unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := folder(t, VectorOptions{Timeout: 3000}, c.from, c.to)
			log := parse(t, simulate(t, dir, "icarus", c.args))
			for _, v := range log.Violations {
				if v.Rule == c.rule {
					return
				}
			}
			t.Errorf("want %s among the violations %v", c.rule, log.Violations)
		})
	}
}

func TestADeadAcceleratorIsGivenUp(t *testing.T) {
	needs.Tools(t, "make", "iverilog", "vvp")
	dir := folder(t, VectorOptions{Timeout: 500}, "wire work_end = state_q == Work", "wire work_end = state_q == Work && !index_q[0]")
	log := parse(t, simulate(t, dir, "icarus", ""))
	if !log.Timeout || log.Ended || len(log.Images) != 1 || len(log.Images[0].Go[program.ComputeEngine]) != 2 {
		t.Errorf("want a timeout in compute 1 of image 0, have %+v", log)
	}
}

func TestVectorsOfAnotherBuildAreRefused(t *testing.T) {
	needs.Tools(t, "make", "iverilog", "vvp")
	dir := folder(t, VectorOptions{})
	name := filepath.Join(dir, "tb", "vectors", "settings.hex")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	wrong := strings.Replace(string(text), "00000040  // memory width", "00000080  // memory width", 1)
	if err := os.WriteFile(name, []byte(wrong), 0o666); err != nil {
		t.Fatal(err)
	}
	if log := simulate(t, dir, "icarus", ""); !strings.Contains(log, "misfit") {
		t.Errorf("want a misfit:\n%s", log)
	}
}

func TestAWaveformOfAWindow(t *testing.T) {
	needs.Tools(t, "make", "iverilog", "vvp")
	dir := folder(t, VectorOptions{})
	cmd := exec.Command("make", "-s", "wave", "IMAGE=1", "FROM=10", "TO=20")
	cmd.Dir = filepath.Join(dir, "tb")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	wave, err := os.ReadFile(filepath.Join(dir, "tb", "wave.vcd"))
	if err != nil || !bytes.Contains(wave, []byte("dumpvars")) || !bytes.Contains(wave, []byte("dumpoff")) {
		t.Errorf("want a dump that starts and stops, have %d bytes, %v", len(wave), err)
	}
}

func TestTheHarnessLintsClean(t *testing.T) {
	needs.Tools(t, "make", "iverilog", "vvp", "verilator", "g++")
	dir := filepath.Join(folder(t, VectorOptions{}), "tb")
	sources, err := filepath.Glob(filepath.Join(dir, "*.v"))
	if err != nil {
		t.Fatal(err)
	}
	rtl, _ := filepath.Glob(filepath.Join(dir, "..", "rtl", "*.v"))
	all := append(sources, rtl...)
	var synchronous []string
	for _, s := range all {
		if !strings.HasSuffix(s, "_icarus.v") {
			synchronous = append(synchronous, s)
		}
	}
	lint := func(name string, args ...string) {
		if out, err := exec.Command(name, args...).CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
	lint("verilator", append([]string{"--lint-only", "-Wall", "--top-module", "dummy_tb"}, synchronous...)...)
	lint("iverilog", append([]string{"-g2005", "-Wall", "-t", "null", "-s", "dummy_tb_icarus"}, all...)...)
}

func TestAScriptThatTheHostDoesNotKnowIsAMisfit(t *testing.T) {
	needs.Tools(t, "make", "iverilog", "vvp")
	for _, c := range []struct{ name, from, to string }{
		{"an unknown step", "await 00c", "expect 00c"},
		{"a value that is no number", "write 010 40000000", "write 010 base"},
		{"an end that is missing", "end 000 00000002\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := folder(t, VectorOptions{})
			name := filepath.Join(dir, "tb", "vectors", "control.txt")
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			wrong := strings.Replace(string(text), c.from, c.to, 1)
			if wrong == string(text) {
				t.Fatalf("the script has no %q", c.from)
			}
			if err := os.WriteFile(name, []byte(wrong), 0o666); err != nil {
				t.Fatal(err)
			}
			if log := simulate(t, dir, "icarus", ""); !strings.Contains(log, "misfit") {
				t.Errorf("want a misfit:\n%s", log)
			}
		})
	}
}
