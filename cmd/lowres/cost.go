package main

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"lowres/internal/atomicfile"
	"lowres/network"
	"lowres/quant"
	"lowres/report"
	"lowres/rtlgen/estimate"
	"lowres/rtlgen/synth"
	"lowres/sim/arch"
	"lowres/sim/cost"
	"lowres/sim/energy"
	"lowres/sim/workload"
)

// costResult is the JSON of lowres cost.
type costResult struct {
	Model    string           `json:"model"`
	MACs     int64            `json:"macs"`
	Design   string           `json:"design"`
	Hash     string           `json:"design_sha256"` // before its levels are replaced
	Target   synth.Target     `json:"target"`        // of the areas
	Pictures int              `json:"pictures"`      // of a run
	Activity energy.Activity  `json:"activity"`      // of the energies
	Rows     []cost.Row       `json:"rows"`          // by rising N
	Apart    []workload.Apart `json:"apart"`         // work that is not counted
}

func costCommand(out *console) *cli.Command {
	return &cli.Command{
		Name: "cost", Category: groupHardware, Usage: "what a network costs with every N, before it is trained or after",
		UsageText: "lowres cost --model cvnn1 --design examples/small.yaml --trained 3=cvnn1.lrn",
		Description: "Runs the network with every N on the design, built for that N alone, and marks the Pareto set: those that\n" +
			"no other N beats in bytes, cycles, energy, LUTs and accuracy (levels, where an accuracy is missing). Weights are\n" +
			"drawn with equal chances; --trained takes those of a network. Energy is of expected activity, LUTs are\n" +
			"estimated as by lowres estimate.",
		Flags: []cli.Flag{
			modelFlag("shapes"),
			&cli.StringFlag{Name: "design", Usage: "design file", DefaultText: "16 x 16, programs as long as can be"},
			&cli.StringFlag{Name: "nvalues", Aliases: []string{"n"}, Usage: "the Ns to compare", DefaultText: "2,3,4,5,8,9,16,17"},
			&cli.StringSliceFlag{Name: "trained", Usage: "N=FILE.lrn: a trained network for its row; may be given again"},
			&cli.StringFlag{Name: "target", Usage: "family of FPGAs to count LUTs for: " + targetNames(), DefaultText: "the design's; xilinx if it is portable"},
			batchFlag(),
			goalFlag(),
			&cli.BoolFlag{Name: "fast", Usage: "without energy", DisableDefaultText: true},
			&cli.StringFlag{Name: "svg", Usage: "figure to write"},
			&cli.BoolFlag{Name: "csv", Usage: "print the rows as CSV", DisableDefaultText: true},
			jsonFlag(),
		},
		Action: func(c *cli.Context) error { return runCost(c, out) },
	}
}

// runCost runs the verb.
func runCost(c *cli.Context, out *console) error {
	if c.Bool("csv") && c.Bool("json") {
		return usage("cost: --csv and --json: want one of them")
	}
	if err := noArguments(c); err != nil {
		return err
	}
	if err := checkOutputs([]string{c.String("model"), c.String("design")}, []string{"cost: --svg"}, []string{c.String("svg")}); err != nil {
		return err
	}
	r, err := costRows(c, out)
	if err != nil {
		return err
	}
	if path := c.String("svg"); path != "" {
		title := fmt.Sprintf("%s on %s", r.Model, r.Design)
		if err := atomicfile.Write(path, func(w io.Writer) error { return cost.SVG(w, title, r.Rows) }); err != nil {
			return err
		}
	}
	switch {
	case c.Bool("json"):
		return out.json(r)
	case c.Bool("csv"):
		return costCSV(out, r)
	}
	return costTable(out, r)
}

