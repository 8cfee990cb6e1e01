package hdl_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"text/template"

	"github.com/stretchr/testify/require"

	"lowres/hdl"
	"lowres/internal/needs"
	"lowres/quant"
)

// A bench drives one module from a table: every row is applied for a cycle, and
// the outputs of latency cycles later are compared with the row's.
type bench struct {
	module  string
	params  string // instance parameters, Verilog
	sources []string
	inputs  []port
	outputs []port
	models  string       // file of simulation models, or ""
	more    []hdl.Source // beside the library's
	latency int          // 0: combinational, without a clock unless clocked
	clocked bool         // outputs are those before the row's clock edge
	silent  int          // first rows whose outputs are not compared
	rows    [][]uint64   // inputs, then outputs; an output that is free is not compared
}

// free stands for an output that nothing is said of.
const free = 1<<64 - 1

type port struct {
	name  string
	width int
}

var benchText = template.Must(template.New("bench").Parse(`
module bench;
  reg clk = 0;
  reg [{{.RowW}}-1:0] rows [0:{{.Last}}];
  reg [{{.RowW}}-1:0] row = 0;
  integer i, bad = 0;
  wire [{{.OutW}}-1:0] got;
  {{.Module}} {{if .Params}}#({{.Params}}) {{end}}dut (
{{if .Clock}}    .clk_i(clk),
{{end}}{{range .Ports}}    .{{.Name}}({{.Net}}),
{{end}}    .{{.LastPort.Name}}({{.LastPort.Net}}));
  initial begin
    $readmemh("rows.hex", rows);
    for (i = 0; i <= {{.Last}} + {{.Latency}}; i = i + 1) begin
      if (i <= {{.Last}}) row = rows[i];
      #1;
      if ({{.Latency}} == 0) check(i);
      clk = 1; #1; clk = 0; #1;
      if ({{.Latency}} > 0 && i + 1 >= {{.Latency}}) check(i + 1 - {{.Latency}});
    end
    $display("bad %0d", bad);
    $finish;
  end
  task check(input integer at);
    if (at >= {{.Silent}} && at <= {{.Last}} &&
        (got & rows[at][{{.OutW}}+:{{.OutW}}]) !== (rows[at][{{.OutW}}-1:0] & rows[at][{{.OutW}}+:{{.OutW}}])) begin
      bad = bad + 1;
      if (bad < 5) $display("row %0d %h: got %h", at, rows[at], got);
    end
  endtask
endmodule
`))

// run simulates the bench in Icarus and requires that every row matches.
func (b bench) run(t *testing.T) {
	t.Helper()
	needs.Tools(t, "iverilog", "vvp")
	dir := t.TempDir()
	write := func(name string, text []byte) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, text, 0o644))
		return path
	}
	args := []string{"-g2005", "-Wall", "-Wno-timescale", "-o", filepath.Join(dir, "bench.vvp"), write("bench.v", b.text(t))}
	if b.models != "" {
		args = append(args, "-I"+filepath.Dir(b.models), "-l", b.models)
	}
	for _, name := range b.sources {
		text, err := hdl.Files.ReadFile(name)
		require.NoError(t, err)
		args = append(args, write(filepath.Base(name), text))
	}
	for _, s := range b.more {
		args = append(args, write(s.Name, s.Text))
	}
	write("rows.hex", b.hex())
	out, err := exec.Command("iverilog", args...).CombinedOutput()
	require.NoError(t, err, string(out))
	cmd := exec.Command("vvp", "-n", filepath.Join(dir, "bench.vvp"))
	cmd.Dir = dir
	out, err = cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	require.Equal(t, "bad 0\n", string(out))
}

