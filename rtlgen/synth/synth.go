// Package synth maps an emitted design to an FPGA with Yosys, counts what each
// module takes, and for iCE40 places and routes it with nextpnr-ice40.
package synth

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"lowres/internal/process"
	"lowres/rtlgen"
	"lowres/sim/arch"
)

// ErrFlow is returned when a tool of the flow refuses the design.
var ErrFlow = errors.New("synthesis")

// Options chooses the flow.
type Options struct {
	Target   Target
	Dir      string               // to work in; nothing is removed
	Seed     int                  // of the placement
	ClockMHz float64              // that the placement aims at
	Timeout  time.Duration        // processor time of place and route, 0 for DefaultTimeout
	Progress func(command string) // called before each tool, if set
}

// Result is what a design takes on a target.
type Result struct {
	Top     string
	Modules []Module  // by name
	Total   Resources // of the whole
	// Placed is what the flattened design takes, and Fmax the clock that it reaches after
	// routing, in MHz; nil if the target is not placed.
	Placed *Resources
	Fmax   *float64
}

// Tools are the programs that a target's flow calls.
func Tools(t Target) []string {
	if t == ICE40 {
		return []string{"yosys", "nextpnr-ice40"}
	}
	return []string{"yosys"}
}

// Design synthesises a design. Hierarchy is kept, so that every cell belongs
// to a module. For iCE40 it is synthesised once more, flattened, placed and routed;
// the top is the board's, since the wrapper has more ports than the package has pins.
// If a tool fails it returns ErrFlow with the tool's message; a design that is
// synthesised and then does not fit has its counts in the Result all the same. One that the target cannot
// have is ErrTarget.
func Design(ctx context.Context, d *arch.Design, o Options) (*Result, error) {
	if err := Refusal(d, o.Target); err != nil {
		return nil, err
	}
	top := rtlgen.TopModule(d)
	if o.Target == ICE40 {
		top = rtlgen.BoardModule(d)
	}
	sources, err := o.emit(d, top)
	if err != nil {
		return nil, err
	}
	r, err := o.synthesise(ctx, sources, top, o.Target.Command())
	if err != nil || o.Target != ICE40 {
		return r, err
	}
	if r.Placed, err = o.Board(ctx, d); err != nil {
		return nil, err
	}
	o.ClockMHz = d.ClockMHz
	r.Fmax, err = o.Place(ctx, rtlgen.BoardPins(d))
	return r, err
}

// Board emits a design, runs its script of Yosys for the iCE40 board, as a user does, and leaves the netlist.
func (o Options) Board(ctx context.Context, d *arch.Design) (*Resources, error) {
	top := rtlgen.BoardModule(d)
	if _, err := o.emit(d, top); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(o.Dir, rtlgen.BuildFolder), 0o777); err != nil {
		return nil, err
	}
	if err := o.yosys(ctx, "-s", rtlgen.BoardScript); err != nil {
		return nil, err
	}
	if err := os.Rename(filepath.Join(o.Dir, rtlgen.BuildFolder, top+".json"), filepath.Join(o.Dir, NetlistFile)); err != nil {
		return nil, err
	}
	r, err := o.count(top)
	if err != nil {
		return nil, err
	}
	return &r.Total, nil
}

// emit writes a design's folder; sources are its Verilog below a top.
func (o Options) emit(d *arch.Design, top string) (sources []string, err error) {
	files, err := rtlgen.Folder(d)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		path := filepath.Join(o.Dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return nil, err
		}
		if err := os.WriteFile(path, f.Text, 0o666); err != nil {
			return nil, err
		}
		if isSource := filepath.Ext(f.Name) == ".v"; isSource && (!strings.Contains(f.Name, "/") || strings.HasSuffix(f.Name, "/"+top+".v")) {
			sources = append(sources, f.Name)
		}
	}
	return sources, nil
}

// NetlistFile is what Yosys hands to the placer, in the folder.
const NetlistFile = "netlist.json"

// synthesise leaves a netlist and counts its cells.
func (o Options) synthesise(ctx context.Context, sources []string, top, command string) (*Result, error) {
	script := fmt.Sprintf("read_verilog %s; %s -top %s; check -assert; write_json %s", strings.Join(sources, " "), command, top, NetlistFile)
	if err := o.yosys(ctx, "-p", script); err != nil {
		return nil, err
	}
	return o.count(top)
}

// count counts the cells of the netlist.
func (o Options) count(top string) (*Result, error) {
	text, err := os.ReadFile(filepath.Join(o.Dir, NetlistFile))
	if err != nil {
		return nil, err
	}
	return count(text, top)
}

// yosys runs Yosys in the folder.
func (o Options) yosys(ctx context.Context, args ...string) error {
	const tool = "yosys"
	return o.run(ctx, tool, process.Command(ctx, o.Dir, tool, append([]string{"-q"}, args...)...))
}

// run runs a tool's command; its last line explains a failure.
func (o Options) run(ctx context.Context, name string, cmd *exec.Cmd) error {
	if o.Progress != nil {
		o.Progress(name)
	}
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %s: %s", ErrFlow, name, complaint(string(out), err))
}

// complaint is the line of a tool's output that names the error, or err.
func complaint(out string, err error) string {
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "ERROR") {
			return strings.TrimSpace(line)
		}
	}
	return err.Error()
}
