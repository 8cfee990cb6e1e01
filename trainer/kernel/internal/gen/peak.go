package main

import "fmt"

// peak writes n rounds of fused multiply-adds that touch nothing but registers: enough independent ones a
// round that each finds its accumulator ready.
func (f *file) peak(s isa) {
	fmt.Fprintf(f, "\n// n rounds of multiply-adds between registers\nTEXT ·peak%s(SB), NOSPLIT, $0-8\n", s.suffix)
	f.line("MOVQ n+0(FP), CX")
	for r := range 2 + peakChains {
		f.line("%s %s, %s, %s", s.zero(), s.r(r), s.r(r), s.r(r))
	}
	f.label("next")
	for r := range peakChains {
		f.line("VFMADD231PS %s, %s, %s", s.r(0), s.r(1), s.r(2+r))
	}
	f.line("DECQ CX")
	f.line("JNZ next")
	f.line("VZEROUPPER")
	f.line("RET")
}

// peakChains is the number of independent sums: more than latency times throughput of any core, few
// enough for 16 registers. The kernel package knows it too.
const peakChains = 12
