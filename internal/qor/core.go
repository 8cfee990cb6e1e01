package qor

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"lowres/quant"
	"lowres/rtlgen/synth"
	"lowres/sim/arch"
)

// wholeCores are the designs whose LUTs are counted from the registers of the bus to the array:
// 16 × 16 ternary lanes, a memory of 128 bits, one requantiser, one counter.
var wholeCores = []struct {
	what, target string
	change       func(*arch.Spec)
}{
	{"bytes of five weights", "≤ 17", func(s *arch.Spec) { s.Target = arch.Xilinx7 }},
	{"plain weights", "≤ 17", func(s *arch.Spec) { s.Target, s.Weights.Packing = arch.Xilinx7, quant.Plain }},
	{"tables in block RAM", "≤ 17", func(s *arch.Spec) { s.Array.Cell = arch.CellTableBlock }},
}

// cores are the figures of whole cores: LUTs a MAC of all modules but block RAM, flattened as a
// user's tools do it, and LUTs by part with the modules kept apart, which takes a few more.
func cores() (rows []Row) {
	for _, c := range wholeCores {
		what := "whole core, 16 × 16, N = 3, " + c.what + ", xc7"
		rows = append(rows,
			Row{what, "LUT6 a MAC", c.target, func(ctx context.Context, dir string) (string, error) {
				d, job, err := coreJob(c.change, Xilinx)
				if err != nil {
					return "", err
				}
				cells, err := job.Run(ctx, dir)
				return fmt.Sprintf("%.2f", float64(cells.LUTs())/float64(d.Array.Lanes*d.Array.Cols)), err
			}},
			Row{what + ", by part", "LUT6", "", func(ctx context.Context, dir string) (string, error) {
				_, job, err := coreJob(c.change, XilinxModules)
				if err != nil {
					return "", err
				}
				modules, err := job.Modules(ctx, dir)
				return parts(modules, job.Top), err
			}})
	}
	return rows
}

// coreJob synthesises one of them with the wrapper for its buses.
func coreJob(change func(*arch.Spec), flow Flow) (*arch.Design, Job, error) {
	s := arch.DefaultSpec()
	s.Name, s.Levels, s.Counters = "qor", []int{3}, arch.CountCycles
	s.Array.Requantisers, s.Array.SumBlocks = 1, 1
	change(&s)
	d, err := arch.New(s)
	if err != nil {
		return nil, Job{}, err
	}
	sources, err := emitted(d)
	return d, Job{Flow: flow, Top: d.Name + "_axi", Sources: sources}, err
}

// partOf names the part of a core that a module and what is below it belong to.
var partOf = map[string]string{
	"dot_product": "dot products", "table_column": "dot products", "table_fill": "filling of tables",
	"accumulator": "accumulators", "decoder": "decoders", "table_levels": "decoders",
	"tile_fill": "weights", "weight_tile": "weights", "requantise": "requantiser", "drain": "drain",
	"compute_sequencer": "sequencer", "table_sequencer": "sequencer", "load_engine": "load engine",
	"store_engine": "store engine", "instruction_front": "fetch of the compute engine", "buffer": "buffers",
	"event_counters": "counters", "control_registers": "registers",
}

// parts lists the LUTs of each part of a core, the greatest first.
func parts(modules map[string]Cells, top string) string {
	sums := map[string]int{}
	addPart(modules, top, "other", 1, sums)
	names := make([]string, 0, len(sums))
	for name, luts := range sums {
		if luts > 0 {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(sums[b]-sums[a], strings.Compare(a, b)) })
	var list []string
	for _, name := range names {
		list = append(list, fmt.Sprintf("%s %d", name, sums[name]))
	}
	return strings.Join(list, ", ")
}

// addPart adds the LUTs of n instances of a module, and of what is below it.
func addPart(modules map[string]Cells, module, part string, n int, sums map[string]int) {
	base := synth.BaseName(module)
	if _, own := partOf[base]; !own {
		base = base[strings.Index(base, "_")+1:] // without the design's name
	}
	// A front is part of its engine; the compute engine's stands in the core itself.
	if own, ok := partOf[base]; ok && (part == "other" || base == "requantise") {
		part = own
	}
	sums[part] += n * modules[module].LUTs()
	for below, count := range modules[module] {
		if _, ok := modules[below]; ok {
			addPart(modules, below, part, n*count, sums)
		}
	}
}
