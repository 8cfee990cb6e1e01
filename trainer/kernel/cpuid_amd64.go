package kernel

import (
	"encoding/binary"
	"sync"
)

// intel reports whether Intel made the processor. What it does by itself with caches, no feature tells. It asks once: a
// hypervisor takes its time to answer.
var intel = sync.OnceValue(func() bool {
	_, b, c, d := cpuid(0)
	var vendor []byte
	for _, part := range []uint32{b, d, c} {
		vendor = binary.LittleEndian.AppendUint32(vendor, part)
	}
	return string(vendor) == "GenuineIntel"
})

// cpuid is the instruction, for a leaf without sub-leaves.
func cpuid(leaf uint32) (a, b, c, d uint32)
