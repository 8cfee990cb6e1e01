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

// rowTiles copies rows to tiles of maxRows columns, a vector and a half, one tile after the other.
func (f *file) rowTiles(s isa) {
	f.function("rows as tiles", "rowTiles"+s.suffix)
	f.line("MOVQ panelsCall_dst(AX), DI")
	f.line("MOVQ panelsCall_src(AX), SI")
	f.line("MOVQ panelsCall_srcRow(AX), R8")
	f.line("MOVQ panelsCall_panels(AX), CX")
	f.label("tile")
	f.line("MOVQ DI, R9")
	f.line("MOVQ SI, R10")
	f.line("MOVQ panelsCall_rows(AX), DX")
	f.label("row")
	f.line("VMOVUPS (R10), Y0")
	f.line("VMOVUPS 32(R10), X1")
	f.line("VMOVUPS Y0, (R9)")
	f.line("VMOVUPS X1, 32(R9)")
	f.line("ADDQ $%d, R9", 4*maxRows)
	f.line("ADDQ R8, R10")
	f.line("DECQ DX")
	f.line("JNZ row")
	f.line("ADDQ $%d, SI", 4*maxRows)
	f.line("ADDQ panelsCall_step(AX), DI")
	f.line("DECQ CX")
	f.line("JNZ tile")
	f.line("VZEROUPPER")
	f.line("RET")
}

// pixels writes (p − 128)/128 of whole vectors of bytes. All of it is exact.
func (f *file) pixels(s isa) {
	f.function("pixels as float32 over whole vectors", "pixels"+s.suffix)
	f.line("MOVQ pixelCall_dst(AX), DI")
	f.line("MOVQ pixelCall_src(AX), SI")
	f.line("MOVQ pixelCall_count(AX), CX")
	f.pixelConstants(s)
	f.line("XORQ BX, BX")
	f.label("next")
	f.pixel(s, "(SI)(BX*1)", "(DI)(BX*4)")
	f.line("ADDQ $%d, BX", s.bytes/4)
	f.line("CMPQ BX, CX")
	f.line("JLT next")
	f.line("VZEROUPPER")
	f.line("RET")
}

// pixelConstants puts 128 and 1/128 into registers 1 and 2.
func (f *file) pixelConstants(s isa) {
	f.line("MOVL $0x43000000, DX") // 128
	f.line("VMOVD DX, X1")
	f.line("VBROADCASTSS X1, %s", s.r(1))
	f.line("MOVL $0x3c000000, DX") // 1/128
	f.line("VMOVD DX, X2")
	f.line("VBROADCASTSS X2, %s", s.r(2))
}

// pixel writes a vector of pixels.
func (f *file) pixel(s isa, from, to string) {
	f.line("VPMOVZXBD %s, %s", from, s.r(0))
	f.line("VCVTDQ2PS %s, %s", s.r(0), s.r(0))
	f.line("VSUBPS %s, %s, %s", s.r(1), s.r(0), s.r(0))
	f.line("VMULPS %s, %s, %s", s.r(2), s.r(0), s.r(0))
	f.line("VMOVUPS %s, %s", s.r(0), to)
}

// pixelPanels writes rows of pixels to panels of 32 columns, row by row.
func (f *file) pixelPanels(s isa) {
	f.function("rows of pixels as panels", "pixelPanels"+s.suffix)
	f.line("MOVQ pixelPanelsCall_dst(AX), DI")
	f.line("MOVQ pixelPanelsCall_src(AX), SI")
	f.line("MOVQ pixelPanelsCall_step(AX), R8")
	f.line("MOVQ pixelPanelsCall_rows(AX), CX")
	f.pixelConstants(s)
	f.label("row")
	f.line("MOVQ DI, R9")
	f.line("MOVQ SI, R10")
	f.line("MOVQ pixelPanelsCall_panels(AX), DX")
	f.label("panel")
	lanes := s.bytes / 4
	for v := range 32 / lanes {
		f.pixel(s, sprintf("%d(R10)", v*lanes), sprintf("%d(R9)", v*s.bytes))
	}
	f.line("ADDQ $32, R10")
	f.line("ADDQ R8, R9")
	f.line("DECQ DX")
	f.line("JNZ panel")
	f.line("ADDQ $128, DI")
	f.line("ADDQ pixelPanelsCall_srcRow(AX), SI")
	f.line("DECQ CX")
	f.line("JNZ row")
	f.line("VZEROUPPER")
	f.line("RET")
}
