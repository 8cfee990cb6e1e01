package quant

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// floatBits is the size of the float32 weight that packings are compared with.
const floatBits = 32

// Density says how closely a packing's full words hold codes.
type Density struct {
	Packing   Packing
	Codes     int     // in a word of the packing: a byte for byte, 64 bits for word and plain
	Bits      float64 // a weight
	Reduction float64 // against float32
}

// Density is that of a packing for l, which is not float32. A layer takes a little more where its last word is
// not full.
func (l Levels) Density(p Packing) Density {
	o := l.Layout(p)
	bits := float64(o.WordBits) / float64(o.Codes)
	return Density{p, o.Codes, bits, floatBits / bits}
}

// Log2N is log2 N, the information in a weight whose levels are equally frequent, in bits; 32 for float32.
func (l Levels) Log2N() float64 {
	if l.IsZero() {
		return floatBits
	}
	return math.Log2(float64(l.N()))
}

// PaperRow is a line of the paper's table 3, as it is printed.
type PaperRow struct {
	N         int
	Bits      string // "number of bits" of a weight
	PerByte   int    // "weights stored by byte"
	Reduction int    // "memory reduction" against 32 bits
}

// PaperTable3 is the paper's table 3, slips included.
func PaperTable3() []PaperRow {
	return []PaperRow{{2, "1", 1, 32}, {3, "1.5", 5, 20}, {4, "2", 4, 16}, {5, "2.32", 3, 12},
		{8, "3", 2, 8}, {9, "3.17", 2, 8}, {16, "4", 2, 8}, {17, "4.08", 1, 4}}
}

// Slips says what is wrong in the row, number by number: bits that are not log2 N to as many decimals, weights
// that are not floor(8/log2 N), a reduction that is not 32 bits times these weights over 8.
func (r PaperRow) Slips() (slips []string) {
	l, err := ForN(r.N)
	if err != nil {
		return []string{err.Error()}
	}
	_, decimals, _ := strings.Cut(r.Bits, ".")
	if r.Bits != strconv.FormatFloat(l.Log2N(), 'f', len(decimals), 64) {
		slips = append(slips, fmt.Sprintf("%s bits: log2 %d is %.2f", r.Bits, r.N, l.Log2N()))
	}
	d := l.Density(Byte)
	if r.PerByte != d.Codes {
		slips = append(slips, fmt.Sprintf("%d by byte: %d of %d levels fit, %d^%[2]d = %[5]d", r.PerByte, d.Codes, r.N, r.N, power(r.N, d.Codes)))
	}
	if float64(r.Reduction) != d.Reduction {
		slips = append(slips, fmt.Sprintf("a reduction of %d: %d weights in a byte are one of %g", r.Reduction, d.Codes, d.Reduction))
	}
	return slips
}

// power is n^k.
func power(n, k int) int {
	p := 1
	for range k {
		p *= n
	}
	return p
}
