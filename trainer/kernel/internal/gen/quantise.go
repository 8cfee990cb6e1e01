package main

// quantise writes the values of the levels of whole vectors of weights, or the levels as bytes, row by row: R9 edges at R8
// and one value more at R10, by the number of edges that the weight reaches. Four vectors go side by side.
func (f *file) quantise(s isa, codes bool) {
	name, dst, values := "quantise", "dst", "values"
	if codes {
		name, dst, values = "codes", "codes", "levels"
	}
	f.function(values+" of fours of vectors", name+s.suffix)
	f.line("MOVQ quantiseCall_%s(AX), DI", dst)
	f.line("MOVQ quantiseCall_w(AX), SI")
	f.line("MOVQ quantiseCall_bytes(AX), CX")
	f.line("MOVQ quantiseCall_edges(AX), R8")
	f.line("MOVQ quantiseCall_count(AX), R9")
	f.line("MOVQ quantiseCall_%s(AX), R10", values)
	if codes && !s.avx512 {
		f.line("MOVQ quantiseCall_order(AX), R11")
	}
	f.line("VBROADCASTSS (R10), %s", s.r(15))
	if codes {
		f.line("MOVQ quantiseCall_rows(AX), R12")
		f.label("row")
		f.line("MOVQ DI, R13")
		f.line("MOVQ quantiseCall_ahead(AX), R14")
		f.line("ADDQ SI, R14")
	}
	f.line("XORQ BX, BX")
	f.label("next")
	for v := range 4 {
		f.line("VMOVUPS %d(SI)(BX*1), %s", v*s.bytes, s.r(v))
		if v*s.bytes%64 == 0 {
			if codes {
				f.line("PREFETCHT0 %d(R14)(BX*1)", v*s.bytes)
			} else {
				f.line("PREFETCHT1 %d(SI)(BX*1)", v*s.bytes+1024)
			}
		}
		f.line("VMOVAPS %s, %s", s.r(15), s.r(4+v))
	}
	f.line("XORQ DX, DX")
	f.label("edge")
	f.line("VBROADCASTSS (R8)(DX*4), %s", s.r(8))
	f.line("VBROADCASTSS 4(R10)(DX*4), %s", s.r(9))
	for v := range 4 {
		if s.avx512 {
			f.line("VCMPPS $13, %s, %s, K%d", s.r(8), s.r(v), 1+v)
			f.line("VMOVAPS %s, K%d, %s", s.r(9), 1+v, s.r(4+v))
		} else {
			f.line("VCMPPS $13, %s, %s, %s", s.r(8), s.r(v), s.r(10+v))
			f.line("VBLENDVPS %s, %s, %s, %s", s.r(10+v), s.r(9), s.r(4+v), s.r(4+v))
		}
	}
	f.line("INCQ DX")
	f.line("CMPQ DX, R9")
	f.line("JLT edge")
	if codes {
		f.storeBytes(s)
	} else {
		for v := range 4 {
			f.line("VMOVUPS %s, %d(DI)(BX*1)", s.r(4+v), v*s.bytes)
		}
	}
	f.line("ADDQ $%d, BX", 4*s.bytes)
	f.line("CMPQ BX, CX")
	f.line("JLT next")
	if codes {
		f.line("MOVQ R13, DI")
		f.line("ADDQ quantiseCall_dstRow(AX), DI")
		f.line("ADDQ quantiseCall_wRow(AX), SI")
		f.line("DECQ R12")
		f.line("JNZ row")
	}
	f.line("VZEROUPPER")
	f.line("RET")
}

