// Package rtlgen turns a design into Verilog: the modules that depend on it
// (core, decoders, AXI wrapper), the library modules that they use, and the
// file list. What the hardware is was decided in sim/arch; here it is written.
package rtlgen

import (
	"bytes"
	"embed"
	"fmt"
	"slices"
	"strings"
	"text/template"

	"lowres/hdl"
	"lowres/sim/arch"
)

//go:embed templates/*.tmpl
var templates embed.FS

// File is one file of the emitted folder; Name is relative to it.
type File struct {
	Name string
	Text []byte
}

// TopModule is the name of the AXI wrapper, the top of the emitted design.
func TopModule(d *arch.Design) string { return d.Name + "_axi" }

// CoreModule is the name of the bare core.
func CoreModule(d *arch.Design) string { return d.Name + "_core" }

// Generate returns the Verilog of a design in the order in which a tool reads
// it, library modules first, and last the file list NAME.f that names them all.
// The same design gives the same bytes.
func Generate(d *arch.Design) ([]File, error) {
	v, err := newView(d)
	if err != nil {
		return nil, err
	}
	files, err := library(d)
	if err != nil {
		return nil, err
	}
	type module struct {
		template, name string
		data           any
	}
	var modules []module
	if d.Tables != nil {
		modules = append(modules, module{"table_levels.v.tmpl", d.Name + "_table_levels", v})
	} else {
		for _, s := range v.Sets {
			modules = append(modules, module{"decode.v.tmpl", d.Name + "_decode_" + s.Tag, decodeView{v, s}})
		}
		modules = append(modules, module{"decoder.v.tmpl", d.Name + "_decoder", v})
	}
	modules = append(modules,
		module{"core.v.tmpl", CoreModule(d), v},
		module{"axi.v.tmpl", TopModule(d), v})
	t, err := template.New("").Funcs(functions).ParseFS(templates, "templates/*.tmpl")
	if err != nil {
		return nil, err
	}
	for _, m := range modules {
		var text bytes.Buffer
		if err := t.ExecuteTemplate(&text, m.template, m.data); err != nil {
			return nil, fmt.Errorf("module %s: %w", m.name, err)
		}
		files = append(files, File{m.name + ".v", text.Bytes()})
	}
	files = append(files, fileList(d, files))
	if Models(d.Target) != "" {
		files = append(files, waivers(d))
	}
	return files, nil
}

// onlyTables are the modules of the library that designs without tables do not use,
// onlySelect those that designs with tables do not, onlyPixels those that designs with one
// pixel do not, and onlyAhead and onlyNow those that designs do not that read sums now or ahead.
var (
	onlyTables = []string{"sum_table.v", "table_column.v", "table_fill.v", "table_sequencer.v"}
	onlySelect = []string{"compute_sequencer.v"}
	onlyPixels = []string{"pixel_offsets.v"}
	onlyAhead  = []string{"accumulator_ahead.v"}
	onlyNow    = []string{"accumulator.v"}
)

// library returns the hand-written modules that a design uses in alphabetical order.
func library(d *arch.Design) ([]File, error) {
	unused := onlyTables
	if d.Tables != nil {
		unused = onlySelect
	}
	if d.Array.Pixels == 1 {
		unused = append(slices.Clip(unused), onlyPixels...)
	}
	if d.SumsReadAhead() {
		unused = append(slices.Clip(unused), onlyNow...)
	} else {
		unused = append(slices.Clip(unused), onlyAhead...)
	}
	forms := []string{string(d.Target)}
	if d.Array.SkewedSums {
		forms = append(forms, hdl.Skewed)
	}
	sources, err := hdl.Library(forms...)
	if err != nil {
		return nil, err
	}
	var files []File
	for _, s := range sources {
		if !slices.Contains(unused, s.Name) {
			files = append(files, File(s))
		}
	}
	return files, nil
}

// fileList is NAME.f: one source a line, as every Verilog tool reads with -f.
func fileList(d *arch.Design, files []File) File {
	var text strings.Builder
	for _, f := range files {
		text.WriteString(f.Name + "\n")
	}
	return File{d.Name + ".f", []byte(text.String())}
}

// functions are the helpers of the templates: bus ranges and column alignment.
var functions = template.FuncMap{
	"bus":       func(width int) string { return fmt.Sprintf("%d:0", width-1) },
	"pad":       func(width int) string { return padding(6, width) },
	"padTo":     padding,
	"field":     func(columns int) string { return strings.Repeat(" ", columns) },
	"plural":    plural,
	"lastTable": func(i int, tables []tableView) bool { return i == len(tables)-1 },
	"last":      func(i int, sets []setView) bool { return i == len(sets)-1 },
}

// padding fills a "[width-1:0]" up to the given number of columns.
func padding(columns, width int) string {
	used := len(fmt.Sprintf("[%d:0]", width-1))
	return strings.Repeat(" ", max(columns-used, 0))
}
