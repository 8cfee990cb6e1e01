package verify

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lowres/sim/arch"
	"lowres/sim/mapping"
)

// TestMutatedVerilogIsCaught plants faults in emitted modules: verification that
// lets one pass proves nothing. A text that the module no longer has needs a
// new fault of the same kind.
func TestMutatedVerilogIsCaught(t *testing.T) {
	tools := needTools(t, "iverilog", "vvp")
	p := plantCase(t, nil)
	p.Tools, p.CacheDir = tools, t.TempDir()
	for _, c := range []struct{ name, module, from, to, want string }{
		{"a load that skips a beat", "load_engine", ": beat_q + 1'b1", ": beat_q + 2'd2", "write conv1"},
		{"more bursts in flight than asked", "load_engine", "asks && !full_next", "asks", "at cycle"},
		{"a load that writes where the next one should", "load_engine", "buffer_q, req_word_q}", "buffer_q, buffer_addr[BufAddrW-1:0]}", "conv1"},
		{"a hand-over to the drain that comes too early", "compute_sequencer", "untaken_q && (!owned_q || emitted_i)", "untaken_q", ""},
		{"a drain that hands over before its words are written", "drain", "!active_q && (valid_q == {ByteLatency{1'b0}})", "!active_q", "retire at cycle"},
		{"a drain that reads on with the fields of the instruction before", "drain", "&& !final_drained && !ending_q", "", "retire at cycle"},
		{"a burst of the wrong length", "burst_walk", "(last & LastBeat[LenW-1:0])", "LastBeat[LenW-1:0]", ""},
		{"a last beat that is marked early", "store_engine", "send_q == len_q", "send_q + 1'b1 == len_q", ""},
		{"a store that does not wait for its responses", "store_engine", "resp_fire && head_last", "beat_fire && wr_last_o", "store instruction 0 (conv1"},
		{"a token that is not waited for", "instruction_front", "!left_a_q[TokenW-1]", "1'b1", "go"},
		{"a token that is lost", "instruction_front", "{more_a, give_a_i}", "{more_a, 1'b0}", "want it at cycle"},
		{"a sum that starts with the old one", "accumulator", "{(AccW - 1) {!first_i}}", "{(AccW - 1) {1'b1}}", "conv1[y="},
		{"a bias that is off by one", "requantise", "= acc_i + bias_i;", "= acc_i + bias_i + 1'b1;", ""},
		{"rounding that is left out", "requantise", "+ 11'd1", "+ 11'd0", "conv1[y="},
		{"ReLU that clamps to the other end", "requantise", "lowest    = relu", "lowest    = !relu", "conv1[y="},
		{"a position that is visited wrongly", "position_walk", "goes_next[0] ? dy_words_i", "goes_next[0] ? 16'd0", "conv1[y="},
		{"a counter that counts twice", "event_counters", "count_q + 32'd1", "count_q + 32'd2", "counter cycles"},
		{"a register that answers wrongly", "control_registers", "32'h4C524553", "32'h4C524554", "register 0x00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := *p
			o.WorkDir = t.TempDir()
			mutate(t, &o, c.module, c.from, c.to)
			err := o.runEdited(t)
			var m *Mismatch
			if !errors.As(err, &m) {
				t.Fatalf("want a mismatch, have %v", err)
			}
			if !strings.Contains(m.Error(), c.want) {
				t.Errorf("%v\nwant %q", m, c.want)
			}
			t.Log(m)
		})
	}
}

// plantCase is one image of the tiny network in Icarus.
func plantCase(t *testing.T, change func(*arch.Spec)) *Options {
	t.Helper()
	r := rand.New(rand.NewPCG(7, 7))
	net, d := fill(t, tinyGraph(), []int{3}, r), tinyDesign(t, change)
	p, err := mapping.Map(net, d)
	if err != nil {
		t.Fatal(err)
	}
	return &Options{Design: d, Network: net, Program: p, Images: randomImages(net.Graph, 1, r), Jobs: 1}
}

