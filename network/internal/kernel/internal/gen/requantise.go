package main

// Registers of a requantisation: SI and DI walk the windows of C and Out, R11 and R12 their groups of 16
// columns, R10 the table; CX walks the lines of a window and R15 its pixels; R9 is the window, R8 a line.

// group writes the loops around one group of 16 columns. least and most write the start and one step of
// the maximum over the window at R15, finish all that follows, up to X0 with 16 signed bytes. X11 holds
// sixteen times 128.
func (f *file) groups(least, most, finish func()) {
	f.line("MOVQ $0x8080808080808080, CX")
	f.line("MOVQ CX, X11")
	f.line("VPBROADCASTQ X11, X11")
	f.line("MOVQ requantiseCall_c(AX), SI")
	f.line("MOVQ requantiseCall_out(AX), DI")
	f.line("MOVQ requantiseCall_line(AX), R8")
	f.line("MOVQ requantiseCall_window(AX), R9")
	f.line("MOVQ requantiseCall_windows(AX), DX")
	f.label("window")
	f.line("MOVQ requantiseCall_table(AX), R10")
	f.line("MOVQ requantiseCall_groups(AX), R13")
	f.line("MOVQ SI, R11")
	f.line("MOVQ DI, R12")
	f.label("group")
	f.line("MOVQ R11, CX")
	f.line("MOVQ R9, R14")
	least()
	f.label("line")
	f.line("MOVQ CX, R15")
	f.line("MOVQ R9, BX")
	f.label("pixel")
	most()
	f.line("SUBQ $-128, R15")
	f.line("DECQ BX")
	f.line("JNZ pixel")
	f.line("ADDQ R8, CX")
	f.line("DECQ R14")
	f.line("JNZ line")
	finish()
	f.line("VPXOR X11, X0, X0")
	f.line("VMOVDQU X0, (R12)")
	f.line("ADDQ $64, R11")
	f.line("ADDQ $16, R12")
	f.line("ADDQ $384, R10")
	f.line("DECQ R13")
	f.line("JNZ group")
	f.line("ADDQ requantiseCall_cStep(AX), SI")
	f.line("ADDQ requantiseCall_outStep(AX), DI")
	f.line("DECQ DX")
	f.line("JNZ window")
	f.line("VZEROUPPER")
	f.line("RET")
}

// requantise512 takes even and odd columns apart into 64-bit lanes, and lets VPMOVSQB clamp to int8.
func (f *file) requantise512() {
	f.function("pool and requantise, 16 columns at a time", "requantiseLoop512")
	f.line("VPBROADCASTB requantiseCall_low(AX), X10")
	f.line("MOVL $0x80000000, CX")
	f.line("VPBROADCASTD CX, Z9")
	f.groups(
		func() { f.line("VMOVDQA32 Z9, Z0") },
		func() { f.line("VPMAXSD (R15), Z0, Z0") },
		func() {
			f.line("VPSRLQ $32, Z0, Z1")
			for parity := range 2 {
				f.line("VPMULDQ %d(R10), Z%d, Z%[2]d", 64*parity, parity)
				f.line("VPADDQ %d(R10), Z%d, Z%[2]d", 128+64*parity, parity)
				f.line("VMOVDQU64 %d(R10), Z2", 256+64*parity)
				f.line("VPSRAVQ Z2, Z%d, Z%[1]d", parity)
				f.line("VPMOVSQB Z%d, X%[1]d", parity)
			}
			f.line("VPUNPCKLBW X1, X0, X0")
			f.line("VPMAXSB X10, X0, X0")
		})
}

// requantise256 does the same with what AVX2 has. Y10 is the least int32, Y12 the least int64, Y13 the
// largest activation, Y14 the least.
func (f *file) requantise256() {
	f.function("pool and requantise, 16 columns at a time", "requantiseLoop256")
	f.line("VPBROADCASTQ requantiseCall_low(AX), Y14")
	f.line("VPCMPEQQ Y12, Y12, Y12")
	f.line("VPSRLQ $57, Y12, Y13")
	f.line("VPSLLD $31, Y12, Y10")
	f.line("VPSLLQ $63, Y12, Y12")
	f.groups(
		func() {
			f.line("VMOVDQA Y10, Y0")
			f.line("VMOVDQA Y10, Y1")
		},
		func() {
			f.line("VPMAXSD (R15), Y0, Y0")
			f.line("VPMAXSD 32(R15), Y1, Y1")
		},
		func() {
			for half := range 2 {
				f.line("VPSRLQ $32, Y%d, Y2", half)
				f.scale256(half, 32*half)
				f.scale256(2, 64+32*half)
				f.line("VPSLLQ $32, Y2, Y2")
				f.line("VPBLENDD $0xAA, Y2, Y%d, Y%[1]d", half)
			}
			f.line("VPACKSSDW Y1, Y0, Y0") // columns 0-3, 8-11, 4-7, 12-15
			f.line("VPERMQ $0xD8, Y0, Y0")
			f.line("VPACKSSWB Y0, Y0, Y0") // columns 0-7 twice, 8-15 twice
			f.line("VPERMQ $0x08, Y0, Y0")
		})
}

// scale256 multiplies, rounds, shifts and clamps four 64-bit lanes with the table at offset at. AVX2 has no
// arithmetic shift of them: with the sign bit flipped a logical one will do, and 2^63 >> shift is taken off.
func (f *file) scale256(v, at int) {
	f.line("VPMULDQ %d(R10), Y%d, Y%[2]d", at, v)
	f.line("VPADDQ %d(R10), Y%d, Y%[2]d", 128+at, v)
	f.line("VMOVDQU %d(R10), Y3", 256+at)
	f.line("VPXOR Y12, Y%d, Y%[1]d", v)
	f.line("VPSRLVQ Y3, Y%d, Y%[1]d", v)
	f.line("VPSRLVQ Y3, Y12, Y4")
	f.line("VPSUBQ Y4, Y%d, Y%[1]d", v)
	f.line("VPCMPGTQ Y13, Y%d, Y4", v)
	f.line("VBLENDVPD Y4, Y13, Y%d, Y%[1]d", v)
	f.line("VPCMPGTQ Y%d, Y14, Y4", v)
	f.line("VBLENDVPD Y4, Y14, Y%d, Y%[1]d", v)
}
