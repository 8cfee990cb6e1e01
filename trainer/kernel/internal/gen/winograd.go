package main

// transform is one transform of a tile: M src Mᵀ. Its pass multiplies a row of values in registers 0, 1, …
// by M and returns the registers of the results; c are the registers of its constants.
type transform struct {
	name    string
	in, out int
	pass    func(f *file, r, c func(n int) string) (results []int)
}

var transforms = []transform{
	{"Input", 6, 6, inputPass},
	{"Output", 6, 4, outputPass},
	{"Gradient", 4, 6, gradientPass},
	{"Filter", 3, 6, filterPass},
	{"FilterGradient", 6, 3, filterGradientPass},
}

// add, sub, times: d = x ± y, d = x·y; plus and minus: d = d ± x·y.
func (f *file) add2(d, x, y string)  { f.line("VADDPS %s, %s, %s", y, x, d) }
func (f *file) sub(d, x, y string)   { f.line("VSUBPS %s, %s, %s", y, x, d) }
func (f *file) times(d, x, y string) { f.line("VMULPS %s, %s, %s", y, x, d) }
func (f *file) plus(d, x, y string)  { f.line("VFMADD231PS %s, %s, %s", y, x, d) }
func (f *file) minus(d, x, y string) { f.line("VFNMADD231PS %s, %s, %s", y, x, d) }
func (f *file) move(d, x string)     { f.line("VMOVAPS %s, %s", x, d) }

// inputPass multiplies by Bᵀ. Constants: b², a², a, b, a² + b².
func inputPass(f *file, r, c func(int) string) []int {
	for _, point := range []struct{ even, odd, up, square, point int }{{6, 7, 8, 0, 2}, {9, 7, 10, 1, 3}} {
		even, odd, up := r(point.even), r(point.odd), r(point.up)
		f.move(even, r(4))
		f.minus(even, c(point.square), r(2))
		f.move(odd, r(3))
		f.minus(odd, c(point.square), r(1))
		f.move(up, even)
		f.plus(up, c(point.point), odd)
		f.minus(even, c(point.point), odd)
	}
	f.add2(r(0), r(0), r(4))
	f.minus(r(0), c(4), r(2))
	f.add2(r(5), r(5), r(1))
	f.minus(r(5), c(4), r(3))
	return []int{0, 8, 6, 10, 9, 5}
}

// pairs writes the sums of registers 1, 2 and of 3, 4 to 6 and 7, and their differences to 1 and 3.
func (f *file) pairs(r func(int) string) {
	f.add2(r(6), r(1), r(2))
	f.sub(r(1), r(1), r(2))
	f.add2(r(7), r(3), r(4))
	f.sub(r(3), r(3), r(4))
}

// outputPass multiplies by Aᵀ. Constants: a, b, a², b², a³, b³.
func outputPass(f *file, r, c func(int) string) []int {
	f.pairs(r)
	f.add2(r(0), r(0), r(6))
	f.add2(r(0), r(0), r(7))
	f.plus(r(5), c(4), r(1))
	f.plus(r(5), c(5), r(3))
	f.times(r(2), c(0), r(1))
	f.plus(r(2), c(1), r(3))
	f.times(r(4), c(2), r(6))
	f.plus(r(4), c(3), r(7))
	return []int{0, 2, 4, 5}
}

// gradientPass multiplies by A. Constants: a², b², a, b.
func gradientPass(f *file, r, c func(int) string) []int {
	for _, point := range []struct{ even, odd, up, square, point int }{{4, 5, 6, 0, 2}, {7, 8, 9, 1, 3}} {
		even, odd, up := r(point.even), r(point.odd), r(point.up)
		f.move(even, r(0))
		f.plus(even, c(point.square), r(2))
		f.move(odd, r(1))
		f.plus(odd, c(point.square), r(3))
		f.move(up, even)
		f.plus(up, c(point.point), odd)
		f.minus(even, c(point.point), odd)
	}
	return []int{0, 6, 4, 9, 7, 3}
}

// filterPass multiplies by G. Constants, for each of a and b: its row of G.
func filterPass(f *file, r, c func(int) string) []int {
	for _, point := range []struct{ down, up, constant int }{{3, 4, 0}, {5, 6, 3}} {
		down, up := r(point.down), r(point.up)
		one, square, odd := c(point.constant), c(point.constant+1), c(point.constant+2)
		f.times(down, one, r(0))
		f.plus(down, square, r(2))
		f.move(up, down)
		f.plus(up, odd, r(1))
		f.minus(down, odd, r(1))
	}
	return []int{0, 4, 3, 6, 5, 2}
}

// filterGradientPass multiplies by Gᵀ. Constants: the rows of Gᵀ, a before b.
func filterGradientPass(f *file, r, c func(int) string) []int {
	f.pairs(r)
	f.plus(r(0), c(0), r(6))
	f.plus(r(0), c(1), r(7))
	f.times(r(2), c(2), r(1))
	f.plus(r(2), c(3), r(3))
	f.plus(r(5), c(4), r(6))
	f.plus(r(5), c(5), r(7))
	return []int{0, 2, 5}
}

// places are the addresses of six values side by side: from base, with one, three and five steps in
// registers.
func places(base, one, three, five string) []string {
	return []string{sprintf("(%s)", base), sprintf("(%s)(%s*1)", base, one), sprintf("(%s)(%s*2)", base, one),
		sprintf("(%s)(%s*1)", base, three), sprintf("(%s)(%s*4)", base, one), sprintf("(%s)(%s*1)", base, five)}
}

