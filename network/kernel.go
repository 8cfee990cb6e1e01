package network

// quad is the number of output channels that are multiplied together.
const quad = 4

// matrix holds a layer's weights for dot products of four channels at once.
//
// Entry k of a quad of channels is the pair of words w0 + w1·2^32, w2 + w3·2^32
// of their weights k. Sums of products with a word, modulo 2^64, are s0 + s1·2^32,
// from which unpack takes both sums apart. As the sums are exact, so are the
// parts, as long as each fits int32, which Integer.Validate proves. That is two
// multiply-accumulates an instruction.
type matrix struct {
	k     int        // weights of one channel
	out   int        // channels
	words [][2]int64 // [ceil(out/4)][k]
}

// newMatrix packs the weights w, [out][k].
func newMatrix(w []int16, out, k int) matrix {
	m := matrix{k: k, out: out, words: make([][2]int64, (out+quad-1)/quad*k)}
	for o := range out {
		words := m.words[o/quad*k:][:k]
		word, shift := o%quad/2, 32*(o%2)
		for j := range words {
			words[j][word] += int64(w[o*k+j]) << shift
		}
	}
	return m
}

// unpack takes s0 + s1·2^32 apart.
func unpack(s int64) (s0, s1 int32) {
	s0 = int32(s)
	return s0, int32((s - int64(s0)) >> 32)
}

// multiply computes acc[p][o] = bias[o] + Σ w[o][k]·rows[p][k] for all rows.
// rows has shape [p][k], acc [p][out].
func (m *matrix) multiply(acc []int32, rows []int8, bias []int32) {
	k, count := m.k, len(rows)/m.k
	for o := 0; o < m.out; o += quad {
		words := m.words[o/quad*k:][:k]
		p := 0
		for ; p+2 <= count; p += 2 {
			a := rows[p*k:]
			s0, s1, t0, t1 := dot2(words, a[:k], a[k:2*k])
			m.store(acc[p*m.out:], bias, o, s0, s1)
			m.store(acc[(p+1)*m.out:], bias, o, t0, t1)
		}
		if p < count {
			s0, s1 := dot1(words, rows[p*k:])
			m.store(acc[p*m.out:], bias, o, s0, s1)
		}
	}
}

// store adds the biases to the sums of channels o … o+3 of one row.
func (m *matrix) store(acc, bias []int32, o int, s0, s1 int64) {
	var sums [quad]int32
	sums[0], sums[1] = unpack(s0)
	sums[2], sums[3] = unpack(s1)
	for i, b := range bias[o:min(o+quad, m.out)] {
		acc[o+i] = sums[i] + b
	}
}

// dot2 multiplies a quad of channels by two rows: as much as the registers of
// amd64 hold. Inlined, it would lose them to the caller's variables.
//
//go:noinline
func dot2(words [][2]int64, a, b []int8) (s0, s1, t0, t1 int64) {
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
	return s0, s1, t0, t1
}

// dot1 multiplies a quad of channels by one row.
func dot1(words [][2]int64, a []int8) (s0, s1 int64) {
	a = a[:len(words)]
	for i := range words {
		x := int64(a[i])
		s0 += x * words[i][0]
		s1 += x * words[i][1]
	}
	return s0, s1
}
