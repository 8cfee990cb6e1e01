package verify

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lowres/quant"
	"lowres/sim/arch"
	"lowres/testbench"
)

func TestAnEmittedFolderStandsAlone(t *testing.T) {
	needTools(t, "make", "iverilog", "vvp", "verilator", "g++")
	o := plantCase(t, nil)
	dir, again := t.TempDir(), t.TempDir()
	for _, d := range []string{dir, again} {
		if err := Emit(d, o.Design, o.Program, o.Images); err != nil {
			t.Fatal(err)
		}
	}
	same(t, dir, again)
	for _, target := range []string{"icarus", "verilator", "lint"} {
		cmd := exec.Command("make", "-s", target)
		cmd.Dir = filepath.Join(dir, "tb")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("make %s: %v\n%s", target, err, out)
		}
	}
	expected := filepath.Join(dir, "tb", "vectors", "expected.log")
	if err := os.WriteFile(expected, []byte("something else\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("make", "-s", "icarus")
	cmd.Dir = filepath.Join(dir, "tb")
	if err := cmd.Run(); err == nil {
		t.Error("make icarus accepts another log")
	}
}

// same compares two folders file by file.
func same(t *testing.T, a, b string) {
	t.Helper()
	err := filepath.WalkDir(a, func(name string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(a, name)
		x, err1 := os.ReadFile(name)
		y, err2 := os.ReadFile(filepath.Join(b, rel))
		if string(x) != string(y) {
			t.Errorf("%s is not the same when it is emitted again", rel)
		}
		if strings.Contains(string(x), a) {
			t.Errorf("%s names the folder that it is in", rel)
		}
		return errors.Join(err1, err2)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestImagesAreSharedAmongJobs(t *testing.T) {
	tools := needTools(t, "iverilog", "vvp")
	o := plantCase(t, nil)
	o.Tools, o.CacheDir, o.WorkDir, o.Simulators = tools, t.TempDir(), t.TempDir(), []Simulator{Icarus}
	image := o.Images[0]
	for i := range 4 {
		next := append([]int8(nil), image...)
		next[i] ^= 0x55
		o.Images = append(o.Images, next)
	}
	o.Jobs = 3
	for _, cached := range []bool{false, true} {
		r, err := Run(context.Background(), *o)
		if err != nil {
			t.Fatal(err)
		}
		if r.Images != 5 || r.Runs[0].Cached != cached || r.Values != 5*(3*3*6+5) {
			t.Errorf("%+v", r)
		}
	}
	logs, _ := filepath.Glob(filepath.Join(o.WorkDir, "runs", "icarus-*", "run.log"))
	if len(logs) != 3 {
		t.Errorf("want 3 logs, have %v", logs)
	}
}

func TestRunRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(o *Options)
		want   error
	}{
		{"no image", func(o *Options) { o.Images = nil }, testbench.ErrVectors},
		{"a missing tool", func(o *Options) { o.Tools = Tools{{Name: "vvp", Package: "iverilog"}} }, ErrTool},
		{"an unknown simulator", func(o *Options) { o.Simulators = []Simulator{"modelsim"} }, ErrTool},
		{"stress of 100 percent", func(o *Options) { o.Stress = &Stress{Percent: 100} }, ErrStress},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := plantCase(t, nil)
			o.WorkDir, o.CacheDir = t.TempDir(), t.TempDir()
			c.change(o)
			if _, err := Run(context.Background(), *o); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}

func TestVerilogThatDoesNotCompileIsABuildError(t *testing.T) {
	o := plantCase(t, nil)
	o.Tools = needTools(t, "iverilog", "vvp")
	dir := t.TempDir()
	if err := EmitSources(dir, o.Design, o.Program.Memory); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "rtl", "drain.v"), []byte("module drain; nonsense endmodule\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	cache := t.TempDir()
	b := builder{cache: cache, tools: o.Tools}
	_, _, err := b.build(context.Background(), Icarus, dir, o.Design.Name)
	if !errors.Is(err, ErrBuild) || !strings.Contains(err.Error(), "drain.v:1") {
		t.Errorf("%v, want ErrBuild with the file and line", err)
	}
	if left, _ := os.ReadDir(cache); len(left) != 0 {
		t.Errorf("the cache keeps %v of a failed build", left)
	}
}

func TestACancelledRunStops(t *testing.T) {
	o := plantCase(t, nil)
	o.Tools = needTools(t, "iverilog", "vvp")
	o.WorkDir, o.CacheDir, o.Simulators = t.TempDir(), t.TempDir(), []Simulator{Icarus}
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if _, err := Run(ctx, *o); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, want the context's error", err)
	}
}

func TestEmittedDesignsLintClean(t *testing.T) {
	tools := needTools(t, LintTools()...)
	for name, change := range map[string]func(*arch.Spec){
		"tiny":                      nil,
		"a pair of sets":            func(s *arch.Spec) { s.Levels = []int{3, 17} },
		"wide memory, no hold":      func(s *arch.Spec) { s.Memory.WidthBits, s.Array.Hold = 256, 1 },
		"all columns requantised":   func(s *arch.Spec) { s.Array.Requantisers = s.Array.Cols },
		"bipolar, 8 x 4, one burst": func(s *arch.Spec) { s.Levels, s.Array.Lanes, s.Memory.Outstanding = []int{2}, 8, 1 },
		"words of 17, 9 and 5 levels, decoded at load": func(s *arch.Spec) {
			s.Levels, s.Weights = []int{17, 9, 5}, arch.Weights{Packing: quant.Word, Decode: arch.DecodeAtLoad}
		},
		"a single tile and block": func(s *arch.Spec) { s.Array.WeightTiles, s.Array.SumBlocks = 1, 1 },
		"sums in two halves":      func(s *arch.Spec) { s.Target, s.Array.SkewedSums = arch.ICE40, true },
		"… of 12 bits, four digits": func(s *arch.Spec) {
			s.Target, s.Array.SkewedSums, s.Array.AccumulatorBits, s.Custom = arch.ICE40, true, 12, [][]int{{-128, 128}}
		},
		"requantisers of ten stages": func(s *arch.Spec) { s.Array.RequantiserStages = arch.ManyStages },
		"… with tables, 32 bits": func(s *arch.Spec) {
			s.Array.RequantiserStages, s.Buffers.Table, s.Array.AccumulatorBits = arch.ManyStages, 256, 32
		},
		"4 x 16, single beat bursts": func(s *arch.Spec) { s.Array.Cols, s.Memory.BurstBeats = 16, 1 },
	} {
		t.Run(name, func(t *testing.T) {
			if err := Lint(context.Background(), tinyDesign(t, change), t.TempDir(), tools); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestALintWarningIsAnError(t *testing.T) {
	tools := needTools(t, LintTools()...)
	dir := t.TempDir()
	text := "module m (input wire [3:0] a, output wire b);\n  assign b = a;\nendmodule\n"
	if err := os.WriteFile(filepath.Join(dir, "m.v"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := LintSources(context.Background(), dir, "m", []string{"m.v"}, tools); !errors.Is(err, ErrLint) {
		t.Errorf("%v, want ErrLint", err)
	}
}
