package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"strconv"

	"github.com/urfave/cli/v2"

	"lowres/report"
	"lowres/sim/scalesim"
)

// simulateScaleSim prints the compute cycles of a topology on a systolic array, both
// from files of SCALE-Sim.
func simulateScaleSim(c *cli.Context, out *console) error {
	for _, flag := range []string{"design", "model", "nvalues", "data", "test-images", "image", "fast", "roofline", "gantt", "parquet", "goal"} {
		if c.IsSet(flag) {
			return usage("simulate: --%s: SCALE-Sim's files say all that --scalesim needs; remove it", flag)
		}
	}
	path, err := oneArgument(c, "a topology in SCALE-Sim's CSV")
	if err != nil {
		return err
	}
	r, err := runScaleSim(c.String("scalesim"), path)
	if err != nil {
		return err
	}
	switch {
	case c.Bool("json"):
		return out.json(r)
	case c.Bool("csv"):
		return scaleSimCSV(out, r)
	}
	return scaleSimTable(out, r)
}

// runScaleSim reads both files and simulates.
func runScaleSim(config, topology string) (*scalesim.Result, error) {
	text, err := os.ReadFile(config)
	if err != nil {
		return nil, err
	}
	settings, err := scalesim.ParseConfig(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", config, err)
	}
	if text, err = os.ReadFile(topology); err != nil {
		return nil, err
	}
	layers, err := scalesim.ParseTopology(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", topology, err)
	}
	return scalesim.Simulate(settings, layers), nil
}

// scaleSimTable prints the layers, and the keys that had no effect.
func scaleSimTable(out *console, r *scalesim.Result) error {
	out.printf("%s on a systolic array of %d × %d, %s\n\n", r.Run, r.Height, r.Width,
		map[scalesim.Dataflow]string{scalesim.WeightStationary: "weights stationary", scalesim.OutputStationary: "outputs stationary"}[r.Dataflow])
	var rows [][]string
	for _, l := range r.Layers {
		rows = append(rows, []string{l.Layer, grouped(l.M), grouped(l.K), grouped(l.N), grouped(l.Repeats), grouped(l.MACs), grouped(l.Folds),
			grouped(l.Cycles), fmt.Sprintf("%.1f", 100*l.Utilisation)})
	}
	total := []string{"total", "", "", "", "", grouped(r.MACs), "", grouped(r.Cycles), ""}
	if err := report.WriteTable(out.out, []string{"layer", "M", "K", "N", "times", "MACs", "folds", "cycles", "util %"}, rows, total); err != nil {
		return err
	}
	out.printf("\nCompute cycles by SCALE-Sim's rules: the memory never makes the array wait.\n")
	if len(r.Unused) > 0 {
		out.printf("\nKeys that compute cycles do not depend on, and that were not honoured:\n")
	}
	for _, k := range r.Unused {
		out.printf("  line %d: %s = %s\n", k.Line, k.Name, k.Value)
	}
	return nil
}

// scaleSimCSV prints the layers for programs.
func scaleSimCSV(out *console, r *scalesim.Result) error {
	w := csv.NewWriter(out.out)
	rows := [][]string{{"layer", "m", "k", "n", "repeats", "macs", "folds", "cycles", "utilisation"}}
	for _, l := range r.Layers {
		rows = append(rows, []string{l.Layer, strconv.Itoa(l.M), strconv.Itoa(l.K), strconv.Itoa(l.N), strconv.Itoa(l.Repeats),
			strconv.FormatInt(l.MACs, 10), strconv.FormatInt(l.Folds, 10), strconv.FormatInt(l.Cycles, 10), strconv.FormatFloat(l.Utilisation, 'f', 6, 64)})
	}
	return w.WriteAll(rows)
}
