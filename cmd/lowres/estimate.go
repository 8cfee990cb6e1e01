package main

import (
	"fmt"
	"strconv"

	"github.com/urfave/cli/v2"

	"lowres/report"
	"lowres/rtlgen/estimate"
	"lowres/rtlgen/synth"
	"lowres/sim/arch"
)

// estimateResult is the JSON of lowres estimate.
type estimateResult struct {
	Design string          `json:"design"`
	Hash   string          `json:"design_sha256"`
	Target synth.Target    `json:"target"`
	Total  synth.Resources `json:"total"`
	Blocks []estimate.Row  `json:"blocks"`
}

func estimateCommand(out *console) *cli.Command {
	return &cli.Command{
		Name: "estimate", Category: groupHardware, Usage: "estimate what a design takes on an FPGA, without synthesis",
		UsageText: "lowres estimate --design examples/small.yaml --target xilinx",
		Description: "LUTs, flip-flops and block RAMs by block, as lowres synth counts them, at once and without tools.\n" +
			"docs/estimate.md says how far off they are.",
		Flags: []cli.Flag{
			designFlag(),
			&cli.StringFlag{Name: "target", Usage: "family of FPGAs: " + targetNames(), DefaultText: "the design's; xilinx if it is portable"},
			jsonFlag(),
		},
		Action: func(c *cli.Context) error { return estimateDesign(c, out) },
	}
}

// estimateTarget is the family that --target names, or the design's own.
func estimateTarget(c *cli.Context, d *arch.Design) (synth.Target, error) {
	if !c.IsSet("target") {
		return synth.Default(d.Target), nil
	}
	t, err := parseTarget(c.String("target"))
	if err != nil {
		return "", err
	}
	if err := synth.Refusal(d, t); err != nil {
		return "", usage("--%w", err)
	}
	return t, nil
}

// estimateDesign runs the verb.
func estimateDesign(c *cli.Context, out *console) error {
	if err := noArguments(c); err != nil {
		return err
	}
	d, err := openDesign(c)
	if err != nil {
		return err
	}
	t, err := estimateTarget(c, d)
	if err != nil {
		return err
	}
	hash, err := d.Hash()
	if err != nil {
		return err
	}
	r, err := estimate.Design(d, t)
	if err != nil {
		return err
	}
	if c.Bool("json") {
		return out.json(estimateResult{d.Name, hash, t, r.Total, r.Rows})
	}
	out.printf("%s on %s, estimated\n\n", d.Name, t)
	var rows [][]string
	for _, b := range r.Rows {
		rows = append(rows, estimateCells(b.Block, strconv.Itoa(b.Instances), b.Resources))
	}
	return report.WriteTable(out.out, []string{"block", "instances", "LUT", "FF", "carry", "BRAM"}, rows, estimateCells("total", "", r.Total))
}

// estimateCells formats a row.
func estimateCells(name, instances string, r synth.Resources) []string {
	return []string{name, instances, grouped(int64(r.LUT)), grouped(int64(r.FF)), grouped(int64(r.Carry)), fmt.Sprint(r.BRAM)}
}
