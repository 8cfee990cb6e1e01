package mapping

import (
	"fmt"
	"slices"

	"lowres/network"
	"lowres/quant"
	"lowres/sim/arch"
)

// repeats reports whether the weights of a column group depend on its lanes alone:
// every diagonal pass but a depthwise layer.
func (l *layer) repeats() bool { return l.diagonal && l.kind != network.Depthwise }

// firstWord is the first lane word of a pixel that a column group reads.
func (l *layer) firstWord(g int, d *arch.Design) int {
	if !l.diagonal {
		return 0
	}
	return g * d.Array.Cols / d.Array.Lanes
}

// chooseSet picks the level set that the design decodes the weights with: the
// layer's own for a full layer, for a diagonal one the set of fewest tile words that
// has zero and every weight. A residual repeats steps until its factors are reached.
func (l *layer) chooseSet(d *arch.Design) error {
	if !l.diagonal {
		set, ok := d.Set(l.source.Levels)
		if !ok {
			return fmt.Errorf("%w: weights of %v: the design runs %v; add it to levels", ErrUnsupported, l.source.Levels, d.Sets)
		}
		l.set, l.levels = set, l.source.Levels
		return nil
	}
	need := []int{0, 1}
	if l.kind == network.Depthwise {
		need = append(l.source.Levels.Values(), 0)
	}
	best := -1
	for i, s := range d.Sets {
		if holds(s, need) && (best < 0 || l.passCost(d, i) < l.passCost(d, best)) {
			best = i
		}
	}
	if best < 0 {
		slices.Sort(need)
		return fmt.Errorf("%w: its array weights are %v: the design runs %v; add a set that holds all of them to levels",
			ErrUnsupported, slices.Compact(need), d.Sets)
	}
	l.set, l.levels = best, d.Sets[best]
	if l.kind == network.Add {
		l.sumGeometry()
	}
	return nil
}

// holds reports whether a set has all the given levels.
func holds(s quant.Levels, levels []int) bool {
	for _, v := range levels {
		if _, ok := s.Code(v); !ok {
			return false
		}
	}
	return true
}

// passCost is the tile words that a column group takes with set i.
func (l *layer) passCost(d *arch.Design, i int) int {
	repeats := 1
	if l.kind == network.Add {
		a, b := l.factorTerms(d.Sets[i])
		repeats = max(len(a), len(b))
	}
	return repeats * d.TileWords(i)
}

// factorTerms writes both factors of a residual as sums of positive levels.
func (l *layer) factorTerms(s quant.Levels) (a, b []int16) {
	return terms(int(l.source.Factors[0]), s), terms(int(l.source.Factors[1]), s)
}

// terms writes v as a sum of levels of a set that has 1, the largest first.
func terms(v int, s quant.Levels) (sum []int16) {
	levels := s.Values()
	for i := len(levels) - 1; v > 0; i-- {
		for ; levels[i] <= v; v -= levels[i] {
			sum = append(sum, int16(levels[i]))
		}
	}
	return sum
}

// sumGeometry makes the two operands of a residual the rows of a window, and as many
// columns of it as either factor takes terms: all columns are the same pixel.
func (l *layer) sumGeometry() {
	l.terms[0], l.terms[1] = l.factorTerms(l.levels)
	repeats := max(len(l.terms[0]), len(l.terms[1]))
	for i := range l.terms {
		for len(l.terms[i]) < repeats {
			l.terms[i] = append(l.terms[i], 0)
		}
	}
	l.pixels = 2 * repeats
	l.steps = l.pixels * l.groupWords
}

// operandOf is the operand that a step reads.
func (l *layer) operandOf(step int) *operand { return &l.inputs[step*len(l.inputs)/l.steps] }

// diagonalWeights writes the weights of one output and step to dst, a lane each: all
// zero but for that of the output's own channel.
func (l *layer) diagonalWeights(dst []int16, output, step, firstWord int) {
	clear(dst)
	lane := output - (firstWord+step%l.groupWords)*len(dst)
	if lane < 0 || lane >= len(dst) || (output >= l.out.C && !l.repeats()) {
		return
	}
	switch pixel := step / l.groupWords; l.kind {
	case network.Depthwise:
		dst[lane] = l.source.Weights[output*l.pixels+pixel]
	case network.Add:
		repeats := len(l.terms[0])
		dst[lane] = l.terms[pixel/repeats][pixel%repeats]
	default:
		dst[lane] = 1
	}
}
