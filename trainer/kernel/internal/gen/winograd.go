package main

import "strings"

// transform is one transform of a tile: M src Mᵀ.
type transform struct {
	name    string
	in, out int
	used    int // registers 0 … used−1 are inputs and scratch
	parts   []part
}

// part multiplies values in registers 0, 1, … by some rows of M. It leaves all inputs that the parts after it
// read, and uses the registers above the inputs for scratch.
type part struct {
	inputs []int // those that it reads
	rows   []int // of M
	// emit writes it, with the names of registers and constants, and returns the registers of the results.
	emit func(f *file, r, c func(n int) string) (results []int)
}

// The transforms; the number behind a name is the side of the filter.
var transforms = []transform{
	{"Input", 6, 6, 9, []part{{span(0, 5), []int{0, 1, 2}, inputLow}, {span(1, 6), []int{3, 4, 5}, inputHigh}}},
	{"Output3", 6, 4, 10, []part{{span(0, 5), []int{0, 2}, outputEven}, {span(1, 6), []int{1, 3}, outputOdd}}},
	{"Gradient3", 4, 6, 7, []part{{span(0, 4), []int{0, 1, 2}, gradientLow}, {span(0, 4), []int{3, 4, 5}, gradientHigh}}},
	{"Filter3", 3, 6, 5, []part{{span(0, 3), []int{0, 1, 2}, filterLow}, {span(0, 3), []int{3, 4, 5}, filterHigh}}},
	{"FilterGradient3", 6, 3, 8, []part{{span(0, 6), []int{0, 1, 2}, filterGradient}}},
	{"Output5", 6, 2, 10, []part{{span(0, 5), []int{0}, output5Low}, {span(1, 6), []int{1}, output5High}}},
	{"Gradient5", 2, 6, 4, []part{{span(0, 2), []int{0, 1, 2}, gradient5Low}, {span(0, 2), []int{3, 4, 5}, gradient5High}}},
	{"Filter5", 5, 6, 8, []part{{span(0, 5), []int{0, 1, 2}, filter5Low}, {span(0, 5), []int{3, 4, 5}, filter5High}}},
	{"FilterGradient5", 6, 5, 8, []part{{span(0, 6), []int{0, 2, 4}, filterGradient5Even}, {span(1, 5), []int{1, 3}, filterGradient5Odd}}},
}

// span is from, from+1, … to−1.
func span(from, to int) (s []int) {
	for n := from; n < to; n++ {
		s = append(s, n)
	}
	return s
}

// function is the name of the transform in those of its functions.
func (t *transform) function() string {
	if t.name == "Input" {
		return t.name
	}
	return t.name + "x"
}

func (t *transform) isOutput() bool { return strings.HasPrefix(t.name, "Output") }
func (t *transform) adds() bool     { return strings.HasPrefix(t.name, "FilterGradient") }

// sum, sub, times: d = x ± y, d = x·y; plus and minus: d = d ± x·y.
func (f *file) sum(d, x, y string)   { f.line("VADDPS %s, %s, %s", y, x, d) }
func (f *file) sub(d, x, y string)   { f.line("VSUBPS %s, %s, %s", y, x, d) }
func (f *file) times(d, x, y string) { f.line("VMULPS %s, %s, %s", y, x, d) }
func (f *file) plus(d, x, y string)  { f.line("VFMADD231PS %s, %s, %s", y, x, d) }
func (f *file) minus(d, x, y string) { f.line("VFNMADD231PS %s, %s, %s", y, x, d) }
func (f *file) move(d, x string)     { f.line("VMOVAPS %s, %s", x, d) }

// The rows of Bᵀ for 0, a and −a, and for b, −b and ∞. Constants: b², a², a, b, a² + b².
func inputLow(f *file, r, c func(int) string) []int {
	f.inputPair(r, c(0), c(2))
	f.sum(r(0), r(0), r(4))
	f.minus(r(0), c(4), r(2))
	return []int{0, 8, 6}
}

func inputHigh(f *file, r, c func(int) string) []int {
	f.inputPair(r, c(1), c(3))
	f.sum(r(5), r(5), r(1))
	f.minus(r(5), c(4), r(3))
	return []int{8, 6, 5}
}

// inputPair writes the rows of a point and its negative to registers 8 and 6; square is that of the other point.
func (f *file) inputPair(r func(int) string, square, point string) {
	even, odd, up := r(6), r(7), r(8)
	f.move(even, r(4))
	f.minus(even, square, r(2))
	f.move(odd, r(3))
	f.minus(odd, square, r(1))
	f.mirror(up, even, odd, point)
}

