package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"lowres/sim/arch"
	"lowres/verify"
)

func TestHelp(t *testing.T) {
	help := must(t, "help").out
	golden(t, "help.txt", help)
	assert.Equal(t, help, must(t, "--help").out)
	assert.Equal(t, help, must(t).out)
}

func TestEveryVerbHasHelpThatFits(t *testing.T) {
	for _, v := range commands(&console{}) {
		t.Run(v.Name, func(t *testing.T) {
			o := must(t, "help", v.Name)
			assert.Equal(t, o.out, must(t, v.Name, "--help").out)
			assert.Contains(t, o.out, v.UsageText)
			assert.LessOrEqual(t, len(v.Usage), 90)
			assert.Contains(t, example(v), "lowres "+v.Name)
			for _, f := range v.Flags {
				assert.Contains(t, o.out, "--"+f.Names()[0])
			}
		})
	}
}

func TestVersion(t *testing.T) {
	assert.Equal(t, "lowres 0.1.0\n", must(t, "version").out)
	assert.Contains(t, must(t, "version", "--json").out, `"version": "0.1.0"`)
	assert.Equal(t, "lowres version 0.1.0\n", must(t, "--version").out)
}

func TestFlagsMayStandAnywhere(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"flags behind an argument come first", "verify a.lrn --design d --json", "verify --design d --json -- a.lrn"},
		{"flags in front stay", "verify --design d a.lrn", "verify --design d -- a.lrn"},
		{"a value may look like a flag", "train --csv -x", "train --csv -x"},
		{"a value may be joined", "verify a.lrn --design=d", "verify --design=d -- a.lrn"},
		{"a short name takes a value", "quantise a -o b", "quantise -o b -- a"},
		{"behind -- nothing is a flag", "verify --json -- --design a", "verify --json -- --design a"},
		{"a lone - is an argument", "verify - --json", "verify --json -- -"},
		{"a missing value is left to be reported", "verify a --design", "verify --design -- a"},
		{"help has no value", "bench train --help", "bench --help"},
		{"an alias of a verb is the verb", "quantize a -o b", "quantize -o b -- a"},
		{"an unknown verb is left to be reported", "dance a --json", "dance a --json"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := orderArguments(newApp(&console{}), append([]string{"lowres"}, strings.Fields(c.in)...))
			require.NoError(t, err)
			assert.Equal(t, "lowres "+c.want, strings.Join(got, " "))
		})
	}
}