// mutate emits the folder and replaces a text in a module.
func mutate(t *testing.T, o *Options, module, from, to string) {
	t.Helper()
	if err := EmitSources(o.WorkDir, o.Design, o.Program.Memory); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(o.WorkDir, rtlDir, module+".v")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	mutant := strings.Replace(string(text), from, to, 1)
	if mutant == string(text) {
		t.Fatalf("%s.v has no %q: choose another fault of this kind", module, from)
	}
	if err := os.WriteFile(name, []byte(mutant), 0o666); err != nil {
		t.Fatal(err)
	}
}

// runEdited is what Run does for Icarus after it has emitted the folder.
func (o *Options) runEdited(t *testing.T) error {
	t.Helper()
	ctx := context.Background()
	o.Sources = o.WorkDir
	want, err := expect(o.Design, o.Program, o.Images)
	if err != nil {
		t.Fatal(err)
	}
	b := builder{cache: o.CacheDir, tools: o.Tools}
	artefact, _, err := b.build(ctx, Icarus, o.WorkDir, o.Design.Name)
	if err != nil {
		t.Fatal(err)
	}
	return o.runAll(ctx, Icarus, artefact, want)
}

func TestAMismatchLeavesAWaveform(t *testing.T) {
	o := plantCase(t, nil)
	o.Tools = needTools(t, "iverilog", "vvp")
	o.CacheDir, o.WorkDir, o.Wave = t.TempDir(), t.TempDir(), true
	mutate(t, o, "requantise", "+ 11'd1", "+ 11'd0")
	var m *Mismatch
	err := o.runEdited(t)
	if !errors.As(err, &m) || !strings.Contains(err.Error(), "; waveform in ") {
		t.Fatalf("want a mismatch with a waveform, have %v", err)
	}
	text := err.Error()
	wave, err := os.ReadFile(m.Wave)
	if err != nil || !strings.Contains(string(wave), "$dumpvars") {
		t.Errorf("waveform of %d bytes, %v", len(wave), err)
	}
	save, err := os.ReadFile(filepath.Join(o.WorkDir, "mismatch.gtkw"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text, "; all sums of the array agree up to it (") {
		t.Errorf("rounding is behind the array: %s", text)
	}
	for _, want := range []string{`[dumpfile] "mismatch.vcd"`, "-load engine\n@", "-compute engine\n@", "-store engine\n@",
		"tiny_tb_icarus.tb.dut.core."} {
		if !strings.Contains(string(save), want) {
			t.Errorf("mismatch.gtkw without %q", want)
		}
	}
}

// TestTheFirstWrongSumIsNamed plants faults in the array, which show outside only much later.
func TestTheFirstWrongSumIsNamed(t *testing.T) {
	tools := needTools(t, "iverilog", "vvp")
	cache := t.TempDir()
	for _, c := range []struct {
		name, module, from, to string
		pixels                 int
		signal                 string
	}{
		{"a sum that starts with the old one", "accumulator", "{(AccW - 1) {!first_i}}", "{(AccW - 1) {1'b1}}", 1, "accumulator of column "},
		{"an adder that drops its carries", "tree_adder", "left + right;", "left ^ right;", 1, "accumulator of column "},
		{"a zero weight that is one", "lane_cell", "if (zero) act_q", "if (1'b0) act_q", 1, "accumulator of column "},
		{"weights that change too late", "weight_tile", "if (swap_i) tile_q <= next_q", "tile_q <= next_q", 1, "accumulator of column "},
		{"pixels that read what the first reads", "compute_sequencer", "offset + ahead_words[16*p+:16]", "offset", 4, "accumulator of pixel 1, column "},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := plantCase(t, func(s *arch.Spec) { s.Array.Pixels = c.pixels })
			o.Tools, o.CacheDir, o.WorkDir, o.Wave = tools, cache, t.TempDir(), true
			mutate(t, o, c.module, c.from, c.to)
			var m *Mismatch
			if err := o.runEdited(t); !errors.As(err, &m) {
				t.Fatalf("want a mismatch, have %v", err)
			}
			t.Log(m)
			if m.Engine != "compute" || !strings.HasPrefix(m.Signal, c.signal) || !strings.HasPrefix(m.Inside, "seen outside: icarus, image 0") {
				t.Error("want the sum that differs first")
			}
		})
	}
}
