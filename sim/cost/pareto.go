package cost

// MarkPareto marks the rows that no other row beats: none is as good in bytes, cycles,
// energy (where all have it) and accuracy, and better in one of them. Where a row has no
// accuracy, the number of levels stands in for it in all: more levels can say more.
func MarkPareto(rows []Row) {
	accuracy, joules := true, true
	for i := range rows {
		if rows[i].Fault == "" {
			accuracy = accuracy && rows[i].Accuracy != nil
			joules = joules && rows[i].Energy != nil
		}
	}
	for i := range rows {
		rows[i].Pareto = rows[i].Fault == ""
		for j := range rows {
			if rows[j].Fault == "" && beats(rows[j].goals(accuracy, joules), rows[i].goals(accuracy, joules)) {
				rows[i].Pareto = false
			}
		}
	}
}

// goals are the numbers of a row, less is better.
func (r *Row) goals(accuracy, joules bool) (g [4]float64) {
	g = [4]float64{float64(r.WeightBytes), float64(r.Cycles), 0, -float64(r.N)}
	if joules && r.Energy != nil {
		g[2] = r.Energy.TypicalPJ
	}
	if accuracy && r.Accuracy != nil {
		g[3] = -*r.Accuracy
	}
	return g
}

// beats reports whether a is nowhere worse than b, and somewhere better.
func beats(a, b [4]float64) bool {
	for i := range a {
		if a[i] > b[i] {
			return false
		}
	}
	return a != b
}
