package estimate

import (
	"fmt"
	"math"
	"math/bits"
	"strings"

	"lowres/quant"
	"lowres/rtlgen/synth"
)

// decode is the decoder of a word of one set. The paper's sets are measured, each by
// itself; others are estimated from their tables.
func (s shape) decode(name string, words int, l quant.Levels, p quant.Packing) Block {
	b := Block{Name: name, Instances: words}
	o := l.Layout(p)
	if strings.HasPrefix(l.String(), "N=") {
		b.Kind, b.X = fmt.Sprintf("decode %v %v", l, p), []float64{1}
		return b
	}
	t := tables{lutInputs: 4, x: make([]float64, 5)}
	if s.target == synth.Xilinx {
		t.lutInputs = 6
	}
	level := func(code int) []uint64 { return []uint64{digitsOf(l, code)} }
	f := o.Fields[0]
	switch {
	case o.Escaped:
		b.Kind = "decode escaped"
		w := bits.Len(uint(o.Radix)) - 1
		t.add(o.Codes, w+1, l.N(), level)
		t.x[3], t.x[4] = float64(o.Codes*w), float64(len(o.Fields)*w)
	case o.Pairs:
		b.Kind = "decode pairs"
		w := bits.Len(uint(o.Radix - 1))
		t.add(len(o.Fields), f.Bits, power(o.Radix, f.Symbols), func(v int) []uint64 { return []uint64{symbols(v, o.Radix, f.Symbols, w)} })
		t.add(o.Codes, 2*w, 1<<(2*w), func(v int) []uint64 {
			if code := v%(1<<w) + o.Radix*(v>>w); code < l.N() {
				return level(code)
			}
			return nil
		})
	default:
		b.Kind = "decode fields"
		switch {
		case l.N() == 3 && f.Symbols == 5:
			b.Kind = "decode five of three" // the highest symbol by comparing
		case f.Symbols == 1:
			b.Kind = "decode codes"
		}
		t.add(len(o.Fields), f.Bits, power(l.N(), f.Symbols), func(v int) (all []uint64) {
			for range f.Symbols {
				all = append(all, digitsOf(l, v%l.N()))
				v /= l.N()
			}
			return all
		})
	}
	b.X = t.x
	return b
}

// tables counts the logic of tables: Yosys makes them of multiplexers, the highest input
// first. x[0] are the functions that fit a LUT, x[1] the multiplexers of them, x[2] the
// inverted inputs.
type tables struct {
	lutInputs int
	x         []float64
}

// add counts a table of words of output by so many bits of input, copies times. Values from
// used on give 0, and so do words that f leaves out.
func (t *tables) add(copies, in, used int, f func(v int) []uint64) {
	var outputs [][]byte
	for v := range min(used, 1<<in) {
		for word, all := range f(v) {
			for bit := range 64 {
				if len(outputs) <= 64*word+bit {
					outputs = append(outputs, make([]byte, 1<<in))
				}
				outputs[64*word+bit][v] = byte(all >> bit & 1)
			}
		}
	}
	seen := map[string]bool{}
	for _, output := range outputs {
		t.visit(string(output), float64(copies), seen)
	}
}

// visit counts a function, the values of which are its bytes, and those that it is made of.
func (t *tables) visit(f string, copies float64, seen map[string]bool) {
	if seen[f] {
		return
	}
	seen[f] = true
	low, high := f[:len(f)/2], f[len(f)/2:]
	switch inputs := support(f); {
	case inputs == 0:
	case inputs == 1:
		t.x[2] += copies * float64(f[0])
	case inputs <= t.lutInputs:
		t.x[0] += copies
	case low == high:
		t.visit(low, copies, seen)
	default:
		t.x[1] += copies
		t.visit(low, copies, seen)
		t.visit(high, copies, seen)
	}
}

// support is how many inputs a function depends on.
func support(f string) (n int) {
	for input := 1; input < len(f); input *= 2 {
		for v := range f {
			if f[v] != f[v^input] {
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
