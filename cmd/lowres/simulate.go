package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/urfave/cli/v2"

	"lowres/internal/atomicfile"
	"lowres/network"
	"lowres/report"
	"lowres/sim/cost"
	"lowres/sim/energy"
	"lowres/sim/machine"
	"lowres/sim/workload"
	"lowres/trainer/dataset"
	"lowres/verify"
)

// simulateResult is the JSON of lowres simulate.
type simulateResult struct {
	identity
	Picture *pictureResult     `json:"picture,omitempty"` // not in the fast mode
	Report  *report.Simulation `json:"report"`
	Actions map[string]int64   `json:"actions"`         // counts by name, see docs/energy.md
	Widths  map[string]int     `json:"widths"`          // bits of a word of those that access memories on the chip
	Apart   []workload.Apart   `json:"apart,omitempty"` // work of the model that is not counted
}

// pictureResult is what the network said of the first picture of a run, in the simulator and in
// the integer reference alike.
type pictureResult struct {
	Set    string  `json:"set"`
	Index  int     `json:"index"`
	Label  string  `json:"label"`
	Class  string  `json:"class"` // of the largest logit
	Logits []int32 `json:"logits"`
}

func simulateCommand(out *console) *cli.Command {
	return &cli.Command{
		Name: "simulate", Category: groupHardware, Usage: "say what a network costs on a design: cycles, bytes and energy by layer",
		UsageText: "lowres simulate --design examples/small.yaml cvnn1.lrn",
		Description: "Runs one picture through the cycle-exact simulator and checks its logits against the integer\n" +
			"network, to the last bit; exit code 10 if they differ. --fast counts the same cycles without values,\n" +
			"and its energy is of expected activity. --model simulates a network that nobody trained: weights\n" +
			"and activations are drawn with equal chances.",
		Flags: []cli.Flag{
			designFlag(), dataFlag(),
			modelFlag("shapes instead of a .lrn file"),
			&cli.StringFlag{Name: "nvalues", Aliases: []string{"n"}, Usage: "levels of the model's weights, as of lowres train", DefaultText: "3"},
			goalFlag(),
			&cli.IntFlag{Name: "image", Usage: "picture of the test set", DefaultText: "0"},
			batchFlag(),
			&cli.BoolFlag{Name: "fast", Usage: "without values: energy of expected activity", DisableDefaultText: true},
			&cli.StringFlag{Name: "roofline", Usage: "figure to write: layers under the design's limits (SVG)"},
			&cli.StringFlag{Name: "gantt", Usage: "figure to write: when every engine runs (SVG)"},
			&cli.StringFlag{Name: "scalesim", Usage: "configuration of SCALE-Sim: its compute cycles for a topology in CSV"},
			&cli.StringFlag{Name: "parquet", Usage: "file to write: the layers, in Apache Parquet"},
			&cli.BoolFlag{Name: "csv", Usage: "print the layers as CSV", DisableDefaultText: true},
			jsonFlag(),
		},
		Action: func(c *cli.Context) error { return simulate(c, out) },
	}
}

// simulate runs the verb.
func simulate(c *cli.Context, out *console) error {
	if c.Bool("csv") && c.Bool("json") {
		return usage("simulate: --csv and --json: want one of them")
	}
	if c.IsSet("scalesim") {
		return simulateScaleSim(c, out)
	}
	files := []string{c.String("roofline"), c.String("gantt"), c.String("parquet")}
	if err := checkOutputs([]string{c.Args().First(), c.String("design"), c.String("model")}, []string{"simulate: --roofline", "simulate: --gantt", "simulate: --parquet"}, files); err != nil {
		return err
	}
	run := simulateFile
	if c.IsSet("model") {
		run = simulateModel
	} else if c.IsSet("nvalues") {
		return usage("simulate: --nvalues: a .lrn file says its levels; remove it, or name a --model")
	}
	j, r, err := run(c)
	if err != nil {
		return err
	}
	if err := j.write(r, files[0], files[1], files[2]); err != nil {
		return err
	}
	switch {
	case c.Bool("json"):
		return out.json(r)
	case c.Bool("csv"):
		return r.Report.CSV(out.out)
	}
	if err := r.Report.Table(out.out); err != nil {
		return err
	}
	if c.IsSet("model") {
		out.printf("\nThe weights are drawn: every level is as likely as any other. Trained ones cost the same cycles.\n")
	}
	for _, a := range r.Apart {
		out.printf("Not counted: %s, %s MACs, which the array has no way to run.\n", a.What, grouped(a.MACs))
	}
	if p := r.Picture; p != nil && r.Report.Pictures > 1 {
		out.printf("\nPictures %d to %d of %s; the first, %s, is classified as %s. All logits equal the integer network's.\n",
			p.Index, p.Index+r.Report.Pictures-1, p.Set, p.Label, p.Class)
	} else if p != nil {
		out.printf("\nPicture %d of %s, %s: classified as %s. All %d logits equal the integer network's.\n",
			p.Index, p.Set, p.Label, p.Class, len(p.Logits))
	}
	return nil
}

// simulateFile is the result for a network in a file.
func simulateFile(c *cli.Context) (*job, *simulateResult, error) {
	j, err := openJob(c)
	if err != nil {
		return nil, nil, err
	}
	r, err := j.simulate(c)
	return j, r, err
}

