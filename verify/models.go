package verify

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"lowres/rtlgen"
	"lowres/sim/arch"
)

// CellModels is the path of the simulation models that a target's Verilog needs, "" if
// it needs none, or ErrTool if Yosys, whose models they are, is missing.
func CellModels(target arch.Target) (string, error) {
	name := rtlgen.Models(target)
	if name == "" {
		return "", nil
	}
	path, err := yosysData(name)
	if err != nil {
		return "", fmt.Errorf("%w: target %s is simulated with Yosys's models of its cells: %w", ErrTool, target, err)
	}
	return path, nil
}

// yosysData is the path of a file in Yosys's data folder.
func yosysData(name string) (string, error) {
	yosys, err := exec.LookPath("yosys")
	if err != nil {
		return "", errors.New("yosys: not found; install with: apt-get install yosys")
	}
	if real, err := filepath.EvalSymlinks(yosys); err == nil {
		yosys = real
	}
	path := filepath.Join(filepath.Dir(yosys), "..", "share", "yosys", filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("yosys: its data do not lie where they usually do: %w", err)
	}
	return path, nil
}

// with are the arguments by which a simulator finds the models in a file, and in a
// folder of the design's Verilog the waivers; none for "".
func (s Simulator) with(models, rtl string, d *arch.Design) []string {
	switch {
	case models == "":
		return nil
	case s == Icarus:
		return []string{"-I" + filepath.Dir(models), "-l", models}
	}
	// The file of waivers does not reach every carry chain that Verilator makes of them.
	return []string{filepath.Join(rtl, rtlgen.WaiverName(d)), "-Wno-UNOPTFLAT", "-I" + filepath.Dir(models), "-v", models}
}
