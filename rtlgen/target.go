package rtlgen

import (
	"strings"

	"lowres/sim/arch"
)

// models are the files with the simulation models of the cells that a target's
// own modules consist of, below Yosys's data folder.
var models = map[arch.Target]string{arch.Xilinx7: "xilinx/cells_sim.v", arch.ECP5: "ecp5/cells_sim.v"}

// Models is the file with the simulation models that a target's Verilog needs, below
// the data folder of Yosys (usually /usr/share/yosys); "" if it needs none.
func Models(target arch.Target) string { return models[target] }

// Builds reports whether a family's tools take the design: its array is of plain Verilog, or
// of that family's cells, and has no tables in LUT RAM where the family has none.
func Builds(d *arch.Design, family arch.Target) bool {
	if family == arch.ICE40 && d.Array.Cell == arch.CellTableLUT {
		return false
	}
	return models[d.Target] == "" || d.Target == family
}

// WaiverName is the file of Verilator's waivers for those models.
func WaiverName(d *arch.Design) string { return d.Name + ".vlt" }

// waivers says what Verilator is not to complain about: the style of the models, and
// their carry chains, which look like loops where a vector's bits depend on each other.
func waivers(d *arch.Design) File {
	var s strings.Builder
	s.WriteString("`verilator_config\n")
	s.WriteString("// Yosys's models of the target's cells: their style, and carry chains within one vector.\n")
	for _, file := range []string{"*/cells_sim.v", "*/cells_ff.vh", "*/cells_io.vh"} {
		s.WriteString("lint_off -file \"" + file + "\"\n")
	}
	if d.Target == arch.Xilinx7 {
		s.WriteString("// The wire at CARRY4's CO is that vector.\nlint_off -rule UNOPTFLAT -file \"*ternary_adder.v\"\n")
	}
	return File{WaiverName(d), []byte(s.String())}
}
