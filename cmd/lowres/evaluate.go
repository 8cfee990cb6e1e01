package main

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"lowres/network"
	"lowres/report"
	"lowres/trainer/dataset"
	"lowres/verify"
)

// evaluateResult is the JSON of lowres evaluate.
type evaluateResult struct {
	Network     string       `json:"network"`
	NetworkHash string       `json:"network_sha256"`
	Set         string       `json:"set"`
	Pictures    int          `json:"pictures"`
	Right       int          `json:"right"`
	Accuracy    float64      `json:"accuracy"` // part of 1
	Classes     []classScore `json:"classes"`
	Checked     int          `json:"checked"` // pictures whose logits were compared with the reference's
	Workers     int          `json:"workers"`
	Instruction string       `json:"instructions"` // what the products ran on
	Rate        float64      `json:"pictures_per_second"`
}

// classScore is how the pictures of a class were classified: a row of the
// confusion matrix.
type classScore struct {
	Class    string `json:"class"`
	Pictures int    `json:"pictures"`
	Right    int    `json:"right"`
	TakenFor []int  `json:"taken_for"` // pictures by the network's output
}

func evaluateCommand(out *console) *cli.Command {
	return &cli.Command{
		Name: "evaluate", Category: groupNetwork, Usage: "classify the test pictures with an integer network, fast and exactly",
		UsageText: "lowres evaluate --data cifar-10-batches-bin cvnn1.lrn",
		Description: "Prints the accuracy by class, what mistakes are taken for, and pictures a second. The network runs\n" +
			"on the processor's integer dot products; every logit is the one that the hardware computes. The logits\n" +
			"of the first pictures (--check) are compared with the plain reference, which is a thousand times slower:\n" +
			"exit code 10 if one differs.",
		Flags: []cli.Flag{
			dataFlag(),
			&cli.IntFlag{Name: "images", Usage: "test pictures to classify, from the first on", DefaultText: "all"},
			&cli.IntFlag{Name: "check", Value: 4, Usage: "of them to compare with the reference"},
			&cli.IntFlag{Name: "workers", Usage: "cores to use", DefaultText: "all"},
			jsonFlag(),
		},
		Action: func(c *cli.Context) error { return evaluate(c, out) },
	}
}

// evaluation is a network that classifies the pictures of a set.
type evaluation struct {
	net     *network.Integer
	set     *dataset.Dataset
	logits  []int32 // [picture][output]
	workers int
	with    string        // instructions of the products
	took    time.Duration // for all pictures
}

// evaluate runs the verb.
func evaluate(c *cli.Context, out *console) error {
	path, err := oneArgument(c, "the .lrn file that lowres quantise wrote")
	if err != nil {
		return err
	}
	for _, flag := range []string{"check", "workers"} {
		if n := c.Int(flag); n < 0 {
			return usage("--%s: %d: want 0 or more", flag, n)
		}
	}
	f, err := network.ReadFile(path)
	if err != nil {
		return err
	}
	e, err := newEvaluation(c, f.Network)
	if err != nil {
		return err
	}
	progress := bar(out, e.set.Len(), "classifying")
	err = e.run(func(pictures int) error {
		progress.Add(pictures)
		return c.Context.Err()
	})
	progress.Clear()
	if err != nil {
		return err
	}
	checked := min(c.Int("check"), e.set.Len())
	if err := e.checkLoudly(c, out, checked); err != nil {
		return err
	}
	r, err := e.result(checked)
	if err != nil {
		return err
	}
	return r.print(c, out)
}

// checkLoudly says that it checks, which takes a while.
func (e *evaluation) checkLoudly(c *cli.Context, out *console, count int) error {
	if count == 0 {
		return nil
	}
	defer out.busy("comparing " + counted(count, "picture") + " with the reference")()
	return e.check(c.Context, count)
}

// newEvaluation opens the pictures that the flags choose.
func newEvaluation(c *cli.Context, net *network.Integer) (*evaluation, error) {
	if _, err := need(c, "data", dataWant); err != nil {
		return nil, err
	}
	set, err := openTest(c)
	if err != nil {
		return nil, err
	}
	if set, err = first(set, c.Int("images")); err != nil {
		return nil, fmt.Errorf("--images: %w", err)
	}
	g := net.Graph
	if set.Shape != g.Input {
		return nil, usage("--data: pictures of %v: want %v, the input of %s", set.Shape, g.Input, g.Name)
	}
	if have := g.Output().Size(); len(set.Classes) > have {
		return nil, usage("--data: %d classes: want at most %d, the outputs of %s", len(set.Classes), have, g.Name)
	}
	if set.Len() == 0 {
		return nil, usage("--data: %s has no test pictures: want at least 1", set.Name)
	}
	return &evaluation{net: net, set: set, workers: c.Int("workers")}, nil
}

