// Package qor measures the quality of results of the Verilog: LUTs by Yosys. docs/qor.md is
// written from them.
package qor

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"lowres/hdl"
	"lowres/internal/process"
	"lowres/rtlgen/synth"
)

// Flow is a Yosys synthesis command.
type Flow struct{ Name, Command string }

// The three flows, and one that shows parts.
var (
	Xilinx = Flow{"xc7", "synth_xilinx -family xc7 -nodsp -flatten -top %s"}
	// XilinxModules keeps modules apart.
	XilinxModules = Flow{"xc7", "synth_xilinx -family xc7 -nodsp -top %s"}
	ECP5          = Flow{"ecp5", "synth_ecp5 -top %s"}
	ICE40         = Flow{"ice40", "synth_ice40 -top %s"}
)

// Job is one synthesis: the library's modules and more sources, a top module and
// its parameters.
type Job struct {
	Flow       Flow
	Target     string // folder of modules that replace the portable ones, or ""
	Top        string
	Parameters map[string]int
	Sources    map[string][]byte // file name to text, beside the library
}

// Cells are the cells of a netlist by type.
type Cells map[string]int

// LUTs is the number of LUTs, those that serve as memory and shift registers included.
func (c Cells) LUTs() (n int) {
	for name, count := range c {
		n += synth.LUTs(name) * count
	}
	return n
}

// Run synthesises in dir and returns the cells of the top module.
func (j Job) Run(ctx context.Context, dir string) (Cells, error) {
	modules, err := j.Modules(ctx, dir)
	return modules[j.Top], err
}

// luts measures the job's LUTs.
func (j Job) luts(ctx context.Context, dir string) (string, error) {
	cells, err := j.Run(ctx, dir)
	return strconv.Itoa(cells.LUTs()), err
}

// perLane measures the job's LUTs, divided by lanes.
func (j Job) perLane(lanes int) func(context.Context, string) (string, error) {
	return func(ctx context.Context, dir string) (string, error) {
		cells, err := j.Run(ctx, dir)
		return fmt.Sprintf("%.2f", float64(cells.LUTs())/float64(lanes)), err
	}
}

// Modules synthesises in dir and returns the cells of each module that is left.
func (j Job) Modules(ctx context.Context, dir string) (map[string]Cells, error) {
	names, err := j.write(dir)
	if err != nil {
		return nil, err
	}
	var s strings.Builder
	fmt.Fprintf(&s, "read_verilog %s\n", strings.Join(names, " "))
	for _, name := range slices.Sorted(maps.Keys(j.Parameters)) {
		fmt.Fprintf(&s, "chparam -set %s %d %s\n", name, j.Parameters[name], j.Top)
	}
	fmt.Fprintf(&s, j.Flow.Command+"\nwrite_json "+synth.NetlistFile+"\n", j.Top)
	if err := os.WriteFile(filepath.Join(dir, "job.ys"), []byte(s.String()), 0o644); err != nil {
		return nil, err
	}
	if err := process.Call(ctx, dir, "yosys", "-q", "-s", "job.ys"); err != nil {
		return nil, fmt.Errorf("%s: %w", j.Top, err)
	}
	text, err := os.ReadFile(filepath.Join(dir, synth.NetlistFile))
	if err != nil {
		return nil, err
	}
	netlist, err := synth.ReadNetlist(text, j.Top)
	if err != nil {
		return nil, err
	}
	modules := map[string]Cells{}
	for name, cells := range netlist.Cells() {
		modules[name] = cells
	}
	return modules, nil
}

// write puts the library and the job's sources into dir, in alphabetical order.
func (j Job) write(dir string) (names []string, err error) {
	library, err := hdl.Library(j.Target)
	if err != nil {
		return nil, err
	}
	all := map[string][]byte{}
	for _, s := range library {
		all[s.Name] = s.Text
		names = append(names, s.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(j.Sources)) {
		if all[name] == nil {
			names = append(names, name)
		}
		all[name] = j.Sources[name]
	}
	for name, text := range all {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return nil, err
		}
	}
	return names, nil
}
