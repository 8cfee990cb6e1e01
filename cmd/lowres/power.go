package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"lowres/network"
	"lowres/report"
	"lowres/sim/energy"
	"lowres/sim/energy/power"
)

// powerResult is the JSON of lowres power.
type powerResult struct {
	identity
	Picture int `json:"picture"`
	*power.Comparison
}

func powerCommand(out *console) *cli.Command {
	return &cli.Command{
		Name: "power", Category: groupHardware, Usage: "measure a whole core at gate level on a picture, beside the simulator's energy",
		UsageText: "lowres power --liberty cells.lib --technology cells.yaml --design examples/tiny.yaml net.lrn",
		Description: "Synthesises the core with Yosys, records its run on the picture at its ports, follows it gate by gate\n" +
			"without delays (its outputs must be those of the Verilog in every cycle), and simulates windows of it with the\n" +
			"library's delays in Icarus. Memories stay as they are written and cost nothing, here and in the simulator's figure.\n" +
			"The technology must come from lowres calibrate with this library and --wire. See docs/energy.md.",
		Flags: []cli.Flag{
			libertyFlag(), wireFlag(), designFlag(), dataFlag(),
			&cli.StringFlag{Name: "technology", Usage: "of this library: a name or file", DefaultText: "the design's"},
			&cli.IntFlag{Name: "image", Usage: "picture of the test set", DefaultText: "0"},
			&cli.IntFlag{Name: "windows", Usage: "parts of the run that are simulated with delays, at equal distances", Value: 24},
			&cli.IntFlag{Name: "length", Usage: "cycles of a window", Value: 32},
			jsonFlag(),
		},
		Action: func(c *cli.Context) error { return runPower(c, out) },
	}
}

// runPower runs the verb.
func runPower(c *cli.Context, out *console) error {
	s := power.Sampling{Windows: c.Int("windows"), Length: c.Int("length")}
	if s.Windows < 1 || s.Windows > 10000 || s.Length < 1 || s.Length > 100000 {
		return usage("--windows: %d of --length: %d cycles: want 1 to 10000 and 1 to 100000", s.Windows, s.Length)
	}
	j, err := openJob(c)
	if err != nil {
		return err
	}
	set, err := j.testSet(c)
	if err != nil {
		return err
	}
	i := c.Int("image")
	if i < 0 || i >= set.Len() {
		return usage("--image: %d: want 0 to %d of %s", i, set.Len()-1, set.Name)
	}
	if c.IsSet("technology") {
		j.design.Technology = c.String("technology")
	}
	cells, done, err := openLibrary(c)
	if err != nil {
		return err
	}
	defer done()
	bench := &power.Bench{Library: cells.Library, LibPath: cells.LibPath, Conditions: cells.Conditions,
		Progress: func(format string, a ...any) { out.notef(format+"\n", a...) }}
	tech, err := energy.Load(j.design.Technology)
	if err != nil {
		return err
	}
	if err := bench.Fits(tech); err != nil {
		return err
	}
	input := network.Input(set.Image(i))
	run, _, _, err := j.run(input)
	if err != nil {
		return err
	}
	m, err := bench.Measure(c.Context, j.design, j.program, input, int(run.Timing.Counters.Cycles), s)
	if err != nil {
		return err
	}
	comparison, err := power.Compare(m, tech, j.design, &run.Total)
	if err != nil {
		return err
	}
	if c.Bool("json") {
		who, err := j.identity()
		if err != nil {
			return err
		}
		return out.json(powerResult{who, i, comparison})
	}
	return printPower(out, comparison)
}

// printPower prints the parts.
func printPower(out *console, c *power.Comparison) error {
	out.printf("Logic of the core in %s, %s, longest path %.3g ns; %d windows of %d cycles of %s\n\n", c.Library,
		fmt.Sprintf("%.4g µm²", c.AreaUM2), c.CriticalNS, c.Windows, c.Length, grouped(c.Cycles))
	var rows [][]string
	for _, p := range append(c.Parts, c.Total) {
		flops := fmt.Sprint(p.FlipFlops)
		if p.SimulatorFlipFlops > 0 {
			flops += fmt.Sprintf(" (%d)", p.SimulatorFlipFlops)
		}
		gate := energy.Band{LowPJ: p.GatePJ - p.StandardErrorPJ, TypicalPJ: p.GatePJ, HighPJ: p.GatePJ + p.StandardErrorPJ}
		rows = append(rows, []string{string(p.Part), fmt.Sprint(p.Cells), flops, gate.Short(), percent(p.StandardErrorPJ / max(p.GatePJ, 1e-300)),
			p.Simulated.String(), fmt.Sprintf("%+.1f %%", 100*p.Off)})
	}
	header := []string{"part", "cells", "flip-flops (simulator's)", "gate level", "± windows", "simulator (low to high)", "off"}
	if err := report.WriteTable(out.out, header, rows, nil); err != nil {
		return err
	}
	out.printf("\nThe simulator is off by %+.1f %% by %s. Memories are in neither figure.\n", 100*c.Total.Off, c.Technology)
	return nil
}
