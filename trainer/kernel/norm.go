package kernel

// lanes is the number of partial sums of SumSquares, the same in every set.
const lanes = 16

// sumSquaresGo is Σ x² in float64: sixteen sums of every sixteenth square, added up in their order, then the
// rest. Squares of float32 are exact in float64, so every set gives the same bits.
func sumSquaresGo(x []float32) float64 {
	var sums [lanes]float64
	whole := len(x) / lanes * lanes
	for i := 0; i < whole; i += lanes {
		for k, v := range x[i : i+lanes] {
			sums[k] += float64(v) * float64(v)
		}
	}
	return addLanes(&sums, x[whole:])
}

// addLanes adds up the sums and the squares of the rest.
func addLanes(sums *[lanes]float64, rest []float32) (total float64) {
	for _, s := range sums {
		total += s
	}
	for _, v := range rest {
		total += float64(v) * float64(v)
	}
	return total
}

func scaleGo(x []float32, factor float32) {
	for i := range x {
		x[i] *= factor
	}
}