// text is the bench's Verilog: inputs stand above outputs in a row.
func (b bench) text(t *testing.T) []byte {
	type net struct{ Name, Net string }
	var nets []net
	width := func(ports []port) (w int) {
		for _, p := range ports {
			w += p.width
		}
		return w
	}
	outW := width(b.outputs)
	at := 2 * outW // values and which of them are compared
	for i := len(b.inputs) - 1; i >= 0; i-- {
		p := b.inputs[i]
		nets = append(nets, net{p.name, fmt.Sprintf("row[%d+:%d]", at, p.width)})
		at += p.width
	}
	at = 0
	for i := len(b.outputs) - 1; i >= 0; i-- {
		p := b.outputs[i]
		nets = append(nets, net{p.name, fmt.Sprintf("got[%d+:%d]", at, p.width)})
		at += p.width
	}
	var text bytes.Buffer
	require.NoError(t, benchText.Execute(&text, map[string]any{
		"Module": b.module, "Params": b.params, "RowW": width(b.inputs) + 2*outW, "OutW": outW,
		"Last": len(b.rows) - 1, "Latency": b.latency, "Clock": b.clocked || b.latency > 0, "Silent": b.silent,
		"Ports": nets[:len(nets)-1], "LastPort": nets[len(nets)-1],
	}))
	return text.Bytes()
}

// hex is the rows for $readmemh, joined bit by bit.
func (b bench) hex() []byte {
	var text strings.Builder
	for _, row := range b.rows {
		var digits strings.Builder
		put := func(p port, v uint64) { fmt.Fprintf(&digits, "%0*b", p.width, v&(1<<p.width-1)) }
		for i, p := range b.inputs {
			put(p, row[i])
		}
		outputs := row[len(b.inputs):]
		for i, p := range b.outputs {
			compared := uint64(1<<p.width - 1)
			if outputs[i] == free {
				compared = 0
			}
			put(p, compared)
		}
		for i, p := range b.outputs {
			put(p, outputs[i])
		}
		s := digits.String()
		s = strings.Repeat("0", (4-len(s)%4)%4) + s
		for i := 0; i < len(s); i += 4 {
			var n uint
			fmt.Sscanf(s[i:i+4], "%b", &n)
			fmt.Fprintf(&text, "%x", n)
		}
		text.WriteByte('\n')
	}
	return []byte(text.String())
}

func TestRequantiseAgreesWithTheArithmetic(t *testing.T) {
	for _, c := range []struct{ accW, stages int }{{20, 4}, {24, 4}, {32, 4}, {12, 10}, {24, 10}, {32, 10}} {
		accW := c.accW
		t.Run(fmt.Sprintf("with %d-bit sums in %d cycles", accW, c.stages), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(1, uint64(accW)))
			b := bench{
				module: "requantise", params: fmt.Sprintf(".AccW(%d), .Stages(%d)", accW, c.stages),
				sources: []string{"requantise.v", "multiplier.v", "pipeline_stages.v"},
				inputs: []port{{"acc_i", accW}, {"bias_i", accW}, {"mult_i", 16}, {"shift_i", 6},
					{"relu_i", 1}, {"wide_i", 1}, {"plane_i", 2}},
				outputs: []port{{"byte_o", 8}},
				latency: c.stages,
			}
			limit := int64(1) << (accW - 1)
			corners := []int64{-limit, -limit + 1, -129, -128, -1, 0, 1, 127, 128, limit - 1}
			add := func(sum, bias int64, r quant.Requantiser, wide bool, plane int) {
				want := uint64(uint8(r.Apply(int32(sum))))
				if wide {
					want = uint64(uint8(sum >> (8 * plane)))
				}
				b.rows = append(b.rows, []uint64{uint64(sum - bias), uint64(bias), uint64(r.Mult), uint64(r.Shift),
					bit(r.ReLU), bit(wide), uint64(plane), want})
			}
			for range 4000 {
				sum := rng.Int64N(2*limit) - limit
				if rng.IntN(3) == 0 {
					sum = corners[rng.IntN(len(corners))]
				}
				r := quant.Requantiser{Mult: uint16(rng.Uint32()), Shift: uint8(1 + rng.IntN(quant.MaxShift)), ReLU: rng.IntN(2) == 0}
				if rng.IntN(8) == 0 {
					r.Mult = []uint16{0, 1, 1 << 15, 1<<16 - 1}[rng.IntN(4)]
				}
				add(sum, rng.Int64N(1000)-500, r, rng.IntN(4) == 0, rng.IntN(4))
			}
			b.run(t)
		})
	}
}