// storeBytes stores registers 4 to 7 of int32 as bytes at DI, and moves it on.
func (f *file) storeBytes(s isa) {
	if s.avx512 {
		for v := range 4 {
			f.line("VPMOVDB %s, %d(DI)", s.r(4+v), 16*v)
		}
	} else {
		f.line("VPACKSSDW Y5, Y4, Y4")
		f.line("VPACKSSDW Y7, Y6, Y6")
		f.line("VPACKSSWB Y6, Y4, Y4")
		f.line("VMOVDQU (R11), Y5")
		f.line("VPERMD Y4, Y5, Y4")
		f.line("VMOVDQU Y4, (DI)")
	}
	f.line("ADDQ $%d, DI", s.bytes)
}

// expand writes bytes times a scale, 32 at a time.
func (f *file) expand(s isa) {
	f.function("codes times a scale", "expand"+s.suffix)
	f.openExpand(s)
	lanes := s.bytes / 4
	for v := range 32 / lanes {
		f.line("VPMOVSXBD %d(SI), %s", v*lanes, s.r(1+v))
		f.line("VCVTDQ2PS %s, %[1]s", s.r(1+v))
		f.times(s.r(1+v), s.r(1+v), s.r(0))
		f.line("VMOVUPS %s, %d(DI)", s.r(1+v), v*s.bytes)
	}
	f.line("ADDQ $32, SI")
	f.line("ADDQ $128, DI")
	f.closeExpand(32)
}

// expandFours writes four rows of 32 columns whose bytes lie side by side. Those 2 kB on come closer meanwhile.
func (f *file) expandFours(s isa) {
	f.function("fours of rows of codes times a scale", "expandFours"+s.suffix)
	f.openExpand(s)
	f.line("PREFETCHT0 2048(SI)")
	f.line("PREFETCHT0 2112(SI)")
	for v := range 128 / s.bytes {
		codes, x := s.r(1), s.r(2)
		f.line("VMOVUPS %d(SI), %s", v*s.bytes, codes)
		for row := range 4 {
			from := codes
			if row < 3 {
				f.line("VPSLLD $%d, %s, %s", 24-8*row, codes, x)
				from = x
			}
			f.line("VPSRAD $24, %s, %s", from, x)
			f.line("VCVTDQ2PS %s, %[1]s", x)
			f.times(x, x, s.r(0))
			f.line("VMOVUPS %s, %d(DI)", x, row*128+v*s.bytes)
		}
	}
	f.line("ADDQ $128, SI")
	f.line("ADDQ $512, DI")
	f.closeExpand(128)
}

func (f *file) openExpand(s isa) {
	f.line("MOVQ expandCall_dst(AX), DI")
	f.line("MOVQ expandCall_codes(AX), SI")
	f.line("MOVQ expandCall_count(AX), CX")
	f.line("VBROADCASTSS expandCall_scale(AX), %s", s.r(0))
	f.label("next")
}

func (f *file) closeExpand(codes int) {
	f.line("SUBQ $%d, CX", codes)
	f.line("JNZ next")
	f.line("VZEROUPPER")
	f.line("RET")
}

// ahead is how many bytes a loop that does nothing but read fetches in front of itself. Two pages: Intel's processors fetch
// by themselves within one page only, and wait for the first lines of the next.
const ahead = 8192

