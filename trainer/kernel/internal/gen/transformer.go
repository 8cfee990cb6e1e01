package main

// constants says where the constants of package kernel are, in its order: in registers from first on, or 64 bytes
// each at R8.
type constants struct {
	first  int // 0: at R8
	copied string
}

// loadConstants brings the constants to registers from first on where there are enough, which saves a load each time.
func (f *file) loadConstants(s isa, first, count int) constants {
	if !s.avx512 {
		return constants{0, "VMOVUPS"}
	}
	for k := range count {
		f.line("VMOVUPS %d(R8), %s", 64*k, s.r(first+k))
	}
	return constants{first, "VMOVAPS"}
}

// of is the operand of constant k.
func (c constants) of(s isa, k int) string {
	if c.first == 0 {
		return sprintf("%d(R8)", 64*k)
	}
	return s.r(c.first + k)
}

// exponentials is the number of constants that exponential reads, with the least argument behind them.
const exponentials = 13

// exponential replaces register x, between −87 and 88, by e^x. t and r are scratch. See kernel.exponential for the method.
func (f *file) exponential(s isa, c constants, x, t, r string) {
	f.line("%s %s, %s", c.copied, c.of(s, 1), t)
	f.line("VFMADD231PS %s, %s, %s", c.of(s, 0), x, t)  // t = x/ln 2 + shift
	f.line("VSUBPS %s, %s, %s", c.of(s, 1), t, r)       // n
	f.line("VFNMADD231PS %s, %s, %s", c.of(s, 2), r, x) // x − n·ln 2, in two parts
	f.line("VFMADD231PS %s, %s, %s", c.of(s, 3), r, x)
	f.line("%s %s, %s", c.copied, c.of(s, 4), r)
	for k := 5; k <= 10; k++ {
		f.line("VFMADD213PS %s, %s, %s", c.of(s, k), x, r)
	}
	f.line("VPADDD %s, %s, %s", c.of(s, 11), t, t)
	f.line("VPSLLD $23, %s, %s", t, t)
	f.line("VMULPS %s, %s, %s", t, r, x)
}

// reduce leaves in every lane of register v the combination of all its lanes by op; t is scratch.
func (f *file) reduce(s isa, op string, v, t int) {
	if s.avx512 {
		f.line("VEXTRACTF64X4 $1, Z%d, Y%d", v, t)
		f.line("%s Y%d, Y%d, Y%d", op, t, v, v)
	}
	f.line("VEXTRACTF128 $1, Y%d, X%d", v, t)
	f.line("%s X%d, X%d, X%d", op, t, v, v)
	f.line("VPERMILPS $0x4e, X%d, X%d", v, t)
	f.line("%s X%d, X%d, X%d", op, t, v, v)
	f.line("VPERMILPS $0xb1, X%d, X%d", v, t)
	f.line("%s X%d, X%d, X%d", op, t, v, v)
	f.line("VBROADCASTSS X%d, %s", v, s.r(v))
}

// along writes a loop over the vectors of a row of CX bytes, with BX the offset.
func (f *file) along(s isa, label string, body func()) {
	f.line("XORQ BX, BX")
	f.label(label)
	body()
	f.line("ADDQ $%d, BX", s.bytes)
	f.line("CMPQ BX, CX")
	f.line("JLT %s", label)
}

// columnsOf opens a function over strips of two vectors of columns of matrices a and b: SI and DI stand at their first
// rows, R10 and R11 are the distances of two rows.
func (f *file) columnsOf(s isa, doc, name string) {
	f.function(doc, name)
	f.line("MOVQ matrixCall_a(AX), SI")
	f.line("MOVQ matrixCall_b(AX), DI")
	f.line("MOVQ matrixCall_bytes(AX), CX")
	f.line("MOVQ matrixCall_constants(AX), R8")
	f.line("MOVQ matrixCall_aRow(AX), R10")
	f.line("MOVQ matrixCall_bRow(AX), R11")
	f.line("VBROADCASTSS matrixCall_scale(AX), %s", s.r(7))
}

// down writes a loop over the rows of a strip, with BX and R9 at those of a and b.
func (f *file) down(label string, body func()) {
	f.line("MOVQ SI, BX")
	f.line("MOVQ DI, R9")
	f.line("MOVQ matrixCall_rows(AX), DX")
	f.label(label)
	body()
	f.line("ADDQ R10, BX")
	f.line("ADDQ R11, R9")
	f.line("DECQ DX")
	f.line("JNZ %s", label)
}

// endColumns goes on to the next strip.
func (f *file) endColumns(s isa) {
	f.line("ADDQ $%d, SI", 2*s.bytes)
	f.line("ADDQ $%d, DI", 2*s.bytes)
	f.line("SUBQ $%d, CX", 2*s.bytes)
	f.line("JNZ strip")
	f.line("VZEROUPPER")
	f.line("RET")
}