// write writes the files that have a path.
func (j *job) write(r *simulateResult, roofline, gantt, parquet string) error {
	if parquet != "" {
		if err := atomicfile.Write(parquet, r.Report.Parquet); err != nil {
			return err
		}
	}
	if roofline != "" {
		if err := atomicfile.Write(roofline, func(w io.Writer) error { return r.Report.Roofline(w, j.design) }); err != nil {
			return err
		}
	}
	if gantt == "" {
		return nil
	}
	t, err := machine.Time(j.design, j.program)
	if err != nil {
		return err
	}
	return atomicfile.Write(gantt, func(w io.Writer) error { return report.Gantt(w, j.network.Graph, t, j.program) })
}

// simulate is the result that the flags ask for.
func (j *job) simulate(c *cli.Context) (r *simulateResult, err error) {
	if c.Bool("fast") {
		return j.fast()
	}
	if c.IsSet("model") {
		return j.drawn()
	}
	set, err := j.testSet(c)
	if err != nil {
		return nil, err
	}
	i := c.Int("image")
	if most := set.Len() - j.program.Pictures(); i < 0 || i > most {
		return nil, usage("--image: %d: want 0 to %d of %s, with --batch %d", i, most, set.Name, j.program.Pictures())
	}
	return j.exact(set, i)
}

// fast counts cycles, and expects what depends on values.
func (j *job) fast() (*simulateResult, error) {
	in, err := j.expected()
	if err != nil {
		return nil, err
	}
	return j.result(in, nil)
}

// expected is the input of a report without values.
func (j *job) expected() (in report.SimulationInput, err error) {
	if in.Technology, err = energy.Load(j.design.Technology); err != nil {
		return in, err
	}
	m, err := machine.New(j.design, j.program)
	if err != nil {
		return in, err
	}
	in.Timing, in.Expected = m.Timing(), true
	in.Layers, err = cost.Expected(m, j.program, j.network.Graph)
	return in, err
}

// exact runs picture i, and those behind it in a batch, and compares the logits.
func (j *job) exact(set *dataset.Dataset, i int) (*simulateResult, error) {
	run, tech, logits, err := j.run(j.pictures(set, i))
	if err != nil {
		return nil, fmt.Errorf("picture %d of %s: %w", i, set.Name, err)
	}
	logits = logits[:j.network.Graph.Output().Size()] // of the first
	p := &pictureResult{Set: set.Name, Index: i, Label: set.Classes[set.Labels[i]], Logits: logits}
	p.Class = fmt.Sprintf("output %d", network.Argmax(logits)) // a network may have more outputs than the set has classes
	if best := network.Argmax(logits); best < len(set.Classes) {
		p.Class = set.Classes[best]
	}
	return j.result(report.SimulationInput{Timing: run.Timing, Layers: run.Layers, Technology: tech}, p)
}

// run simulates the network on an input, and compares the logits.
func (j *job) run(input []int8) (*machine.Result, *energy.Technology, []int32, error) {
	tech, err := energy.Load(j.design.Technology)
	if err != nil {
		return nil, nil, nil, err
	}
	m, err := machine.New(j.design, j.program)
	if err != nil {
		return nil, nil, nil, err
	}
	memory := m.Memory()
	if err := j.program.Input().Put(memory, input); err != nil {
		return nil, nil, nil, err
	}
	run, err := m.Run(memory, machine.Options{Toggles: true})
	if err != nil {
		return nil, nil, nil, err
	}
	logits, err := j.checkLogits(run.Memory, input)
	return run, tech, logits, err
}

// checkLogits reads the logits that a run left in memory and compares them with
// the integer network's; it returns verify.ErrMismatch for the first difference.
func (j *job) checkLogits(memory []byte, input []int8) ([]int32, error) {
	var want []int32
	for one := range slices.Chunk(input, j.network.Graph.Input.Size()) {
		_, logits, err := j.network.Run(one)
		if err != nil {
			return nil, err
		}
		want = append(want, logits...)
	}
	got, err := j.program.Output().Values(memory, j.design.Array.Cols)
	if err != nil {
		return nil, err
	}
	for k := range want {
		if got[k] != want[k] {
			return nil, fmt.Errorf("%w: logit %d: the simulator says %d, the integer network %d", verify.ErrMismatch, k, got[k], want[k])
		}
	}
	return got, nil
}

// result puts the report together, of what in says of the run.
func (j *job) result(in report.SimulationInput, p *pictureResult) (*simulateResult, error) {
	who, err := j.identity()
	if err != nil {
		return nil, err
	}
	in.Graph, in.Design, in.Pictures = j.network.Graph, j.design, j.program.Pictures()
	return newSimulateResult(who, in, p)
}

// newSimulateResult puts the report together, with the actions of all layers.
func newSimulateResult(who identity, in report.SimulationInput, p *pictureResult) (*simulateResult, error) {
	s, err := report.NewSimulation(in)
	if err != nil {
		return nil, err
	}
	r := &simulateResult{identity: who, Picture: p, Report: s, Actions: map[string]int64{}, Widths: map[string]int{}}
	for a, bits := range machine.BufferWidths(in.Design) {
		r.Widths[a.String()] = bits
	}
	for a, n := range in.Actions() {
		r.Actions[machine.Action(a).String()] = n
	}
	return r, nil
}
