package testbench

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lowres/internal/needs"
)

// registerSources are control_registers, the rules and the model.
func registerSources(t *testing.T) []string {
	t.Helper()
	var paths []string
	for _, name := range []string{"../hdl/control_registers.v", "verilog/lowres_tb_checker.v", "testdata/registers/registers_tb.v"} {
		path, err := filepath.Abs(name)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

func output(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

// icarusRegisters runs the model against the given sources.
func icarusRegisters(t *testing.T, sources []string) string {
	t.Helper()
	dir := t.TempDir()
	clock := "module clock; reg c; initial c = 0; always #1 c = !c; registers_tb t(.clk(c)); endmodule\n"
	put(t, dir, []File{{Name: "clock.v", Text: []byte(clock)}})
	output(t, dir, "iverilog", append([]string{"-g2005", "-s", "clock", "-o", "t.vvp", "clock.v"}, sources...)...)
	return output(t, dir, "vvp", "-n", "t.vvp")
}

func TestTheRegistersKeepTheirMapInIcarus(t *testing.T) {
	needs.Tools(t, "make", "iverilog", "vvp")
	if out := icarusRegisters(t, registerSources(t)); strings.TrimSpace(out) != "pass" {
		t.Error(out)
	}
}

func TestTheRegistersKeepTheirMapInVerilator(t *testing.T) {
	needs.Tools(t, "make", "verilator", "g++")
	dir := t.TempDir()
	main, err := filepath.Abs("verilog/verilator.cpp")
	if err != nil {
		t.Fatal(err)
	}
	args := append(strings.Fields(VerilatorFlags), "--top-module", "registers_tb", "--Mdir", "obj", "-o", "../Vtb", main)
	output(t, dir, "verilator", append(args, registerSources(t)...)...)
	for _, noise := range []string{"", "+x=1", "+x=2"} {
		if out := output(t, dir, filepath.Join(dir, "Vtb"), noise); !strings.HasPrefix(out, "pass\n") {
			t.Errorf("%q: %s", noise, out)
		}
	}
}

func TestTheRegisterModelNoticesMistakes(t *testing.T) {
	needs.Tools(t, "make", "iverilog", "vvp")
	sources := registerSources(t)
	text, err := os.ReadFile(sources[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, from, to string }{
		{"a start while busy", "start_q <= start && !busy", "start_q <= start"},
		{"an end that a clear hides", "else if (ended) done_q", "else if (ended && !clear) done_q"},
		{"a start that keeps done", "if (start && !busy) done_q <= 1'b0", "if (1'b0) done_q <= 1'b0"},
		{"a program address that jumps", "word_q + 16'h0001", "word_q + 16'h0002"},
		{"strobes that are ignored", "w_whole_q <= &s_axi_wstrb", "w_whole_q <= 1'b1"},
		{"a response that is lost", "!b_valid_q || s_axi_bready", "1'b1"},
		{"read data that are lost", "!r_valid_q || s_axi_rready", "1'b1"},
		{"write data that are lost", "s_axi_wready  = !w_full_q", "s_axi_wready = 1'b1"},
		{"an address that is answered wrongly", "16'hFFFE << IrqEnableAt", "16'hFFFF << IrqEnableAt"},
		{"a refused start that is not told", "start_refused_q <= 1'b1", "start_refused_q <= 1'b0"},
		{"a refused write that is not told", "write_refused_q <= 1'b1", "write_refused_q <= 1'b0"},
		{"a base that changes while busy", "configure = accepted && !busy", "configure = accepted"},
		{"an interrupt that is always enabled", "done_q && irq_enable_q", "done_q"},
		{"a count that the engine does not see whole", "load_count_o    = load_count_q", "load_count_o    = load_count_q & 16'hefff"},
		{"a counter of another index", "counter_index_o = ar_word_q", "counter_index_o = {ar_word_q[4:1], 1'b0}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			mutant := strings.Replace(string(text), c.from, c.to, 1)
			if mutant == string(text) {
				t.Fatalf("control_registers.v has no %q", c.from)
			}
			name := filepath.Join(t.TempDir(), "control_registers.v")
			if err := os.WriteFile(name, []byte(mutant), 0o666); err != nil {
				t.Fatal(err)
			}
			if out := icarusRegisters(t, append([]string{name}, sources[1:]...)); !strings.Contains(out, "fault") {
				t.Errorf("want a fault, have %q", out)
			}
		})
	}
}
