package main

import (
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"

	"lowres/verify"
	"lowres/verify/prove"
)

// proveResult is the JSON of lowres prove.
type proveResult struct {
	Design string        `json:"design"`
	Hash   string        `json:"design_sha256"`
	Proved bool          `json:"proved"` // all of them
	Proofs []prove.Proof `json:"proofs"`
}

func proveCommand(out *console) *cli.Command {
	return &cli.Command{
		Name: "prove", Category: groupHardware, Usage: "prove a design's modules with Yosys, for every input",
		UsageText: "lowres prove --design examples/tiny.yaml",
		Description: "Decoders, dot product, requantiser and accumulator against their arithmetic; tokens, bursts and bus\n" +
			"rules of engines and registers. docs/proofs.md says what exactly, and what is not proved. Exits with 10\n" +
			"if a proof fails, with the values of a counterexample, and with 1 if one has no answer in time.",
		Flags: []cli.Flag{
			designFlag(),
			&cli.StringSliceFlag{Name: "module", Usage: "prove only this module; may be repeated", DefaultText: "all"},
			&cli.DurationFlag{Name: "timeout", Value: 5 * time.Minute, Usage: "processor time of one proof"},
			jsonFlag(),
		},
		Action: func(c *cli.Context) error { return proveDesign(c, out) },
	}
}

// proveDesign runs the verb.
func proveDesign(c *cli.Context, out *console) error {
	if err := noArguments(c); err != nil {
		return err
	}
	d, err := openDesign(c)
	if err != nil {
		return err
	}
	hash, err := d.Hash()
	if err != nil {
		return err
	}
	proofs, err := prove.Run(c.Context, d, prove.Options{
		Modules: c.StringSlice("module"), Timeout: c.Duration("timeout"),
		Progress: func(p prove.Proof) {
			out.notef("%6.1f s  %-7s %s %s: %s\n", p.Took.Seconds(), p.Result, p.Module, p.Parameters, p.Property)
		},
	})
	if errors.Is(err, prove.ErrModule) {
		return usage("--module: %w", err)
	}
	if err != nil {
		return err
	}
	verdict := proofVerdict(proofs)
	if c.Bool("json") {
		err = out.json(proveResult{Design: d.Name, Hash: hash, Proved: verdict == nil, Proofs: proofs})
	} else {
		err = printProofs(out, proofs)
	}
	if err != nil {
		return err
	}
	return verdict
}

// printProofs prints the table, and behind it what failed.
func printProofs(out *console, proofs []prove.Proof) error {
	w := tabwriter.NewWriter(out.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "result\tmodule\tparameters\tproperty\tmethod")
	for _, p := range proofs {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", p.Result, p.Module, p.Parameters, p.Property, p.Method)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, p := range proofs {
		if p.Result != prove.Proved {
			out.printf("\n%s", p.Explain())
		}
	}
	return nil
}

// proofVerdict is verify.ErrMismatch if a proof failed, another error if one had no
// answer, and nil if all hold.
func proofVerdict(proofs []prove.Proof) error {
	failed, unknown := 0, 0
	for _, p := range proofs {
		switch p.Result {
		case prove.Failed:
			failed++
		case prove.Unknown:
			unknown++
		}
	}
	switch {
	case failed > 0:
		return fmt.Errorf("%w: %d of %d proofs fail", verify.ErrMismatch, failed, len(proofs))
	case unknown > 0:
		return fmt.Errorf("%d of %d proofs have no answer: raise --timeout", unknown, len(proofs))
	}
	return nil
}
