package coverage

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/internal/needs"
	"lowres/quant"
	"lowres/sim/arch"
	"lowres/testbench"
	"lowres/verify"
	"lowres/verify/random"
)

// networks is how many drawn networks run on each design.
const networks = 5

// specs are small designs that together have every module of the RTL and all its forms.
func specs() []arch.Spec {
	small := arch.DefaultSpec()
	small.Memory = arch.Memory{WidthBits: 64, LatencyCycles: 12, BurstBeats: 8, Outstanding: 2}
	small.Array.Lanes, small.Array.Cols, small.Array.Hold, small.Array.AccumulatorBits, small.Array.Requantisers = 4, 4, 4, 20, 1
	small.Buffers = arch.Buffers{Activation: 4096, Weight: 2048, Parameter: 512, Output: 2048, Table: 256}
	small.Program = arch.Depths{Load: 256, Compute: 512, Store: 128}

	portable := small
	portable.Name, portable.Levels = "portable", []int{3, 5}

	tables := small
	tables.Name, tables.Levels = "tables", []int{9, 2}
	tables.Array.Cell, tables.Array.Requantisers, tables.Weights.Packing = arch.CellTableLUT, 4, quant.Byte

	seven := small
	seven.Name, seven.Levels, seven.Target = "seven", []int{3}, arch.Xilinx7
	seven.Array.Pixels, seven.Array.WeightTiles, seven.Array.SumBlocks, seven.Array.LevelsPerStage = 2, 1, 1, 2
	seven.Weights.Decode, seven.Buffers.Table = arch.DecodeAtLoad, 0

	ecp5 := small
	ecp5.Name, ecp5.Levels, ecp5.Custom, ecp5.Target = "lattice", nil, [][]int{{-128, -37, -5, 0, 5, 37, 128}}, arch.ECP5
	ecp5.Array.Pixels, ecp5.Weights.Packing, ecp5.Counters, ecp5.Buffers.Table = 4, quant.Word, arch.CountCycles, 1024
	return []arch.Spec{portable, tables, seven, ecp5}
}

// TestEveryLineIsMetOrExplained runs drawn networks and instructions on these designs, some with errors of host and memory,
// and the registers' own bench, merges what Verilator counted and prints the shares by module. A line or branch
// that is never met must stand in testdata/explained.txt, and every module of hdl must have been there.
// Without LOWRES_COVERAGE it runs a network on the first design, and wants nine branches of ten.
func TestEveryLineIsMetOrExplained(t *testing.T) {
	needs.Tools(t, "verilator", "g++", "make")
	all := os.Getenv("LOWRES_COVERAGE") == "1"
	m := meter{tools: verify.FindTools(t.Context()), cache: t.TempDir(), counts: Counts{}, texts: map[string][]string{}}
	if all {
		for _, s := range specs() {
			m.design(t, s, networks)
		}
		m.everyModule(t)
		m.registers(t)
	} else {
		m.design(t, specs()[0], 1)
	}
	total := m.report(t)
	explained, missed := readExplained(t), m.counts.Missed(m.emitted)
	if !all {
		branches := total["branch"]
		require.GreaterOrEqual(t, 10*branches.Met, 9*branches.All, "branches: %v: want 90 %%; %d are missed, such as %v", branches, len(missed), missed[:min(len(missed), 5)])
		return
	}
	for _, p := range missed {
		line := strings.TrimSpace(m.texts[p.Module][p.Line-1])
		if explained[p.Module+": "+line] == "" {
			t.Errorf("%s.v:%d: %s is never met: %s", p.Module, p.Line, strings.TrimSpace(p.Kind+" "+p.What), line)
		}
	}
}

// meter runs and counts.
type meter struct {
	tools  verify.Tools
	cache  string
	counts Counts
	texts  map[string][]string // lines of the emitted modules
	rtl    string              // the last design's folder of them
}

// emitted reports whether a module is of the RTL, not of the testbench.
func (m *meter) emitted(module string) bool { return m.texts[module] != nil }

// design runs networks and, where they are possible, drawn instructions.
func (m *meter) design(t *testing.T, spec arch.Spec, networks int) {
	t.Helper()
	d, err := arch.New(spec)
	require.NoError(t, err)
	for i := range networks {
		c, err := random.DrawOn(d, 1, i)
		require.NoError(t, err)
		c.Stress.Garbage = false // noise before reset would count as toggles
		for _, e := range extras(i) {
			m.run(t, fmt.Sprint(c, e.plusargs), verify.Options{Design: c.Design, Network: c.Network, Program: c.Program, Images: append(c.Images, c.Images[0]),
				Stress: &c.Stress, Plusargs: e.plusargs, Errors: e.errors, Spoiled: e.spoiled})
		}
	}
	for i := range uint64(2) {
		if d.Tables != nil || d.Array.Pixels > 1 {
			break
		}
		p, input, err := random.Instructions(d, i)
		require.NoError(t, err)
		m.run(t, fmt.Sprintf("%s, instructions %d", d.Name, i), verify.Options{Design: d, Program: p, Images: [][]int8{input}, Base: 0x55555000 << i})
	}
}

// run verifies, and adds what was covered.
func (m *meter) run(t *testing.T, name string, o verify.Options) {
	t.Helper()
	work := t.TempDir()
	o.WorkDir, o.CacheDir, o.Tools, o.Coverage, o.Quick = work, m.cache, m.tools, filepath.Join(work, "coverage.dat"), true
	o.Simulators = []verify.Simulator{verify.Verilator}
	_, err := verify.Run(t.Context(), o)
	require.NoError(t, err, name)
	m.rtl = filepath.Join(work, "rtl")
	m.read(t, o.Coverage, m.sources(t, o.Design.Name))
}