// softmax replaces each column at SI by exp(scale·(v − max))/Σ.
func (f *file) softmax(s isa) {
	f.columnsOf(s, "softmax of columns", "softmax"+s.suffix)
	c := f.loadConstants(s, 16, exponentials)
	f.label("strip")
	for v := range 2 {
		f.line("VMOVUPS %d(SI), %s", v*s.bytes, s.r(v))
		f.line("%s %s, %s, %s", s.zero(), s.r(2+v), s.r(2+v), s.r(2+v))
	}
	f.down("max", func() {
		for v := range 2 {
			f.line("VMAXPS %d(BX), %s, %s", v*s.bytes, s.r(v), s.r(v))
		}
	})
	f.down("exp", func() {
		for v := range 2 {
			x := s.r(8 + 3*v)
			f.line("VMOVUPS %d(BX), %s", v*s.bytes, x)
			f.line("VSUBPS %s, %s, %s", s.r(v), x, x)
			f.line("VMULPS %s, %s, %s", s.r(7), x, x)
			f.line("VMAXPS %s, %s, %s", c.of(s, 12), x, x)
			f.exponential(s, c, x, s.r(9+3*v), s.r(10+3*v))
			f.line("VADDPS %s, %s, %s", x, s.r(2+v), s.r(2+v))
			f.line("VMOVUPS %s, %d(BX)", x, v*s.bytes)
		}
	})
	for v := range 2 {
		f.line("%s %s, %s", c.copied, c.of(s, 10), s.r(v)) // 1
		f.line("VDIVPS %s, %s, %s", s.r(2+v), s.r(v), s.r(v))
	}
	f.down("share", func() {
		for v := range 2 {
			f.line("VMULPS %d(BX), %s, %s", v*s.bytes, s.r(v), s.r(8+v))
			f.line("VMOVUPS %s, %d(BX)", s.r(8+v), v*s.bytes)
		}
	})
	f.endColumns(s)
}

// softmaxBack replaces each column d at SI by scale·share·(d − Σ d·share), the shares at DI.
func (f *file) softmaxBack(s isa) {
	f.columnsOf(s, "gradients of the values that softmax read", "softmaxBack"+s.suffix)
	f.label("strip")
	for v := range 2 {
		f.line("%s %s, %s, %s", s.zero(), s.r(v), s.r(v), s.r(v))
	}
	f.down("dot", func() {
		for v := range 2 {
			f.line("VMOVUPS %d(BX), %s", v*s.bytes, s.r(2+v))
			f.line("VFMADD231PS %d(R9), %s, %s", v*s.bytes, s.r(2+v), s.r(v))
		}
	})
	f.down("back", func() {
		for v := range 2 {
			x := s.r(2 + v)
			f.line("VMOVUPS %d(BX), %s", v*s.bytes, x)
			f.line("VSUBPS %s, %s, %s", s.r(v), x, x)
			f.line("VMULPS %d(R9), %s, %s", v*s.bytes, s.r(7), s.r(4+v))
			f.line("VMULPS %s, %s, %s", s.r(4+v), x, x)
			f.line("VMOVUPS %s, %d(BX)", x, v*s.bytes)
		}
	})
	f.endColumns(s)
}

