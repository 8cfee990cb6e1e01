package verify

import (
	"context"
	"errors"
	"os"
	"path/filepath"
)

// Bench is a program with its images, built for one simulator, that runs as often as is
// wanted. Runs may go side by side.
type Bench struct {
	o        Options
	want     *expectation
	artefact string
	dir      string // vectors and logs
}

// NewBench builds what o describes for its only simulator, in its WorkDir, and works out
// what a run must do. It returns the errors of Run.
func NewBench(ctx context.Context, o Options) (*Bench, error) {
	if len(o.Simulators) != 1 || o.WorkDir == "" {
		return nil, errors.New("a bench wants one simulator and a work folder")
	}
	if err := o.fill(ctx); err != nil {
		return nil, err
	}
	if _, err := o.folders(); err != nil {
		return nil, err
	}
	b := &Bench{o: o, dir: filepath.Join(o.WorkDir, runsDir)}
	var err error
	if b.want, err = expect(o.Design, o.Program, o.Images); err != nil {
		return nil, err
	}
	if o.Network != nil {
		if _, err := b.want.checkReference(o.Network, o.Images); err != nil {
			return nil, err
		}
	}
	b.want.log.Images[0].Status |= o.Errors
	if b.artefact, _, err = b.o.built(ctx, o.Simulators[0]); err != nil {
		return nil, err
	}
	return b, b.o.vectors(b.dir, b.want, part{0, len(o.Images)})
}

// Run runs all images with more plusargs and returns the first difference, if there is
// one, as Run does. The log is removed.
func (b *Bench) Run(ctx context.Context, log string, plusargs ...string) error {
	defer os.Remove(filepath.Join(b.dir, log))
	s := simulation{b.o.Simulators[0], b.artefact, b.dir, log, b.o.Stress, append(plusargs, b.o.Plusargs...)}
	return b.o.compared(ctx, s, b.want, part{0, len(b.o.Images)})
}

// Cycles is what the first image takes by the simulator.
func (b *Bench) Cycles() int64 { return int64(b.want.log.Images[0].Counters[0]) }
