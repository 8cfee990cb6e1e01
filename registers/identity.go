package registers

import (
	"math/bits"
	"slices"

	"lowres/quant"
	"lowres/sim/arch"
	"lowres/version"
)

// IDValue is what ID reads: "LRES".
const IDValue uint32 = 0x4C524553

// VersionValue is what VERSION of an accelerator by this lowres reads.
const VersionValue uint32 = version.Major<<16 | version.Minor<<8 | version.Patch

// Design0Value is what DESIGN0 of a design reads: lanes, cols, hold and requantisers.
func Design0Value(d *arch.Design) uint32 {
	a := d.Array
	return uint32(a.Lanes | a.Cols<<8 | a.Hold<<16 | a.Requantisers<<24)
}

// Design1Value is what DESIGN1 of a design reads: the bytes of a beat, the bits of a sum,
// the level sets and the pixels.
func Design1Value(d *arch.Design) uint32 {
	mask := 0
	for _, n := range d.Levels {
		mask |= 1 << slices.Index(quant.PaperN(), n)
	}
	return uint32(d.MemoryBytes() | d.Array.AccumulatorBits<<8 | mask<<16 | len(d.Custom)<<24 | (bits.Len(uint(d.Array.Pixels))-1)<<28)
}
