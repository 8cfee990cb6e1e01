package main

// drop writes what a kernel.Dropout leaves of SI to DI, over whole vectors. Register 0 holds the numbers of the elements
// times the step of the hash, plus the first key.
func (f *file) drop(s isa) {
	f.function("dropout over whole vectors", "drop"+s.suffix)
	f.line("MOVQ dropCall_dst(AX), DI")
	f.line("MOVQ dropCall_src(AX), SI")
	f.line("MOVQ dropCall_bytes(AX), CX")
	f.line("MOVQ dropCall_numbers(AX), R8")
	for n, name := range []string{"step", "mul1", "mul2", "key1", "threshold", "keep", "first", "key0"} {
		f.line("VPBROADCASTD dropCall_%s(AX), %s", name, s.r(8+n))
	}
	f.line("VPADDD (R8), %s, %s", s.r(14), s.r(0))
	f.line("VPMULLD %s, %s, %s", s.r(8), s.r(0), s.r(0))
	f.line("VPADDD %s, %s, %s", s.r(15), s.r(0), s.r(0))
	f.line("VPSLLD $%d, %s, %s", map[int]int{64: 4, 32: 3}[s.bytes], s.r(8), s.r(8)) // of a vector
	xor := map[bool]string{true: "VPXORD", false: "VPXOR"}[s.avx512]
	f.along(s, "next", func() {
		x, t := s.r(1), s.r(2)
		f.line("%s %s, %s, %s", xor, s.r(11), s.r(0), x)
		f.line("VPSRLD $16, %s, %s", x, t)
		f.line("%s %s, %s, %s", xor, t, x, x)
		f.line("VPMULLD %s, %s, %s", s.r(9), x, x)
		f.line("VPSRLD $15, %s, %s", x, t)
		f.line("%s %s, %s, %s", xor, t, x, x)
		f.line("VPMULLD %s, %s, %s", s.r(10), x, x)
		f.line("VPSRLD $16, %s, %s", x, t)
		f.line("%s %s, %s, %s", xor, t, x, x)
		f.line("VMULPS (SI)(BX*1), %s, %s", s.r(13), t)
		if s.avx512 {
			f.line("VPCMPUD $5, %s, %s, K1", s.r(12), x)
			f.line("VMOVAPS.Z %s, K1, %s", t, t)
		} else {
			f.line("VPMAXUD %s, %s, %s", s.r(12), x, s.r(3)) // x unless it is below the threshold
			f.line("VPCMPEQD %s, %s, %s", s.r(3), x, x)
			f.line("VPAND %s, %s, %s", x, t, t)
		}
		f.line("VMOVUPS %s, (DI)(BX*1)", t)
		f.line("VPADDD %s, %s, %s", s.r(8), s.r(0), s.r(0))
	})
	f.line("VZEROUPPER")
	f.line("RET")
}
