package kernel

import (
	"math"

	"lowres/quant"
)

// Table says which value a quantised weight takes: Values[c], where c is the number of Edges, in rising
// order, that it reaches. There is one value more than edges. See quant.Levels.AppendEdges. Levels are the values
// as integers, without the scale.
type Table struct {
	Edges, Values []float32
	Levels        []int32
}

func quantiseGo(dst, w []float32, t Table) {
	w = w[:len(dst)]
	values := t.Values[:len(t.Edges)+1]
	for i, v := range w {
		code := 0
		for _, e := range t.Edges {
			if v >= e {
				code++
			}
		}
		dst[i] = values[code]
	}
}

// sumAbsGo is Set.SumAbs and quant.SumAbs, in plain Go.
func sumAbsGo(x []float32) float64 { return quant.SumAbs(x) }

// addStrands adds |x[i]| to sums[i mod 32].
func addStrands(sums *[quant.Strands]float64, x []float32) {
	for i, v := range x {
		sums[i%quant.Strands] += math.Abs(float64(v))
	}
}

func transposeGo(dst []float32, dstRow int, src []float32, srcRow, rows, columns int) {
	for r := range rows {
		for c, v := range src[r*srcRow:][:columns] {
			dst[c*dstRow+r] = v
		}
	}
}