// mirror writes even ± odd·point to up and even.
func (f *file) mirror(up, even, odd, point string) {
	f.move(up, even)
	f.plus(up, odd, point)
	f.minus(even, odd, point)
}

// The rows of Aᵀ of even and of odd powers. Constants: a, b, a², b², a³, b³.
func outputEven(f *file, r, c func(int) string) []int {
	f.sum(r(6), r(1), r(2))
	f.sum(r(7), r(3), r(4))
	f.sum(r(0), r(0), r(6))
	f.sum(r(0), r(0), r(7))
	f.times(r(6), c(2), r(6))
	f.plus(r(6), c(3), r(7))
	return []int{0, 6}
}

func outputOdd(f *file, r, c func(int) string) []int {
	f.sub(r(1), r(1), r(2))
	f.sub(r(3), r(3), r(4))
	f.times(r(2), c(0), r(1))
	f.plus(r(2), c(1), r(3))
	f.plus(r(5), c(4), r(1))
	f.plus(r(5), c(5), r(3))
	return []int{2, 5}
}

// The rows of A for 0, a and −a, and for b, −b and ∞. Constants: a², b², a, b.
func gradientLow(f *file, r, c func(int) string) []int {
	f.gradientPair(r, c(0), c(2))
	return []int{0, 6, 4}
}

func gradientHigh(f *file, r, c func(int) string) []int {
	f.gradientPair(r, c(1), c(3))
	return []int{6, 4, 3}
}

func (f *file) gradientPair(r func(int) string, square, point string) {
	even, odd, up := r(4), r(5), r(6)
	f.move(even, r(0))
	f.plus(even, square, r(2))
	f.move(odd, r(1))
	f.plus(odd, square, r(3))
	f.mirror(up, even, odd, point)
}

// The rows of G for 0, a and −a, and for b, −b and ∞. Constants, for each of a and b: those of its row that stand
// before 1, x² and x.
func filterLow(f *file, r, c func(int) string) []int {
	f.filterPair(r, c(0), c(1), c(2))
	return []int{0, 4, 3}
}

func filterHigh(f *file, r, c func(int) string) []int {
	f.filterPair(r, c(3), c(4), c(5))
	return []int{4, 3, 2}
}

func (f *file) filterPair(r func(int) string, one, square, odd string) {
	f.times(r(3), one, r(0))
	f.plus(r(3), square, r(2))
	f.mirror(r(4), r(3), r(1), odd)
}

// filterGradient is Gᵀ. Constants: its rows, a before b.
func filterGradient(f *file, r, c func(int) string) []int {
	f.sum(r(6), r(1), r(2))
	f.sub(r(1), r(1), r(2))
	f.sum(r(7), r(3), r(4))
	f.sub(r(3), r(3), r(4))
	f.plus(r(0), c(0), r(6))
	f.plus(r(0), c(1), r(7))
	f.times(r(2), c(2), r(1))
	f.plus(r(2), c(3), r(3))
	f.plus(r(5), c(4), r(6))
	f.plus(r(5), c(5), r(7))
	return []int{0, 2, 5}
}

// The rows of Aᵀ for a filter of 5. Constants: a, b.
func output5Low(f *file, r, _ func(int) string) []int {
	f.sum(r(6), r(1), r(2))
	f.sum(r(7), r(3), r(4))
	f.sum(r(0), r(0), r(6))
	f.sum(r(0), r(0), r(7))
	return []int{0}
}

func output5High(f *file, r, c func(int) string) []int {
	f.sub(r(1), r(1), r(2))
	f.sub(r(3), r(3), r(4))
	f.plus(r(5), c(0), r(1))
	f.plus(r(5), c(1), r(3))
	return []int{5}
}

// The rows of A for a filter of 5. Constants: a, b.
func gradient5Low(f *file, r, c func(int) string) []int {
	f.gradient5Pair(r, c(0))
	return []int{0, 2, 3}
}

func gradient5High(f *file, r, c func(int) string) []int {
	f.gradient5Pair(r, c(1))
	return []int{2, 3, 1}
}

func (f *file) gradient5Pair(r func(int) string, point string) {
	f.move(r(3), r(0))
	f.mirror(r(2), r(3), r(1), point)
}

// The rows of G for a filter of 5. Constants, for each of a and b: its square, itself, and what stands before 1.
func filter5Low(f *file, r, c func(int) string) []int {
	f.filter5Pair(r, c(0), c(1), c(2))
	return []int{0, 7, 6}
}

func filter5High(f *file, r, c func(int) string) []int {
	f.filter5Pair(r, c(3), c(4), c(5))
	return []int{7, 6, 4}
}

