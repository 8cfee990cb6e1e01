package quant

import (
	"fmt"
	"slices"
)

// Packing is a way to lay codes into memory.
type Packing string

// The three packings.
const (
	Byte  Packing = "byte"  // k = floor(8/log2 N) codes in a byte, as base-N digits (the paper's)
	Word  Packing = "word"  // as many codes as fit a 64-bit word, as base-N digits
	Plain Packing = "plain" // ceil(log2 N) bits a code, never across a 64-bit word
)

// wordBits is the width of a packing word in bits.
func (p Packing) wordBits() int {
	if p == Byte {
		return 8
	}
	return 64
}

// Packings lists the three packings.
func Packings() []Packing { return []Packing{Byte, Word, Plain} }

// Validate returns an error that names the packings lowres knows.
func (p Packing) Validate() error {
	switch p {
	case Byte, Word, Plain:
		return nil
	}
	return fmt.Errorf("packing %q: want %q, %q or %q", string(p), Byte, Word, Plain)
}

// CodesPerByte is k = floor(8/log2 N), the most codes with N^k ≤ 256.
func (l Levels) CodesPerByte() int { return l.CodesPerWord(Byte) }

// CodesPerWord is the number of codes that share one word of the packing:
// 8 bits for byte, 64 for word and plain. l is not float32.
func (l Levels) CodesPerWord(p Packing) int {
	if p == Plain {
		return 64 / l.Bits()
	}
	k := 0
	limit := uint64(1)<<p.wordBits() - 1 // the largest word; 2^64−1 for 64 bits
	for most := uint64(0); ; k++ {       // most = N^k − 1
		n := uint64(l.N())
		if most > (limit-(n-1))/n {
			return k
		}
		most = most*n + n - 1
	}
}

// PackedBytes is the memory that count weights take, in bytes.
func (l Levels) PackedBytes(p Packing, count int) int {
	k := l.CodesPerWord(p)
	return (count + k - 1) / k * p.wordBits() / 8
}

// Pack appends the codes of the levels in w to dst. Code i of a word is its
// base-N digit i (byte, word) or its bits i·b … (i+1)·b−1 (plain); words are
// little-endian, and the last is filled with code 0. It returns ErrLevels if
// a value of w is not a level; dst is then returned as it was.
func (l Levels) Pack(dst []byte, p Packing, w []int16) ([]byte, error) {
	k, radix, codes := l.CodesPerWord(p), l.radix(p), l.codeTable()
	packed := slices.Grow(dst, l.PackedBytes(p, len(w)))
	for at := 0; at < len(w); at += k {
		word := uint64(0)
		for i := min(at+k, len(w)) - 1; i >= at; i-- {
			code, ok := codes.code(w[i])
			if !ok {
				return dst, fmt.Errorf("%w: weight %d is %d, no level of %v: quantise first", ErrLevels, i, w[i], l)
			}
			word = word*radix + code
		}
		for range p.wordBits() / 8 {
			packed = append(packed, byte(word))
			word >>= 8
		}
	}
	return packed, nil
}

// Unpack fills dst with the levels packed in src. It returns ErrLevels if src
// is shorter than PackedBytes(p, len(dst)), holds a reserved code, or has
// anything but zeros after the last code of a word: so the bytes of a list of
// weights are the only ones that unpack to it.
func (l Levels) Unpack(dst []int16, p Packing, src []byte) error {
	if want := l.PackedBytes(p, len(dst)); len(src) < want {
		return fmt.Errorf("%w: %d bytes of packed weights: want %d for %d weights", ErrLevels, len(src), want, len(dst))
	}
	k, step := l.CodesPerWord(p), p.wordBits()/8
	for at := 0; at < len(dst); at += k {
		end := min(at+k, len(dst))
		if err := l.unpackWord(dst[at:end], littleEndian(src[:step]), l.radix(p)); err != nil {
			return fmt.Errorf("%w: weights %d to %d: %w", ErrLevels, at, end-1, err)
		}
		src = src[step:]
	}
	return nil
}

// unpackWord fills dst with the levels of one word's lowest digits.
func (l Levels) unpackWord(dst []int16, word, radix uint64) error {
	rest := word
	for i := range dst {
		code := rest % radix
		if code >= uint64(l.N()) {
			return fmt.Errorf("word %#x: digit %d is the reserved code %d: want 0 to %d", word, i, code, l.N()-1)
		}
		dst[i] = int16(l.values[code])
		rest /= radix
	}
	if rest != 0 {
		return fmt.Errorf("word %#x: want nothing after its %d codes", word, len(dst))
	}
	return nil
}

// littleEndian is the number whose bytes, least significant first, are b.
func littleEndian(b []byte) (word uint64) {
	for i := len(b) - 1; i >= 0; i-- {
		word = word<<8 | uint64(b[i])
	}
	return word
}

// codeTable holds the code of level v at v + MaxLevel, −1 where v is no level.
type codeTable [2*MaxLevel + 1]int8

// codeTable lists the codes of all possible levels.
func (l Levels) codeTable() (t codeTable) {
	for i := range t {
		t[i] = -1
	}
	for code, v := range l.values {
		t[v+MaxLevel] = int8(code)
	}
	return t
}

// code is the code of level v, and whether v is a level.
func (t *codeTable) code(v int16) (code uint64, ok bool) {
	if v < -MaxLevel || v > MaxLevel {
		return 0, false
	}
	c := t[int(v)+MaxLevel]
	return uint64(c), c >= 0
}

// radix is the base of the digits: N, or the next power of two for plain.
func (l Levels) radix(p Packing) uint64 {
	if p == Plain {
		return 1 << l.Bits()
	}
	return uint64(l.N())
}
