package kernel

import "golang.org/x/sys/cpu"

//go:generate go run ./internal/gen -out kernel_amd64.s

// All returns the sets that this processor can run, fastest first; the last is plain Go.
func All() []*Set {
	var sets []*Set
	x := &cpu.X86
	if x.HasAVX512VNNI && x.HasAVX512BW && x.HasAVX512VL && x.HasAVX2 {
		sets = append(sets, &Set{"avx512vnni", packPanels, multiply512, requantise512})
	}
	if x.HasAVXVNNI && x.HasAVX2 {
		sets = append(sets, &Set{"avxvnni", packPanels, multiplyVNNI, requantise256})
	}
	if x.HasAVX2 {
		sets = append(sets, &Set{"avx2", packPanels, multiplyAVX2, requantise256})
	}
	return append(sets, plain())
}
