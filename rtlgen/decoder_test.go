package rtlgen

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/internal/needs"
	"lowres/quant"
	"lowres/sim/arch"
)

// decoderBench drives the decoder of one level set with words and compares the
// digits that it gives; both stand in a row of a file.
const decoderBench = `
module %[1]s_bench;
  reg [%[2]d:0] rows [0:%[3]d];
  wire [%[4]d:0] got;
  reg [%[2]d:0] row;
  integer i;
  %[1]s dut (.word_i(row[%[2]d:%[5]d]), .digits_o(got));
  initial begin
    $readmemb("%[1]s.rows", rows);
    for (i = 0; i <= %[3]d; i = i + 1) begin
      row = rows[i]; #1;
      if (got !== row[%[4]d:0]) $display("%[1]s row %%0d: word %%h gives %%b, want %%b", i, row[%[2]d:%[5]d], got, row[%[4]d:0]);
    end
  end
endmodule
`

// Every packing of every level set, and of a custom one, in one run of Icarus: random weights, and those
// that fill a word with its least and greatest level.
func TestDecodersUnpackWhatQuantPacks(t *testing.T) {
	needs.Tools(t, "iverilog", "vvp")
	dir, r := t.TempDir(), rand.New(rand.NewPCG(1, 1))
	args := []string{"-g2005", "-Wall", "-Wno-timescale", "-o", "bench.vvp"}
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
		if strings.HasSuffix(name, ".v") {
			args = append(args, name)
		}
	}
	for _, p := range quant.Packings() {
		s := tiny(t).Spec
		s.Name, s.Levels, s.Weights.Packing = string(p), quant.PaperN(), p
		s.Custom = [][]int{fromTo(-12, 12)} // of which a word's last field has less symbols than the others
		d, err := arch.New(s)
		require.NoError(t, err)
		files, err := Generate(d)
		require.NoError(t, err)
		for i, l := range d.Sets {
			module := fmt.Sprintf("%s_decode_%s", p, d.SetName(i))
			at := slices.IndexFunc(files, func(f File) bool { return f.Name == module+".v" })
			write(files[at].Name, string(files[at].Text))
			view := newSetView(d, i)
			rows := decoderRows(t, l, p, d.DigitCount(), r)
			last := view.WordBits + view.Bits - 1
			write(module+".rows", strings.Join(rows, "\n"))
			write(module+"_bench.v", fmt.Sprintf(decoderBench, module, last, len(rows)-1, view.Bits-1, view.Bits))
		}
	}
	for _, command := range [][]string{append([]string{"iverilog"}, args...), {"vvp", "-n", "bench.vvp"}} {
		cmd := exec.Command(command[0], command[1:]...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		require.Empty(t, string(out))
	}
}

// fromTo is lo, lo+1 … hi.
func fromTo(lo, hi int) (all []int) {
	for level := lo; level <= hi; level++ {
		all = append(all, level)
	}
	return all
}

// decoderRows packs weights and spells their digits out, the slow way round.
func decoderRows(t *testing.T, l quant.Levels, p quant.Packing, digits int, r *rand.Rand) (rows []string) {
	t.Helper()
	weights := make([]int16, l.CodesPerWord(p))
	for n := range 300 {
		var spelt strings.Builder
		for i := range weights {
			code := r.IntN(l.N())
			switch {
			case n == 0 || (n%3 == 0 && r.IntN(3) > 0):
				code = l.N() - 1
			case n == 1:
				code = 0
			}
			weights[i] = int16(l.Value(code))
		}
		packed, err := l.Pack(nil, p, weights)
		require.NoError(t, err)
		slices.Reverse(packed)
		for _, b := range packed {
			fmt.Fprintf(&spelt, "%08b", b)
		}
		for i := len(weights) - 1; i >= 0; i-- {
			spelt.WriteString(spell(int(weights[i]), digits))
		}
		rows = append(rows, spelt.String())
	}
	return rows
}

// spell is a level as the cells read it: {negative, two, zero} for each digit, the
// most significant first.
func spell(level, digits int) string {
	d := make([]int, digits)
	quant.Digits(d, level)
	text := ""
	for _, digit := range d {
		text = map[int]string{-2: "110", -1: "100", 0: "001", 1: "000", 2: "010"}[digit] + text
	}
	return text
}
