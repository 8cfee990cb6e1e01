package verify

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAMissingToolIsNamedWithItsPackage(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	tools := FindTools(context.Background())
	err := tools.Need("iverilog", "vvp", "verilator")
	if !errors.Is(err, ErrTool) {
		t.Fatalf("%v, want ErrTool", err)
	}
	if want := "iverilog, vvp, verilator: not found; install with: apt-get install iverilog verilator"; !strings.HasSuffix(err.Error(), want) {
		t.Errorf("%v, want %q", err, want)
	}
	if table := tools.Table(); strings.Count(table, "missing: apt-get install") != len(tools) {
		t.Errorf("table:\n%s", table)
	}
}

func TestClangCompilesWhereItIs(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	for _, c := range []struct{ installed, want string }{{"g++", "g++"}, {"clang++", "clang++"}} {
		if err := os.WriteFile(filepath.Join(dir, c.installed), []byte("#!/bin/sh\necho 14.0.6\n"), 0o777); err != nil {
			t.Fatal(err)
		}
		if got := FindTools(context.Background()).needs(Verilator); got[1] != c.want {
			t.Errorf("with %s: %v, want %s", c.installed, got, c.want)
		}
	}
}

func TestTheVersionOfAToolIsRead(t *testing.T) {
	dir := t.TempDir()
	for name, says := range map[string]string{
		"verilator": "Verilator 5.006 2023-01-22 rev (Debian 5.006-3)",
		"vvp":       "Icarus Verilog runtime version 11.0 (stable) ()",
		"yosys":     "nothing that is a version",
	} {
		script := "#!/bin/sh\necho '" + says + "'\nexit 1\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
	tools := FindTools(context.Background())
	for name, want := range map[string]string{"verilator": "5.006", "vvp": "11.0", "yosys": ""} {
		if got, ok := tools.Get(name); !ok || got.Version != want {
			t.Errorf("%s: %+v, want version %q", name, got, want)
		}
	}
	if err := tools.Need("verilator", "vvp", "yosys"); err != nil {
		t.Error(err)
	}
	if err := tools.Need("make"); !errors.Is(err, ErrTool) {
		t.Errorf("make: %v, want ErrTool", err)
	}
}