// costRows evaluates every N.
func costRows(c *cli.Context, out *console) (*costResult, error) {
	w, err := openWorkload(c)
	if err != nil {
		return nil, err
	}
	d, err := costDesign(c)
	if err != nil {
		return nil, err
	}
	goal, err := mappingOptions(c, d)
	if err != nil {
		return nil, err
	}
	ns, err := costNs(c)
	if err != nil {
		return nil, err
	}
	trained, err := openTrained(c, w, ns)
	if err != nil {
		return nil, err
	}
	target, err := estimateTarget(c, d)
	if err != nil {
		return nil, err
	}
	r := &costResult{Model: w.Name, MACs: w.MACs(), Design: d.Name, Target: target, Pictures: max(goal.Batch, 1), Activity: energy.Expected, Apart: append([]workload.Apart{}, w.Apart...)}
	if r.Hash, err = d.Hash(); err != nil {
		return nil, err
	}
	for _, n := range ns {
		if err := c.Context.Err(); err != nil {
			return nil, err
		}
		set, err := quant.ForN(n)
		if err != nil {
			return nil, err
		}
		out.notef("N=%d\n", n)
		row, err := cost.Evaluate(w, d, set, trained[n], cost.Options{Fast: c.Bool("fast"), Goal: goal.Goal, Batch: goal.Batch})
		if err != nil {
			return nil, err
		}
		if row.Area, err = costArea(row.Design, target); err != nil {
			return nil, err
		}
		r.Rows = append(r.Rows, row)
	}
	cost.MarkPareto(r.Rows)
	return r, nil
}

// costArea is what the design of a row takes.
func costArea(d *arch.Design, t synth.Target) (*cost.Area, error) {
	e, err := estimate.Design(d, t)
	if err != nil {
		return nil, err
	}
	return &cost.Area{LUT: e.Total.LUT, FF: e.Total.FF, BRAM: e.Total.BRAM}, nil
}

// costDesign is the design that --design names, or the default one with long programs.
func costDesign(c *cli.Context) (*arch.Design, error) {
	if c.IsSet("design") {
		return openDesign(c)
	}
	s := arch.DefaultSpec()
	s.Program = arch.Depths{Load: arch.MaxDepth, Compute: arch.MaxDepth, Store: arch.MaxDepth}
	return arch.New(s)
}

// costNs lists the Ns to compare in rising order.
func costNs(c *cli.Context) ([]int, error) {
	if !c.IsSet("nvalues") {
		return quant.PaperN(), nil
	}
	var ns []int
	for _, text := range strings.Split(c.String("nvalues"), ",") {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || !slices.Contains(quant.PaperN(), n) {
			return nil, usage("--nvalues: %q: want some of %v with commas between them", text, quant.PaperN())
		}
		ns = append(ns, n)
	}
	slices.Sort(ns)
	return slices.Compact(ns), nil
}

// openTrained reads the networks that --trained names, by N.
func openTrained(c *cli.Context, w *workload.Workload, ns []int) (map[int]*cost.Trained, error) {
	trained := map[int]*cost.Trained{}
	for _, item := range c.StringSlice("trained") {
		text, path, ok := strings.Cut(item, "=")
		n, err := strconv.Atoi(text)
		if !ok || err != nil || !slices.Contains(ns, n) || trained[n] != nil {
			return nil, usage("--trained: %q: want N=FILE.lrn, each N once and among %v", item, ns)
		}
		f, err := network.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if err := checkTrained(w, n, f.Network); err != nil {
			return nil, usage("--trained: %s: %w", path, err)
		}
		t := &cost.Trained{Network: f.Network}
		if a, err := strconv.ParseFloat(f.Info["integer_accuracy"], 64); err == nil && a >= 0 && a <= 1 {
			t.Accuracy = &a
		}
		trained[n] = t
	}
	return trained, nil
}

// checkTrained wants a network of the workload's layers, all of N levels.
func checkTrained(w *workload.Workload, n int, net *network.Integer) error {
	if len(w.Parts) != 1 || net.Graph.Input != w.Parts[0].Graph.Input || !slices.Equal(net.Graph.Layers, w.Parts[0].Graph.Layers) {
		return fmt.Errorf("%s: its layers are not those of %s: want that model trained", net.Graph.Name, w.Name)
	}
	for i := range net.Layers {
		if l := &net.Layers[i].Levels; !l.IsZero() && l.String() != fmt.Sprintf("N=%d", n) {
			return fmt.Errorf("layer %s has %v: want N=%d", net.Graph.Layers[i].Name, l, n)
		}
	}
	return nil
}

