package rtlgen

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/quant"
	"lowres/sim/arch"
)

var (
	notCode    = regexp.MustCompile(`(?s)//[^\n]*|/\*.*?\*/|"[^"]*"|'s?[bdhoBDHO][0-9a-fA-FxXzZ_?]+`)
	identifier = regexp.MustCompile(`\\\S+|[A-Za-z_][A-Za-z0-9_$]*`)
	designHash = regexp.MustCompile(`sha256:[0-9a-f]+`)
)

// identifiers are the names in a Verilog file, sorted.
func identifiers(text []byte) []string {
	names := identifier.FindAllString(notCode.ReplaceAllString(string(text), " "), -1)
	slices.Sort(names)
	return slices.Compact(names)
}

// changed are the files of a sound design with a change, by name.
func changed(t *testing.T, change func(s *arch.Spec)) (files map[string][]byte) {
	t.Helper()
	s := arch.DefaultSpec()
	s.Name, s.Levels = "name", []int{3, 5}
	change(&s)
	d, err := arch.New(s)
	require.NoError(t, err)
	folder, err := Folder(d)
	require.NoError(t, err)
	files = map[string][]byte{}
	for _, f := range folder {
		files[f.Name] = f.Text
	}
	return files
}

// Names come from the design, none from a counter: an array of 64 × 64 × 8 with larger memories of every
// kind has the very names of one of 4 × 4 × 2, file by file.
func TestNamesDoNotCount(t *testing.T) {
	for _, cell := range []arch.Cell{arch.CellSelect, arch.CellTableLUT} {
		small := func(s *arch.Spec) {
			s.Array.Cell, s.Levels, s.Custom = cell, []int{3, 17}, [][]int{{-4, -1, 1, 4}}
			s.Array.Lanes, s.Array.Cols, s.Array.Requantisers, s.Buffers.Table = 4, 4, 2, 256
			if cell == arch.CellSelect {
				s.Array.Pixels = 2
			}
		}
		of4 := changed(t, small)
		of64 := changed(t, func(s *arch.Spec) {
			small(s)
			s.Array.Lanes, s.Array.Cols, s.Array.Hold, s.Array.AccumulatorBits, s.Array.Requantisers = 64, 64, 64, 32, 32
			s.Buffers = arch.Buffers{Activation: 1 << 18, Weight: 1 << 18, Parameter: 1 << 14, Output: 1 << 18, Table: 2048}
			if cell == arch.CellSelect {
				s.Array.Pixels = 8
			}
			s.Program = arch.Depths{Load: 4096, Compute: 4096, Store: 4096}
			s.Memory.BurstBeats, s.Memory.Outstanding = 64, 16
		})
		verilog := 0
		for name, text := range of4 {
			if path.Ext(name) == ".v" {
				verilog++
				require.Equal(t, identifiers(text), identifiers(of64[name]), "%s, %s", cell, name)
			}
		}
		require.Greater(t, verilog, 30)
	}
}

// Digits in names are few: N and the index of a custom set, steps of a pipeline, halves, powers of two,
// registers, and what primitives of a family call their ports.
func TestDigitsInNamesHaveAMeaning(t *testing.T) {
	meaning := regexp.MustCompile(`^(` + strings.Join([]string{
		`(name_decode_)?(n\d+|custom\d+)(_word)?`, // level sets of this design
		`[a-z]+[1-4]_q|[a-z]+_[01](_[ioq])?`,      // steps of requantise and of a sequencer; blocks of sums
		`x[13]|(Keep|by|drop)\d+(_[dq])?`,         // multiples and shifts
		`Design[01](At)?|name_hx8k|clog2`,
		`LUT6_2|CARRY4|CCU2C|INIT[01]|INJECT1_[01]|[A-DIOS][0-6]`, // primitives
	}, "|") + `)$`)
	for _, target := range arch.Targets() {
		files := changed(t, func(s *arch.Spec) {
			s.Target, s.Levels, s.Custom = target, []int{2, 3, 4, 5, 8, 9, 16, 17}, [][]int{{-4, -1, 1, 4}, {-9, 9}}
		})
		for name, text := range files {
			if path.Ext(name) != ".v" {
				continue
			}
			for _, id := range identifiers(text) {
				if strings.ContainsAny(id, "0123456789") {
					require.Regexp(t, meaning, id, name)
				}
			}
		}
	}
}

