package verify

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"lowres/rtlgen"
	"lowres/sim/arch"
)

// models is the path of the simulation models that a design's target needs, "" if it
// needs none, or ErrTool if Yosys, whose models they are, is missing.
func models(d *arch.Design) (string, error) {
	name := rtlgen.Models(d)
	if name == "" {
		return "", nil
	}
	yosys, err := exec.LookPath("yosys")
	if err != nil {
		return "", fmt.Errorf("%w: yosys: not found, and target %s is simulated with its models of the cells; install with: apt-get install yosys",
			ErrTool, d.Target)
	}
	if real, err := filepath.EvalSymlinks(yosys); err == nil {
		yosys = real
	}
	path := filepath.Join(filepath.Dir(yosys), "..", "share", "yosys", filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("%w: yosys: no models of %s's cells where its data usually lie: %w", ErrTool, d.Target, err)
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
