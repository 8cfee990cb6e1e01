package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"lowres/internal/atomicfile"
	"lowres/network"
	"lowres/quant"
	"lowres/sim/energy"
	cells "lowres/sim/energy/calibrate"
	"lowres/sim/energy/gate"
	"lowres/sim/energy/liberty"
)

// calibrateResult is the JSON of lowres calibrate.
type calibrateResult struct {
	Technology string   `json:"technology"`
	Output     string   `json:"output"`
	Networks   []string `json:"networks"`
	*cells.Result
}

func calibrateCommand(out *console) *cli.Command {
	return &cli.Command{
		Name: "calibrate", Category: groupHardware, Usage: "measure the accelerator's parts in a cell library: a technology file",
		UsageText: "lowres calibrate --liberty cells.lib --node 130 -o cells.yaml cvnn1-n3.lrn",
		Description: "Synthesises dot product, accumulator, weight tile, decoder and requantiser for each N with Yosys, simulates\n" +
			"the gates with the library's delays in Icarus on streams of the networks' layers, counts the energy of every\n" +
			"transition, and fits the energies of events that the simulator counts. Every second layer is held out, to\n" +
			"say how far the fit is off. Without networks the streams are synthetic. See docs/energy.md.",
		Flags: []cli.Flag{
			libertyFlag(), wireFlag(), dataFlag(),
			&cli.Float64Flag{Name: "node", Usage: "of the library, nm", DefaultText: "none"},
			&cli.StringFlag{Name: "levels", Usage: "N of the weights, with commas", Value: "2,3,4,5,8,9,16,17"},
			&cli.StringFlag{Name: "sram", Usage: "table of memories: " + strings.Join(energy.SRAMTables(), ", "), Value: "cacti-45-lstp"},
			&cli.StringFlag{Name: "name", Usage: "of the technology", DefaultText: "that of the output"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "technology file to write"},
			jsonFlag(),
		},
		Action: func(c *cli.Context) error { return runCalibrate(c, out) },
	}
}

// libertyFlag names a cell library.
func libertyFlag() cli.Flag {
	return &cli.StringFlag{Name: "liberty", Usage: "cell library in the Liberty format, plain or gzip"}
}

// wireFlag says what wires weigh.
func wireFlag() cli.Flag {
	return &cli.Float64Flag{Name: "wire", Usage: "capacitance of a wire for each pin that it drives, fF; no library has it", Value: 0}
}

// runCalibrate runs the verb.
func runCalibrate(c *cli.Context, out *console) error {
	output, err := need(c, "output", "the technology file to write, such as cells.yaml")
	if err != nil {
		return err
	}
	o, err := calibrateOptions(c, output)
	if err != nil {
		return err
	}
	if err := checkOutputs(append(c.Args().Slice(), c.String("liberty")), []string{"--output"}, []string{output}); err != nil {
		return err
	}
	bench, done, err := openLibrary(c)
	if err != nil {
		return err
	}
	defer done()
	o.Progress = func(part string) { out.notef("measuring %s\n", part) }
	r, err := cells.Run(c.Context, bench, *o)
	if err != nil {
		return err
	}
	if err := atomicfile.WriteBytes(output, r.Technology.YAML()); err != nil {
		return err
	}
	if c.Bool("json") {
		return out.json(calibrateResult{o.Name, output, c.Args().Slice(), r})
	}
	if err := printCalibration(out, r); err != nil {
		return err
	}
	out.printf("\nwrote %s\n", output)
	return nil
}

// calibrateOptions reads the flags and the networks.
func calibrateOptions(c *cli.Context, output string) (*cells.Options, error) {
	o := &cells.Options{NodeNM: c.Float64("node"), SRAM: c.String("sram"), Seed: 1, Name: c.String("name")}
	if o.Name == "" {
		o.Name = strings.TrimSuffix(filepath.Base(output), ".yaml")
	}
	if o.NodeNM <= 0 {
		return nil, usage("--node: %g: want the library's node in nm, such as 130", o.NodeNM)
	}
	if !slices.Contains(energy.SRAMTables(), o.SRAM) {
		return nil, usage("--sram: %q: want one of %s", o.SRAM, strings.Join(energy.SRAMTables(), ", "))
	}
	for _, text := range strings.Split(c.String("levels"), ",") {
		n, err := strconv.Atoi(text)
		if err != nil {
			return nil, usage("--levels: %q: want numbers with commas between, such as 3,5", text)
		}
		if _, err := quant.ForN(n); err != nil {
			return nil, usage("--levels: %w", err)
		}
		if slices.Contains(o.Levels, n) {
			return nil, usage("--levels: %d twice", n)
		}
		o.Levels = append(o.Levels, n)
	}
	slices.Sort(o.Levels)
	if c.NArg() == 0 {
		return o, nil
	}
	test, err := openTest(c)
	if err != nil {
		return nil, err
	}
	for _, path := range c.Args().Slice() {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		f, err := network.ReadLRN(bytes.NewReader(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if want := f.Network.Graph.Input; test.Shape != want {
			return nil, usage("--data: pictures of %v: want %v, the input of %s", test.Shape, want, path)
		}
		o.Sources = append(o.Sources, cells.Source{Name: filepath.Base(path), Network: f.Network, Input: network.Input(test.Image(0))})
	}
	return o, nil
}

// openLibrary reads the library, and leaves a plain copy for Yosys until done.
func openLibrary(c *cli.Context) (bench *cells.Bench, done func(), err error) {
	path, err := need(c, "liberty", "a cell library such as sg13g2_stdcell_typ_1p20V_25C.lib")
	if err != nil {
		return nil, nil, err
	}
	wire := c.Float64("wire")
	if !(wire >= 0 && wire <= 1000) {
		return nil, nil, usage("--wire: %g: want 0 to 1000 fF", wire)
	}
	text, err := liberty.ReadText(path)
	if err != nil {
		return nil, nil, err
	}
	lib, err := liberty.Parse(text)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	dir, err := os.MkdirTemp("", "lowres-library-*")
	if err != nil {
		return nil, nil, err
	}
	plain := filepath.Join(dir, "cells.lib")
	if err := os.WriteFile(plain, text, 0o600); err != nil {
		os.RemoveAll(dir)
		return nil, nil, err
	}
	conditions := gate.Conditions{WireF: wire * 1e-15, SlewS: lib.TypicalSlewS()}
	return &cells.Bench{Library: lib, LibPath: plain, Conditions: conditions}, func() { os.RemoveAll(dir) }, nil
}