func (f *file) filter5Pair(r func(int) string, square, point, one string) {
	f.move(r(5), r(2))
	f.plus(r(5), square, r(4))
	f.move(r(6), r(0))
	f.plus(r(6), square, r(5))
	f.move(r(5), r(1))
	f.plus(r(5), square, r(3))
	f.mirror(r(7), r(6), r(5), point)
	f.times(r(7), one, r(7))
	f.times(r(6), one, r(6))
}

// The even and the odd rows of Gᵀ for a filter of 5. Constants: what stands before 1 for a and b, before x for a
// and b, a², b².
func filterGradient5Even(f *file, r, c func(int) string) []int {
	f.sum(r(6), r(1), r(2))
	f.sum(r(7), r(3), r(4))
	f.times(r(6), c(0), r(6))
	f.times(r(7), c(1), r(7))
	f.sum(r(0), r(0), r(6))
	f.sum(r(0), r(0), r(7))
	f.times(r(6), c(4), r(6))
	f.times(r(7), c(5), r(7))
	f.plus(r(5), c(4), r(6))
	f.plus(r(5), c(5), r(7))
	f.sum(r(6), r(6), r(7))
	return []int{0, 6, 5}
}

func filterGradient5Odd(f *file, r, c func(int) string) []int {
	f.sub(r(1), r(1), r(2))
	f.sub(r(3), r(3), r(4))
	f.times(r(1), c(2), r(1))
	f.times(r(3), c(3), r(3))
	f.sum(r(2), r(1), r(3))
	f.times(r(4), c(4), r(1))
	f.plus(r(4), c(5), r(3))
	return []int{2, 4}
}

// places are the addresses of six values side by side: from base, with one, three and five steps in
// registers.
func places(base, one, three, five string) []string {
	return []string{sprintf("(%s)", base), sprintf("(%s)(%s*1)", base, one), sprintf("(%s)(%s*2)", base, one),
		sprintf("(%s)(%s*1)", base, three), sprintf("(%s)(%s*4)", base, one), sprintf("(%s)(%s*1)", base, five)}
}

// transform writes one transform. SI and DI walk the tiles, CX the rows of the source and DX the columns of
// the destination; R8, R9, R10 hold one, three and five column steps of the source, R11, R12, R13 row steps of
// the destination. BX counts the channels, in bytes.
func (f *file) transform(s isa, t transform) {
	scratch := 0
	if !s.avx512 {
		scratch = 36*s.bytes + s.bytes
	}
	f.text("M src Mt of tiles of 32 channels", "transform"+t.function()+s.suffix, "0", scratch)
	if !s.avx512 {
		f.line("LEAQ %d(SP), R14", s.bytes-1)
		f.line("ANDQ $~%d, R14", s.bytes-1)
	}
	f.line("MOVQ tileCall_src(AX), SI")
	f.line("MOVQ tileCall_dst(AX), DI")
	for i, step := range []string{"srcColumn", "dstRow"} {
		f.line("MOVQ tileCall_%s(AX), R%d", step, 8+3*i)
		f.line("LEAQ (R%d)(R%d*2), R%d", 8+3*i, 8+3*i, 9+3*i)
		f.line("LEAQ (R%d)(R%d*4), R%d", 8+3*i, 8+3*i, 10+3*i)
	}
	for n := range 6 {
		f.line("VBROADCASTSS (tileCall_constants+%d)(AX), %s", 4*n, s.constant(n))
	}
	if t.isOutput() {
		f.line("%s %s, %s, %s", s.zero(), s.r(8), s.r(8), s.r(8))
		f.line("VBROADCASTSS tileCall_floor(AX), %s", s.r(9))
	}
	f.label("tile")
	f.line("XORQ BX, BX")
	f.label("channel")
	f.firstColumn(t)
	if s.avx512 {
		f.inRegisters(s, t)
	} else {
		f.byScratch(s, t)
	}
	f.line("ADDQ $%d, BX", s.bytes)
	f.line("CMPQ BX, $128")
	f.line("JLT channel")
	f.line("ADDQ tileCall_srcTile(AX), SI")
	f.line("ADDQ tileCall_dstTile(AX), DI")
	if t.isOutput() {
		f.line("MOVQ tileCall_maskTile(AX), R15")
		f.line("ADDQ R15, tileCall_mask(AX)")
	}
	f.line("DECQ tileCall_tiles(AX)")
	f.line("JNZ tile")
	f.line("VZEROUPPER")
	f.line("RET")
}

// constant is the register of constant n.
func (s isa) constant(n int) string { return s.r(s.registers() - 1 - n) }

