package main

// Registers of a product: SI, DI and R15 walk the tiles of A, C and the mask; R8, R9, R10 hold one, three
// and five row strides; R11 and R12 the innermost steps; CX and BP point at rows 0 and 6 of A, BX at B;
// R13 counts the outer loop, DX the middle one and R14 the inner one. The tile counter lives in p.

// product writes one product of a fixed number of rows and one or two vectors of columns.
func (f *file) product(s isa, rows int) {
	if s.narrow {
		f.function("one vector of columns, a fixed number of rows", sprintf("narrow%sx%d", s.suffix, rows))
	} else {
		f.function("two vectors of columns, a fixed number of rows", sprintf("product%sx%d", s.suffix, rows))
	}
	// BP belongs to the caller: keep it beside the arguments.
	f.line("MOVQ BP, call_saved(AX)")
	f.line("MOVQ call_a(AX), SI")
	f.line("MOVQ call_c(AX), DI")
	f.line("MOVQ call_mask(AX), R15")
	f.line("MOVQ call_aRow(AX), R8")
	f.line("LEAQ (R8)(R8*2), R9")
	f.line("LEAQ (R8)(R8*4), R10")
	f.line("MOVQ call_aStep(AX), R11")
	f.line("MOVQ call_bStep(AX), R12")
	f.label("tile")
	f.fetchShare()
	f.start(s, rows)
	f.loops(s, rows)
	f.finish(s, rows)
	f.line("ADDQ call_aTile(AX), SI")
	f.line("ADDQ call_cTile(AX), DI")
	f.line("ADDQ call_maskTile(AX), R15")
	f.line("DECQ call_tiles(AX)")
	f.line("JNZ tile")
	f.line("MOVQ call_saved(AX), BP")
	f.line("VZEROUPPER")
	f.line("RET")
}

// fetchShare asks for a tile's share of what the next product reads, line by line; CX and BX are free until a tile starts.
func (f *file) fetchShare() {
	f.line("MOVQ call_nextLines(AX), CX")
	f.line("TESTQ CX, CX")
	f.line("JEQ fetched")
	f.line("MOVQ call_next(AX), BX")
	f.label("fetch")
	f.line("PREFETCHT1 (BX)")
	f.line("ADDQ $64, BX")
	f.line("DECQ CX")
	f.line("JNZ fetch")
	f.line("MOVQ BX, call_next(AX)")
	f.label("fetched")
}

// second writes an instruction for the second vector of columns, if there is one.
func (f *file) second(s isa, format string, args ...any) {
	if !s.narrow {
		f.line(format, args...)
	}
}

func (s isa) pair(row int) (lo, hi string) { return s.r(s.acc + 2*row), s.r(s.acc + 2*row + 1) }

// start fills the accumulators with zero, the bias or C.
func (f *file) start(s isa, rows int) {
	f.line("MOVQ call_start(AX), CX")
	f.line("CMPQ CX, $1")
	f.line("JEQ bias")
	f.line("JGT present")
	f.clear(s, rows)
	f.line("JMP begin")
	f.label("bias")
	f.line("MOVQ call_bias(AX), CX")
	for r := range rows {
		lo, hi := s.pair(r)
		f.line("VMOVUPS (CX), %s", lo)
		f.second(s, "VMOVUPS %d(CX), %s", s.bytes, hi)
	}
	f.line("JMP begin")
	f.label("present") // and that of the next tile comes closer
	f.line("MOVQ DI, CX")
	f.line("MOVQ call_cTile(AX), BX")
	for r := range rows {
		lo, hi := s.pair(r)
		f.line("VMOVUPS (CX), %s", lo)
		f.second(s, "VMOVUPS %d(CX), %s", s.bytes, hi)
		f.line("PREFETCHT0 (CX)(BX*1)")
		if s.avx512 {
			f.second(s, "PREFETCHT0 %d(CX)(BX*1)", s.bytes)
		}
		f.line("ADDQ call_cRow(AX), CX")
	}
	f.label("begin")
}

// clear fills the accumulators with zero.
func (f *file) clear(s isa, rows int) {
	for r := range rows {
		lo, hi := s.pair(r)
		f.line("%s %s, %s, %s", s.zero(), lo, lo, lo)
		f.second(s, "%s %s, %s, %s", s.zero(), hi, hi, hi)
	}
}