// transform writes one transform. SI and DI walk the tiles, CX the rows of the source and DX the columns of
// the destination; R8, R9, R10 hold one, three and five column steps of the source, R11, R12, R13 row steps of
// the destination. The rows that the first pass has multiplied lie at R14. BX counts the channels, in bytes.
func (f *file) transform(s isa, t transform) {
	const scratch = 36*64 + 64
	f.text("M src Mt of tiles of 32 channels", "transform"+t.name+s.suffix, "0", scratch)
	f.line("LEAQ 63(SP), R14")
	f.line("ANDQ $~63, R14")
	f.line("MOVQ tileCall_src(AX), SI")
	f.line("MOVQ tileCall_dst(AX), DI")
	for i, step := range []string{"srcColumn", "dstRow"} {
		f.line("MOVQ tileCall_%s(AX), R%d", step, 8+3*i)
		f.line("LEAQ (R%d)(R%d*2), R%d", 8+3*i, 8+3*i, 9+3*i)
		f.line("LEAQ (R%d)(R%d*4), R%d", 8+3*i, 8+3*i, 10+3*i)
	}
	constant := func(n int) string { return s.r(s.registers() - 1 - n) }
	for n := range 6 {
		f.line("VBROADCASTSS (tileCall_constants+%d)(AX), %s", 4*n, constant(n))
	}
	f.label("tile")
	f.line("XORQ BX, BX")
	f.label("channel")
	f.firstPass(s, t, constant)
	f.secondPass(s, t, constant)
	f.line("ADDQ $%d, BX", s.bytes)
	f.line("CMPQ BX, $128")
	f.line("JLT channel")
	f.line("ADDQ tileCall_srcTile(AX), SI")
	f.line("ADDQ tileCall_dstTile(AX), DI")
	if t.name == "Output" {
		f.line("MOVQ tileCall_maskTile(AX), R15")
		f.line("ADDQ R15, tileCall_mask(AX)")
	}
	f.line("DECQ tileCall_tiles(AX)")
	f.line("JNZ tile")
	f.line("VZEROUPPER")
	f.line("RET")
}

// firstPass multiplies the rows of the source.
func (f *file) firstPass(s isa, t transform, constant func(int) string) {
	f.line("LEAQ (SI)(BX*1), CX")
	from := places("CX", "R8", "R9", "R10")
	for y := range t.in {
		for x := range t.in {
			f.line("VMOVUPS %s, %s", from[x], s.r(x))
		}
		for x, result := range t.pass(f, s.r, constant) {
			f.line("VMOVAPS %s, %d(R14)", s.r(result), (y*t.out+x)*s.bytes)
		}
		if y < t.in-1 {
			f.line("ADDQ tileCall_srcRow(AX), CX")
		}
	}
}

// secondPass multiplies the columns of what the first pass has left, and stores them.
func (f *file) secondPass(s isa, t transform, constant func(int) string) {
	f.line("LEAQ (DI)(BX*1), DX")
	to := places("DX", "R11", "R12", "R13")
	if t.name == "Output" {
		f.outputStart(s)
	}
	for x := range t.out {
		for y := range t.in {
			f.line("VMOVAPS %d(R14), %s", (y*t.out+x)*s.bytes, s.r(y))
		}
		results := t.pass(f, s.r, constant)
		switch t.name {
		case "Output":
			f.outputEnd(s, results, x)
		case "FilterGradient":
			for y, result := range results {
				f.line("VADDPS %s, %s, %s", to[y], s.r(result), s.r(result))
			}
		}
		for y, result := range results {
			f.line("VMOVUPS %s, %s", s.r(result), to[y])
		}
		if x < t.out-1 {
			f.line("ADDQ tileCall_dstColumn(AX), DX")
		}
	}
}

// outputStart loads the bias to register 8 and the floor to 9, and points R15 at the mask.
func (f *file) outputStart(s isa) {
	f.line("%s %s, %s, %s", s.zero(), s.r(8), s.r(8), s.r(8))
	f.line("MOVQ tileCall_bias(AX), CX")
	f.line("TESTQ CX, CX")
	f.line("JEQ unbiased")
	f.line("VMOVUPS (CX)(BX*1), %s", s.r(8))
	f.label("unbiased")
	f.line("VBROADCASTSS tileCall_floor(AX), %s", s.r(9))
	f.line("MOVQ tileCall_mask(AX), R15")
	f.line("TESTQ R15, R15")
	f.line("JEQ maskless")
	f.line("ADDQ BX, R15")
	f.label("maskless")
}

// outputEnd adds the bias to column x of the outputs, clamps it, and keeps what the mask lets through.
func (f *file) outputEnd(s isa, results []int, x int) {
	for _, result := range results {
		f.line("VADDPS %s, %s, %s", s.r(8), s.r(result), s.r(result))
		f.line("VMAXPS %s, %s, %s", s.r(result), s.r(9), s.r(result))
	}
	f.line("TESTQ R15, R15")
	f.line("JEQ unmasked%d", x)
	f.line("%s %s, %s, %s", s.zero(), s.r(6), s.r(6), s.r(6))
	f.line("MOVQ R15, CX")
	for _, result := range results {
		f.keep(s, "(CX)", s.r(result), s.r(6), s.r(7))
		f.line("ADDQ tileCall_maskRow(AX), CX")
	}
	f.line("ADDQ tileCall_maskColumn(AX), R15")
	f.label("unmasked%d", x)
}