// gelu writes x·Φ(x) to DI and Φ(x) + x·φ(x) to R9, over whole vectors; see kernel.Set.GELU.
func (f *file) gelu(s isa) {
	f.function("x·Φ(x) and its derivative over whole vectors", "gelu"+s.suffix)
	f.line("MOVQ geluCall_out(AX), DI")
	f.line("MOVQ geluCall_slope(AX), R9")
	f.line("MOVQ geluCall_x(AX), SI")
	f.line("MOVQ geluCall_bytes(AX), CX")
	f.line("MOVQ geluCall_constants(AX), R8")
	c := f.loadConstants(s, 11, 21)
	f.along(s, "next", func() {
		v, a, e := s.r(0), s.r(1), s.r(2)
		f.line("PREFETCHT0 %d(R9)(BX*1)", ahead)
		f.line("VMOVUPS (SI)(BX*1), %s", v)
		f.line("VMULPS %s, %s, %s", c.of(s, 13), v, e) // −v/2
		f.line("VMULPS %s, %s, %s", v, e, e)
		f.line("VMAXPS %s, %s, %s", c.of(s, 12), e, e)
		f.exponential(s, c, e, s.r(3), s.r(4))
		f.line("%s %s, %s, %s", s.zero(), s.r(5), s.r(5), s.r(5))
		f.line("VSUBPS %s, %s, %s", v, s.r(5), a)
		f.line("VMAXPS %s, %s, %s", v, a, a) // |v|
		f.line("%s %s, %s", c.copied, c.of(s, 10), s.r(6))
		f.line("VFMADD132PS %s, %s, %s", c.of(s, 14), s.r(6), a) // 1 + |v|·p
		f.line("VDIVPS %s, %s, %s", a, s.r(6), a)                // t
		f.line("%s %s, %s", c.copied, c.of(s, 15), s.r(3))
		for k := 16; k <= 19; k++ {
			f.line("VFMADD213PS %s, %s, %s", c.of(s, k), a, s.r(3))
		}
		f.line("VMULPS %s, %s, %s", a, s.r(3), s.r(3))
		f.line("VMULPS %s, %s, %s", e, s.r(3), s.r(3)) // the tail beyond |v|
		f.line("VSUBPS %s, %s, %s", s.r(3), s.r(6), s.r(4))
		if s.avx512 {
			f.line("VCMPPS $14, %s, %s, K1", s.r(5), v)
			f.line("VMOVAPS %s, K1, %s", s.r(4), s.r(3))
		} else {
			f.line("VCMPPS $14, %s, %s, %s", s.r(5), v, s.r(7))
			f.line("VBLENDVPS %s, %s, %s, %s", s.r(7), s.r(4), s.r(3), s.r(3))
		}
		f.line("VMULPS %s, %s, %s", s.r(3), v, s.r(4))
		f.line("VMOVUPS %s, (DI)(BX*1)", s.r(4))
		f.line("VMULPS %s, %s, %s", c.of(s, 20), v, v)
		f.line("VFMADD231PS %s, %s, %s", e, v, s.r(3))
		f.line("VMOVUPS %s, (R9)(BX*1)", s.r(3))
	})
	f.line("VZEROUPPER")
	f.line("RET")
}

// multiply writes dst = a·b over whole vectors.
func (f *file) multiply(s isa) {
	f.function("dst = a·b over whole vectors", "multiply"+s.suffix)
	f.line("MOVQ geluCall_out(AX), DI")
	f.line("MOVQ geluCall_slope(AX), R9")
	f.line("MOVQ geluCall_x(AX), SI")
	f.line("MOVQ geluCall_bytes(AX), CX")
	f.along(s, "next", func() {
		f.line("PREFETCHT0 %d(SI)(BX*1)", ahead)
		f.line("VMOVUPS (SI)(BX*1), %s", s.r(0))
		f.line("VMULPS (R9)(BX*1), %s, %s", s.r(0), s.r(0))
		f.line("VMOVUPS %s, (DI)(BX*1)", s.r(0))
	})
	f.line("VZEROUPPER")
	f.line("RET")
}

// norm normalises DX rows at SI and fetches what it writes: hat to DI, 1/√(variance + ε) to R14, gain·hat + shift to R11; gain at R9, shift at R10.
func (f *file) norm(s isa) {
	f.normCall("rows of a layer normalisation", "norm"+s.suffix)
	f.line("MOVQ normCall_shift(AX), R10")
	f.line("VBROADCASTSS normCall_part(AX), %s", s.r(7))
	f.label("row")
	f.line("%s %s, %s, %s", s.zero(), s.r(0), s.r(0), s.r(0))
	f.along(s, "mean", func() {
		f.line("VADDPS (SI)(BX*1), %s, %s", s.r(0), s.r(0))
		f.line("PREFETCHT0 %d(DI)(BX*1)", ahead)
	})
	f.reduce(s, "VADDPS", 0, 1)
	f.line("VMULPS %s, %s, %s", s.r(7), s.r(0), s.r(0))
	f.line("%s %s, %s, %s", s.zero(), s.r(2), s.r(2), s.r(2))
	f.along(s, "variance", func() {
		f.line("VMOVUPS (SI)(BX*1), %s", s.r(1))
		f.line("VSUBPS %s, %s, %s", s.r(0), s.r(1), s.r(1))
		f.line("VMOVUPS %s, (DI)(BX*1)", s.r(1))
		f.line("VFMADD231PS %s, %s, %s", s.r(1), s.r(1), s.r(2))
	})
	f.reduce(s, "VADDPS", 2, 1)
	f.line("VMULPS %s, %s, %s", s.r(7), s.r(2), s.r(2))
	f.line("VADDSS normCall_epsilon(AX), X2, X2")
	f.line("VSQRTSS X2, X2, X2")
	f.line("VMOVSS normCall_one(AX), X3")
	f.line("VDIVSS X2, X3, X3")
	f.line("VMOVSS X3, (R14)")
	f.line("VBROADCASTSS X3, %s", s.r(3))
	f.along(s, "hat", func() {
		f.line("VMULPS (DI)(BX*1), %s, %s", s.r(3), s.r(1))
		f.line("VMOVUPS %s, (DI)(BX*1)", s.r(1))
		f.normOut(s)
	})
	f.endNorm()
}

