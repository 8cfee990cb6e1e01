package quant

import (
	"fmt"
	"slices"
)

// Packing is a way to lay codes into memory.
type Packing string

// The three packings. Their layouts are in Levels.Layout.
const (
	Byte  Packing = "byte"  // k = floor(8/log2 N) codes in a byte (the paper's)
	Word  Packing = "word"  // as many codes in a 64-bit word as fields that hardware decodes can hold
	Plain Packing = "plain" // ceil(log2 N) bits a code, never across a 64-bit word
)

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
func (l Levels) CodesPerWord(p Packing) int { return l.Layout(p).Codes }

// PackedBytes is the memory that count weights take, in bytes.
func (l Levels) PackedBytes(p Packing, count int) int {
	o := l.Layout(p)
	return (count + o.Codes - 1) / o.Codes * o.WordBits / 8
}

// Pack appends the codes of the levels in w to dst, in words of Layout(p). Words
// are little-endian, and the last is filled with code 0. It returns ErrLevels if
// a value of w is not a level; dst is then returned as it was.
func (l Levels) Pack(dst []byte, p Packing, w []int16) ([]byte, error) {
	o, codes := l.Layout(p), l.codeTable()
	symbols := make([]int, o.symbols())
	packed := slices.Grow(dst, l.PackedBytes(p, len(w)))
	for at := 0; at < len(w); at += o.Codes {
		clear(symbols)
		for i, v := range w[at:min(at+o.Codes, len(w))] {
			code, ok := codes.code(v)
			if !ok {
				return dst, fmt.Errorf("%w: weight %d is %d, no level of %v: quantise first", ErrLevels, at+i, v, l)
			}
			o.put(symbols, i, code)
		}
		word := o.word(symbols)
		for range o.WordBits / 8 {
			packed = append(packed, byte(word))
			word >>= 8
		}
	}
	return packed, nil
}

// Unpack fills dst with the levels packed in src: Unpacker, for a single list.
func (l Levels) Unpack(dst []int16, p Packing, src []byte) error {
	return l.Unpacker(p).Unpack(dst, src)
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
func (t *codeTable) code(v int16) (code int, ok bool) {
	if v < -MaxLevel || v > MaxLevel {
		return 0, false
	}
	c := t[int(v)+MaxLevel]
	return int(c), c >= 0
}
