package synth

import (
	"fmt"
	"strings"

	"lowres/sim/arch"
)

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

// of is what a cell takes. Buffers, multiplexers between LUTs and constants
// take nothing; a cell that is not known is an error, lest a count be too small.
func (t Target) of(cell string) (Resources, error) {
	var r Resources
	switch t {
	case ICE40:
		switch {
		case cell == "SB_LUT4":
			r.LUT = 1
		case cell == "SB_CARRY":
			r.Carry = 1
		case strings.HasPrefix(cell, "SB_DFF"):
			r.FF = 1
		case strings.HasPrefix(cell, "SB_RAM40_4K"):
			r.BRAM = 1
		default:
			return r, unknownCell(t, cell)
		}
	case ECP5:
		switch cell {
		case "LUT4":
			r.LUT = 1
		case "CCU2C":
			r.Carry, r.LUT = 1, 2
		case "TRELLIS_DPR16X4":
			r.LUT = 4
		case "TRELLIS_FF":
			r.FF = 1
		case "DP16KD", "PDPW16KD":
			r.BRAM = 1
		case "PFUMX", "L6MUX21":
		default:
			return r, unknownCell(t, cell)
		}
	case Xilinx:
		switch {
		case cell == "LUT6_2", len(cell) == 4 && strings.HasPrefix(cell, "LUT"), cell == "INV":
			r.LUT = 1
		case cell == "SRL16E", cell == "SRLC32E":
			r.LUT = 1
		case cell == "RAM32M", cell == "RAM64M":
			r.LUT = 4
		case cell == "RAM32X1S", cell == "RAM64X1S":
			r.LUT = 1
		case cell == "RAM32X1D", cell == "RAM64X1D", cell == "RAM128X1S":
			r.LUT = 2
		case cell == "RAM128X1D", cell == "RAM256X1S":
			r.LUT = 4
		case cell == "CARRY4":
			r.Carry = 1
		case strings.HasPrefix(cell, "FD"):
			r.FF = 1
		case cell == "RAMB36E1":
			r.BRAM = 1
		case cell == "RAMB18E1":
			r.BRAM = 0.5
		case cell == "MUXF7", cell == "MUXF8", cell == "IBUF", cell == "OBUF", cell == "BUFG":
		default:
			return r, unknownCell(t, cell)
		}
	}
	return r, nil
}

func unknownCell(t Target, cell string) error {
	return fmt.Errorf("%w: cell %s of %s: want one whose size is known", ErrFlow, cell, t)
}
