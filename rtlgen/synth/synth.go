// Package synth maps an emitted design to an FPGA with Yosys, counts what each
// module takes, and for iCE40 places and routes it with nextpnr-ice40.
package synth

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

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
// synthesised and then does not fit has its counts in the Result all the same. A design with cells of
// another family is ErrSpec.
func Design(ctx context.Context, d *arch.Design, o Options) (*Result, error) {
	if family := o.Target.Family(); !rtlgen.Builds(d, family) {
		return nil, fmt.Errorf("%w: target: %s: want portable, ice40 or %s to synthesise for %s", arch.ErrSpec, d.Target, family, o.Target)
	}
	files, err := rtlgen.Folder(d)
	if err != nil {
		return nil, err
	}
	top := rtlgen.TopModule(d)
	if o.Target == ICE40 {
		top = rtlgen.BoardModule(d)
	}
	var sources []string
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
	o.ClockMHz = d.ClockMHz
	return Sources(ctx, sources, top, "ice40/"+top+".pcf", o)
}

// Sources is Design for Verilog sources in o.Dir and a file of pins, which
// only iCE40 reads.
func Sources(ctx context.Context, sources []string, top, pins string, o Options) (*Result, error) {
	r, err := o.synthesise(ctx, sources, top, o.Target.Command())
	if err != nil || o.Target != ICE40 {
		return r, err
	}
	flat, err := o.synthesise(ctx, sources, top, "synth_ice40")
	if err != nil {
		return nil, err
	}
	r.Placed = &flat.Total
	r.Fmax, err = o.Place(ctx, pins)
	return r, err
}

// NetlistFile is what Yosys hands to the placer, in the folder.
const NetlistFile = "netlist.json"

// synthesise leaves a netlist and counts its cells.
func (o Options) synthesise(ctx context.Context, sources []string, top, command string) (*Result, error) {
	script := fmt.Sprintf("read_verilog %s; %s -top %s; check -assert; write_json %s", strings.Join(sources, " "), command, top, NetlistFile)
	if err := o.call(ctx, "yosys", "-q", "-p", script); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(o.Dir, NetlistFile))
	if err != nil {
		return nil, err
	}
	return count(text, top)
}

// call runs a tool in the folder; its last line explains a failure.
func (o Options) call(ctx context.Context, name string, args ...string) error {
	if o.Progress != nil {
		o.Progress(name)
	}
	out, err := process.Run(ctx, o.Dir, name, args...)
	if err == nil || ctx.Err() != nil {
		return err
	}
	return fmt.Errorf("%w: %s: %s", ErrFlow, name, complaint(out, err))
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