// normOut writes a vector of gain·hat + shift, with hat in register 1.
func (f *file) normOut(s isa) {
	f.line("VMOVUPS (R10)(BX*1), %s", s.r(2))
	f.line("VFMADD231PS (R9)(BX*1), %s, %s", s.r(1), s.r(2))
	f.line("VMOVUPS %s, (R11)(BX*1)", s.r(2))
}

// normAgain writes gain·hat + shift to DX rows at R11, with hat at DI, gain at R9 and shift at R10.
func (f *file) normAgain(s isa) {
	f.normCall("outputs of a layer normalisation", "normAgain"+s.suffix)
	f.line("MOVQ normCall_shift(AX), R10")
	f.label("row")
	f.along(s, "out", func() {
		f.line("PREFETCHT0 %d(DI)(BX*1)", ahead)
		f.line("VMOVUPS (DI)(BX*1), %s", s.r(1))
		f.normOut(s)
	})
	f.endNorm()
}

// normBack adds the gradient of the input of norm to DX rows at R11, with the gradient of its output at SI, hat at DI,
// 1/√(variance + ε) at R14 and gain at R9, and adds those of gain and shift to R12 and R13. The gradient of hat overwrites that at SI.
func (f *file) normBack(s isa) {
	f.normCall("gradients of rows of a layer normalisation", "normBack"+s.suffix)
	f.line("MOVQ normCall_dGain(AX), R12")
	f.line("MOVQ normCall_dShift(AX), R13")
	f.line("VBROADCASTSS normCall_part(AX), %s", s.r(7))
	f.label("row")
	f.line("%s %s, %s, %s", s.zero(), s.r(0), s.r(0), s.r(0))
	f.line("%s %s, %s, %s", s.zero(), s.r(2), s.r(2), s.r(2))
	f.along(s, "sums", func() {
		f.line("VMOVUPS (SI)(BX*1), %s", s.r(1))
		f.line("VMOVUPS (DI)(BX*1), %s", s.r(3))
		f.line("VMOVUPS (R12)(BX*1), %s", s.r(4))
		f.line("VFMADD231PS %s, %s, %s", s.r(1), s.r(3), s.r(4))
		f.line("VMOVUPS %s, (R12)(BX*1)", s.r(4))
		f.line("VADDPS (R13)(BX*1), %s, %s", s.r(1), s.r(4))
		f.line("VMOVUPS %s, (R13)(BX*1)", s.r(4))
		f.line("VMULPS (R9)(BX*1), %s, %s", s.r(1), s.r(1))
		f.line("VMOVUPS %s, (SI)(BX*1)", s.r(1))
		f.line("VADDPS %s, %s, %s", s.r(1), s.r(0), s.r(0))
		f.line("VFMADD231PS %s, %s, %s", s.r(1), s.r(3), s.r(2))
	})
	f.reduce(s, "VADDPS", 0, 1)
	f.reduce(s, "VADDPS", 2, 1)
	f.line("VMULPS %s, %s, %s", s.r(7), s.r(0), s.r(0))
	f.line("VMULPS %s, %s, %s", s.r(7), s.r(2), s.r(2))
	f.line("VBROADCASTSS (R14), %s", s.r(6))
	f.along(s, "back", func() {
		f.line("VMOVUPS (SI)(BX*1), %s", s.r(1))
		f.line("VSUBPS %s, %s, %s", s.r(0), s.r(1), s.r(1))
		f.line("VFNMADD231PS (DI)(BX*1), %s, %s", s.r(2), s.r(1))
		f.line("VMOVUPS (R11)(BX*1), %s", s.r(3))
		f.line("VFMADD231PS %s, %s, %s", s.r(6), s.r(1), s.r(3))
		f.line("VMOVUPS %s, (R11)(BX*1)", s.r(3))
	})
	f.endNorm()
}

func (f *file) normCall(doc, name string) {
	f.function(doc, name)
	f.line("MOVQ normCall_a(AX), SI")
	f.line("MOVQ normCall_b(AX), R11")
	f.line("MOVQ normCall_hat(AX), DI")
	f.line("MOVQ normCall_inverse(AX), R14")
	f.line("MOVQ normCall_gain(AX), R9")
	f.line("MOVQ normCall_bytes(AX), CX")
	f.line("MOVQ normCall_rows(AX), DX")
}

func (f *file) endNorm() {
	f.line("ADDQ normCall_aRow(AX), SI")
	f.line("ADDQ normCall_bRow(AX), R11")
	f.line("ADDQ CX, DI")
	f.line("ADDQ $4, R14")
	f.line("DECQ DX")
	f.line("JNZ row")
	f.line("VZEROUPPER")
	f.line("RET")
}
