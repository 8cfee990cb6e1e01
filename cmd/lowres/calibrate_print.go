package main

import (
	"fmt"

	"lowres/report"
	cells "lowres/sim/energy/calibrate"
)

// printCalibration prints what was reached for every N and part.
func printCalibration(out *console, r *cells.Result) error {
	out.printf("%s: dot product of a column of %d lanes, fJ a multiply-accumulate\n\n", r.Library, cells.Lanes)
	var rows [][]string
	for _, l := range r.Levels {
		rows = append(rows, []string{fmt.Sprint(l.N), digits4(l.New), digits4(l.Held), digits4(l.EnergyFJ),
			percent(l.HeldOut.Mean), percent(l.HeldOut.Worst), percent(l.Sums.Mean), percent(l.Sums.Worst), l.Streams})
	}
	header := []string{"N", "new weights", "held 64", "held-out layers", "mean error", "worst", "its sums", "worst", "streams"}
	if err := report.WriteTable(out.out, header, rows, nil); err != nil {
		return err
	}
	out.printf("\nRatios between N are off by %s at worst on held-out layers.\n\n", percent(r.RatioError))
	rows = nil
	for _, p := range r.Parts {
		rows = append(rows, []string{p.Part, fmt.Sprint(p.FlipFlops), fmt.Sprint(p.Cells), digits4(p.AreaUM2),
			percent(p.Fitted.Mean), percent(p.HeldOut.Mean), percent(p.HeldOut.Worst)})
	}
	return report.WriteTable(out.out, []string{"part", "flip-flops", "cells", "µm²", "error fitted", "held out", "worst"}, rows, nil)
}

// digits4 is a number with four digits.
func digits4(x float64) string { return fmt.Sprintf("%.4g", x) }
