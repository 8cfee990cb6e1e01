package main

// The product of small weights: the sums of as many quads as fit are kept in int16, of a whole tile in
// registers, and then added to C, in int32. Of the registers of a product R13 counts the quads that still
// fit and BP those left of the line; there is but one part.

// dotAVX2Int16 is exact as long as no more quads are added than fit.
func dotAVX2Int16(f *file, weights, activations, sum int) {
	f.line("VPMADDUBSW Y%d, Y%d, Y3", weights, activations)
	f.line("VPADDW Y3, Y%d, Y%d", sum, sum)
}

// tileInt16 starts C with the bias, and adds the products to it. The quads that fit may span lines.
func (f *file) tileInt16(s isa, rows int) {
	f.line("MOVQ productCall_bias(AX), CX")
	f.line("VMOVUPS (CX)(R11*1), Y0")
	f.line("VMOVUPS 32(CX)(R11*1), Y1")
	for r := range rows {
		lo, hi := s.pair(r)
		f.line("VMOVUPS Y0, %d(DI)(R11*1)", 128*r)
		f.line("VMOVUPS Y1, %d(DI)(R11*1)", 128*r+32)
		f.line("VPXOR Y%d, Y%[1]d, Y%[1]d", lo)
		f.line("VPXOR Y%d, Y%[1]d, Y%[1]d", hi)
	}
	f.line("MOVQ SI, CX")
	f.line("MOVQ productCall_b(AX), BX")
	f.line("ADDQ R11, BX")
	f.line("MOVQ productCall_lines(AX), DX")
	f.line("MOVQ productCall_fit(AX), R13")
	f.label("line")
	f.line("MOVQ productCall_quads(AX), BP")
	f.label("run") // of quads, to the end of what fits or of the line
	f.line("MOVQ BP, R14")
	f.line("CMPQ R13, BP")
	f.line("CMOVQLT R13, R14")
	f.line("SUBQ R14, BP")
	f.line("SUBQ R14, R13")
	f.label("quad")
	f.term(s, rows)
	f.line("DECQ R14")
	f.line("JNZ quad")
	f.line("TESTQ R13, R13")
	f.line("JNZ next")
	f.widen(s, rows)
	f.line("MOVQ productCall_fit(AX), R13")
	f.line("TESTQ BP, BP")
	f.line("JNZ run")
	f.label("next")
	f.line("ADDQ productCall_lineJump(AX), CX")
	f.line("DECQ DX")
	f.line("JNZ line")
	f.widen(s, rows)
}

// widen moves the sums in int16 to C. Neighbours are parts of one output's sum: VPMADDWD by ones adds them.
func (f *file) widen(s isa, rows int) {
	f.line("VPCMPEQW Y0, Y0, Y0")
	f.line("VPSRLW $15, Y0, Y0")
	for r := range rows {
		lo, hi := s.pair(r)
		for half, sum := range []int{lo, hi} {
			at := 128*r + 32*half
			f.line("VPMADDWD Y0, Y%d, Y1", sum)
			f.line("VPADDD %d(DI)(R11*1), Y1, Y1", at)
			f.line("VMOVUPS Y1, %d(DI)(R11*1)", at)
			f.line("VPXOR Y%d, Y%[1]d, Y%[1]d", sum)
		}
	}
}
