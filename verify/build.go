package verify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"lowres/internal/process"
	"lowres/sim/arch"
	"lowres/testbench"
)

// ErrBuild is returned when a simulator refuses the emitted Verilog.
var ErrBuild = errors.New("build")

// Simulator is a program that runs Verilog.
type Simulator string

// The simulators.
const (
	Verilator Simulator = "verilator"
	Icarus    Simulator = "icarus"
)

// Simulators lists both, the faster one first.
func Simulators() []Simulator { return []Simulator{Verilator, Icarus} }

// needs are the programs that a simulator needs, of those that are there where one can replace another.
func (t Tools) needs(s Simulator) []string {
	if s == Verilator {
		return []string{"verilator", t.compiler(), "make"}
	}
	return []string{"iverilog", "vvp"}
}

// artefact is the file that a build leaves.
func (s Simulator) artefact() string {
	if s == Verilator {
		return "Vtb"
	}
	return "tb.vvp"
}

// builder compiles emitted folders, each content once.
type builder struct {
	cache string // folder of finished builds
	tools Tools
	quick bool // Verilator: a build in less time rather than runs in less
	sums  bool // Icarus: write down the array's sums too
	cover bool // Verilator: count what is covered

	design *arch.Design // whose target may need models; nil for none
}

// build compiles the folder for a simulator and returns the path of the
// artefact, and whether it was in the cache. Only rtl/ and tb/ without its
// vectors count for the key, with the versions of the tools.
func (b *builder) build(ctx context.Context, s Simulator, dir, name string) (path string, cached bool, err error) {
	if err := b.tools.Need(b.tools.needs(s)...); err != nil {
		return "", false, err
	}
	key, err := b.key(s, dir)
	if err != nil {
		return "", false, err
	}
	final := filepath.Join(b.cache, string(s)+"-"+key)
	path = filepath.Join(final, s.artefact())
	if _, err := os.Stat(path); err == nil {
		now := time.Now()
		os.Chtimes(final, now, now) // if it fails, the build only looks older
		return path, true, nil
	}
	if err := os.MkdirAll(b.cache, 0o777); err != nil {
		return "", false, err
	}
	temp, err := os.MkdirTemp(b.cache, ".build-*")
	if err != nil {
		return "", false, err
	}
	defer os.RemoveAll(temp)
	if err := b.compile(ctx, s, dir, name, temp); err != nil {
		return "", false, err
	}
	err = b.publish(temp, final, path)
	b.trim(time.Now(), cacheBytes)
	return path, false, err
}

// publish moves a finished build to its place, where another process may have
// put the same one meanwhile.
func (b *builder) publish(temp, final, artefact string) error {
	if err := os.Rename(temp, final); err != nil {
		if _, there := os.Stat(artefact); there == nil {
			return nil
		}
		return err
	}
	return nil
}

// key identifies a build: SHA-256 over the tool versions and every source without
// the hash of its design.
func (b *builder) key(s Simulator, dir string) (string, error) {
	h := sha256.New()
	for _, name := range b.tools.needs(s) {
		t, _ := b.tools.Get(name)
		fmt.Fprintf(h, "%s %s\n", name, t.Version)
	}
	if b.quick && s == Verilator {
		fmt.Fprintln(h, quickFlags)
	}
	if b.sums {
		fmt.Fprintln(h, "sums")
	}
	if b.cover {
		fmt.Fprintln(h, "coverage")
	}
	sources, err := sourceFiles(dir)
	for _, f := range sources {
		text, err := os.ReadFile(f)
		if err != nil {
			return "", err
		}
		if filepath.Ext(f) == ".v" {
			text = designLine.ReplaceAll(text, nil)
		}
		fmt.Fprintf(h, "%s %d\n", filepath.Base(f), len(text))
		h.Write(text)
	}
	return hex.EncodeToString(h.Sum(nil))[:24], err
}

// designLine is the line of an emitted file that names the design by its hash, and
// with it fields that do not change the hardware.
var designLine = regexp.MustCompile(`(?m)^//   design  : .*\n`)

// sourceFiles lists the sources of an emitted folder in a fixed order.
func sourceFiles(dir string) ([]string, error) {
	var files []string
	for _, sub := range []string{rtlDir, benchDir} {
		entries, err := os.ReadDir(filepath.Join(dir, sub))
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if ext := filepath.Ext(e.Name()); !e.IsDir() && (ext == ".v" || ext == ".cpp" || e.Name() == "Makefile") {
				files = append(files, filepath.Join(dir, sub, e.Name()))
			}
		}
	}
	return files, nil
}

// compile does what the folder's Makefile does, with the result in out.
func (b *builder) compile(ctx context.Context, s Simulator, dir, name, out string) error {
	sources, err := sourceFiles(dir)
	if err != nil {
		return err
	}
	var args []string
	for _, f := range sources {
		base := filepath.Base(f)
		if filepath.Ext(f) == ".v" && (s == Icarus || !strings.HasSuffix(base, "_icarus.v")) {
			args = append(args, f)
		}
	}
	if b.design != nil {
		path, err := CellModels(b.design.Target)
		if err != nil {
			return err
		}
		args = append(args, s.with(path, filepath.Join(dir, rtlDir), b.design)...)
	}
	if s == Icarus {
		flags := append(strings.Fields(testbench.IcarusFlags), "-s", name+"_tb_icarus", "-o", filepath.Join(out, s.artefact()))
		if b.sums {
			flags = append(flags, "-s", name+"_tb_sums")
		}
		return run(ctx, out, "iverilog", append(flags, args...)...)
	}
	defer os.RemoveAll(filepath.Join(out, "obj"))
	if b.quick {
		return b.compileQuick(ctx, dir, name, out, args)
	}
	flags := append(strings.Fields(testbench.VerilatorFlags), testbench.CompilerFlags(b.tools.compiler())...)
	if b.cover {
		flags = append(flags, "--coverage")
	}
	flags = append(flags, "-j", "2", "--top-module", name+"_tb",
		"--Mdir", filepath.Join(out, "obj"), "-o", filepath.Join(out, s.artefact()))
	// Verilator writes the path of the program into a Makefile, which some characters break.
	program := filepath.Join(out, "verilator.cpp")
	text, err := os.ReadFile(filepath.Join(dir, benchDir, "verilator.cpp"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(program, text, 0o666); err != nil {
		return err
	}
	defer os.Remove(program)
	args = append(args, program)
	return run(ctx, out, "verilator", append(flags, args...)...)
}

// run calls a tool in dir; a failure carries the end of its output.
func run(ctx context.Context, dir, name string, args ...string) error {
	out, err := process.Run(ctx, dir, name, args...)
	if err == nil || ctx.Err() != nil {
		return err
	}
	return fmt.Errorf("%w: %s: %w\n%s", ErrBuild, name, err, process.Tail(out, 40))
}

// defaultCache is where builds are kept between runs.
func defaultCache() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("build cache: %w; set Options.CacheDir", err)
	}
	return filepath.Join(dir, "lowres", "builds"), nil
}
