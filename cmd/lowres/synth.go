package main

import (
	"os"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"lowres/rtlgen/synth"
	"lowres/verify"
)

// synthResult is the JSON of lowres synth.
type synthResult struct {
	Design  string           `json:"design"`
	Hash    string           `json:"design_sha256"`
	Target  synth.Target     `json:"target"`
	Top     string           `json:"top_module"`
	FmaxMHz *float64         `json:"fmax_mhz"` // null: not placed
	Placed  *synth.Resources `json:"placed"`   // flattened; null: not placed
	Total   synth.Resources  `json:"total"`
	Modules []synth.Module   `json:"modules"`
}

func synthCommand(out *console) *cli.Command {
	return &cli.Command{
		Name: "synth", Category: groupHardware, Usage: "synthesise a design for an FPGA and count what its modules take",
		UsageText: "lowres synth --target ice40 --design examples/tiny.yaml",
		Description: "Yosys counts LUTs, flip-flops and block RAMs by module; for ice40, nextpnr-ice40 places and routes the\n" +
			"board's top for an HX8K and tells the clock (docs/fpga.md). Exits with 1 if the design does not fit or\n" +
			"is not routed in time, with the counts all the same.",
		Flags: []cli.Flag{
			designFlag(),
			&cli.StringFlag{Name: "target", Usage: "family of FPGAs: " + targetNames()},
			&cli.IntFlag{Name: "seed", Value: 1, Usage: "of the placement"},
			&cli.DurationFlag{Name: "timeout", Value: synth.DefaultTimeout, Usage: "processor time of place and route"},
			jsonFlag(),
		},
		Action: func(c *cli.Context) error { return synthDesign(c, out) },
	}
}

// parseTarget is the family that --target names.
func parseTarget(name string) (synth.Target, error) {
	t := synth.Target(name)
	if !slices.Contains(synth.Targets(), t) {
		return "", usage("--target: %q: want one of %s", name, targetNames())
	}
	return t, nil
}

// targetNames lists the families with commas between them.
func targetNames() string {
	var names []string
	for _, t := range synth.Targets() {
		names = append(names, string(t))
	}
	return strings.Join(names, ", ")
}

// synthDesign runs the verb.
func synthDesign(c *cli.Context, out *console) error {
	if err := noArguments(c); err != nil {
		return err
	}
	name, err := need(c, "target", "one of "+targetNames())
	if err != nil {
		return err
	}
	target, err := parseTarget(name)
	if err != nil {
		return err
	}
	if c.Int("seed") < 0 || c.IsSet("seed") && target != synth.ICE40 {
		return usage("--seed: %d: want 0 or more, and --target ice40, which alone is placed", c.Int("seed"))
	}
	if c.Duration("timeout") < time.Second {
		return usage("--timeout: %v: want a second or more", c.Duration("timeout"))
	}
	d, err := openDesign(c)
	if err != nil {
		return err
	}
	if err := synth.Refusal(d, target); err != nil {
		return usage("--%w", err)
	}
	hash, err := d.Hash()
	if err != nil {
		return err
	}
	if err := verify.FindTools(c.Context).Need(synth.Tools(target)...); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "lowres-synth-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	r, flowErr := synth.Design(c.Context, d, synth.Options{
		Target: target, Dir: dir, Seed: c.Int("seed"), Timeout: c.Duration("timeout"),
		Progress: func(tool string) { out.notef("%s is at work on %s\n", tool, d.Name) },
	})
	if r == nil {
		return flowErr
	}
	if c.Bool("json") {
		err = out.json(synthResult{d.Name, hash, target, r.Top, r.Fmax, r.Placed, r.Total, r.Modules})
	} else {
		printSynthesis(out, r)
	}
	if err != nil {
		return err
	}
	return flowErr
}

// printSynthesis prints a table of modules, the sum and the clock.
func printSynthesis(out *console, r *synth.Result) {
	const row = "%-24s %9v %8v %8v %8v %7v\n"
	out.printf(row, "module", "instances", "LUT", "FF", "carry", "BRAM")
	for _, m := range r.Modules {
		out.printf(row, m.Name, m.Instances, m.LUT, m.FF, m.Carry, m.BRAM)
	}
	out.printf(row, "sum", "", r.Total.LUT, r.Total.FF, r.Total.Carry, r.Total.BRAM)
	if r.Placed != nil {
		out.printf(row, "flattened, to be placed", "", r.Placed.LUT, r.Placed.FF, r.Placed.Carry, r.Placed.BRAM)
	}
	if r.Fmax != nil {
		out.printf("\nFmax after routing: %.1f MHz\n", *r.Fmax)
	}
}
