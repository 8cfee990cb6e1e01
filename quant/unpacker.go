package quant

import "fmt"

// Unpacker unpacks the words of a level set and packing by a table of its fields.
// It is immutable.
type Unpacker struct {
	levels []int16 // by code
	layout Layout
	table  []uint8 // [value of a field][symbol], no longer than a table field has values
	legal  int     // values of a full table field; those from here on are reserved
}

// Unpacker returns the unpacker of a packing. l is not float32.
func (l Levels) Unpacker(p Packing) *Unpacker {
	u := &Unpacker{layout: l.Layout(p)}
	for _, v := range l.values {
		u.levels = append(u.levels, int16(v))
	}
	o := &u.layout
	if o.Escaped {
		return u
	}
	symbols := make([]int, o.Fields[0].Symbols)
	u.legal = 1
	for range symbols {
		u.legal *= o.Radix
	}
	for value := range u.legal {
		o.decode(symbols, uint64(value))
		for _, s := range symbols {
			u.table = append(u.table, uint8(s))
		}
	}
	return u
}

// Unpack fills dst with the levels packed in src. It returns ErrLevels if src
// is shorter than PackedBytes(p, len(dst)), holds a reserved value, or has
// anything but zeros after the last code of a word: so the bytes of a list of
// weights are the only ones that unpack to it.
func (u *Unpacker) Unpack(dst []int16, src []byte) error {
	k, step := u.layout.Codes, u.layout.WordBits/8
	if want := (len(dst) + k - 1) / k * step; len(src) < want {
		return fmt.Errorf("%w: %d bytes of packed weights: want %d for %d weights", ErrLevels, len(src), want, len(dst))
	}
	var codes [64]uint8
	for at := 0; at < len(dst); at += k {
		end := min(at+k, len(dst))
		if err := u.word(codes[:k], dst[at:end], littleEndian(src[:step])); err != nil {
			return fmt.Errorf("%w: weights %d to %d: %w", ErrLevels, at, end-1, err)
		}
		src = src[step:]
	}
	return nil
}

// word fills dst with the levels of one word's first codes.
func (u *Unpacker) word(codes []uint8, dst []int16, word uint64) error {
	if err := u.codes(codes, word); err != nil {
		return fmt.Errorf("word %#x: %w", word, err)
	}
	for i := range dst {
		dst[i] = u.levels[codes[i]]
	}
	for _, c := range codes[len(dst):] {
		if c != 0 {
			return fmt.Errorf("word %#x: want nothing after its %d codes", word, len(dst))
		}
	}
	return nil
}

// codes takes a word apart.
func (u *Unpacker) codes(dst []uint8, word uint64) error {
	var symbols [64]uint8
	o, at := &u.layout, 0
	last := o.Fields[len(o.Fields)-1]
	for i := range o.Fields {
		f := &o.Fields[i]
		value := word >> f.Shift & (1<<f.Bits - 1)
		if !u.field(symbols[at:at+f.Symbols], value) {
			return fmt.Errorf("bits %d to %d hold the reserved value %d", f.Shift+f.Bits-1, f.Shift, value)
		}
		at += f.Symbols
	}
	if end := last.Shift + last.Bits; word>>end != 0 {
		return fmt.Errorf("want nothing above bit %d", end-1)
	}
	if !o.Pairs {
		copy(dst, symbols[:])
		return nil
	}
	for i := range dst {
		dst[i] = symbols[2*i] + symbols[2*i+1]*uint8(o.Radix)
	}
	if at%2 == 1 && symbols[at-1] != 0 {
		return fmt.Errorf("want nothing after its %d codes", len(dst))
	}
	return nil
}

// field writes the symbols of a field and reports whether its value is legal.
func (u *Unpacker) field(dst []uint8, value uint64) bool {
	if u.layout.Escaped {
		var symbols [8]int
		ok := u.layout.decode(symbols[:len(dst)], value)
		for i := range dst {
			dst[i] = uint8(symbols[i])
		}
		return ok
	}
	if value >= uint64(u.legal) {
		return false
	}
	full := u.layout.Fields[0].Symbols
	row := u.table[int(value)*full : int(value)*full+full]
	copy(dst, row)
	for _, s := range row[len(dst):] { // of a shorter field
		if s != 0 {
			return false
		}
	}
	return true
}

// littleEndian is the number whose bytes, least significant first, are b.
func littleEndian(b []byte) (word uint64) {
	for i := len(b) - 1; i >= 0; i-- {
		word = word<<8 | uint64(b[i])
	}
	return word
}
