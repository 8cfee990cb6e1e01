package synth

import (
	"errors"
	"fmt"
	"strings"

	"lowres/rtlgen"
	"lowres/sim/arch"
)

// ErrTarget is returned for a design that cannot be synthesised for the target.
var ErrTarget = errors.New("target")

// Target is a family of FPGAs.
type Target string

// The targets.
const (
	ICE40  Target = "ice40"  // Lattice iCE40, placed on an HX8K
	ECP5   Target = "ecp5"   // Lattice ECP5
	Xilinx Target = "xilinx" // 7 series
)

// Targets are all of them.
func Targets() []Target { return []Target{ICE40, ECP5, Xilinx} }

// Family is the target of designs with cells of its own.
func (t Target) Family() arch.Target {
	return map[Target]arch.Target{ICE40: arch.ICE40, ECP5: arch.ECP5, Xilinx: arch.Xilinx7}[t]
}

// Refusal says why a design cannot be synthesised for a target, nil if it can.
func Refusal(d *arch.Design, t Target) error {
	switch {
	case rtlgen.Builds(d, t.Family()):
		return nil
	case d.Target == arch.Portable: // plain Verilog, which only tables can keep from a family
		return fmt.Errorf("%w: %s: array.cell: %s: %s has no LUT RAM: want %s or %s", ErrTarget, d.Name, d.Array.Cell, t, arch.CellTableBlock, arch.CellSelect)
	}
	return fmt.Errorf("%w: %s: target: %s: its Verilog is for %s alone: want that, or target: portable", ErrTarget, d.Name, d.Target, Default(d.Target))
}

// Default is the family that a design's target means, Xilinx for portable Verilog.
func Default(d arch.Target) Target {
	switch d {
	case arch.ECP5:
		return ECP5
	case arch.ICE40:
		return ICE40
	}
	return Xilinx
}

// Command is the Yosys command of the target; it keeps hierarchy.
func (t Target) Command() string {
	switch t {
	case ICE40:
		return "synth_ice40 -noflatten"
	case ECP5:
		return "synth_ecp5 -noflatten -nodsp"
	default:
		return "synth_xilinx -family xc7 -nodsp" // which keeps hierarchy unless told
	}
}

// Resources are what logic takes. A block RAM is 4 kbit on iCE40, 18 kbit on
// ECP5, and 36 kbit on Xilinx, where half of one counts as a half.
type Resources struct {
	LUT  int     `json:"lut"`  // LUT4 on Lattice, LUT6 on Xilinx; memory in LUTs included
	FF   int     `json:"ff"`   // flip-flops
	BRAM float64 `json:"bram"` // block RAMs
	// Carry is the cells of carry chains: SB_CARRY, CCU2C or CARRY4. Of these only
	// CCU2C takes LUTs, two of them, which LUT counts.
	Carry int `json:"carry"`
}

// Add adds n times the resources of r.
func (r *Resources) Add(x Resources, n int) {
	r.LUT += n * x.LUT
	r.FF += n * x.FF
	r.BRAM += float64(n) * x.BRAM
	r.Carry += n * x.Carry
}

// luts are the LUTs that cells take by Yosys's names, of which no two targets give one to
// cells of other sizes.
var luts = map[string]int{
	// iCE40
	"SB_LUT4": 1,
	// Xilinx, and ECP5 for LUT4
	"LUT1": 1, "LUT2": 1, "LUT3": 1, "LUT4": 1, "LUT5": 1, "LUT6": 1, "LUT6_2": 1, "INV": 1,
	"SRL16E": 1, "SRLC32E": 1, "RAM32X1S": 1, "RAM64X1S": 1, "RAM128X1S": 2, "RAM256X1S": 4,
	"RAM32X1D": 2, "RAM64X1D": 2, "RAM128X1D": 4, "RAM32M": 4, "RAM64M": 4,
	// ECP5
	"CCU2C": 2, "TRELLIS_DPR16X4": 4,
}

// LUTs are the LUTs that a cell takes as logic, memory or shift register, by Yosys's name;
// 0 for all other cells, known or not.
func LUTs(cell string) int { return luts[cell] }

// takes is what a cell of any target takes. Buffers, multiplexers between LUTs and constants
// take nothing; a cell that is not known is ErrFlow, lest a count be too small.
func takes(cell string) (Resources, error) {
	r := Resources{LUT: LUTs(cell)}
	switch {
	case cell == "SB_CARRY", cell == "CCU2C", cell == "CARRY4":
		r.Carry = 1
	case strings.HasPrefix(cell, "SB_DFF"), cell == "TRELLIS_FF", strings.HasPrefix(cell, "FD"):
		r.FF = 1
	case strings.HasPrefix(cell, "SB_RAM40_4K"), cell == "DP16KD", cell == "PDPW16KD", cell == "RAMB36E1":
		r.BRAM = 1
	case cell == "RAMB18E1":
		r.BRAM = 0.5
	case cell == "PFUMX", cell == "L6MUX21", cell == "MUXF7", cell == "MUXF8", cell == "IBUF", cell == "OBUF", cell == "BUFG":
	case r.LUT == 0:
		return r, fmt.Errorf("%w: cell %s: want one whose size is known", ErrFlow, cell)
	}
	return r, nil
}
