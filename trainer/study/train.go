package study

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"

	"lowres/internal/atomicfile"
	"lowres/network"
	"lowres/quant"
	"lowres/trainer"
	"lowres/trainer/dataset"
)

// Config is a study to train.
type Config struct {
	Folder  string // new, empty, or that of the same study, which goes on
	Grid    Grid
	Train   *dataset.Dataset
	Test    *dataset.Dataset
	Reach   float64        // test accuracy that the summary times, above 0 to 1
	Workers int            // goroutines of a run; 0 = one a core that Go may use
	Report  func(Progress) // called after every step and epoch, and when a run ends; may be nil
}

// Progress is where a study stands.
type Progress struct {
	Run      Run
	Number   int              // of the run, from 1
	Runs     int              // of the study
	Training trainer.Progress // zero when Ended
	Ended    bool             // the run has ended, now or in an earlier session
	Diverged bool             // it ended because the cost was no longer a number
}

// The files of a run.
const (
	checkpointName = "run.ckpt"
	historyName    = "run.csv"
	divergedName   = "diverged.json"
)

// Train trains the runs of the grid that are not complete, one after the other, and writes figures and
// summary. A run that diverges is noted and the study goes on.
//
// If ctx ends, Train stops after the step that is running and returns an error that wraps ctx.Err(). The same
// call goes on from the last whole epoch, and the folder ends with the bytes of a study that was never
// stopped, also after a kill. A grid may grow between calls; it returns ErrManifest if the folder holds
// anything but a part of the study.
func Train(ctx context.Context, c Config) (*Results, error) {
	runs, err := c.Grid.Runs()
	if err != nil {
		return nil, err
	}
	if !(c.Reach > 0 && c.Reach <= 1) {
		return nil, fmt.Errorf("study: reach: %v: want above 0 to 1", c.Reach)
	}
	if c.Train == nil || c.Test == nil || c.Test.Len() == 0 {
		return nil, errors.New("study: pictures: none: want a training and a test set")
	}
	m := &Manifest{Train: picturesOf(c.Train), Test: picturesOf(c.Test), Reach: c.Reach, Runs: runs}
	if err := m.adopt(c.Folder); err != nil {
		return nil, err
	}
	for i, r := range runs {
		s := session{Config: &c, run: r, number: i + 1, runs: len(runs), folder: filepath.Join(c.Folder, "runs", r.Name)}
		if err := s.train(ctx); err != nil {
			return nil, fmt.Errorf("study: run %d of %d, %s: %w", i+1, len(runs), r.Name, err)
		}
	}
	results, err := Load(c.Folder)
	if err != nil {
		return nil, err
	}
	return results, results.Write(c.Folder)
}

// session is one run under way.
type session struct {
	*Config
	run          Run
	number, runs int
	folder       string
	done         int // epochs
}

func (s *session) path(name string) string { return filepath.Join(s.folder, name) }

// train begins the run, or goes on with it, up to its end.
func (s *session) train(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	from, err := s.open()
	if err != nil {
		return err
	}
	if _, err := os.Stat(s.path(divergedName)); err == nil {
		s.ended(true)
		return nil
	}
	if from == nil || !s.run.Recipe.Ended(from.History) {
		var start *network.Float
		if start, err = s.run.start(); err == nil {
			_, err = trainer.Train(ctx, trainer.Config{Start: start, Recipe: s.run.Recipe, Train: s.Train, Test: s.Test, From: from,
				Workers: s.Workers, Checkpoint: s.path(checkpointName), CSV: s.path(historyName), Progress: s.step})
		}
	}
	if errors.Is(err, trainer.ErrDiverged) {
		return s.diverged(err)
	}
	if err != nil {
		return err
	}
	s.ended(false)
	return nil
}

// start is the network of the run before its first step.
func (r *Run) start() (*network.Float, error) {
	net := trainer.Initialise(r.graph, quant.Levels{}, r.Recipe.Seed)
	return net, net.SetLevels(r.sets)
}

// open makes the run's folder, or brings that of a run which was cut short in order: without leftovers, and
// with the history of its checkpoint. It returns the checkpoint, or nil.
func (s *session) open() (*trainer.Checkpoint, error) {
	if err := os.MkdirAll(s.folder, 0o777); err != nil {
		return nil, err
	}
	for _, name := range []string{checkpointName, historyName, divergedName} {
		if err := atomicfile.Sweep(s.path(name)); err != nil {
			return nil, err
		}
	}
	from, err := trainer.LoadCheckpoint(s.path(checkpointName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, s.history(nil)
	}
	if err != nil {
		return nil, fmt.Errorf("%w; remove %s to train this run again", err, s.folder)
	}
	if !reflect.DeepEqual(from.Net.Graph, s.run.graph) || !slices.EqualFunc(from.Net.Levels, s.run.sets, quant.Levels.Equal) {
		return nil, fmt.Errorf("%w: %s was trained with other layers or levels than %s has now; remove %s to train this run again",
			ErrManifest, s.path(checkpointName), s.run.Model, s.folder)
	}
	s.done = from.Epoch()
	return from, s.history(from.History)
}

// history writes run.csv.
func (s *session) history(epochs []trainer.Epoch) error {
	return writeFile(s.path(historyName), func(w io.Writer) error { return trainer.WriteCSV(w, epochs) })
}

// divergence is diverged.json.
type divergence struct {
	Epoch int    `json:"epoch"` // that could not be finished
	Error string `json:"error"`
}

// diverged notes that the run cannot go on.
func (s *session) diverged(cause error) error {
	d := divergence{s.done + 1, cause.Error()}
	if err := writeFile(s.path(divergedName), func(w io.Writer) error { return writeJSON(w, d) }); err != nil {
		return err
	}
	s.ended(true)
	return nil
}

// step passes on the progress of the run.
func (s *session) step(p trainer.Progress) {
	if p.Done != nil {
		s.done = p.Done.Number
	}
	if s.Report != nil {
		s.Report(Progress{Run: s.run, Number: s.number, Runs: s.runs, Training: p})
	}
}

func (s *session) ended(diverged bool) {
	if s.Report != nil {
		s.Report(Progress{Run: s.run, Number: s.number, Runs: s.runs, Ended: true, Diverged: diverged})
	}
}
