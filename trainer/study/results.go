package study

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"lowres/trainer"
)

// Results are what a study, complete or not, has measured so far.
type Results struct {
	Reach float64 // test accuracy that the summary times
	Runs  []Measured
}

// Measured is a run with its history.
type Measured struct {
	Run
	History  []trainer.Epoch
	Diverged bool // after the last epoch of History
}

// Ended reports whether the run has no epoch left: all are done, its patience is at an end, or it diverged.
func (r *Measured) Ended() bool { return r.Diverged || r.Recipe.Ended(r.History) }

// Load reads the histories of the study in folder; runs that have not begun have none.
func Load(folder string) (*Results, error) {
	m, err := ReadManifest(folder)
	if err != nil {
		return nil, err
	}
	results := &Results{Reach: m.Reach}
	for _, r := range m.Runs {
		run := Measured{Run: r}
		if err := run.load(filepath.Join(folder, "runs", r.Name)); err != nil {
			return nil, fmt.Errorf("study: %s: %w", r.Name, err)
		}
		results.Runs = append(results.Runs, run)
	}
	return results, nil
}

// load reads the files of a run but its checkpoint.
func (r *Measured) load(folder string) error {
	f, err := os.Open(filepath.Join(folder, historyName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if r.History, err = trainer.ReadCSV(f); err != nil {
		return fmt.Errorf("%s: %w", f.Name(), err)
	}
	if done := len(r.History); done > r.Recipe.Epochs {
		return fmt.Errorf("%w: %s: %d epochs: want at most the %d of %s", ErrManifest, f.Name(), done, r.Recipe.Epochs, manifestName)
	}
	text, err := os.ReadFile(filepath.Join(folder, divergedName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var d divergence
	if err := json.Unmarshal(text, &d); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrManifest, filepath.Join(folder, divergedName), err)
	}
	r.Diverged = true
	return nil
}

// Complete reports whether every run has ended.
func (r *Results) Complete() bool {
	for _, run := range r.Runs {
		if !run.Ended() {
			return false
		}
	}
	return true
}

// Write writes the figures and the summary into folder. Equal results are equal bytes.
func (r *Results) Write(folder string) error {
	figures := filepath.Join(folder, "figures")
	if err := os.MkdirAll(figures, 0o777); err != nil {
		return fmt.Errorf("study: %w", err)
	}
	for _, f := range r.Figures() {
		if err := writeFile(filepath.Join(figures, f.Name()+".csv"), f.CSV); err != nil {
			return err
		}
		if err := writeFile(filepath.Join(figures, f.Name()+".svg"), f.SVG); err != nil {
			return err
		}
	}
	summary := r.Summary()
	if err := writeFile(filepath.Join(folder, "summary.csv"), summary.CSV); err != nil {
		return err
	}
	return writeFile(filepath.Join(folder, "summary.json"), func(w io.Writer) error { return writeJSON(w, summary) })
}