// Every module's header says what it is, and after how many cycles it does that.
func TestEveryHeaderStatesPurposeAndLatency(t *testing.T) {
	for _, change := range []func(*arch.Spec){
		func(s *arch.Spec) { s.Target = arch.Xilinx7 }, func(s *arch.Spec) { s.Target = arch.ECP5 },
		func(s *arch.Spec) { s.Buffers.Table = 256 }, func(s *arch.Spec) { s.Array.Cell = arch.CellTableBlock },
		func(s *arch.Spec) { s.Target, s.Array.SkewedSums = arch.ICE40, true },
	} {
		for name, text := range changed(t, change) {
			if path.Ext(name) != ".v" {
				continue
			}
			header, _, found := strings.Cut(string(text), "`default_nettype none")
			require.True(t, found, name)
			require.True(t, strings.HasPrefix(header, "// SPDX-License-Identifier: Apache-2.0\n"), name)
			require.Regexp(t, `\n// `+strings.TrimSuffix(path.Base(name), ".v")+`(: | for )`, header, name)
			require.Regexp(t, `(?i)latency`, header, name)
		}
	}
}

// What a change of each field of a design changes in the folder, but for the line with the design's
// hash. docs/accelerator.md has the table in short.
func TestAFieldChangesTheFilesThatDependOnIt(t *testing.T) {
	const (
		core     = "doc/block_diagram.svg name_core.v"
		identity = " doc/registers.md driver/name_registers.h name_axi.v " // DESIGN0, DESIGN1
		lists    = " ecp5/synth.ys ice40/synth.ys name.core name.f "
		sets     = core + identity + lists + " README.md name_decoder.v "
		widths   = core + identity + " README.md name.core name_decoder.v"
	)
	before := changed(t, func(*arch.Spec) {})
	ice40 := changed(t, func(s *arch.Spec) { s.Target = arch.ICE40 }) // what array.skewed_sums changes
	for _, c := range []struct {
		field  string
		change func(s *arch.Spec)
		files  string // + new, - gone
	}{
		{"array.lanes", func(s *arch.Spec) { s.Array.Lanes = 8 }, widths},
		{"array.cols", func(s *arch.Spec) { s.Array.Cols = 32 }, widths},
		{"array.hold", func(s *arch.Spec) { s.Array.Hold = 8 }, core + identity},
		{"array.pixels", func(s *arch.Spec) { s.Array.Pixels = 2 }, core + identity + lists + "+pixel_offsets.v"},
		{"array.accumulator_bits", func(s *arch.Spec) { s.Array.AccumulatorBits = 20 }, core + identity + " README.md"},
		{"array.requantisers", func(s *arch.Spec) { s.Array.Requantisers = 2 }, core + identity},
		{"array.requantiser_stages", func(s *arch.Spec) { s.Array.RequantiserStages = arch.ManyStages }, "name_core.v"},
		{"array.weight_tiles", func(s *arch.Spec) { s.Array.WeightTiles = 1 }, core},
		{"array.sum_blocks", func(s *arch.Spec) { s.Array.SumBlocks = 1 }, core},
		{"array.tree_levels_per_stage", func(s *arch.Spec) { s.Array.LevelsPerStage = 2 }, core},
		{"array.skewed_sums", func(s *arch.Spec) { s.Target, s.Array.SkewedSums = arch.ICE40, true }, "accumulator.v tree_adder.v"},
		{"array.cell", func(s *arch.Spec) { s.Array.Cell = arch.CellTableBlock },
			core + lists + " +name_table_levels.v +sum_table.v +table_column.v +table_fill.v +table_sequencer.v" +
				" -compute_sequencer.v -name_decode_n3.v -name_decode_n5.v -name_decoder.v"},
		{"levels, one more", func(s *arch.Spec) { s.Levels = []int{3, 5, 4} }, sets + "+name_decode_n4.v"},
		{"levels, one less", func(s *arch.Spec) { s.Levels = []int{3} }, sets + "-name_decode_n5.v"},
		{"levels, with a second digit", func(s *arch.Spec) { s.Levels = []int{3, 5, 9} }, sets + "name_decode_n3.v name_decode_n5.v +name_decode_n9.v"},
		{"custom_levels", func(s *arch.Spec) { s.Custom = [][]int{{-2, 0, 2}} }, sets + "+name_decode_custom0.v"},
		{"weights.packing", func(s *arch.Spec) { s.Weights.Packing = quant.Word }, core + " name_decode_n3.v name_decode_n5.v name_decoder.v"},
		{"weights.decode", func(s *arch.Spec) { s.Weights.Decode = arch.DecodeAtLoad }, core},
		{"buffers.activation_bytes", func(s *arch.Spec) { s.Buffers.Activation *= 2 }, core},
		{"buffers.weight_bytes", func(s *arch.Spec) { s.Buffers.Weight *= 2 }, core},
		{"buffers.parameter_bytes", func(s *arch.Spec) { s.Buffers.Parameter *= 2 }, core},
		{"buffers.output_bytes", func(s *arch.Spec) { s.Buffers.Output *= 2 }, core},
		{"buffers.table_bytes", func(s *arch.Spec) { s.Buffers.Table = 256 }, core},
		{"program.load", func(s *arch.Spec) { s.Program.Load *= 2 }, "name_core.v"},
		{"program.compute", func(s *arch.Spec) { s.Program.Compute *= 2 }, "name_core.v"},
		{"program.store", func(s *arch.Spec) { s.Program.Store *= 2 }, "name_core.v"},
		{"memory.width_bits", func(s *arch.Spec) { s.Memory.WidthBits *= 2 },
			core + identity + " README.md name_decoder.v ice40/name_hx8k.v xilinx/name_vivado.v"},
		{"memory.burst_beats", func(s *arch.Spec) { s.Memory.BurstBeats *= 2 }, core + " name_axi.v xilinx/name_vivado.v"},
		{"memory.outstanding", func(s *arch.Spec) { s.Memory.Outstanding *= 2 }, core + " xilinx/name_vivado.v"},
		{"memory.latency_cycles", func(s *arch.Spec) { s.Memory.LatencyCycles *= 2 }, ""},
		{"memory.stall_percent", func(s *arch.Spec) { s.Memory.StallPercent = 7 }, ""},
		{"memory.stall_seed", func(s *arch.Spec) { s.Memory.StallSeed = 7 }, ""},
		{"counters", func(s *arch.Spec) { s.Counters = arch.CountCycles }, "name_core.v"},
		{"clock_mhz", func(s *arch.Spec) { s.ClockMHz = 7 }, "ice40/build.sh name.core xilinx/name.xdc"},
		{"technology", func(s *arch.Spec) { s.Technology = "asap7" }, ""},
		{"target", func(s *arch.Spec) { s.Target = arch.Xilinx7 }, "name.core name.f README.md +name.vlt +ternary_adder.v lane_cell.v lane_tree.v -ecp5/synth.ys" +
			" -ice40/build.sh -ice40/equal_inputs.techmap -ice40/synth.ys -ice40/name_hx8k.v -ice40/name_hx8k.pcf"},
	} {
		before, after := before, changed(t, c.change)
		if c.field == "array.skewed_sums" {
			before = ice40
		}
		var got []string
		for name, text := range after {
			if old, ok := before[name]; !ok {
				got = append(got, "+"+name)
			} else if !bytes.Equal(designHash.ReplaceAll(text, nil), designHash.ReplaceAll(old, nil)) {
				got = append(got, name)
			}
		}
		for name := range before {
			if _, ok := after[name]; !ok {
				got = append(got, "-"+name)
			}
		}
		require.ElementsMatch(t, strings.Fields(c.files), got, "%s", c.field)
	}
}
