package main

import "fmt"

// isa is one instruction set with its way to multiply and add four bytes.
type isa struct {
	name  string // of the product function
	reg   string // register letter
	bytes int    // of one vector
	rows  int    // most rows of one tile
	acc   int    // number of the first accumulator register
	dot   func(f *file, weights, activations, sum int)
	tile  func(f *file, s isa, rows int) // writes the product of one tile
}

var isas = []isa{
	{"product512", "Z", 64, 12, 8, dot512, (*file).tile},
	{"productVNNI", "Y", 32, 6, 4, dotVNNI, (*file).tile},
	{"productAVX2", "Y", 32, 4, 4, dotAVX2, (*file).tile},
	{"productAVX2Int16", "Y", 32, 6, 4, dotAVX2Int16, (*file).tileInt16},
}

func (s isa) r(n int) string { return fmt.Sprintf("%s%d", s.reg, n) }

func (s isa) pair(row int) (lo, hi int) { return s.acc + 2*row, s.acc + 2*row + 1 }

func dot512(f *file, weights, activations, sum int) {
	f.line("VPDPBUSD Z%d, Z%d, Z%d", weights, activations, sum)
}

// dotVNNI spells out the VEX form of VPDPBUSD, which the assembler does not have. Registers are 0 to 15.
func dotVNNI(f *file, weights, activations, sum int) {
	second := 0xE2 &^ (sum >> 3 << 7) &^ (weights >> 3 << 5) // inverted high bits, map 0F38
	third := 0x05 | (^activations&15)<<3                     // 256 bits, prefix 66
	f.line("BYTE $0xC4; BYTE $0x%02X; BYTE $0x%02X; BYTE $0x50; BYTE $0x%02X // VPDPBUSD Y%d, Y%d, Y%d",
		second, third, 0xC0|sum&7<<3|weights&7, weights, activations, sum)
}

// dotAVX2 is exact because weights are at most 64 in magnitude. Register 15 holds sixteen ones.
func dotAVX2(f *file, weights, activations, sum int) {
	f.line("VPMADDUBSW Y%d, Y%d, Y14", weights, activations)
	f.line("VPMADDWD Y15, Y14, Y14")
	f.line("VPADDD Y14, Y%d, Y%d", sum, sum)
}

// dispatch writes the function that goes on in that for the rows of a tile.
func (f *file) dispatch(s isa) {
	f.function("two or four vectors of columns, by the rows of a tile", s.name)
	f.line("MOVQ productCall_rows(AX), CX")
	for rows := s.rows; rows > 1; rows-- {
		f.line("CMPQ CX, $%d", rows)
		f.line("JNE not%d", rows)
		f.line("JMP %sx%d<>(SB)", s.name, rows)
		f.label("not%d", rows)
	}
	f.line("JMP %sx1<>(SB)", s.name)
}

// Registers of a product: SI and DI walk the tiles of A and C; R8, R9, R10 hold one, three and five row
// strides; CX and BP point at rows 0 and 6 of A, BX at the weights; R13 counts parts, DX lines and R14
// quads of bytes; R11 is the byte offset of the columns, as 256-bit vectors take them in two halves;
// R12 counts the tiles.

// product writes the products of tiles with a fixed number of rows.
func (f *file) product(s isa, rows int) {
	fmt.Fprintf(f, "\nTEXT %sx%d<>(SB), NOSPLIT, $0-8\n", s.name, rows)
	f.line("MOVQ BP, productCall_saved(AX)") // BP belongs to the caller
	f.line("MOVQ productCall_aRow(AX), R8")
	f.line("LEAQ (R8)(R8*2), R9")
	f.line("LEAQ (R8)(R8*4), R10")
	f.line("XORQ R11, R11")
	if s.name == "productAVX2" {
		f.line("VPCMPEQW Y15, Y15, Y15")
		f.line("VPSRLW $15, Y15, Y15")
	}
	f.label("half")
	f.line("MOVQ productCall_a(AX), SI")
	f.line("MOVQ productCall_c(AX), DI")
	f.line("MOVQ productCall_tiles(AX), R12")
	f.label("tile")
	s.tile(f, s, rows)
	f.line("ADDQ productCall_aTile(AX), SI")
	f.line("ADDQ productCall_cTile(AX), DI")
	f.line("DECQ R12")
	f.line("JNZ tile")
	f.line("ADDQ $%d, R11", 2*s.bytes)
	f.line("CMPQ R11, $128")
	f.line("JLT half")
	f.line("MOVQ productCall_saved(AX), BP")
	f.line("VZEROUPPER")
	f.line("RET")
}

// tile keeps the sums of a tile in registers.
func (f *file) tile(s isa, rows int) {
	f.line("MOVQ productCall_bias(AX), CX")
	for r := range rows {
		lo, hi := s.pair(r)
		f.line("VMOVUPS (CX)(R11*1), %s", s.r(lo))
		f.line("VMOVUPS %d(CX)(R11*1), %s", s.bytes, s.r(hi))
	}
	f.loops(s, rows)
	for r := range rows {
		lo, hi := s.pair(r)
		f.line("VMOVUPS %s, %d(DI)(R11*1)", s.r(lo), 128*r)
		f.line("VMOVUPS %s, %d(DI)(R11*1)", s.r(hi), 128*r+s.bytes)
	}
}

// loops writes the reduction: parts, lines, quads of bytes.
func (f *file) loops(s isa, rows int) {
	f.line("MOVQ SI, CX")
	f.line("LEAQ (SI)(R9*2), BP")
	f.line("MOVQ productCall_b(AX), BX")
	f.line("ADDQ R11, BX")
	f.line("MOVQ productCall_parts(AX), R13")
	f.label("part")
	f.line("MOVQ productCall_lines(AX), DX")
	f.label("line")
	f.line("MOVQ productCall_quads(AX), R14")
	f.label("quad")
	f.term(s, rows)
	f.line("DECQ R14")
	f.line("JNZ quad")
	f.line("ADDQ productCall_lineJump(AX), CX")
	f.line("ADDQ productCall_lineJump(AX), BP")
	f.line("DECQ DX")
	f.line("JNZ line")
	f.line("ADDQ productCall_partJump(AX), CX")
	f.line("ADDQ productCall_partJump(AX), BP")
	f.line("DECQ R13")
	f.line("JNZ part")
}

// term adds four products to every accumulator: two loads of weights, one broadcast of activations a row.
func (f *file) term(s isa, rows int) {
	places := []string{"(%s)", "(%s)(R8*1)", "(%s)(R8*2)", "(%s)(R9*1)", "(%s)(R8*4)", "(%s)(R10*1)"}
	f.line("VMOVUPS (BX), %s", s.r(0))
	f.line("VMOVUPS %d(BX), %s", s.bytes, s.r(1))
	for r := range rows {
		base := "CX"
		if r >= 6 {
			base = "BP"
		}
		lo, hi := s.pair(r)
		f.line("VPBROADCASTD "+places[r%6]+", %s", base, s.r(2))
		s.dot(f, 0, 2, lo)
		s.dot(f, 1, 2, hi)
	}
	f.line("ADDQ $4, CX")
	if rows > 6 {
		f.line("ADDQ $4, BP")
	}
	f.line("SUBQ $-128, BX")
}
