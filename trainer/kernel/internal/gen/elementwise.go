package main

import "fmt"

func sprintf(format string, args ...any) string { return fmt.Sprintf(format, args...) }

// maxPool writes one row of 2×2 windows. SI walks the windows of In, DI those of Out; R8 and R9 are the
// byte offsets of the right and the lower neighbour, BX the channel offset in bytes.
func (f *file) maxPool(s isa) {
	f.function("one row of 2x2 windows", "maxPool"+s.suffix)
	f.line("MOVQ poolCall_in(AX), SI")
	f.line("MOVQ poolCall_out(AX), DI")
	f.line("MOVQ poolCall_inPixel(AX), R8")
	f.line("MOVQ poolCall_inRow(AX), R9")
	f.line("MOVQ poolCall_channels(AX), R10")
	f.line("MOVQ poolCall_windows(AX), DX")
	f.label("window")
	f.line("LEAQ (SI)(R9*1), R11")
	f.line("XORQ BX, BX")
	f.label("channel")
	f.line("LEAQ (SI)(BX*1), R12")
	f.line("LEAQ (R11)(BX*1), R13")
	f.line("VMOVUPS (R12), %s", s.r(0))
	f.line("VMOVUPS (R13), %s", s.r(1))
	f.line("VMAXPS (R12)(R8*1), %s, %s", s.r(0), s.r(0))
	f.line("VMAXPS (R13)(R8*1), %s, %s", s.r(1), s.r(1))
	f.line("VMAXPS %s, %s, %s", s.r(1), s.r(0), s.r(0))
	f.line("VMOVUPS %s, (DI)(BX*1)", s.r(0))
	f.line("ADDQ $%d, BX", s.bytes)
	f.line("CMPQ BX, R10")
	f.line("JLT channel")
	f.line("ADDQ poolCall_inStep(AX), SI")
	f.line("ADDQ poolCall_outStep(AX), DI")
	f.line("DECQ DX")
	f.line("JNZ window")
	f.line("VZEROUPPER")
	f.line("RET")
}

// maxPoolBack writes one row of gradients. Register 0 holds zeros, 1 the gradient still to be given away,
// 2 the maximum; SI and R11 point at the two rows of In, R12 and R13 at those of DIn.
func (f *file) maxPoolBack(s isa) {
	f.function("gradients of one row of 2x2 windows", "maxPoolBack"+s.suffix)
	f.line("MOVQ poolCall_in(AX), SI")
	f.line("MOVQ poolCall_dIn(AX), R12")
	f.line("MOVQ poolCall_out(AX), DI")
	f.line("MOVQ poolCall_dOut(AX), R15")
	f.line("MOVQ poolCall_inPixel(AX), R8")
	f.line("MOVQ poolCall_dInPixel(AX), R9")
	f.line("MOVQ poolCall_channels(AX), R10")
	f.line("MOVQ poolCall_windows(AX), DX")
	f.line("%s %s, %s, %s", s.zero(), s.r(0), s.r(0), s.r(0))
	f.label("window")
	f.line("MOVQ SI, R11")
	f.line("ADDQ poolCall_inRow(AX), R11")
	f.line("MOVQ R12, R13")
	f.line("ADDQ poolCall_dInRow(AX), R13")
	f.line("XORQ BX, BX")
	f.label("channel")
	f.line("VMOVUPS (R15)(BX*1), %s", s.r(1))
	f.line("VMOVUPS (DI)(BX*1), %s", s.r(2))
	f.line("CMPQ poolCall_relu(AX), $0")
	f.line("JEQ linear")
	f.mask(s, 14, s.r(0), s.r(2), s.r(1))
	f.label("linear")
	for q := range 4 {
		in, out := "SI", "R12"
		if q >= 2 {
			in, out = "R11", "R13"
		}
		f.line("LEAQ (%s)(BX*1), CX", in)
		f.line("LEAQ (%s)(BX*1), R14", out)
		place, target := "(CX)", "(R14)"
		if q%2 == 1 {
			place, target = "(CX)(R8*1)", "(R14)(R9*1)"
		}
		f.give(s, place, target)
	}
	f.line("ADDQ $%d, BX", s.bytes)
	f.line("CMPQ BX, R10")
	f.line("JLT channel")
	f.line("ADDQ poolCall_inStep(AX), SI")
	f.line("ADDQ poolCall_dInStep(AX), R12")
	f.line("ADDQ poolCall_outStep(AX), DI")
	f.line("ADDQ poolCall_dOutStep(AX), R15")
	f.line("DECQ DX")
	f.line("JNZ window")
	f.line("VZEROUPPER")
	f.line("RET")
}

