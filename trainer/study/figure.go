package study

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"

	"lowres/quant"
	"lowres/trainer"
)

// Figure is one model with one augmentation: a line for every N, as in the paper's figures.
type Figure struct {
	Model        string
	Augmentation string
	Runs         []Measured // by N, float32 first, other sets last, then by seed
}

// Figures groups the runs that have begun, in the order of the manifest.
func (r *Results) Figures() []Figure {
	var figures []Figure
	for _, run := range r.Runs {
		if len(run.History) == 0 {
			continue
		}
		i := slices.IndexFunc(figures, func(f Figure) bool { return f.Model == run.Model && f.Augmentation == run.Augmentation })
		if i < 0 {
			i, figures = len(figures), append(figures, Figure{Model: run.Model, Augmentation: run.Augmentation})
		}
		figures[i].Runs = append(figures[i].Runs, run)
	}
	for _, f := range figures {
		slices.SortStableFunc(f.Runs, func(a, b Measured) int { return a.rank() - b.rank() })
	}
	return figures
}

// rank is the place of a run among those of a figure.
func (r *Run) rank() int {
	if r.Levels != "" {
		return quant.MaxLevels + 1
	}
	return r.NValues
}

// Name is the name of the figure's files, without ending.
func (f *Figure) Name() string { return f.Model + "-" + f.Augmentation }

// Title says what the figure shows, and which of the paper's shows the same.
func (f *Figure) Title() string {
	title := fmt.Sprintf("%s, augmentation: %s", f.Model, f.Augmentation)
	if n := f.paper(); n > 0 {
		title += fmt.Sprintf(" (compare the paper's figure %d)", n)
	}
	return title
}

// paper is the number of the paper's figure with this model, without augmentation or with the paper's; 0 if
// there is none.
func (f *Figure) paper() int {
	plain, augmented := 0, 0
	switch f.Model {
	case "fcnn1":
		plain, augmented = 1, 3
	case "fcnn2":
		plain, augmented = 2, 4
	case "cvnn1":
		plain, augmented = 5, 7
	case "cvnn2":
		plain, augmented = 6, 8
	case "cvnn2-5x5":
		augmented = 9
	case "vit1":
		plain, augmented = 10, 12
	case "vit2":
		plain, augmented = 11, 13
	}
	switch f.Augmentation {
	case "none":
		return plain
	case "paper":
		return augmented
	}
	return 0
}

// CSV writes a line for every epoch of every run.
func (f *Figure) CSV(w io.Writer) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"nvalues", "seed", "epoch", "train_cost", "train_accuracy", "test_cost", "test_accuracy", "levels"}}
	for _, r := range f.Runs {
		for _, e := range r.History {
			row := []string{strconv.Itoa(r.NValues), strconv.FormatUint(r.Recipe.Seed, 10), strconv.Itoa(e.Number)}
			for _, v := range []float64{e.TrainCost, e.TrainAccuracy, e.TestCost, e.TestAccuracy} {
				row = append(row, strconv.FormatFloat(v, 'f', 6, 64))
			}
			rows = append(rows, append(row, r.LevelsText()))
		}
	}
	return out.WriteAll(rows)
}

// line is one quantity over the epochs for one set of levels: the mean over the seeds whose runs have come that
// far.
type line struct {
	run    *Run      // the first of them
	values []float64 // of epoch 1, 2, …
}

// lines are the lines of one quantity, float32 first.
func (f *Figure) lines(quantity func(trainer.Epoch) float64) []line {
	var lines []line
	for first := 0; first < len(f.Runs); {
		end := first
		for end < len(f.Runs) && sameWeights(&f.Runs[end].Run, &f.Runs[first].Run) {
			end++
		}
		lines = append(lines, line{&f.Runs[first].Run, means(f.Runs[first:end], quantity)})
		first = end
	}
	return lines
}

// means is the mean of a quantity over runs, epoch by epoch.
func means(runs []Measured, quantity func(trainer.Epoch) float64) []float64 {
	var values []float64
	for epoch := 0; ; epoch++ {
		sum, count := 0.0, 0
		for _, r := range runs {
			if epoch < len(r.History) {
				sum, count = sum+quantity(r.History[epoch]), count+1
			}
		}
		if count == 0 {
			return values
		}
		values = append(values, sum/float64(count))
	}
}
