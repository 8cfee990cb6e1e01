package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"lowres/quant"
	"lowres/report"
)

// packingsResult is a row of the JSON of lowres inspect --packings.
type packingsResult struct {
	NValues int              `json:"nvalues"`
	Levels  []int            `json:"levels"`
	Log2N   float64          `json:"log2_n"`
	Packed  []packingDensity `json:"packed"`
	Paper   paperDensity     `json:"paper"`
}

type packingDensity struct {
	Packing       string  `json:"packing"`
	Codes         int     `json:"weights_per_word"` // a word is a byte for byte, 64 bits for word and plain
	BitsPerWeight float64 `json:"bits_per_weight"`
	Reduction     float64 `json:"reduction"` // against float32
}

// paperDensity is a row of the paper's table 3 as printed, and what is wrong with it.
type paperDensity struct {
	Bits      string   `json:"bits"`
	PerByte   int      `json:"weights_per_byte"`
	Reduction int      `json:"reduction"`
	Slips     []string `json:"slips"`
}

// packings lists every N with its packings, beside the paper's table 3.
func packings(c *cli.Context, out *console) error {
	if c.NArg() > 0 {
		return usage("inspect: --packings with %s: want one or the other", c.Args().First())
	}
	var all []packingsResult
	for _, row := range quant.PaperTable3() {
		l, err := quant.ForN(row.N)
		if err != nil {
			return err
		}
		r := packingsResult{NValues: row.N, Levels: l.Values(), Log2N: l.Log2N(),
			Paper: paperDensity{row.Bits, row.PerByte, row.Reduction, append([]string{}, row.Slips()...)}}
		for _, p := range quant.Packings() {
			d := l.Density(p)
			r.Packed = append(r.Packed, packingDensity{string(p), d.Codes, d.Bits, d.Reduction})
		}
		all = append(all, r)
	}
	if c.Bool("json") {
		return out.json(all)
	}
	return printPackings(out, all)
}

// printPackings writes the table for people, and the paper's slips below it.
func printPackings(out *console, all []packingsResult) error {
	header := []string{"N", "log2 N"}
	for _, p := range quant.Packings() {
		header = append(header, string(p)+": weights", "bits", "times")
	}
	header = append(header, "paper: bits", "by byte", "reduction")
	var rows [][]string
	for _, r := range all {
		row := []string{fmt.Sprint(r.NValues), fmt.Sprintf("%.3f", r.Log2N)}
		for _, d := range r.Packed {
			row = append(row, fmt.Sprint(d.Codes), fmt.Sprintf("%.3f", d.BitsPerWeight), fmt.Sprintf("%.2f", d.Reduction))
		}
		rows = append(rows, append(row, r.Paper.Bits, fmt.Sprint(r.Paper.PerByte), fmt.Sprint(r.Paper.Reduction)))
	}
	if err := report.WriteTable(out.out, header, rows, nil); err != nil {
		return err
	}
	out.printf("\nweights: in a byte (byte), in 64 bits (word, plain); bits: of a weight; times: smaller than float32.\nWrong in the paper's table 3:\n")
	for _, r := range all {
		for _, slip := range r.Paper.Slips {
			out.printf("N = %d: %s\n", r.NValues, slip)
		}
	}
	return nil
}
