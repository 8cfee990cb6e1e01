package quant

// SumTable lists the sums that a group of activations makes with its weights, one for each
// combination of levels. The weights' code is the address of their sum:
//
//	k = Σ code(w[g])·N^g              the field of the byte packing
//
// Whole tables have N^group sums, and the code is k. Half tables have those of
// k ≥ ⌊N^group/2⌋ = base: the levels of a set lie symmetric about 0, so the combination
// N^group − 1 − k has the negative weights of k, and a code is a sign above an index:
//
//	{0, k − base} if k ≥ base, {1, N^group − 1 − k − base} if not
//
// The Verilog twin is hdl/sum_table.v.
type SumTable struct {
	levels Levels
	codes  codeTable
	group  int
	total  int // N^group
	base   int // the first combination in the table
	sign   int // bit of a code, 0 for whole tables
}

// SumTable describes the tables of groups of so many weights, whose codes have codeBits
// bits; half says that the highest of them is a sign. N^group is at most 2^codeBits.
func (l Levels) SumTable(group, codeBits int, half bool) *SumTable {
	t := &SumTable{levels: l, codes: l.codeTable(), group: group, total: power(l.N(), group)}
	if half {
		t.base, t.sign = t.total/2, 1<<(codeBits-1)
	}
	return t
}

// TableGroup is the most weights with N^group ≤ 2^codeBits; 0 if there are too many levels.
func (l Levels) TableGroup(codeBits int) int { return symbolsIn(l.N(), codeBits) }

// Entries is the number of sums that the table holds.
func (t *SumTable) Entries() int { return t.total - t.base }

// Weights writes the weights of entry index to dst.
func (t *SumTable) Weights(dst []int16, index int) {
	k := index + t.base
	for g := range t.group {
		dst[g] = int16(t.levels.values[k%t.levels.N()])
		k /= t.levels.N()
	}
}

// Code is the code of a group of weights, and whether all are levels.
func (t *SumTable) Code(w []int16) (code int, ok bool) {
	k := 0
	for g := t.group - 1; g >= 0; g-- {
		c, ok := t.codes.code(w[g])
		if !ok {
			return 0, false
		}
		k = k*t.levels.N() + c
	}
	if k < t.base {
		return t.sign | (t.total - 1 - k - t.base), true
	}
	return k - t.base, true
}

// Decode writes the weights of a code to dst, and reports whether it is one.
func (t *SumTable) Decode(dst []int16, code int) bool {
	negative := code&t.sign != 0
	index := code &^ t.sign
	if index >= t.Entries() {
		return false
	}
	t.Weights(dst, index)
	for g := range t.group {
		if negative {
			dst[g] = -dst[g]
		}
	}
	return true
}

// Missing is how much the table's answer to a code is short of the weights' sum, whatever
// the activations: the entry by NegativeWeight of its weights, the inverse of an entry by
// one less what the entry is short by.
func (t *SumTable) Missing(code, digitCount int) int {
	w := make([]int16, t.group)
	t.Weights(w, code&^t.sign)
	sum := 0
	for _, v := range w {
		sum += NegativeWeight(int(v), digitCount)
	}
	if code&t.sign != 0 {
		return 1 - sum
	}
	return sum
}

// ValueBits is the width that holds every entry for all int8 activations.
func (t *SumTable) ValueBits(digitCount int) int {
	w := make([]int16, t.group)
	most := int64(0)
	for i := range t.Entries() {
		t.Weights(w, i)
		low, high := 0, 0
		for _, v := range w {
			v := int(v)
			short := NegativeWeight(v, digitCount)
			low += min(-128*v, 127*v) - short
			high += max(-128*v, 127*v) - short
		}
		most = max(most, int64(high), int64(-low-1))
	}
	return SignedBits(most)
}
