package main

// adam writes one step of Adam over whole vectors, without fused products so that it equals plain Go.
func (f *file) adam(s isa) {
	f.function("one step of Adam over whole vectors", "adam"+s.suffix)
	f.line("MOVQ adamCall_w(AX), DI")
	f.line("MOVQ adamCall_m(AX), DX")
	f.line("MOVQ adamCall_v(AX), R8")
	f.line("MOVQ adamCall_g(AX), SI")
	f.line("MOVQ adamCall_bytes(AX), CX")
	constants := []string{"decay", "beta1", "new1", "beta2", "new2", "root", "epsilon", "keep", "rate"}
	of := map[string]string{}
	for k, name := range constants {
		of[name] = s.r(4 + k)
		f.line("VBROADCASTSS adamCall_%s(AX), %s", name, of[name])
	}
	w, d, x, y := s.r(0), s.r(1), s.r(2), s.r(3)
	f.line("XORQ BX, BX")
	f.label("next")
	f.line("VMOVUPS (DI)(BX*1), %s", w)
	f.line("VMULPS %s, %s, %s", w, of["decay"], d)
	f.line("VADDPS (SI)(BX*1), %s, %s", d, d)
	f.line("VMULPS (R8)(BX*1), %s, %s", of["beta2"], x)
	f.line("VMULPS %s, %s, %s", d, of["new2"], y)
	f.line("VMULPS %s, %s, %s", d, y, y)
	f.line("VADDPS %s, %s, %s", y, x, x)
	f.line("VMOVUPS %s, (R8)(BX*1)", x)
	f.line("VSQRTPS %s, %s", x, x)
	f.line("VMULPS %s, %s, %s", x, of["root"], x)
	f.line("VADDPS %s, %s, %s", x, of["epsilon"], x)
	f.line("VMULPS (DX)(BX*1), %s, %s", of["beta1"], y)
	f.line("VMULPS %s, %s, %s", d, of["new1"], d)
	f.line("VADDPS %s, %s, %s", d, y, y)
	f.line("VMOVUPS %s, (DX)(BX*1)", y)
	f.line("VMULPS %s, %s, %s", y, of["rate"], y)
	f.line("VDIVPS %s, %s, %s", x, y, y)
	f.line("VMULPS %s, %s, %s", w, of["keep"], w)
	f.line("VSUBPS %s, %s, %s", y, w, w)
	f.line("VMOVUPS %s, (DI)(BX*1)", w)
	f.line("ADDQ $%d, BX", s.bytes)
	f.line("CMPQ BX, CX")
	f.line("JLT next")
	f.line("VZEROUPPER")
	f.line("RET")
}

// sumSquares adds every sixteenth square to one of sixteen sums in float64.
func (f *file) sumSquares(s isa) {
	const lanes, single, double = 16, 4, 8
	wide := s.bytes / double // sums in a register
	f.function("sixteen sums of squares over whole blocks of sixteen", "sumSquares"+s.suffix)
	f.line("MOVQ sumCall_x(AX), SI")
	f.line("MOVQ sumCall_sums(AX), DI")
	f.line("MOVQ sumCall_bytes(AX), CX")
	sums := lanes / wide
	for k := range sums {
		f.line("%s %s, %s, %s", s.zero(), s.r(8+k), s.r(8+k), s.r(8+k))
	}
	f.line("XORQ BX, BX")
	f.label("next")
	for k := range sums {
		f.line("VCVTPS2PD %d(SI)(BX*1), %s", k*wide*single, s.r(k))
		f.line("VFMADD231PD %s, %s, %s", s.r(k), s.r(k), s.r(8+k))
	}
	f.line("ADDQ $%d, BX", lanes*single)
	f.line("CMPQ BX, CX")
	f.line("JLT next")
	for k := range sums {
		f.line("VMOVUPD %s, %d(DI)", s.r(8+k), k*s.bytes)
	}
	f.line("VZEROUPPER")
	f.line("RET")
}

// scale writes w = rate·w over whole vectors.
func (f *file) scale(s isa) {
	f.function("a product with one number over whole vectors", "scale"+s.suffix)
	f.line("MOVQ rowCall_w(AX), DI")
	f.line("MOVQ rowCall_bytes(AX), CX")
	f.line("VBROADCASTSS rowCall_rate(AX), %s", s.r(1))
	f.line("XORQ BX, BX")
	f.label("next")
	f.line("VMULPS (DI)(BX*1), %s, %s", s.r(1), s.r(0))
	f.line("VMOVUPS %s, (DI)(BX*1)", s.r(0))
	f.line("ADDQ $%d, BX", s.bytes)
	f.line("CMPQ BX, CX")
	f.line("JLT next")
	f.line("VZEROUPPER")
	f.line("RET")
}
