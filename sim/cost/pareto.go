package cost

// MarkPareto marks the rows that no other row beats: none is as good in bytes, cycles,
// energy and LUTs (where all have them) and accuracy, and better in one of them. Where a row has no
// accuracy, the number of levels stands in for it in all: more levels can say more.
func MarkPareto(rows []Row) {
	accuracy, joules, area := true, true, true
	for i := range rows {
		if rows[i].Fault == "" {
			accuracy = accuracy && rows[i].Accuracy != nil
			joules = joules && rows[i].Energy != nil
			area = area && rows[i].Area != nil
		}
	}
	for i := range rows {
		rows[i].Pareto = rows[i].Fault == ""
		for j := range rows {
			if rows[j].Fault == "" && beats(rows[j].goals(accuracy, joules, area), rows[i].goals(accuracy, joules, area)) {
				rows[i].Pareto = false
			}
		}
	}
}

// goals are the numbers of a row, less is better.
func (r *Row) goals(accuracy, joules, area bool) (g [5]float64) {
	g = [5]float64{float64(r.WeightBytes), float64(r.Cycles), 0, -float64(r.N), 0}
	if joules && r.Energy != nil {
		g[2] = r.Energy.TypicalPJ
	}
	if accuracy && r.Accuracy != nil {
		g[3] = -*r.Accuracy
	}
	if area && r.Area != nil {
		g[4] = float64(r.Area.LUT)
	}
	return g
}

// beats reports whether a is nowhere worse than b, and somewhere better.
func beats(a, b [5]float64) bool {
	for i := range a {
		if a[i] > b[i] {
			return false
		}
	}
	return a != b
}
