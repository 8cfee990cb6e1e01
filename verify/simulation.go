package verify

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"lowres/internal/process"
	"lowres/sim/machine"
	"lowres/sim/program"
	"lowres/testbench"
)

// ErrRun is returned when a simulation ends without a log that makes sense.
var ErrRun = errors.New("simulation")

// runsDir holds a folder for every process of a simulator.
const runsDir = "runs"

// simulate builds and runs one simulator, and compares.
func (o *Options) simulate(ctx context.Context, s Simulator, want *expectation) (*RunResult, error) {
	start := time.Now()
	path, cached, err := o.built(ctx, s)
	if err != nil {
		return nil, err
	}
	r := &RunResult{Simulator: s, Cached: cached, Build: time.Since(start)}
	start = time.Now()
	err = o.runAll(ctx, s, path, want)
	r.Run = time.Since(start)
	return r, err
}

// built emits the folder, if there is none, and builds it.
func (o *Options) built(ctx context.Context, s Simulator) (path string, cached bool, err error) {
	if o.Sources == "" {
		if err := EmitSources(o.WorkDir, o.Design, o.Program.Memory); err != nil {
			return "", false, err
		}
		o.Sources = o.WorkDir
	}
	b := builder{cache: o.CacheDir, tools: o.Tools, quick: o.Quick, cover: o.Coverage != "", design: o.Design}
	return b.build(ctx, s, o.Sources, o.Design.Name)
}

// part is a range of images that one process runs.
type part struct{ first, count int }

// parts splits the images among the jobs.
func (o *Options) parts() []part {
	var parts []part
	for j := range o.Jobs {
		first, end := j*len(o.Images)/o.Jobs, (j+1)*len(o.Images)/o.Jobs
		parts = append(parts, part{first, end - first})
	}
	return parts
}

// runAll runs the parts side by side and returns the first part's error.
func (o *Options) runAll(ctx context.Context, s Simulator, artefact string, want *expectation) error {
	parts := o.parts()
	errs := make([]error, len(parts))
	done := make(chan struct{})
	for i, p := range parts {
		go func() {
			errs[i] = o.runPart(ctx, s, artefact, want, p, i)
			done <- struct{}{}
		}()
	}
	for range parts {
		<-done
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// runPart runs some images in a folder of their own and compares the log.
func (o *Options) runPart(ctx context.Context, s Simulator, artefact string, want *expectation, p part, index int) error {
	dir := filepath.Join(o.WorkDir, runsDir, fmt.Sprintf("%s-%d", s, index))
	if err := o.vectors(dir, want, p); err != nil {
		return err
	}
	return o.compared(ctx, simulation{s, artefact, dir, logName, o.Stress, o.Plusargs}, want, p)
}

// vectors writes what a run of some images reads.
func (o *Options) vectors(dir string, want *expectation, p part) error {
	settings := testbench.VectorOptions{Base: o.Base, Timeout: want.patience(o.Stress)}
	vectors, err := testbench.Vectors(o.Design, o.Program, o.Images[p.first:p.first+p.count], settings)
	if err != nil {
		return err
	}
	return writeScratch(dir, vectors)
}

// compared runs a simulation of some images and compares its log.
func (o *Options) compared(ctx context.Context, s simulation, want *expectation, p part) error {
	if o.Coverage != "" {
		s.more = append(slices.Clone(s.more), "+coverage="+o.Coverage)
	}
	log, err := s.run(ctx)
	if err != nil {
		return err
	}
	c := comparison{want: want, simulator: string(s.simulator), timed: o.Stress == nil || o.Stress.Percent == 0}
	c.spoiled = o.Spoiled
	if o.Network != nil {
		c.graph = o.Network.Graph
	}
	m := c.compare(log, p.first, p.count)
	if m == nil {
		return nil
	}
	if o.Wave && m.Image >= 0 {
		return errors.Join(m, o.wave(ctx, &c, m, s.dir, p))
	}
	return m
}

// patience is the number of cycles without an event after which a run is dead:
// the longest such time that is expected and some, or much more under stress.
func (e *expectation) patience(s *Stress) int {
	longest := machine.Cycle(0)
	for i := range e.log.Images[:1] {
		image := &e.log.Images[i]
		var events []machine.Cycle
		for g := range program.EngineCount {
			events = append(append(events, image.Go[g]...), image.Retire[g]...)
		}
		slices.Sort(events)
		for j := 1; j < len(events); j++ {
			longest = max(longest, events[j]-events[j-1])
		}
	}
	if s != nil {
		return 20000 + int(longest)*(1+200/(100-s.Percent))
	}
	return 2000 + int(longest)
}

// simulation is one process over the vectors in a folder.
type simulation struct {
	simulator Simulator
	artefact  string
	dir       string
	log       string // in dir
	stress    *Stress
	more      []string
}

// logName is the log in the folder of a simulation.
const logName = "run.log"

// run runs it and reads the log.
func (s simulation) run(ctx context.Context) (*testbench.Log, error) {
	name, args := s.artefact, s.plusargs(s.log)
	if s.simulator == Icarus {
		name, args = "vvp", append([]string{"-n", s.artefact}, args...)
	}
	out, err := process.Run(ctx, s.dir, name, args...)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w\n%s", ErrRun, s.simulator, err, process.Tail(out, 20))
	}
	f, err := os.Open(filepath.Join(s.dir, s.log))
	if err != nil {
		return nil, fmt.Errorf("%w: %s left no log: %w\n%s", ErrRun, s.simulator, err, process.Tail(out, 20))
	}
	defer f.Close()
	log, err := testbench.ParseLog(f)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %s: %w", ErrRun, s.simulator, f.Name(), err)
	}
	return log, nil
}

// plusargs are the harness's settings.
func (s simulation) plusargs(log string) []string {
	args := append([]string{"+log=" + log}, s.more...)
	if s.stress == nil {
		return args
	}
	args = append(args, fmt.Sprintf("+seed=%d", s.stress.Seed), fmt.Sprintf("+hold=%d", s.stress.Percent))
	if s.stress.Garbage {
		args = append(args, "+garbage", fmt.Sprintf("+x=%d", s.stress.Seed|1))
	}
	return args
}