// costTable prints the rows for people.
func costTable(out *console, r *costResult) error {
	out.printf("%s, %s MACs, on %s%s\n\n", r.Model, grouped(r.MACs), r.Design, map[bool]string{true: fmt.Sprintf(", %d pictures at a time", r.Pictures)}[r.Pictures > 1])
	var rows [][]string
	for i := range r.Rows {
		rows = append(rows, costCells(&r.Rows[i]))
	}
	header := []string{"", "N", "bits", "weights kB", "traffic kB", "cycles", "ms", "util %", "energy", "LUTs", "accuracy"}
	if err := report.WriteTable(out.out, header, rows, nil); err != nil {
		return err
	}
	out.printf("\n* Pareto set: no other N is as good in bytes, cycles, energy, LUTs and accuracy (levels where one is missing), and better in one.\n")
	out.printf("Each N on a design with its levels alone. Weights are drawn with equal chances%s.\n",
		map[bool]string{true: ", but for those of the rows with T, which are trained"}[slices.ContainsFunc(r.Rows, func(r cost.Row) bool { return r.Trained })])
	with := map[string][]string{} // N by what their designs have beside
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Fault != "" {
			out.printf("N=%d: %s\n", row.N, row.Fault)
		}
		if row.Beside != "" {
			with[row.Beside] = append(with[row.Beside], strconv.Itoa(row.N))
		}
	}
	for _, beside := range slices.Sorted(maps.Keys(with)) {
		out.printf("The designs of N = %s have %s beside, for residuals, averages and pools alone.\n", strings.Join(with[beside], ", "), beside)
	}
	for _, a := range r.Apart {
		out.printf("Not counted: %s, %s MACs, which the array has no way to run.\n", a.What, grouped(a.MACs))
	}
	if slices.ContainsFunc(r.Rows, func(r cost.Row) bool { return r.Energy != nil }) {
		out.printf("Energy is of expected activity: no values were run.\n")
	}
	out.printf("LUTs of the whole design on %s, estimated.\n", r.Target)
	return nil
}

// costCells formats a row.
func costCells(r *cost.Row) []string {
	mark := ""
	if r.Pareto {
		mark = "*"
	}
	if r.Trained {
		mark += "T"
	}
	cells := []string{mark, strconv.Itoa(r.N), fmt.Sprintf("%.3f", r.BitsPerWeight)}
	luts := grouped(int64(r.Area.LUT))
	if r.Fault != "" {
		return append(cells, "–", "–", "–", "–", "–", "–", luts, cmp.Or(accuracyText(r), "–"))
	}
	joules := "–"
	if r.Energy != nil {
		joules = r.Energy.Short()
	}
	kilobytes := func(n int64) string { return fmt.Sprintf("%.1f", float64(n)/1000) }
	return append(cells, kilobytes(r.WeightBytes), kilobytes(r.TrafficBytes), grouped(r.Cycles), fmt.Sprintf("%.3f", r.LatencyMS),
		fmt.Sprintf("%.1f", 100*r.Utilisation), joules, luts, cmp.Or(accuracyText(r), "–"))
}

// accuracyText is the accuracy of a row, "" without one.
func accuracyText(r *cost.Row) string {
	if r.Accuracy == nil {
		return ""
	}
	return percent(*r.Accuracy)
}

// costCSV prints the rows for programs; what is not known is empty.
func costCSV(out *console, r *costResult) error {
	rows := [][]string{{"n", "levels", "bits_per_weight", "trained", "macs", "weight_bytes", "traffic_bytes", "cycles", "latency_ms", "utilisation",
		"energy_low_pj", "energy_typical_pj", "energy_high_pj", "lut", "ff", "bram", "accuracy", "pareto", "beside", "fault"}}
	number := func(x float64) string { return strconv.FormatFloat(x, 'g', 6, 64) }
	for _, r := range r.Rows {
		energy, accuracy := []string{"", "", ""}, ""
		if e := r.Energy; e != nil {
			energy = []string{number(e.LowPJ), number(e.TypicalPJ), number(e.HighPJ)}
		}
		if r.Accuracy != nil {
			accuracy = number(*r.Accuracy)
		}
		row := []string{strconv.Itoa(r.N), r.Levels, number(r.BitsPerWeight), strconv.FormatBool(r.Trained), fmt.Sprint(r.MACs), fmt.Sprint(r.WeightBytes),
			fmt.Sprint(r.TrafficBytes), fmt.Sprint(r.Cycles), number(r.LatencyMS), number(r.Utilisation)}
		rows = append(rows, append(append(append(row, energy...), strconv.Itoa(r.Area.LUT), strconv.Itoa(r.Area.FF), number(r.Area.BRAM)), accuracy, strconv.FormatBool(r.Pareto), r.Beside, r.Fault))
	}
	return csv.NewWriter(out.out).WriteAll(rows)
}