// evaluationChunk is the number of pictures between two reports of progress.
const evaluationChunk = 1000

// run computes the logits of all pictures. It tells progress how many pictures it
// has done since the last time, and ends if progress returns an error.
func (e *evaluation) run(progress func(pictures int) error) error {
	evaluator, err := network.NewEvaluator(e.net)
	if err != nil {
		return err
	}
	e.workers = cmp.Or(e.workers, runtime.GOMAXPROCS(0))
	outputs := e.net.Graph.Output().Size()
	e.with, e.logits = evaluator.Instructions(), make([]int32, e.set.Len()*outputs)
	start := time.Now()
	for at := 0; at < e.set.Len(); at += evaluationChunk {
		end := min(at+evaluationChunk, e.set.Len())
		inputs := network.Input(e.set.Slice(at, end).Images)
		if err := evaluator.Batch(e.logits[at*outputs:end*outputs], inputs, e.workers); err != nil {
			return err
		}
		if err := progress(end - at); err != nil {
			return err
		}
	}
	e.took = time.Since(start)
	return nil
}

// picture is the logits of picture i.
func (e *evaluation) picture(i int) []int32 {
	outputs := e.net.Graph.Output().Size()
	return e.logits[i*outputs:][:outputs]
}

// right is the number of pictures that were classified rightly.
func (e *evaluation) right() int {
	n := 0
	for i, label := range e.set.Labels {
		if network.Argmax(e.picture(i)) == int(label) {
			n++
		}
	}
	return n
}

// check compares the logits of the first count pictures with the reference's; it
// returns verify.ErrMismatch for the first difference.
func (e *evaluation) check(ctx context.Context, count int) error {
	for i := range count {
		if err := ctx.Err(); err != nil {
			return err
		}
		_, want, err := e.net.Run(network.Input(e.set.Image(i)))
		if err != nil {
			return err
		}
		for k, got := range e.picture(i) {
			if got != want[k] {
				return fmt.Errorf("%w: picture %d of %s: logit %d: %d with %s: the reference says %d; please report this",
					verify.ErrMismatch, i, e.set.Name, k, got, e.with, want[k])
			}
		}
	}
	return nil
}

// result counts the answers.
func (e *evaluation) result(checked int) (*evaluateResult, error) {
	hash, err := e.net.Hash()
	if err != nil {
		return nil, err
	}
	r := &evaluateResult{Network: e.net.Graph.Name, NetworkHash: fmt.Sprintf("%x", hash), Set: e.set.Name, Pictures: e.set.Len(),
		Right: e.right(), Checked: checked, Workers: e.workers, Instruction: e.with,
		Rate: float64(e.set.Len()) / e.took.Seconds()}
	r.Accuracy = float64(r.Right) / float64(r.Pictures)
	for _, name := range e.set.Classes {
		r.Classes = append(r.Classes, classScore{Class: name, TakenFor: make([]int, e.net.Graph.Output().Size())})
	}
	for i, label := range e.set.Labels {
		best, class := network.Argmax(e.picture(i)), &r.Classes[label]
		class.Pictures++
		class.TakenFor[best]++
		if best == int(label) {
			class.Right++
		}
	}
	return r, nil
}

func (r *evaluateResult) print(c *cli.Context, out *console) error {
	if c.Bool("json") {
		return out.json(r)
	}
	var rows [][]string
	for i := range r.Classes {
		rows = append(rows, r.cells(i))
	}
	all := []string{"all", grouped(r.Pictures), grouped(r.Right), percent(r.Accuracy), ""}
	if err := report.WriteTable(out.out, []string{"class", "pictures", "right", "accuracy", "most mistakes for"}, rows, all); err != nil {
		return err
	}
	out.printf("%s on %s: %.0f pictures/s on %s with %s\n", r.Network, r.Set, r.Rate, counted(r.Workers, "core"), r.Instruction)
	if r.Checked > 0 {
		out.printf("all logits of %s equal the reference's\n", counted(r.Checked, "picture"))
	}
	return nil
}

// cells is the row of class i in the table.
func (r *evaluateResult) cells(i int) []string {
	s, accuracy := &r.Classes[i], "–"
	if s.Pictures > 0 {
		accuracy = percent(float64(s.Right) / float64(s.Pictures))
	}
	wrong := slices.Clone(s.TakenFor)
	wrong[i] = 0
	most, mistake := slices.Max(wrong), "–"
	if most > 0 {
		at := slices.Index(wrong, most)
		mistake = fmt.Sprintf("output %d", at) // a network may have more outputs than the set has classes
		if at < len(r.Classes) {
			mistake = r.Classes[at].Class
		}
		mistake = fmt.Sprintf("%s (%s)", mistake, grouped(most))
	}
	return []string{s.Class, grouped(s.Pictures), grouped(s.Right), accuracy, mistake}
}
