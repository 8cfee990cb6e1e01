package quant

import "fmt"

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
// 8 bits for byte, 64 for word and plain.
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
// a value of w is not a level.
func (l Levels) Pack(dst []byte, p Packing, w []int16) ([]byte, error) {
	k, radix := l.CodesPerWord(p), l.radix(p)
	for len(w) > 0 {
		n := min(k, len(w))
		word := uint64(0)
		for i := n - 1; i >= 0; i-- {
			code, ok := l.Code(int(w[i]))
			if !ok {
				return dst, fmt.Errorf("%w: weight %d is not a level of %v", ErrLevels, w[i], l)
			}
			word = word*radix + uint64(code)
		}
		for range p.wordBits() / 8 {
			dst = append(dst, byte(word))
			word >>= 8
		}
		w = w[n:]
	}
	return dst, nil
}

// Unpack fills dst with the levels packed in src. It returns ErrLevels if src
// is shorter than PackedBytes(p, len(dst)) or holds a reserved code.
func (l Levels) Unpack(dst []int16, p Packing, src []byte) error {
	if want := l.PackedBytes(p, len(dst)); len(src) < want {
		return fmt.Errorf("%w: %d bytes of packed weights: want %d for %d weights", ErrLevels, len(src), want, len(dst))
	}
	k, radix, step := l.CodesPerWord(p), l.radix(p), p.wordBits()/8
	for at := 0; at < len(dst); at += k {
		word := uint64(0)
		for i := step - 1; i >= 0; i-- {
			word = word<<8 | uint64(src[i])
		}
		src = src[step:]
		for i := range min(k, len(dst)-at) {
			code := word % radix
			if code >= uint64(l.N()) {
				return fmt.Errorf("%w: weight %d has the reserved code %d: want 0 to %d", ErrLevels, at+i, code, l.N()-1)
			}
			dst[at+i] = int16(l.values[code])
			word /= radix
		}
		if word != 0 && p != Plain {
			return fmt.Errorf("%w: weights %d to %d: reserved word", ErrLevels, at, at+k-1)
		}
	}
	return nil
}

// radix is the base of the digits: N, or the next power of two for plain.
func (l Levels) radix(p Packing) uint64 {
	if p == Plain {
		return 1 << l.Bits()
	}
	return uint64(l.N())
}
