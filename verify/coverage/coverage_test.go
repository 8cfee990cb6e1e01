package coverage

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/verify"
	"lowres/verify/random"
)

// seeds are the designs of the suite, and cases the networks on each.
const (
	seeds = 3
	cases = 8
)

// TestEveryLineIsMetOrExplained runs drawn networks on drawn designs, and one with errors of host and memory
// on each, merges what Verilator counted and prints the table of docs/coverage.md. A line or branch
// that is never met must stand in testdata/explained.txt.
func TestEveryLineIsMetOrExplained(t *testing.T) {
	if os.Getenv("LOWRES_COVERAGE") != "1" {
		t.Skip("LOWRES_COVERAGE is not set: the builds take minutes; make coverage sets it")
	}
	ctx := context.Background()
	tools := verify.FindTools(ctx)
	require.NoError(t, tools.Need("verilator", "g++", "make"))
	counts, cache := Counts{}, t.TempDir()
	texts := map[string][]string{} // lines of the modules' sources
	for seed := range uint64(seeds) {
		for i := range cases {
			c, err := random.Draw(seed+1, i)
			require.NoError(t, err)
			c.Stress.Garbage = false // noise before reset would count as toggles
			for _, extra := range extras(i) {
				work := t.TempDir()
				dat := filepath.Join(work, "coverage.dat")
				_, err := verify.Run(ctx, verify.Options{Design: c.Design, Network: c.Network, Program: c.Program, Images: append(c.Images, c.Images[0]),
					Stress: &c.Stress, Simulators: []verify.Simulator{verify.Verilator}, Tools: tools, CacheDir: cache, WorkDir: work, Coverage: dat,
					Plusargs: extra.plusargs, Errors: extra.errors, Spoiled: extra.spoiled})
				require.NoError(t, err, "%v %v", c, extra)
				f, err := os.Open(dat)
				require.NoError(t, err)
				require.NoError(t, counts.Read(f))
				f.Close()
				sources(t, work, texts)
			}
		}
	}
	rtl := func(module string) bool { return texts[module] != nil }
	report(t, counts, rtl)
	explained := readExplained(t)
	for _, p := range counts.Missed(rtl) {
		line := strings.TrimSpace(texts[p.Module][p.Line-1])
		if explained[p.Module+": "+line] == "" {
			t.Errorf("%s.v:%d: %s is never met: %s", p.Module, p.Line, strings.TrimSpace(p.Kind+" "+p.What), line)
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

// sources reads the emitted modules.
func sources(t *testing.T, work string, texts map[string][]string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(work, "rtl", "*.v"))
	require.NoError(t, err)
	for _, f := range files {
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		texts[strings.TrimSuffix(filepath.Base(f), ".v")] = strings.Split(string(text), "\n")
	}
}

// report prints the table, and writes it to LOWRES_COVERAGE_TABLE.
func report(t *testing.T, counts Counts, rtl func(string) bool) {
	t.Helper()
	modules, shares := counts.ByModule(rtl)
	total := map[string]Share{}
	var b strings.Builder
	b.WriteString("| module | lines | branches | toggles |\n|---|---|---|---|\n")
	for _, m := range modules {
		fmt.Fprintf(&b, "| `%s` |", m)
		for _, k := range Kinds {
			s := shares[m][k]
			fmt.Fprintf(&b, " %v |", s)
			total[k] = Share{total[k].Met + s.Met, total[k].All + s.All}
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "| **all** | %v | %v | %v |\n", total["line"], total["branch"], total["toggle"])
	t.Log("\n" + b.String())
	if path := os.Getenv("LOWRES_COVERAGE_TABLE"); path != "" {
		require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o666))
	}
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
