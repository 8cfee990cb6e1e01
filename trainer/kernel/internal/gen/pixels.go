package main

// panels copies rows to panels of 32 columns, one panel after the other, past the caches: they are read much later, maybe
// by another core. The panels lie on whole lines of a cache.
func (f *file) panels(s isa) {
	f.function("rows as panels", "panels"+s.suffix)
	f.line("MOVQ panelsCall_dst(AX), DI")
	f.line("MOVQ panelsCall_src(AX), SI")
	f.line("MOVQ panelsCall_srcRow(AX), R8")
	f.line("MOVQ panelsCall_panels(AX), CX")
	f.label("panel")
	f.line("MOVQ DI, R9")
	f.line("MOVQ SI, R10")
	f.line("MOVQ panelsCall_rows(AX), DX")
	f.label("row")
	vectors := 128 / s.bytes
	for v := range vectors {
		f.line("VMOVUPS %d(R10), %s", v*s.bytes, s.r(v))
	}
	for v := range vectors {
		f.line("VMOVNTPS %s, %d(R9)", s.r(v), v*s.bytes)
	}
	f.line("ADDQ $128, R9")
	f.line("ADDQ R8, R10")
	f.line("DECQ DX")
	f.line("JNZ row")
	f.line("ADDQ $128, SI")
	f.line("ADDQ panelsCall_step(AX), DI")
	f.line("DECQ CX")
	f.line("JNZ panel")
	f.line("SFENCE")
	f.line("VZEROUPPER")
	f.line("RET")
}

// pixels writes (p − 128)/128 of whole vectors of bytes. All of it is exact.
func (f *file) pixels(s isa) {
	f.function("pixels as float32 over whole vectors", "pixels"+s.suffix)
	f.line("MOVQ pixelCall_dst(AX), DI")
	f.line("MOVQ pixelCall_src(AX), SI")
	f.line("MOVQ pixelCall_count(AX), CX")
	f.line("MOVL $0x43000000, DX") // 128
	f.line("VMOVD DX, X1")
	f.line("VBROADCASTSS X1, %s", s.r(1))
	f.line("MOVL $0x3c000000, DX") // 1/128
	f.line("VMOVD DX, X2")
	f.line("VBROADCASTSS X2, %s", s.r(2))
	f.line("XORQ BX, BX")
	f.label("next")
	f.line("VPMOVZXBD (SI)(BX*1), %s", s.r(0))
	f.line("VCVTDQ2PS %s, %s", s.r(0), s.r(0))
	f.line("VSUBPS %s, %s, %s", s.r(1), s.r(0), s.r(0))
	f.line("VMULPS %s, %s, %s", s.r(2), s.r(0), s.r(0))
	f.line("VMOVUPS %s, (DI)(BX*4)", s.r(0))
	f.line("ADDQ $%d, BX", s.bytes/4)
	f.line("CMPQ BX, CX")
	f.line("JLT next")
	f.line("VZEROUPPER")
	f.line("RET")
}