// mask zeroes v where the comparison (x predicate y) is false.
func (f *file) mask(s isa, predicate int, y, x, v string) {
	if s.avx512 {
		f.line("VCMPPS $%d, %s, %s, K1", predicate, y, x)
		f.line("VMOVAPS.Z %s, K1, %s", v, v)
		return
	}
	f.line("VCMPPS $%d, %s, %s, %s", predicate, y, x, s.r(3))
	f.line("VANDPS %s, %s, %s", s.r(3), v, v)
}

// give moves the gradient that is left to target wherever the input at place equals the maximum.
func (f *file) give(s isa, place, target string) {
	f.line("VMOVUPS %s, %s", place, s.r(4))
	if s.avx512 {
		f.line("VCMPPS $0, %s, %s, K1", s.r(2), s.r(4))
		f.line("VMOVAPS.Z %s, K1, %s", s.r(1), s.r(5))
		f.line("VMOVUPS %s, %s", s.r(5), target)
		f.line("VMOVAPS %s, K1, %s", s.r(0), s.r(1))
		return
	}
	f.line("VCMPPS $0, %s, %s, %s", s.r(2), s.r(4), s.r(4))
	f.line("VANDPS %s, %s, %s", s.r(1), s.r(4), s.r(5))
	f.line("VMOVUPS %s, %s", s.r(5), target)
	f.line("VANDNPS %s, %s, %s", s.r(1), s.r(4), s.r(1))
}

// add writes dst += src over whole vectors; the caller does the rest.
func (f *file) add(s isa) {
	f.function("dst += src over whole vectors", "add"+s.suffix)
	f.line("MOVQ rowCall_w(AX), DI")
	f.line("MOVQ rowCall_g(AX), SI")
	f.line("MOVQ rowCall_bytes(AX), CX")
	f.line("XORQ BX, BX")
	f.label("next")
	f.line("VMOVUPS (DI)(BX*1), %s", s.r(0))
	f.line("VADDPS (SI)(BX*1), %s, %s", s.r(0), s.r(0))
	f.line("VMOVUPS %s, (DI)(BX*1)", s.r(0))
	f.line("ADDQ $%d, BX", s.bytes)
	f.line("CMPQ BX, CX")
	f.line("JLT next")
	f.line("VZEROUPPER")
	f.line("RET")
}

// descend writes one momentum step over whole vectors, without fused products so that it equals plain Go.
func (f *file) descend(s isa) {
	f.function("one momentum step over whole vectors", "descend"+s.suffix)
	f.line("MOVQ rowCall_w(AX), DI")
	f.line("MOVQ rowCall_v(AX), DX")
	f.line("MOVQ rowCall_g(AX), SI")
	f.line("MOVQ rowCall_bytes(AX), CX")
	f.line("VBROADCASTSS rowCall_rate(AX), %s", s.r(4))
	f.line("VBROADCASTSS rowCall_momentum(AX), %s", s.r(5))
	f.line("VBROADCASTSS rowCall_decay(AX), %s", s.r(6))
	f.line("XORQ BX, BX")
	f.label("next")
	f.line("VMOVUPS (DI)(BX*1), %s", s.r(0))
	f.line("VMULPS %s, %s, %s", s.r(0), s.r(6), s.r(1))
	f.line("VADDPS (SI)(BX*1), %s, %s", s.r(1), s.r(1))
	f.line("VMULPS %s, %s, %s", s.r(1), s.r(4), s.r(1))
	f.line("VMULPS (DX)(BX*1), %s, %s", s.r(5), s.r(2))
	f.line("VSUBPS %s, %s, %s", s.r(1), s.r(2), s.r(2))
	f.line("VMOVUPS %s, (DX)(BX*1)", s.r(2))
	f.line("VADDPS %s, %s, %s", s.r(2), s.r(0), s.r(0))
	f.line("VMOVUPS %s, (DI)(BX*1)", s.r(0))
	f.line("ADDQ $%d, BX", s.bytes)
	f.line("CMPQ BX, CX")
	f.line("JLT next")
	f.line("VZEROUPPER")
	f.line("RET")
}
