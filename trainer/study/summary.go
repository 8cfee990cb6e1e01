package study

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"

	"lowres/quant"
)

// fallPoints is how far test accuracy must fall from one epoch to the next to count as a fall, in points.
const fallPoints = 5

// Summary is the table of a study.
type Summary struct {
	Reach float64 `json:"reach"` // test accuracy of Row.ReachEpoch
	Rows  []Row   `json:"runs"`
}

// Row is what one run came to. Accuracies are parts of 1; all are zero before the first epoch.
type Row struct {
	Model        string  `json:"model"`
	Augmentation string  `json:"augmentation"`
	NValues      int     `json:"nvalues"` // levels of all layers; 0: float32, or they differ
	Bits         float64 `json:"bits"`    // of a weight: log2 N, 32 for float32; the mean if they differ
	Seed         uint64  `json:"seed"`
	Epochs       int     `json:"epochs"` // that the recipe has
	Done         int     `json:"done"`   // of them
	BestTest     float64 `json:"best_test_accuracy"`
	BestEpoch    int     `json:"best_epoch"` // the first with it
	LastTest     float64 `json:"last_test_accuracy"`
	LastTrain    float64 `json:"last_train_accuracy"`
	ReachEpoch   int     `json:"reach_epoch"` // first epoch with at least Summary.Reach on the test set; 0: none
	Falls        int     `json:"falls"`       // epochs in which test accuracy fell by more than five points
	Diverged     bool    `json:"diverged"`    // the cost stopped being a number
	Stopped      bool    `json:"stopped"`     // early, by the recipe's patience
	Levels       string  `json:"levels"`      // as --nvalues takes them: 3, 17:3:3:5
	Parameters   int     `json:"parameters"`
	Reduction    float64 `json:"reduction"`    // of the memory of the weights with levels against float32, packed by byte
	LargestFall  float64 `json:"largest_fall"` // of test accuracy from one epoch to the next; 0: it never fell
}

// Summary is a row for every run, in the order of the manifest.
func (r *Results) Summary() *Summary {
	s := &Summary{Reach: r.Reach}
	for i := range r.Runs {
		s.Rows = append(s.Rows, r.Runs[i].row(r.Reach))
	}
	return s
}

func (r *Measured) row(reach float64) Row {
	w := Row{Model: r.Model, Augmentation: r.Augmentation, NValues: r.NValues, Seed: r.Recipe.Seed,
		Levels: r.LevelsText(), Parameters: r.Parameters,
		Epochs: r.Recipe.Epochs, Done: len(r.History), Diverged: r.Diverged, Stopped: !r.Diverged && r.Ended() && len(r.History) < r.Recipe.Epochs}
	w.Bits, w.Reduction = r.density()
	for i, e := range r.History {
		if e.TestAccuracy > w.BestTest || w.BestEpoch == 0 {
			w.BestTest, w.BestEpoch = e.TestAccuracy, e.Number
		}
		if w.ReachEpoch == 0 && e.TestAccuracy >= reach {
			w.ReachEpoch = e.Number
		}
		if i > 0 {
			fall := millionths(r.History[i-1].TestAccuracy) - millionths(e.TestAccuracy)
			if fall > fallPoints*10000 {
				w.Falls++
			}
			w.LargestFall = max(w.LargestFall, float64(fall)/1e6)
		}
		w.LastTest, w.LastTrain = e.TestAccuracy, e.TrainAccuracy
	}
	return w
}

// millionths is the whole number that a history's six decimals stand for.
func millionths(part float64) int { return int(math.Round(part * 1e6)) }

// density is the information in a weight in bits and the reduction of its memory. A manifest of an earlier
// version has neither, and one N for all layers.
func (r *Run) density() (bits, reduction float64) {
	levels, err := quant.ForN(r.NValues)
	switch {
	case r.Bits > 0:
		return r.Bits, r.Reduction
	case err != nil:
		return 32, 1
	}
	return levels.Log2N(), levels.Density(quant.Byte).Reduction
}

// CSV writes summary.csv: the fields of Row under their JSON names.
func (s *Summary) CSV(w io.Writer) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"model", "augmentation", "nvalues", "bits", "seed", "epochs", "done", "best_test_accuracy", "best_epoch",
		"last_test_accuracy", "last_train_accuracy", "reach_epoch", "falls", "diverged", "stopped",
		"levels", "parameters", "reduction", "largest_fall"}}
	part := func(v float64) string { return strconv.FormatFloat(v, 'f', 6, 64) }
	for _, r := range s.Rows {
		rows = append(rows, []string{r.Model, r.Augmentation, strconv.Itoa(r.NValues), strconv.FormatFloat(r.Bits, 'f', 2, 64),
			strconv.FormatUint(r.Seed, 10), strconv.Itoa(r.Epochs), strconv.Itoa(r.Done), part(r.BestTest), strconv.Itoa(r.BestEpoch),
			part(r.LastTest), part(r.LastTrain), strconv.Itoa(r.ReachEpoch), strconv.Itoa(r.Falls), strconv.FormatBool(r.Diverged), strconv.FormatBool(r.Stopped),
			r.Levels, strconv.Itoa(r.Parameters), strconv.FormatFloat(r.Reduction, 'f', 2, 64), part(r.LargestFall)})
	}
	return out.WriteAll(rows)
}

// Table is the summary for people: a header and a line for every run.
func (s *Summary) Table() (header []string, rows [][]string) {
	header = []string{"model", "augment", "N", "bits", "seed", "epochs", "best %", "in epoch", "last %", "training %",
		fmt.Sprintf("epochs to %g %%", math.Round(s.Reach*1e4)/100), "falls"}
	for _, r := range s.Rows {
		rows = append(rows, r.cells())
	}
	return header, rows
}

// cells formats a row; a dash stands for what has not come about.
func (r *Row) cells() []string {
	percent := func(v float64) string { return strconv.FormatFloat(100*v, 'f', 2, 64) }
	whole := func(n int) string {
		if n == 0 {
			return "-"
		}
		return strconv.Itoa(n)
	}
	n, epochs := r.Levels, strconv.Itoa(r.Done)
	if n == "0" {
		n = "float32"
	}
	switch {
	case r.Diverged:
		epochs += ", diverged"
	case r.Stopped:
		epochs += ", stopped"
	case r.Done < r.Epochs:
		epochs += " of " + strconv.Itoa(r.Epochs)
	}
	cells := []string{r.Model, r.Augmentation, n, strconv.FormatFloat(r.Bits, 'f', 2, 64), strconv.FormatUint(r.Seed, 10), epochs}
	if r.Done == 0 {
		return append(cells, "-", "-", "-", "-", "-", "-")
	}
	return append(cells, percent(r.BestTest), whole(r.BestEpoch), percent(r.LastTest), percent(r.LastTrain),
		whole(r.ReachEpoch), strconv.Itoa(r.Falls))
}
