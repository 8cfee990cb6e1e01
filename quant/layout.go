package quant

import (
	"math"
	"math/bits"
)

// Layout says how the codes of a level set lie in a word of a packing. A code is
// one symbol of radix N, or two of radix √N, the lower first (word, N = 9). The
// symbols fill the word's fields in order, so that hardware decodes every field by
// itself:
//
//	field = Σ symbol[i]·Radix^i                              (not Escaped)
//
// An escaped field of m symbols of radix 2^b + 1 has m·b + 1 bits. If no symbol is
// 2^b, those are the symbols, b bits each. Else the highest bit is 1, the lowest b
// bits say which symbols are 2^b, and the b bits of symbol i ≥ 1 hold it, or 0 where
// it is 2^b; symbol 0, if it is not 2^b itself, has the bits of the first that is.
type Layout struct {
	WordBits int     // 8 or 64
	Codes    int     // codes in a word
	Radix    int     // of a symbol
	Pairs    bool    // a code is two symbols
	Escaped  bool    // how symbols share a field
	Fields   []Field // from the word's lowest bit up; bits above them are 0
}

// Field is a part of a word.
type Field struct {
	Shift   int // of its lowest bit
	Bits    int
	Symbols int
}

// tableBits is the widest field that hardware decodes by a table.
const tableBits = 8

// Layout returns the layout of a packing. In the three packings
//
//	byte   one field of 8 bits
//	word   of the ways to fill 64 bits with fields, the one with most codes: fields
//	       of one width of at most 8 bits; the same with pairs, for square N; escaped
//	       fields, for N = 2^b + 1
//	plain  fields of ceil(log2 N) bits, a code each
//
// A word whose last field would not fit whole has a shorter one. l is not float32.
func (l Levels) Layout(p Packing) Layout {
	n := l.N()
	switch p {
	case Byte:
		return filled(Layout{WordBits: 8, Radix: n}, symbolsIn(n, tableBits), tableBits)
	case Plain:
		return filled(Layout{WordBits: 64, Radix: n}, 1, l.Bits())
	}
	best := Layout{}
	consider := func(o Layout) {
		if o.Codes > best.Codes {
			best = o
		}
	}
	for width := l.Bits(); width <= tableBits; width++ {
		consider(filled(Layout{WordBits: 64, Radix: n}, symbolsIn(n, width), width))
	}
	if root := int(math.Sqrt(float64(n))); root*root == n {
		for width := 1; width <= tableBits; width++ {
			consider(filled(Layout{WordBits: 64, Radix: root, Pairs: true}, symbolsIn(root, width), width))
		}
	}
	if b := bits.Len(uint(n)) - 1; b > 0 && n == 1<<b+1 {
		consider(filled(Layout{WordBits: 64, Radix: n, Escaped: true}, b, b*b+1))
	}
	return best
}

// symbolsIn is the most symbols with radix^k ≤ 2^width.
func symbolsIn(radix, width int) (k int) {
	for most := radix; most <= 1<<width; most *= radix {
		k++
	}
	return k
}

// filled gives a layout its fields: as many of width bits as the word has, with
// symbols each, then a shorter one.
func filled(l Layout, symbols, width int) Layout {
	total, at := 0, 0
	for symbols > 0 {
		for ; at+width <= l.WordBits; at += width {
			l.Fields = append(l.Fields, Field{Shift: at, Bits: width, Symbols: symbols})
			total += symbols
		}
		symbols--
		width = l.width(symbols)
	}
	l.Codes = total
	if l.Pairs {
		l.Codes = total / 2
	}
	return l
}

// width is the bits that a field of so many symbols takes.
func (l *Layout) width(symbols int) int {
	if l.Escaped {
		return symbols*l.symbolBits() + 1
	}
	most := 1
	for range symbols {
		most *= l.Radix
	}
	return bits.Len(uint(most - 1))
}

// symbolBits is b of an escaped field with radix 2^b + 1.
func (l *Layout) symbolBits() int { return bits.Len(uint(l.Radix)) - 1 }

// symbols is the number of symbols in a word.
func (l *Layout) symbols() (n int) {
	for _, f := range l.Fields {
		n += f.Symbols
	}
	return n
}

// put writes code i of a word as symbols.
func (l *Layout) put(symbols []int, i, code int) {
	if l.Pairs {
		symbols[2*i], symbols[2*i+1] = code%l.Radix, code/l.Radix
	} else {
		symbols[i] = code
	}
}

// word joins the fields with these symbols.
func (l *Layout) word(symbols []int) (word uint64) {
	for _, f := range l.Fields {
		word |= l.encode(symbols[:f.Symbols]) << f.Shift
		symbols = symbols[f.Symbols:]
	}
	return word
}

// encode is the value of a field with these symbols.
func (l *Layout) encode(symbols []int) uint64 {
	if l.Escaped {
		return l.escape(symbols)
	}
	value := uint64(0)
	for i := len(symbols) - 1; i >= 0; i-- {
		value = value*uint64(l.Radix) + uint64(symbols[i])
	}
	return value
}

// decode writes the symbols of a field to dst and reports whether encode gives
// its value.
func (l *Layout) decode(dst []int, value uint64) bool {
	if l.Escaped {
		l.unescape(dst, value)
		return l.escape(dst) == value
	}
	for i := range dst {
		dst[i] = int(value % uint64(l.Radix))
		value /= uint64(l.Radix)
	}
	return value == 0
}

// escape is the value of an escaped field.
func (l *Layout) escape(symbols []int) uint64 {
	b, mask, first := l.symbolBits(), uint64(0), 0
	value := uint64(0)
	for i := len(symbols) - 1; i >= 0; i-- {
		if symbols[i] == l.Radix-1 {
			mask, first = mask|1<<i, i
		} else {
			value |= uint64(symbols[i]) << (b * i)
		}
	}
	if mask == 0 {
		return value
	}
	low := uint64(1)<<b - 1
	if mask&1 == 0 {
		value |= value & low << (b * first)
	}
	return value&^low | mask | 1<<(b*len(symbols))
}

// unescape is the inverse of escape; other values give some symbols or others.
func (l *Layout) unescape(dst []int, value uint64) {
	b := l.symbolBits()
	low := uint64(1)<<b - 1
	for i := range dst {
		dst[i] = int(value >> (b * i) & low)
	}
	if value>>(b*len(dst)) == 0 {
		return
	}
	mask := value & low
	if mask != 0 && mask&1 == 0 {
		dst[0] = int(value >> (b * bits.TrailingZeros64(mask)) & low)
	}
	for i := range dst {
		if mask>>i&1 == 1 {
			dst[i] = l.Radix - 1
		}
	}
}
