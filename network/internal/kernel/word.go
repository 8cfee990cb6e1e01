package kernel

// quad is the number of outputs that plain Go multiplies together.
//
// Entry j of a quad of outputs is the pair of words w0 + w1·2^32, w2 + w3·2^32 of their weights j. Sums of
// products with a word, modulo 2^64, are s0 + s1·2^32, from which unpack takes both sums apart. As the
// sums, bias included, are exact, so are the parts, as long as each fits int32. That is two
// multiply-accumulates an instruction.
const quad = 4

func packWords(w *Weights, f *Filter) {
	k := f.H * f.run()
	w.words = make([][2]int64, (f.Out+quad-1)/quad*k)
	f.each(func(o, place int, v int16) {
		w.words[o/quad*k+place][o%quad/2] += int64(v) << (32 * (o % 2))
	})
}

// unpack takes s0 + s1·2^32 apart.
func unpack(s int64) (s0, s1 int32) {
	s0 = int32(s)
	return s0, int32((s - int64(s0)) >> 32)
}

// multiplyGo is Multiply in plain Go.
func multiplyGo(p *Product) {
	w, k := p.Weights, p.Weights.lines*p.Weights.run
	clear(p.C[:p.Rows*Columns])
	first := p.Panel * Columns
	for o := first; o < min(first+Columns, w.out); o += quad {
		words := w.words[o/quad*k:][:k]
		for m := 0; m < p.Rows; m += 2 {
			p.multiplyQuad(words, w.bias[o:], o-first, m)
		}
	}
}

// multiplyQuad computes the columns n … n+3 of the rows m and m+1, or of m alone if it is the last. The
// bias comes first, so that the sums are in range when they are taken apart.
func (p *Product) multiplyQuad(words [][2]int64, bias []int32, n, m int) {
	b0, b1 := int64(bias[0])+int64(bias[1])<<32, int64(bias[2])+int64(bias[3])<<32
	s := [4]int64{b0, b1, b0, b1}
	run, pair := p.Weights.run, m+1 < p.Rows
	for line := range p.Weights.lines {
		at := m*p.ARow + line*p.ALine
		a, b := p.A[at:][:run], p.A[at:][:run]
		if pair {
			b = p.A[at+p.ARow:][:run]
		}
		dot(&s, words[line*run:][:run], a, b)
	}
	c := p.C[m*Columns+n:]
	c[0], c[1] = unpack(s[0])
	c[2], c[3] = unpack(s[1])
	if pair {
		c = c[Columns:]
		c[0], c[1] = unpack(s[2])
		c[2], c[3] = unpack(s[3])
	}
}

// dot adds the products of a quad of outputs with two rows: as much as the registers of amd64 hold.
// Inlined, it would lose them to the caller's variables.
//
//go:noinline
func dot(s *[4]int64, words [][2]int64, a, b []uint8) {
	s0, s1, t0, t1 := s[0], s[1], s[2], s[3]
	b, words = b[:len(a)], words[:len(a)]
	for i, x := range a {
		w := &words[i]
		w0, w1 := w[0], w[1]
		x, y := int64(x), int64(b[i])
		s0 += x * w0
		s1 += x * w1
		t0 += y * w0
		t1 += y * w1
	}
	*s = [4]int64{s0, s1, t0, t1}
}
