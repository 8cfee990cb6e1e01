package main

import (
	"context"
	"fmt"
	"os"
	"strconv"

	"lowres/report"
	"lowres/rtlgen/estimate"
	"lowres/rtlgen/estimate/fit"
	"lowres/rtlgen/synth"
)

// compareBlocks prints what each block of a design of the check takes by the model and by
// Yosys: where a design is off, which block it is.
func compareBlocks(ctx context.Context, r *fit.Runner, index string) error {
	i, err := strconv.Atoi(index)
	if err != nil || i < 0 || i >= checks {
		return fmt.Errorf("blocks: %s: want the number of a design of the check, 0 to %d", index, checks-1)
	}
	c := fit.Checks(checkSeed, checks)[i]
	m, err := estimate.Fitted()
	if err != nil {
		return err
	}
	blocks, err := r.Blocks(ctx, c.Design(), c.Target)
	if err != nil {
		return err
	}
	var rows [][]string
	var estimated, measured synth.Resources
	for _, b := range blocks {
		e, is := synth.Resources{}, synth.Resources{}
		e.Add(m[c.Target][b.Block.Kind].At(b.Block.X), b.Block.Instances)
		is.Add(b.Takes, b.Block.Instances)
		estimated.Add(e, 1)
		measured.Add(is, 1)
		rows = append(rows, comparison(b.Block.Name, b.Block.Kind, b.Block.Instances, e, is))
	}
	header := []string{"block", "kind", "instances", "LUT", "Yosys", "off", "FF", "Yosys", "off", "BRAM", "Yosys"}
	return report.WriteTable(os.Stdout, header, rows, comparison("total", "", 1, estimated, measured))
}

// comparison is a row: an estimate and what is.
func comparison(name, kind string, instances int, e, is synth.Resources) []string {
	return []string{name, kind, strconv.Itoa(instances),
		strconv.Itoa(e.LUT), strconv.Itoa(is.LUT), fmt.Sprintf("%+d", e.LUT-is.LUT),
		strconv.Itoa(e.FF), strconv.Itoa(is.FF), fmt.Sprintf("%+d", e.FF-is.FF), fmt.Sprint(e.BRAM), fmt.Sprint(is.BRAM)}
}