func TestWrongUsageSaysWhatIsAllowed(t *testing.T) {
	dir := t.TempDir()
	design := filepath.Join(dir, "bad.yaml")
	require.NoError(t, os.WriteFile(design, []byte("name: X\narray: {lanes: 3, cols: 5}\nlevels: [6]\nclock_mhz: 0\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "typo.yaml"), []byte("name: x\nlevels: [3]\nlanes: 4\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "empty"), nil, 0o644))
	for _, c := range []struct {
		name, args string
		want       []string
	}{
		{"an unknown verb", "dance", []string{`"dance"`, "train, quantise"}},
		{"an unknown flag", "train --modle x", []string{"--modle", "--model"}},
		{"a flag before the verb", "--json doctor", []string{"json", "lowres help"}},
		{"a flag without its value", "train --epochs", []string{"needs an argument", "epochs"}},
		{"a flag with a wrong value", "train --epochs many", []string{`"many"`, "epochs"}},
		{"an argument too many", "doctor now", []string{`"now"`, "flags only"}},
		{"two arguments for one", "quantise a b -o c", []string{"2 arguments", `"a" "b"`}},
		{"no argument for one", "simulate --design x", []string{"0 arguments", ".lrn"}},
		{"no output", "train --model cvnn1 --data builtin", []string{"--output", "none given"}},
		{"no model", "train --data builtin -o DIR/a", []string{"--model", "none given"}},
		{"an unknown model", "train --model cvnn9 --data builtin -o DIR/a", []string{`"cvnn9"`, "cvnn-small, cvnn1"}},
		{"levels that there are not", "train --model cvnn1 -n 6 --data builtin -o DIR/a", []string{"nvalues 6", "[2 3 4 5 8 9 16 17]", "0 for float32"}},
		{"no data", "train --model cvnn1 -o DIR/a", []string{"--data", "builtin"}},
		{"data that is not there", "train --model cvnn1 --data DIR/none -o DIR/a", []string{"DIR/none", "CIFAR-10"}},
		{"data that is something else", "train --model cvnn1 --data DIR -o DIR/a", []string{"data_batch_1.bin"}},
		{"too many pictures", "train --model cvnn1 --data builtin --train-images 1000001 -o DIR/a", []string{"1000001", "1000000"}},
		{"several wrong fields of a recipe", "train --model cvnn1 --data builtin --batch 0 --momentum 2 -o DIR/a", []string{"batch: 0", "momentum: 2"}},
		{"momentum of an optimiser that has none", "train --model cvnn1 --data builtin --optimiser adam --momentum 0.9 -o DIR/a", []string{"momentum: 0.9: want 0; it has beta1"}},
		{"a flag of another optimiser", "train --model cvnn1 --data builtin --beta1 0.8 -o DIR/a", []string{"beta1: 0.8: want 0 with the optimiser sgd"}},
		{"an unknown optimiser", "train --model cvnn1 --data builtin --optimiser lion -o DIR/a", []string{`"lion": want sgd, adam or adamw`}},
		{"a negative clip and patience", "train --model cvnn1 --data builtin --clip -1 --patience -1 -o DIR/a", []string{"clip: -1", "patience: -1"}},
		{"an unknown recipe", "train --model cvnn1 --data builtin --recipe slow -o DIR/a", []string{`"slow"`, "paper or quick"}},
		{"an unknown augmentation", "train --model cvnn1 --data builtin --augment all -o DIR/a", []string{`"all"`, "none, simple or paper"}},
		{"nothing to resume", "train --data builtin --resume -o DIR/none", []string{"DIR/none", "leave --resume out"}},
		{"a checkpoint that is none", "quantise --data builtin -o DIR/a DIR/bad.yaml", []string{"checkpoint", "DIR/bad.yaml"}},
		{"nothing to measure", "bench", []string{"0 arguments", "train"}},
		{"something else to measure", "bench run", []string{`"run"`, "want train"}},
		{"samples without length", "bench train --seconds 0", []string{"--seconds: 0", "above 0"}},
		{"inner loops that there are not", "bench train --kernel abacus", []string{"--kernel", `"abacus"`, "go"}},
		{"a percentile beyond 1", "quantise --data builtin --percentile 2 -o DIR/a DIR/toy.ckpt", []string{"--percentile: 2", "above 0 to 1"}},
		{"no calibration", "quantise --data builtin --calibration-images 0 -o DIR/a DIR/toy.ckpt", []string{"--calibration-images: 0"}},
		{"a design with every field wrong", "generate --design DIR/bad.yaml -o DIR/rtl", []string{"name", "array.lanes: 3", "array.cols: 5", "levels[0]: 6", "clock_mhz: 0"}},
		{"a design with a typo", "generate --design DIR/typo.yaml -o DIR/rtl", []string{"lanes", "unknown key", "clock_mhz"}},
		{"a design that is not there", "generate --design DIR/none.yaml -o DIR/rtl", []string{"DIR/none.yaml"}},
		{"an output that is a file", "generate --design " + tinyDesign + " -o DIR/empty", []string{"--output", "want a folder"}},
		{"no target", "synth --design " + tinyDesign, []string{"--target", "ice40, ecp5, xilinx"}},
		{"an unknown target", "synth --target asic --design " + tinyDesign, []string{"--target", `"asic"`, "ice40, ecp5, xilinx"}},
		{"a limit of no time", "synth --target ice40 --timeout 0s --design " + tinyDesign, []string{"--timeout: 0s", "a second or more"}},
		{"a seed of what is not placed", "synth --target ecp5 --seed 2 --design " + tinyDesign, []string{"--seed: 2", "ice40"}},
		{"a network that is none", "simulate --design " + tinyDesign + " DIR/bad.yaml", []string{".lrn file", "DIR/bad.yaml"}},
		{"pictures for drawn networks", "verify --seed 1 --images 3", []string{"--images", "name it"}},
		{"seeds that go backwards", "verify --seed 5-1", []string{`"5-1"`, "FIRST-LAST"}},
		{"a seed that is none", "verify --seed many", []string{`"many"`, "FIRST-LAST"}},
		{"a folder for nothing", "verify --seed 1 -o DIR/case", []string{"--output", "--shrink"}},
		{"a case beyond the last", "verify --seed 1 --case 16", []string{"--case 16", "--cases"}},
		{"a network that is not drawn to reduce", "verify --shrink --design x.yaml x.lrn", []string{"--shrink", "random networks"}},
		{"an empty network", "inspect DIR/empty", []string{".lrn file", "offset 0"}},
		{"a network that is not there", "inspect DIR/none.lrn", []string{"DIR/none.lrn"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if strings.Contains(c.args, "toy.ckpt") {
				trainToy(t, dir, "--force")
			}
			o := lowres(strings.Fields(strings.ReplaceAll(c.args, "DIR", dir))...)
			assert.Equal(t, exitInput, o.code, o.err)
			assert.Empty(t, o.out)
			for _, want := range c.want {
				assert.Contains(t, o.err, strings.ReplaceAll(want, "DIR", dir))
			}
			assert.NotContains(t, o.err, "%!", "a broken format")
		})
	}
}

func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{errors.New("disk full"), 1},
		{fmt.Errorf("x: %w", verify.ErrTool), 1},
		{usage("x"), 2},
		{fmt.Errorf("x: %w", arch.ErrSpec), 2},
		{fmt.Errorf("x: %w", &verify.Mismatch{}), 10},
		{fmt.Errorf("x: %w", context.Canceled), 130},
	} {
		assert.Equal(t, c.want, exitCode(c.err), "%v", c.err)
	}
}

func TestDoctorNamesWhatIsMissing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	o := lowres("doctor")
	assert.Equal(t, exitFailure, o.code)
	assert.Contains(t, o.err, "apt-get install verilator g++ make iverilog yosys nextpnr-ice40")
	assert.Contains(t, lowres("doctor", "--json").out, `"found": false`)
}

func TestModelsAreListed(t *testing.T) {
	golden(t, "models.txt", must(t, "inspect").out)
	assert.Contains(t, must(t, "inspect", "--json").out, `"parameters": 896522`)
}
