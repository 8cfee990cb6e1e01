package trainer

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
)

// ErrHistory is returned for a file that is not a history as WriteCSV writes it.
var ErrHistory = errors.New("history")

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

// Ended reports whether a run of r with this history has no epoch left: it has done all, or its patience is at
// an end, since the last so many epochs tested no better than the best before them. Accuracies are compared as a
// history's six decimals.
func (r Recipe) Ended(history []Epoch) bool {
	if len(history) >= r.Epochs {
		return true
	}
	best := 0
	for i, e := range history {
		if millionths(e.TestAccuracy) > millionths(history[best].TestAccuracy) {
			best = i
		}
	}
	return r.Patience > 0 && len(history)-1-best >= r.Patience
}

// millionths is the whole number that six decimals stand for.
func millionths(part float64) int { return int(math.Round(part * 1e6)) }

// historyHeader names the columns of a history.
func historyHeader() []string {
	return []string{"epoch", "train_cost", "train_accuracy", "test_cost", "test_accuracy"}
}

// WriteCSV writes one line an epoch under a line of names: epoch, train_cost, train_accuracy, test_cost,
// test_accuracy.
func WriteCSV(w io.Writer, epochs []Epoch) error {
	out := csv.NewWriter(w)
	rows := [][]string{historyHeader()}
	for _, e := range epochs {
		row := []string{strconv.Itoa(e.Number)}
		for _, v := range []float64{e.TrainCost, e.TrainAccuracy, e.TestCost, e.TestAccuracy} {
			row = append(row, strconv.FormatFloat(v, 'f', 6, 64))
		}
		rows = append(rows, row)
	}
	return out.WriteAll(rows)
}

// ReadCSV reads what WriteCSV wrote; figures come back with six decimals. It returns ErrHistory, with the
// line, for anything else.
func ReadCSV(r io.Reader) ([]Epoch, error) {
	in := csv.NewReader(r)
	header, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("%w: line 1: %w", ErrHistory, err)
	}
	if !slices.Equal(header, historyHeader()) {
		return nil, fmt.Errorf("%w: line 1: %q: want %q", ErrHistory, header, historyHeader())
	}
	var epochs []Epoch
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return epochs, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrHistory, err)
		}
		e, err := parseEpoch(row, len(epochs)+1)
		if err != nil {
			return nil, fmt.Errorf("%w: line %d: %w", ErrHistory, len(epochs)+2, err)
		}
		epochs = append(epochs, e)
	}
}

// parseEpoch reads one line of a history.
func parseEpoch(row []string, number int) (e Epoch, err error) {
	if row[0] != strconv.Itoa(number) {
		return e, fmt.Errorf("epoch %q: want %d", row[0], number)
	}
	e.Number = number
	for i, field := range []*float64{&e.TrainCost, &e.TrainAccuracy, &e.TestCost, &e.TestAccuracy} {
		v, err := strconv.ParseFloat(row[i+1], 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return e, fmt.Errorf("%s: %q: want a finite number", historyHeader()[i+1], row[i+1])
		}
		*field = v
	}
	return e, nil
}