func TestDotProductIsShortByItsNegativeDigits(t *testing.T) {
	for digits := 1; digits <= 4; digits++ {
		t.Run(fmt.Sprintf("with %d digits", digits), func(t *testing.T) {
			dotProductBench(digits, 9, 0).run(t)
		})
		t.Run(fmt.Sprintf("with %d digits, signs settled early", digits), func(t *testing.T) {
			dotProductBench(digits, 9, 1).run(t)
		})
	}
	for early := range 2 {
		t.Run(fmt.Sprintf("with cells of 8 bits, signs settled early: %d", early), func(t *testing.T) {
			dotProductBench(1, 8, early).run(t)
		})
	}
}

func TestFunctionTableLooksUpWhatItIsTold(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	b := bench{
		module:  "function_table",
		params:  ".Bytes(512), .Units(2), .MemW(64), .WAddrW(6)",
		sources: []string{"function_table.v", "buffer.v", "ram_sdp.v"},
		inputs:  []port{{"we_i", 1}, {"waddr_i", 6}, {"wdata_i", 64}, {"index_i", 3}, {"through_i", 2}, {"byte_i", 16}},
		outputs: []port{{"byte_o", 16}},
		latency: 1,
	}
	var tables [512]uint64
	for beat := range 64 {
		word := rng.Uint64()
		for i := range 8 {
			tables[8*beat+i] = word >> (8 * i) & 0xff
		}
		b.rows = append(b.rows, []uint64{1, uint64(beat), word, 0, 0, 0x1234, 0x1234})
	}
	for range 2000 {
		index, through, in := rng.Uint64N(8), rng.Uint64N(4), rng.Uint64N(1<<16)
		want := in
		for u := range 2 {
			if through>>u&1 == 1 {
				at := index%2<<8 | in>>(8*u)&0xff
				want = want&^(0xff<<(8*u)) | tables[at]<<(8*u)
			}
		}
		b.rows = append(b.rows, []uint64{0, rng.Uint64N(64), rng.Uint64(), index, through, in, want})
	}
	b.run(t)
}

// dotProductBench has random and extreme weights and activations. The sum is open
// by the sign of the lowest digit of lane 0, unless signs are settled early.
func dotProductBench(digits, cellW, earlySign int) bench {
	const lanes = 4
	rng := rand.New(rand.NewPCG(2, uint64(digits)))
	sumW := cellW + 2
	if digits > 1 {
		sumW += 2*(digits-1) + 1
	}
	reach := []int{2, 10, 42, 128}[digits-1]
	if cellW == 8 {
		reach = 1
	}
	b := bench{
		module: "dot_product",
		params: fmt.Sprintf(".Lanes(%d), .Digits(%d), .CellW(%d), .SumW(%d), .EarlySign(%d)",
			lanes, digits, cellW, sumW, earlySign),
		sources: []string{"dot_product.v", "lane_tree.v", "digit_sum.v", "lane_cell.v", "tree_adder.v", "pipeline_stages.v"},
		inputs:  []port{{"act_i", 8 * lanes}, {"digits_i", 3 * lanes * digits}},
		outputs: []port{{"sum_o", sumW}, {"negative_o", 1}},
		latency: 3 + []int{0, 1, 2, 2}[digits-1],
	}
	for range 3000 {
		act, code, sum := uint64(0), uint64(0), 0
		for l := range lanes {
			a := []int{-128, -1, 0, 1, 127, rng.IntN(256) - 128}[rng.IntN(6)]
			v := rng.IntN(2*reach+1) - reach
			sum += a*v - quant.NegativeWeight(v, digits)
			act |= uint64(uint8(a)) << (8 * l)
			code |= digitCode(v, digits) << (3 * digits * l)
		}
		open := code >> 2 & uint64(1-earlySign)
		b.rows = append(b.rows, []uint64{act, code, uint64(sum) ^ -open, open})
	}
	return b
}

// digitCode is the array's form of a level: {negative, two, zero} for each digit.
func digitCode(v, count int) (code uint64) {
	digits := make([]int, count)
	quant.Digits(digits, v)
	for d, digit := range digits {
		code |= map[int]uint64{-2: 6, -1: 4, 0: 1, 1: 0, 2: 2}[digit] << (3 * d)
	}
	return code
}

func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
