package main

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