// read adds a file of counts, of modules that have other names here.
func (m *meter) read(t *testing.T, path string, names map[string]string) {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	counts := Counts{}
	require.NoError(t, counts.Read(f))
	for p, n := range counts {
		if name, ok := names[p.Module]; ok {
			p.Module = name
		}
		m.counts[p] += n
	}
}

// registers runs the bench that reads back what the host of the testbench only writes.
func (m *meter) registers(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	dat, bench := filepath.Join(dir, "coverage.dat"), "../../testbench/"
	args := append(strings.Fields(testbench.VerilatorFlags), "--coverage", "--top-module", "registers_tb", "--Mdir", filepath.Join(dir, "obj"), "-o", filepath.Join(dir, "Vtb"),
		absolute(t, bench+"verilog/verilator.cpp"), filepath.Join(m.rtl, "control_registers.v"), bench+"verilog/lowres_tb_checker.v", bench+"testdata/registers/registers_tb.v")
	for _, command := range [][]string{append([]string{"verilator"}, args...), {filepath.Join(dir, "Vtb"), "+coverage=" + dat}} {
		out, err := exec.CommandContext(t.Context(), command[0], command[1:]...).CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	m.read(t, dat, nil)
}

// absolute is a path that holds in other folders too.
func absolute(t *testing.T, path string) string {
	t.Helper()
	path, err := filepath.Abs(path)
	require.NoError(t, err)
	return path
}

// everyModule wants every module of hdl among the emitted ones.
func (m *meter) everyModule(t *testing.T) {
	t.Helper()
	for _, pattern := range []string{"../../hdl/*.v", "../../hdl/*/*.v"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, f := range files {
			if filepath.Base(filepath.Dir(f)) != "testdata" && !m.emitted(strings.TrimSuffix(filepath.Base(f), ".v")) {
				t.Errorf("%s: no design has it: want another one in specs", f)
			}
		}
	}
}

// extra is what a run meets beside its network.
type extra struct {
	plusargs []string
	errors   uint32
	spoiled  bool
}

// extras are a plain run of every case, and runs that go wrong of the first.
func extras(index int) []extra {
	if index > 0 {
		return []extra{{}}
	}
	return []extra{{}, {[]string{"+meddle"}, 0x300, false}, {[]string{"+read_error=1"}, 0x10, false}, {[]string{"+write_error=1"}, 0x20, false},
		{[]string{"+spoil=4"}, 0x40, true}, {[]string{"+reset_at=200"}, 0, false}}
}

// sources reads the emitted modules, and returns what those are called that a design before has in another form, as
// with another target: by the design too.
func (m *meter) sources(t *testing.T, design string) (names map[string]string) {
	t.Helper()
	names = map[string]string{}
	files, err := filepath.Glob(filepath.Join(m.rtl, "*.v"))
	require.NoError(t, err)
	for _, f := range files {
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		module := strings.TrimSuffix(filepath.Base(f), ".v")
		lines := strings.Split(designLine.ReplaceAllString(string(text), ""), "\n")
		if before := m.texts[module]; before != nil && !slices.Equal(before, lines) {
			names[module] = module + " of " + design
			module = names[module]
		}
		m.texts[module] = lines
	}
	return names
}

// designLine is what a module says of the design that it was emitted for.
var designLine = regexp.MustCompile(`(?m)^//   design  : .*`)

// report prints the table, and returns the sums by kind.
func (m *meter) report(t *testing.T) (total map[string]Share) {
	t.Helper()
	modules, shares := m.counts.ByModule(m.emitted)
	total = map[string]Share{}
	var b strings.Builder
	b.WriteString("| module | lines | branches | toggles |\n|---|---|---|---|\n")
	for _, module := range modules {
		fmt.Fprintf(&b, "| `%s` |", module)
		for _, k := range Kinds {
			s := shares[module][k]
			fmt.Fprintf(&b, " %v |", s)
			total[k] = Share{total[k].Met + s.Met, total[k].All + s.All}
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "| **all** | %v | %v | %v |\n", total["line"], total["branch"], total["toggle"])
	t.Log("\n" + b.String())
	return total
}

// readExplained reads why lines are never met: "module: text of the line | reason".
func readExplained(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("testdata/explained.txt")
	require.NoError(t, err)
	explained := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		at := strings.LastIndex(line, " | ")
		require.Positive(t, at, "%q: want module: line | reason", line)
		explained[line[:at]] = line[at+3:]
	}
	return explained
}

func TestCountsOfInstancesAndRunsAddUp(t *testing.T) {
	point := func(kind, what, line string, n int) string {
		return fmt.Sprintf("C '\x01f\x02../rtl/drain.v\x01l\x02%s\x01n\x025\x01t\x02x\x01page\x02v_%s/drain\x01o\x02%s\x01h\x02tb.dut' %d\n", line, kind, what, n)
	}
	counts := Counts{}
	require.NoError(t, counts.Read(strings.NewReader(header+"\n"+point("line", "block", "7", 3)+point("line", "block", "7", 4)+point("branch", "if", "9", 0)+
		point("line", "else", "9", 1)+point("toggle", "sum[3]", "11", 0))))
	require.EqualValues(t, 7, counts[Point{"drain", 7, "line", ""}])
	all := func(string) bool { return true }
	require.Equal(t, []Point{{"drain", 9, "branch", "if"}}, counts.Missed(all))
	_, shares := counts.ByModule(all)
	require.Equal(t, map[string]Share{"line": {1, 1}, "branch": {1, 2}, "toggle": {0, 1}}, shares["drain"])
	require.ErrorIs(t, counts.Read(strings.NewReader("nonsense\n")), ErrFormat)
	require.ErrorIs(t, counts.Read(strings.NewReader(header+"\nC 'f' many\n")), ErrFormat)
}
