package quant

// MaxDigit is the largest digit a cell multiplies by without a multiplier:
// 0, the activation, or the activation shifted by one, conditionally inverted.
const MaxDigit = 2

// DigitCount is the number of radix-4 digits −2 … 2 that every level of l
// needs: 1 up to |2|, 2 up to |10|, 3 up to |42|, 4 up to |128|.
func (l Levels) DigitCount() int {
	n, reach := 1, MaxDigit
	for reach < l.Max() {
		n, reach = n+1, reach*4+MaxDigit
	}
	return n
}

// Digits writes the radix-4 digits of level v, least significant first:
//
//	v = Σ dst[d]·4^d, dst[d] in −2 … 2
//
// The lowest digit is v mod 4 taken in −1 … 2 for v > 0 and −2 … 1 for v < 0,
// so −v has the negated digits of v. dst is long enough for v (DigitCount).
func Digits(dst []int, v int) {
	sign := 1
	if v < 0 {
		sign, v = -1, -v
	}
	for i := range dst {
		d := v % 4
		if d == 3 {
			d = -1
		}
		v = (v - d) / 4
		dst[i] = sign * d
	}
}

// NegativeWeight is the sum of 4^d over the negative digits of level v. A cell
// forms −a as ^a, one less than −a, for each negative digit; so a column's
// dot product is short by the sum of NegativeWeight over its weights, whatever
// the activations are, and the mapping adds that sum to the column's bias.
func NegativeWeight(v, digitCount int) int {
	var digits [4]int
	Digits(digits[:digitCount], v)
	sum := 0
	for d, unit := 0, 1; d < digitCount; d, unit = d+1, unit*4 {
		if digits[d] < 0 {
			sum += unit
		}
	}
	return sum
}
