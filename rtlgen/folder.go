package rtlgen

import (
	"bytes"
	"embed"
	"fmt"
	"path"
	"strings"
	"text/template"

	"lowres/registers"
	"lowres/sim/arch"
	"lowres/sim/program"
)

//go:embed templates/flows/*.tmpl
var flowTemplates embed.FS

// BuildFolder is where the scripts of the emitted folder write; lowres never does.
const BuildFolder = "build"

// BoardModule is the name of the top for the iCE40-HX8K breakout board.
func BoardModule(d *arch.Design) string { return d.Name + "_hx8k" }

// BoardPins is the file of its pins, in the emitted folder.
func BoardPins(d *arch.Design) string { return boardFolder + BoardModule(d) + ".pcf" }

// Files of the board's flow in the emitted folder.
const (
	boardFolder = "ice40/"
	BoardScript = boardFolder + "synth.ys"             // of Yosys: a netlist in BuildFolder
	equalInputs = boardFolder + "equal_inputs.techmap" // a map that the script applies
)

// BlockDesignModule is the name of the top for a block design of Vivado.
func BlockDesignModule(d *arch.Design) string { return d.Name + "_vivado" }

// Folder returns all that an FPGA project takes from a design: the files of
// Generate, and beside them the block diagram, FuseSoC core, register map, C driver and the
// scripts of Yosys, nextpnr-ice40 and Vivado. Names hold a slash for those in a
// folder of their own. A design with cells of one family has the scripts of that family alone. The same design gives the same bytes.
func Folder(d *arch.Design) ([]File, error) {
	files, err := Generate(d)
	if err != nil {
		return nil, err
	}
	v, err := newFolderView(d, files)
	if err != nil {
		return nil, err
	}
	t, err := template.New("").Funcs(folderFunctions).ParseFS(flowTemplates, "templates/flows/*.tmpl")
	if err != nil {
		return nil, err
	}
	for _, f := range []struct {
		name, template string
		wanted         bool
	}{
		{"README.md", "readme.md.tmpl", true},
		{d.Name + ".core", "fusesoc.core.tmpl", true},
		{"doc/registers.md", "registers.md.tmpl", true},
		{"driver/" + d.Name + "_registers.h", "registers.h.tmpl", true},
		{"driver/" + d.Name + "_driver.h", "driver.h.tmpl", true},
		{"driver/" + d.Name + "_driver.c", "driver.c.tmpl", true},
		{"ecp5/synth.ys", "ecp5.ys.tmpl", v.ECP5},
		{boardFolder + BoardModule(d) + ".v", "hx8k.v.tmpl", v.ICE40},
		{BoardPins(d), "hx8k.pcf.tmpl", v.ICE40},
		{BoardScript, "ice40.ys.tmpl", v.ICE40},
		{equalInputs, "equal_inputs.techmap.tmpl", v.ICE40},
		{boardFolder + "build.sh", "ice40.sh.tmpl", v.ICE40},
		{"xilinx/" + BlockDesignModule(d) + ".v", "vivado.v.tmpl", v.Xilinx},
		{"xilinx/" + d.Name + ".xdc", "vivado.xdc.tmpl", v.Xilinx},
		{"xilinx/build.tcl", "vivado.tcl.tmpl", v.Xilinx},
	} {
		if !f.wanted {
			continue
		}
		var text bytes.Buffer
		if err := t.ExecuteTemplate(&text, f.template, v); err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		files = append(files, File{f.name, text.Bytes()})
	}
	return append(files, File{"doc/block_diagram.svg", v.diagram()}), nil
}

// folderView is what the templates of a folder read.
type folderView struct {
	view
	Prefix    string   // of macros in C
	Sources   []string // Verilog, in the order of the file list
	Ports     []port   // of the AXI wrapper
	Registers []registers.Register
	Counters  []string
	ClockMHz  float64
	PeriodNS  float64
	InstructionWords

	ICE40, ECP5, Xilinx, Plain bool // whose tools take the design; it has no family's cells
}

// InstructionWords are the 32-bit words of an instruction of each engine.
type InstructionWords struct{ LoadWords, ComputeWords, StoreWords int }

func newFolderView(d *arch.Design, files []File) (folderView, error) {
	base, err := newView(d)
	if err != nil {
		return folderView{}, err
	}
	v := folderView{
		view: base, Prefix: strings.ToUpper(d.Name),
		Registers: registers.Map(), Counters: registers.Counters(),
		ClockMHz: d.ClockMHz, PeriodNS: 1000 / d.ClockMHz,
		InstructionWords: InstructionWords{program.LoadWords, program.ComputeWords, program.StoreWords},
		ICE40:            Builds(d, arch.ICE40), ECP5: Builds(d, arch.ECP5), Xilinx: Builds(d, arch.Xilinx7),
		Plain: Models(d.Target) == "",
	}
	for _, f := range files {
		if path.Ext(f.Name) == ".v" {
			v.Sources = append(v.Sources, f.Name)
		}
		if f.Name == TopModule(d)+".v" {
			v.Ports = ports(f.Text)
		}
	}
	return v, nil
}

// folderFunctions are the helpers of the templates.
var folderFunctions = template.FuncMap{
	"upper":     strings.ToUpper,
	"add":       func(a, b int) int { return a + b },
	"counterAt": func(i int) int { return registers.CounterPage + 4*i },
}