// sumAbs adds the magnitudes of float32 values to 32 float64 sums, value i to sum i mod 32.
func (f *file) sumAbs(s isa) {
	f.function("32 strands of magnitudes", "sumAbs"+s.suffix)
	f.line("MOVQ strandCall_x(AX), SI")
	f.line("MOVQ strandCall_bytes(AX), CX")
	f.line("MOVQ strandCall_sums(AX), DI")
	doubles := s.bytes / 8
	vectors := 32 / doubles
	mask, x := s.r(vectors+1), s.r(vectors)
	if s.avx512 {
		f.line("VPTERNLOGD $255, %s, %[1]s, %[1]s", mask)
	} else {
		f.line("VPCMPEQD %s, %[1]s, %[1]s", mask)
	}
	f.line("VPSRLQ $1, %s, %[1]s", mask)
	for v := range vectors {
		f.line("VMOVUPD %d(DI), %s", v*s.bytes, s.r(v))
	}
	f.line("XORQ BX, BX")
	f.label("next")
	for v := range vectors {
		f.line("VCVTPS2PD %d(SI)(BX*1), %s", v*s.bytes/2, x)
		f.line("%s %s, %s, %s", map[bool]string{true: "VPANDQ", false: "VANDPD"}[s.avx512], mask, x, x)
		f.line("VADDPD %s, %s, %s", x, s.r(v), s.r(v))
	}
	f.line("PREFETCHT0 %d(SI)(BX*1)", ahead)
	f.line("PREFETCHT0 %d(SI)(BX*1)", ahead+64)
	f.line("ADDQ $128, BX")
	f.line("CMPQ BX, CX")
	f.line("JLT next")
	for v := range vectors {
		f.line("VMOVUPD %s, %d(DI)", s.r(v), v*s.bytes)
	}
	f.line("VZEROUPPER")
	f.line("RET")
}

// transpose writes groups of four columns of one vector of rows as four rows. R8 and R9 are four and twelve
// rows of the source, R13 and R14 one and three of the destination. Register j takes rows j, j+4, j+8 and
// j+12 of 128 bits each, so that unpacking within these 128 bits brings the rows into order.
func (f *file) transpose(s isa) {
	f.function("a vector of rows as columns", "transpose"+s.suffix)
	f.line("MOVQ transposeCall_src(AX), SI")
	f.line("MOVQ transposeCall_dst(AX), DI")
	f.line("MOVQ transposeCall_srcRow(AX), R8")
	f.line("MOVQ transposeCall_dstRow(AX), R13")
	f.line("MOVQ transposeCall_groups(AX), CX")
	f.line("LEAQ (SI)(R8*1), R10")
	f.line("LEAQ (SI)(R8*2), R11")
	f.line("LEAQ (R10)(R8*2), R12")
	f.line("SHLQ $2, R8")
	f.line("LEAQ (R8)(R8*2), R9")
	f.line("LEAQ (R13)(R13*2), R14")
	f.label("next")
	for j, base := range []string{"SI", "R10", "R11", "R12"} {
		f.line("VMOVUPS (%s), X%d", base, j)
		if s.avx512 {
			f.line("VINSERTF32X4 $1, (%s)(R8*1), Z%d, Z%[2]d", base, j)
			f.line("VINSERTF32X4 $2, (%s)(R8*2), Z%d, Z%[2]d", base, j)
			f.line("VINSERTF32X4 $3, (%s)(R9*1), Z%d, Z%[2]d", base, j)
		} else {
			f.line("VINSERTF128 $1, (%s)(R8*1), Y%d, Y%[2]d", base, j)
		}
	}
	f.line("VUNPCKLPS %s, %s, %s", s.r(1), s.r(0), s.r(4))
	f.line("VUNPCKHPS %s, %s, %s", s.r(1), s.r(0), s.r(5))
	f.line("VUNPCKLPS %s, %s, %s", s.r(3), s.r(2), s.r(6))
	f.line("VUNPCKHPS %s, %s, %s", s.r(3), s.r(2), s.r(7))
	for k, row := range []string{"(DI)", "(DI)(R13*1)", "(DI)(R13*2)", "(DI)(R14*1)"} {
		unpack := []string{"VUNPCKLPD", "VUNPCKHPD"}[k%2]
		f.line("%s %s, %s, %s", unpack, s.r(6+k/2), s.r(4+k/2), s.r(0))
		f.line("VMOVUPS %s, %s", s.r(0), row)
	}
	for _, base := range []string{"SI", "R10", "R11", "R12"} {
		f.line("ADDQ $16, %s", base)
	}
	f.line("LEAQ (DI)(R13*4), DI")
	f.line("DECQ CX")
	f.line("JNZ next")
	f.line("VZEROUPPER")
	f.line("RET")
}