// firstColumn points DX at the first column of the destination, and R15 at that of the mask.
func (f *file) firstColumn(t transform) {
	f.line("LEAQ (DI)(BX*1), DX")
	if !t.isOutput() {
		return
	}
	f.line("MOVQ tileCall_mask(AX), R15")
	f.line("TESTQ R15, R15")
	f.line("JEQ maskless")
	f.line("ADDQ BX, R15")
	f.label("maskless")
}

// inRegisters writes the transform of one vector of channels: for each part of the columns of the destination,
// the rows of the source, which stay in registers, and then the columns.
func (f *file) inRegisters(s isa, t transform) {
	at := 0
	for _, p := range t.parts {
		f.line("LEAQ (SI)(BX*1), CX")
		for y := range t.in {
			f.loadRow(s, y, p.inputs)
			for k, result := range p.emit(f, s.r, s.constant) {
				f.move(s.r(t.used+y*len(p.rows)+k), s.r(result))
			}
		}
		for k, x := range p.rows {
			at = f.moveTo(t, at, x)
			f.column(s, t, x, func(n int) string {
				if n < t.in {
					return s.r(t.used + n*len(p.rows) + k)
				}
				return s.r(n)
			})
		}
	}
}

// byScratch is inRegisters for fewer registers: the rows of the source are kept at R14.
func (f *file) byScratch(s isa, t transform) {
	f.line("LEAQ (SI)(BX*1), CX")
	for y := range t.in {
		f.loadRow(s, y, span(0, t.in))
		for _, p := range t.parts {
			for k, result := range p.emit(f, s.r, s.constant) {
				f.line("VMOVAPS %s, %d(R14)", s.r(result), (y*t.out+p.rows[k])*s.bytes)
			}
		}
	}
	at := 0
	for x := range t.out {
		at = f.moveTo(t, at, x)
		for y := range t.in {
			f.line("VMOVAPS %d(R14), %s", (y*t.out+x)*s.bytes, s.r(y))
		}
		f.column(s, t, x, s.r)
	}
}

// loadRow loads some values of row y of the source, which CX comes to from the row before.
func (f *file) loadRow(s isa, y int, inputs []int) {
	if y > 0 {
		f.line("ADDQ tileCall_srcRow(AX), CX")
	}
	from := places("CX", "R8", "R9", "R10")
	for _, x := range inputs {
		f.line("VMOVUPS %s, %s", from[x], s.r(x))
	}
}

// moveTo takes DX, and R15 for a mask, from column at to column x.
func (f *file) moveTo(t transform, at, x int) int {
	for ; at != x; at += sign(x - at) {
		move := "ADDQ"
		if x < at {
			move = "SUBQ"
		}
		f.line("%s tileCall_dstColumn(AX), DX", move)
		if t.isOutput() {
			f.line("%s tileCall_maskColumn(AX), R15", move)
		}
	}
	return x
}

func sign(n int) int {
	if n < 0 {
		return -1
	}
	return 1
}

// column multiplies column x of what the rows have become, and stores it.
func (f *file) column(s isa, t transform, x int, r func(int) string) {
	to := places("DX", "R11", "R12", "R13")
	for n, p := range t.parts {
		var results []string
		for _, result := range p.emit(f, r, s.constant) {
			results = append(results, r(result))
		}
		if t.isOutput() {
			f.outputEnd(s, results, p.rows, sprintf("%d%d", x, n))
		}
		for k, result := range results {
			if t.adds() {
				f.line("VADDPS %s, %s, %s", to[p.rows[k]], result, result)
			}
			f.line("VMOVUPS %s, %s", result, to[p.rows[k]])
		}
	}
}

// outputEnd adds the bias to some rows of a column of the outputs, clamps them to the floor in register 9, and
// keeps what the mask lets through. Register 8 holds zeros; without a mask R15 is 0.
func (f *file) outputEnd(s isa, results []string, rows []int, label string) {
	f.line("MOVQ tileCall_bias(AX), CX")
	for _, result := range results {
		f.line("VADDPS (CX)(BX*1), %s, %s", result, result)
		f.line("VMAXPS %s, %s, %s", result, s.r(9), result)
	}
	f.line("TESTQ R15, R15")
	f.line("JEQ unmasked%s", label)
	f.line("MOVQ R15, CX")
	at := 0
	for k, result := range results {
		for ; at < rows[k]; at++ {
			f.line("ADDQ tileCall_maskRow(AX), CX")
		}
		f.keep(s, "(CX)", result, s.r(8), s.r(7))
	}
	f.label("unmasked%s", label)
}
