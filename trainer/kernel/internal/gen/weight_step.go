package main

// Registers of a step of weights: R12 and R10 walk the tiles of A and W, CX and BX the terms of A and B; DX counts the terms, R14 those of a group, and R15 walks the rows of weights to fetch. R8 is the
// distance of two rows of W, R9 that of V from W. Of the tile before, whose weights still move, SI walks the sums and DI
// the weights, and R13 counts the rows.

// stepWeights writes the step of weights for tiles of a fixed number of rows and two vectors of columns. The sums of a tile go to memory, and after each group of terms of the next tile one row of weights moves: its
// loads and stores take their time while the terms add up.
func (f *file) stepWeights(s isa, rows int) {
	f.function("a step of weights, tiles of a fixed number of rows", sprintf("stepWeights%sx%d", s.suffix, rows))
	f.line("MOVQ weightCall_row(AX), R8")
	f.line("MOVQ weightCall_velocity(AX), R9")
	if s.avx512 {
		for n, name := range stepConstants {
			f.line("VBROADCASTSS weightCall_%s(AX), %s", name, s.r(4+n))
		}
	}
	f.copy("a", "aFrom")
	f.copy("w", "wFrom")
	f.line("XORQ R13, R13")
	f.label("band")
	f.copy("b", "bAt")
	f.copy("wFrom", "wAt")
	f.copy("panels", "panelsLeft")
	f.label("panel")
	f.line("MOVQ weightCall_aFrom(AX), R12")
	f.line("MOVQ weightCall_wAt(AX), R10")
	f.copy("tiles", "tilesLeft")
	f.label("tile")
	f.clear(s, rows)
	f.line("MOVQ R12, CX")
	f.line("MOVQ weightCall_bAt(AX), BX")
	f.line("MOVQ weightCall_terms(AX), DX")
	f.line("MOVQ R10, R15")
	f.label("group")
	f.line("MOVQ weightCall_group(AX), R14")
	f.line("CMPQ DX, R14")
	f.line("CMOVQLT DX, R14")
	f.line("SUBQ R14, DX")
	f.label("term")
	f.weightTerm(s, rows)
	f.line("ADDQ $%d, CX", 4*maxRows)
	f.line("ADDQ $128, BX")
	f.line("DECQ R14")
	f.line("JNZ term")
	for place := 0; place < 2*s.bytes; place += 64 {
		f.line("PREFETCHT0 %d(R15)", place)
		f.line("PREFETCHT0 %d(R15)(R9*1)", place)
	}
	f.line("ADDQ R8, R15")
	f.line("TESTQ R13, R13")
	f.line("JEQ still")
	f.moveRow(s)
	f.label("still")
	f.line("TESTQ DX, DX")
	f.line("JNZ group")
	f.moveRest(s, "rest", "moved") // of few terms
	f.line("LEAQ weightCall_sums+63(AX), SI")
	f.line("ANDQ $-64, SI")
	for r := range rows {
		lo, hi := s.pair(r)
		f.line("VMOVUPS %s, %d(SI)", lo, 2*r*s.bytes)
		f.second(s, "VMOVUPS %s, %d(SI)", hi, 2*r*s.bytes+s.bytes)
	}
	f.line("MOVQ R10, DI")
	f.line("MOVQ $%d, R13", rows)
	f.line("ADDQ weightCall_aTile(AX), R12")
	f.line("ADDQ weightCall_tileRows(AX), R10")
	f.line("DECQ weightCall_tilesLeft(AX)")
	f.line("JNZ tile")
	f.walk("bAt", "bPanel")
	f.walk("wAt", "wPanel")
	f.line("DECQ weightCall_panelsLeft(AX)")
	f.line("JNZ panel")
	f.walk("aFrom", "aBand")
	f.walk("wFrom", "wBand")
	f.line("DECQ weightCall_bands(AX)")
	f.line("JNZ band")
	f.moveRest(s, "last", "done")
	f.line("VZEROUPPER")
	f.line("RET")
}

// copy and walk set one field of the call to another, and move it on by another.
func (f *file) copy(from, to string) {
	f.line("MOVQ weightCall_%s(AX), CX", from)
	f.line("MOVQ CX, weightCall_%s(AX)", to)
}

func (f *file) walk(at, step string) {
	f.line("MOVQ weightCall_%s(AX), CX", step)
	f.line("ADDQ CX, weightCall_%s(AX)", at)
}

// maxRows is kernel.MaxRows, the rows of a tile of A.
const maxRows = 12

// stepConstants are the numbers of a step, with AVX-512 in registers from 4 on.
var stepConstants = []string{"factor", "decay", "rate", "momentum"}

// weightTerm adds one term to every accumulator: the rows of A lie side by side.
func (f *file) weightTerm(s isa, rows int) {
	f.line("VMOVUPS (BX), %s", s.r(0))
	f.second(s, "VMOVUPS %d(BX), %s", s.bytes, s.r(1))
	for r := range rows {
		lo, hi := s.pair(r)
		x := s.r(2 + r%2)
		f.line("VBROADCASTSS %d(CX), %s", 4*r, x)
		f.line("VFMADD231PS %s, %s, %s", s.r(0), x, lo)
		f.second(s, "VFMADD231PS %s, %s, %s", s.r(1), x, hi)
	}
}

// moveRow takes the step of descend with one row of sums, times the factor, as gradients.
func (f *file) moveRow(s isa) {
	g, w, x := s.r(0), s.r(1), s.r(2)
	constant := func(n int) string {
		if s.avx512 {
			return s.r(4 + n)
		}
		f.line("VBROADCASTSS weightCall_%s(AX), %s", stepConstants[n], s.r(3))
		return s.r(3)
	}
	for place := 0; place < 2*s.bytes; place += s.bytes {
		f.line("VMULPS %d(SI), %s, %s", place, constant(0), g)
		f.line("VMOVUPS %d(DI), %s", place, w)
		f.times(x, constant(1), w)
		f.sum(g, g, x)
		f.times(g, g, constant(2))
		f.line("VMULPS %d(DI)(R9*1), %s, %s", place, constant(3), x)
		f.sub(x, x, g)
		f.line("VMOVUPS %s, %d(DI)(R9*1)", x, place)
		f.sum(w, w, x)
		f.line("VMOVUPS %s, %d(DI)", w, place)
	}
	f.line("ADDQ $%d, SI", 2*s.bytes)
	f.line("ADDQ R8, DI")
	f.line("DECQ R13")
}

// moveRest moves the rows that are left of the tile before.
func (f *file) moveRest(s isa, next, done string) {
	f.label(next)
	f.line("TESTQ R13, R13")
	f.line("JEQ %s", done)
	f.moveRow(s)
	f.line("JMP %s", next)
	f.label(done)
}