// loops writes the three reduction loops.
func (f *file) loops(s isa, rows int) {
	f.line("MOVQ SI, CX")
	f.line("LEAQ (SI)(R9*2), BP")
	f.line("MOVQ call_b(AX), BX")
	f.line("MOVQ call_n0(AX), R13")
	f.label("outer")
	f.line("MOVQ call_n1(AX), DX")
	f.label("middle")
	f.line("MOVQ call_n2(AX), R14")
	f.label("inner")
	f.term(s, rows)
	f.line("ADDQ R11, CX")
	if rows > 6 {
		f.line("ADDQ R11, BP")
	}
	f.line("ADDQ R12, BX")
	f.line("DECQ R14")
	f.line("JNZ inner")
	f.advance("1", rows)
	f.line("DECQ DX")
	f.line("JNZ middle")
	f.advance("0", rows)
	f.line("DECQ R13")
	f.line("JNZ outer")
}

func (f *file) advance(level string, rows int) {
	f.line("ADDQ call_aJump%s(AX), CX", level)
	if rows > 6 {
		f.line("ADDQ call_aJump%s(AX), BP", level)
	}
	f.line("ADDQ call_bJump%s(AX), BX", level)
}

// term adds one term to every accumulator: two loads of B, one broadcast of A a row.
func (f *file) term(s isa, rows int) {
	places := []string{"(%s)", "(%s)(R8*1)", "(%s)(R8*2)", "(%s)(R9*1)", "(%s)(R8*4)", "(%s)(R10*1)"}
	f.line("VMOVUPS (BX), %s", s.r(0))
	f.second(s, "VMOVUPS %d(BX), %s", s.bytes, s.r(1))
	for r := range rows {
		base, x := "CX", s.r(2+r%2)
		if r >= 6 {
			base = "BP"
		}
		lo, hi := s.pair(r)
		f.line("VBROADCASTSS "+places[r%6]+", %s", base, x)
		f.line("VFMADD231PS %s, %s, %s", s.r(0), x, lo)
		f.second(s, "VFMADD231PS %s, %s, %s", s.r(1), x, hi)
	}
}

// finish clamps, masks and stores the accumulators.
func (f *file) finish(s isa, rows int) {
	f.line("%s %s, %s, %s", s.zero(), s.r(0), s.r(0), s.r(0))
	f.line("CMPQ call_relu(AX), $0")
	f.line("JEQ unclamped")
	for r := range rows {
		lo, hi := s.pair(r)
		f.line("VMAXPS %s, %s, %s", lo, s.r(0), lo)
		f.second(s, "VMAXPS %s, %s, %s", hi, s.r(0), hi)
	}
	f.label("unclamped")
	f.line("TESTQ R15, R15")
	f.line("JEQ unmasked")
	f.line("MOVQ R15, CX")
	for r := range rows {
		lo, hi := s.pair(r)
		f.keepPositive(s, "(CX)", lo)
		if !s.narrow {
			f.keepPositive(s, sprintf("%d(CX)", s.bytes), hi)
		}
		f.line("ADDQ call_maskRow(AX), CX")
	}
	f.label("unmasked")
	f.line("MOVQ DI, CX")
	for r := range rows {
		lo, hi := s.pair(r)
		f.line("VMOVUPS %s, (CX)", lo)
		f.second(s, "VMOVUPS %s, %d(CX)", hi, s.bytes)
		f.line("ADDQ call_cRow(AX), CX")
	}
}

// keepPositive zeroes v wherever the vector at place is not above register 0, which holds zeros.
func (f *file) keepPositive(s isa, place, v string) { f.keep(s, place, v, s.r(0), s.r(1)) }

// keep zeroes v wherever the vector at place is not above zeros; the register free is overwritten.
func (f *file) keep(s isa, place, v, zeros, free string) {
	f.line("VMOVUPS %s, %s", place, free)
	if s.avx512 {
		f.line("VCMPPS $14, %s, %s, K1", zeros, free)
		f.line("VMOVAPS.Z %s, K1, %s", v, v)
		return
	}
	f.line("VCMPPS $14, %s, %s, %s", zeros, free, free)
	f.line("VANDPS %s, %s, %s", free, v, v)
}
