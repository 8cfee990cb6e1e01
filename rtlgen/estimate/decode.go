package estimate

import (
	"fmt"
	"math"
	"math/bits"
	"strings"

	"lowres/quant"
)

// decode is the decoder of a word of one set. The paper's sets are measured, each by
// itself; others are estimated from their tables.
func decode(name string, words int, l quant.Levels, p quant.Packing) Block {
	b := Block{Name: name, Instances: words}
	o := l.Layout(p)
	if strings.HasPrefix(l.String(), "N=") {
		b.Kind, b.X = fmt.Sprintf("decode %v %v", l, p), []float64{1}
		return b
	}
	t := tableCount{x: make([]float64, 8)}
	level := func(code int) uint64 { return digitsOf(l, code) }
	f := o.Fields[0]
	switch {
	case o.Escaped:
		b.Kind = "decode escaped"
		w := bits.Len(uint(o.Radix)) - 1
		t.add(o.Codes, w+1, l.N(), level)
		t.x[6], t.x[7] = float64(o.Codes*w), float64(len(o.Fields)*w)
	case o.Pairs:
		b.Kind = "decode pairs"
		w := bits.Len(uint(o.Radix - 1))
		t.add(len(o.Fields), f.Bits, power(o.Radix, f.Symbols), func(v int) uint64 { return symbols(v, o.Radix, f.Symbols, w) })
		t.add(o.Codes, 2*w, 1<<(2*w), func(v int) uint64 {
			if code := v%(1<<w) + o.Radix*(v>>w); code < l.N() {
				return digitsOf(l, code)
			}
			return 0
		})
	default:
		b.Kind = "decode fields"
		if l.N() == 3 && f.Symbols == 5 {
			b.Kind = "decode five of three" // the highest symbol by comparing
		}
		for i := range f.Symbols {
			t.add(len(o.Fields), f.Bits, power(l.N(), f.Symbols), func(v int) uint64 { return digitsOf(l, v/power(l.N(), i)%l.N()) })
		}
	}
	b.X = t.x
	return b
}

// tableCount counts the functions that tables are made of by the inputs that they depend
// on: x[0] those of at most 3, then 4, 5, 6, 7, and more.
type tableCount struct{ x []float64 }

// add counts a table of so many bits, copies times. Values from used on give 0.
func (t *tableCount) add(copies, in, used int, f func(v int) uint64) {
	values := make([]uint64, 1<<in)
	for v := range min(used, len(values)) {
		values[v] = f(v)
	}
	seen := map[string]bool{}
	for bit := range 64 {
		text, inverse := make([]byte, len(values)), make([]byte, len(values))
		for v, all := range values {
			text[v] = byte(all >> bit & 1)
			inverse[v] = 1 - text[v]
		}
		inputs := support(text, in)
		if inputs < 2 || seen[string(text)] || seen[string(inverse)] {
			continue
		}
		seen[string(text)] = true
		t.x[min(max(inputs-3, 0), 5)] += float64(copies)
	}
}

// support is how many inputs a function depends on.
func support(f []byte, in int) (n int) {
	for i := range in {
		for v := range f {
			if f[v] != f[v^1<<i] {
				n++
				break
			}
		}
	}
	return n
}

// digitsOf is {negative, two, zero} of each digit of a code's level, inverted where the
// digit is 0, so that values that no weight packs to are all zeros.
func digitsOf(l quant.Levels, code int) (all uint64) {
	d := make([]int, 4)
	quant.Digits(d, l.Value(code))
	for i, digit := range d {
		b := uint64(0)
		if digit != 0 {
			b |= 1
		}
		if digit == 2 || digit == -2 {
			b |= 2
		}
		if digit < 0 {
			b |= 4
		}
		all |= b << (3 * i)
	}
	return all
}

// symbols is the k symbols of a field, w bits each.
func symbols(v, radix, k, w int) (all uint64) {
	for i := range k {
		all |= uint64(v%radix) << (w * i)
		v /= radix
	}
	return all
}

// power is a to the n.
func power(a, n int) int { return int(math.Pow(float64(a), float64(n))) }
