package trainer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"time"

	"lowres/internal/atomicfile"
	"lowres/trainer/internal/engine"
)

// ErrDiverged is returned when the cost is no longer a finite number. The same run diverges in the same step
// again.
var ErrDiverged = errors.New("diverged")

// ErrUnsupported is returned for a network that cannot be trained.
var ErrUnsupported = engine.ErrUnsupported

// Train runs the epochs of c, or fewer if its patience ends, and returns the trained network. Every step is one
// batch down the gradient of the mean cross-entropy; see Optimiser.
//
// If ctx ends, Train stops after the step that is running and returns an error that wraps ctx.Err(); the
// checkpoint of the last whole epoch is on disk, and Config.From continues it to the same bytes that an
// uninterrupted run gives. It also returns an error for a wrong Config, ErrUnsupported, ErrDiverged for a cost that is
// not finite, and an error for a checkpoint or history that cannot be written.
func Train(ctx context.Context, c Config) (*Result, error) {
	if err := c.validate(); err != nil {
		return nil, fmt.Errorf("training: %w", err)
	}
	state, err := c.state()
	if err != nil {
		return nil, fmt.Errorf("training: %w", err)
	}
	r, err := newRun(c, state)
	if err != nil {
		return nil, fmt.Errorf("training: %w", err)
	}
	defer r.machine.Close()
	for !c.Recipe.Ended(state.History) {
		if err := r.epoch(ctx); err != nil {
			return nil, fmt.Errorf("training: epoch %d of %d: %w", state.Epoch()+1, c.Recipe.Epochs, err)
		}
	}
	return &Result{Net: state.Net, History: state.History}, nil
}

// run is a training run under way.
type run struct {
	Config
	state   *Checkpoint
	machine *engine.Machine
	order   []int
	labels  []uint8
	trained int           // images since the start of this run
	spent   time.Duration // on them
	number  uint64        // of the first picture of the epoch, for their distortion
	batch   []int         // pictures of the step
	picture engine.Source
}

func newRun(c Config, state *Checkpoint) (*run, error) {
	if c.Workers < 1 {
		c.Workers = runtime.GOMAXPROCS(0)
	}
	batch := min(c.Recipe.Batch, c.Train.Len())
	machine, err := engine.NewMachine(state.Net, state.Momentum, batch, engine.Options{Workers: c.Workers, Second: state.Second})
	if err != nil {
		return nil, err
	}
	r := &run{Config: c, state: state, machine: machine, order: make([]int, c.Train.Len()), labels: make([]uint8, batch)}
	r.picture = func(position int, pixels []uint8) {
		i := r.batch[position]
		r.Recipe.Augment.apply(pixels, r.Train.Image(i), r.Train.Shape, r.Recipe.Seed, r.number+uint64(i))
	}
	return r, nil
}

// epoch trains and tests one epoch, and saves the state.
func (r *run) epoch(ctx context.Context) error {
	number := r.state.Epoch() + 1
	r.Recipe.order(r.order, number)
	r.number = uint64(number) * uint64(len(r.order))
	e := Epoch{Number: number}
	steps := (len(r.order) + len(r.labels) - 1) / len(r.labels)
	cost, right, seen := 0.0, 0, 0
	for step := range steps {
		if err := ctx.Err(); err != nil {
			return err
		}
		done := float64(number-1) + float64(step)/float64(steps)
		c, n, size := r.step(step, r.Recipe.rule(done, (number-1)*steps+step+1))
		cost, right, seen = cost+c, right+n, seen+size
		if math.IsNaN(cost) || math.IsInf(cost, 0) {
			return fmt.Errorf("%w: step %d: the cost is %v; try a lower learning rate than %v", ErrDiverged, step+1, cost, r.Recipe.Rate)
		}
		e.TrainCost, e.TrainAccuracy = cost/float64(seen), float64(right)/float64(seen)
		r.report(e, step+1, steps, r.Recipe.rate(done), nil)
	}
	r.test(&e)
	r.state.History = append(r.state.History, e)
	if err := r.save(); err != nil {
		return err
	}
	r.report(e, steps, steps, r.Recipe.rate(float64(number)), &e)
	return nil
}

// step takes one step of the epoch and returns its cost, right answers and size.
func (r *run) step(step int, rule engine.Rule) (cost float64, right, size int) {
	start := time.Now()
	r.batch = r.order[step*len(r.labels) : min((step+1)*len(r.labels), len(r.order))]
	labels := r.labels[:len(r.batch)]
	for k, i := range r.batch {
		labels[k] = r.Train.Labels[i]
	}
	cost, right = r.machine.StepBy(engine.Batch{From: r.picture, Labels: labels, Noise: r.noise(step), Smoothing: r.Recipe.Smoothing}, rule)
	r.trained += len(labels)
	r.spent += time.Since(start)
	return cost, right, len(labels)
}

// noise decides what dropout drops in a step of the epoch.
func (r *run) noise(step int) uint64 {
	epoch := uint64(r.state.Epoch() + 1)
	return dropoutStream.source(r.Recipe.Seed, epoch<<32|uint64(step)).Uint64()
}

// test measures the test set with the weights as they are.
func (r *run) test(e *Epoch) {
	if r.Test == nil || r.Test.Len() == 0 {
		return
	}
	cost, right := r.machine.Evaluate(pictures(r.Test), r.Test.Labels)
	n := float64(r.Test.Len())
	e.TestCost, e.TestAccuracy = cost/n, float64(right)/n
}

// isBest reports whether no epoch before the last has its test accuracy.
func (r *run) isBest() bool {
	last := len(r.state.History) - 1
	for _, e := range r.state.History[:last] {
		if e.TestAccuracy >= r.state.History[last].TestAccuracy {
			return false
		}
	}
	return true
}

// save writes the checkpoints and the history.
func (r *run) save() error {
	if r.Checkpoint != "" {
		if err := r.state.Save(r.Checkpoint); err != nil {
			return err
		}
	}
	if r.Best != "" && r.isBest() {
		if err := r.state.Save(r.Best); err != nil {
			return err
		}
	}
	if r.CSV == "" {
		return nil
	}
	err := atomicfile.Write(r.CSV, func(w io.Writer) error { return WriteCSV(w, r.state.History) })
	if err != nil {
		return fmt.Errorf("history %s: %w", r.CSV, err)
	}
	return nil
}

func (r *run) report(e Epoch, step, steps int, rate float64, done *Epoch) {
	if r.Progress == nil {
		return
	}
	p := Progress{Epoch: e.Number, Epochs: r.Recipe.Epochs, Step: step, Steps: steps, Cost: e.TrainCost,
		Accuracy: e.TrainAccuracy, Rate: rate, Done: done}
	if r.spent > 0 {
		p.ImagesASecond = float64(r.trained) / r.spent.Seconds()
		left := (float64(p.Epochs-p.Epoch) + 1 - float64(step)/float64(steps)) * float64(len(r.order))
		p.Remaining = time.Duration(left / p.ImagesASecond * float64(time.Second))
	}
	r.Progress(p)
}

// clone copies the checkpoint, so that a run does not change the one it started from.
func (c *Checkpoint) clone() *Checkpoint {
	d := *c
	d.Net, d.Momentum, d.History = c.Net.Clone(), c.Momentum.Clone(), slices.Clone(c.History)
	if c.Second != nil {
		d.Second = c.Second.Clone()
	}
	return &d
}
