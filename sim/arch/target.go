package arch

// Target says for which FPGA family the cells and carry chains of the array are
// written. What the design computes, and in which cycle, is the same for all.
type Target string

// The targets.
const (
	Portable Target = "portable" // any tool; LUTs of six inputs
	Xilinx7  Target = "xilinx7"  // LUT6_2 and CARRY4 placed by hand: hdl/xilinx7
	ECP5     Target = "ecp5"     // CCU2C placed by hand: hdl/ecp5
	ICE40    Target = "ice40"    // portable Verilog, for LUTs of four inputs beside the carry chain
)

// Targets are all of them.
func Targets() []Target { return []Target{Portable, Xilinx7, ECP5, ICE40} }

// Zeros reports whether a digit of some weight of the design may be 0.
func (d *Design) Zeros() bool {
	if d.DigitCount() > 1 {
		return true
	}
	for _, l := range d.Sets {
		if l.HasZero() {
			return true
		}
	}
	return false
}
