package qor

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"lowres/rtlgen"
	"lowres/sim/arch"
)

//go:embed lane.v
var laneText []byte

// Row is a figure: what, its target and what the tools say.
type Row struct {
	What    string
	Unit    string
	Target  string // with its sign, such as ≤ 13, or ""
	Measure func(ctx context.Context, dir string) (string, error)
}

// Rows are the figures of docs/qor.md, in its order.
func Rows() []Row {
	rows := append(append(lanes(), tables()...), cores()...)
	rows = append(rows,
		Row{"decoder, five ternary weights of a byte", "LUT6", "≤ 36", decoder(Xilinx)},
		Row{"decoder, five ternary weights of a byte", "LUT4", "≤ 105", decoder(ICE40)},
		Row{"requantiser, 24-bit sums", "LUT6", "", module(Xilinx, "requantise")},
		Row{"counters of events", "LUT6", "", module(Xilinx, "event_counters")},
	)
	return append(rows, clocks()...)
}

// lanes are the figures of one column.
func lanes() (rows []Row) {
	for _, l := range []struct {
		what                       string
		flow                       Flow
		target16, target64         string
		digits, cell, topTwo, zero int
		target                     string // whose cells, or ""
	}{
		{"N = 3", Xilinx, "13", "12.5", 1, 8, 1, 1, ""},
		{"N = 3, cells of hdl/xilinx7", Xilinx, "8.5", "8", 1, 8, 1, 1, "xilinx7"},
		{"N = 5", Xilinx, "15", "14.5", 1, 9, 1, 1, ""},
		{"N = 8, 9", Xilinx, "34", "34", 2, 9, 0, 1, ""},
		{"N = 16, 17", Xilinx, "36", "", 2, 9, 1, 1, ""},
		{"N = 3, cells of hdl/ecp5", ECP5, "12.5", "12.5", 1, 8, 1, 1, "ecp5"},
		{"N = 2", ICE40, "", "18", 1, 8, 1, 0, ""},
		{"N = 3", ICE40, "", "18", 1, 8, 1, 1, ""},
		{"N = 4", ICE40, "", "20", 1, 9, 1, 0, ""},
		{"N = 5", ICE40, "", "21", 1, 9, 1, 1, ""},
	} {
		early, unit := 0, "LUT4 a MAC"
		if l.flow == Xilinx {
			unit = "LUT6 a MAC"
		}
		if l.flow == ICE40 {
			early = 1
		}
		for _, size := range []struct {
			lanes  int
			target string
		}{{16, l.target16}, {64, l.target64}} {
			if size.target == "" {
				continue
			}
			rows = append(rows, Row{
				fmt.Sprintf("%s, %d lanes, %s", l.what, size.lanes, l.flow.Name), unit, "≤ " + size.target,
				laneJob(l.flow, l.target, map[string]int{"Lanes": size.lanes, "Digits": l.digits, "CellW": l.cell, "TopTwo": l.topTwo, "Zero": l.zero, "EarlySign": early}).perLane(size.lanes),
			})
		}
	}
	return rows
}

// laneJob synthesises one column with its accumulator, of a target's cells or portable ones.
func laneJob(flow Flow, target string, parameters map[string]int) Job {
	return Job{Flow: flow, Target: target, Top: "lane", Parameters: parameters, Sources: map[string][]byte{"lane.v": laneText}}
}

// module measures the LUTs of a module of the library with its default parameters.
func module(flow Flow, top string) func(context.Context, string) (string, error) {
	return Job{Flow: flow, Top: top}.luts
}

// coreDesign is the 16 x 16 ternary array with one requantiser.
func coreDesign() (*arch.Design, error) {
	s := arch.DefaultSpec()
	s.Name, s.Array.Requantisers = "qor", 1
	return arch.New(s)
}

// emitted are a design's sources by name.
func emitted(d *arch.Design) (map[string][]byte, error) {
	files, err := rtlgen.Generate(d)
	if err != nil {
		return nil, err
	}
	sources := map[string][]byte{}
	for _, f := range files {
		if strings.HasSuffix(f.Name, ".v") {
			sources[f.Name] = f.Text
		}
	}
	return sources, nil
}

// decoder measures the decoder of a byte of five ternary weights.
func decoder(flow Flow) func(context.Context, string) (string, error) {
	return func(ctx context.Context, dir string) (string, error) {
		d, err := coreDesign()
		if err != nil {
			return "", err
		}
		sources, err := emitted(d)
		if err != nil {
			return "", err
		}
		return Job{Flow: flow, Top: "qor_decode_n3", Sources: sources}.luts(ctx, dir)
	}
}

// Table measures the rows whose text contains only and writes them as Markdown.
func Table(ctx context.Context, w io.Writer, only string, progress io.Writer) error {
	fmt.Fprintln(w, "| what | unit | target | reached |\n|---|---|---|---|")
	for _, r := range Rows() {
		if !strings.Contains(r.What, only) {
			continue
		}
		fmt.Fprintf(progress, "%s ...\n", r.What)
		dir, err := os.MkdirTemp("", "lowres-qor")
		if err != nil {
			return err
		}
		reached, err := r.Measure(ctx, dir)
		os.RemoveAll(filepath.Clean(dir))
		if err != nil {
			return fmt.Errorf("%s: %w", r.What, err)
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s |\n", r.What, r.Unit, r.Target, reached)
	}
	return nil
}
