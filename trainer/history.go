package trainer

import (
	"encoding/csv"
	"io"
	"strconv"
)

// Epoch is what one epoch measured. Costs are mean cross-entropies in nats, accuracies parts of 1. The
// training figures are means over the epoch's batches as they were met, so of weights that still move and
// of distorted pictures; the test figures are of the quantised weights at the end of the epoch. The test
// figures are zero in a run without a test set.
type Epoch struct {
	Number        int     `json:"epoch"` // from 1
	TrainCost     float64 `json:"train_cost"`
	TrainAccuracy float64 `json:"train_accuracy"`
	TestCost      float64 `json:"test_cost"`
	TestAccuracy  float64 `json:"test_accuracy"`
}

// WriteCSV writes one line an epoch under a line of names: epoch, train_cost, train_accuracy, test_cost,
// test_accuracy.
func WriteCSV(w io.Writer, epochs []Epoch) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"epoch", "train_cost", "train_accuracy", "test_cost", "test_accuracy"}}
	for _, e := range epochs {
		row := []string{strconv.Itoa(e.Number)}
		for _, v := range []float64{e.TrainCost, e.TrainAccuracy, e.TestCost, e.TestAccuracy} {
			row = append(row, strconv.FormatFloat(v, 'f', 6, 64))
		}
		rows = append(rows, row)
	}
	return out.WriteAll(rows)
}
