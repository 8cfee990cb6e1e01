package random

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"lowres/testbench"
	"lowres/verify"
)

// Options say which cases to verify, and how.
type Options struct {
	First, Last uint64             // seeds
	Cases       int                // of a seed, 0 for DefaultCases
	Only        int                // verify this case of each seed alone, −1 for all
	Simulators  []verify.Simulator // nil: Verilator runs every case, Icarus every IcarusShare-th
	Jobs        int                // seeds side by side, 0 for 1
	Tries       int                // cases that Shrink runs at most, 0 for DefaultTries
	Tools       verify.Tools       // nil to look for them
	Progress    func(Outcome)      // called after every run of a case, one call at a time; may be nil

	plant func(rtl string) error // edits emitted Verilog, for tests
}

const (
	// DefaultCases are the cases of a seed, all served by one build.
	DefaultCases = 16
	// IcarusShare is one case in so many that Icarus runs as well.
	IcarusShare = 5
)

// Outcome is a case in a simulator.
type Outcome struct {
	Case      *Case
	Simulator verify.Simulator
	Cycles    int64         // of a picture, by the exact simulator
	Took      time.Duration // wall time
	Err       error         // a *verify.Mismatch, or why there is no answer
}

// Run verifies the cases. Outcomes are in the order of seeds, cases and simulators.
// The error is the first one among them, nil if everything agrees.
func Run(ctx context.Context, o Options) ([]Outcome, error) {
	r, err := newRunner(ctx, o)
	if err != nil {
		return nil, err
	}
	defer r.close()
	seeds := int(o.Last-o.First) + 1
	outcomes := make([][]Outcome, seeds)
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(max(o.Jobs, 1), seeds) {
		workers.Go(func() {
			for i := range next {
				outcomes[i] = r.seed(ctx, o.First+uint64(i))
			}
		})
	}
	for i := range seeds {
		if ctx.Err() == nil {
			next <- i
		}
	}
	close(next)
	workers.Wait()
	var all []Outcome
	for _, some := range outcomes {
		all = append(all, some...)
	}
	if ctx.Err() != nil {
		return all, ctx.Err()
	}
	return all, firstError(all)
}

// firstError is the first error among outcomes, with its case.
func firstError(all []Outcome) error {
	for _, x := range all {
		if x.Err != nil {
			return x.Err
		}
	}
	return nil
}

// runner keeps what its runs share.
type runner struct {
	Options
	dir string // temporary: emitted sources, builds, logs

	mu      sync.Mutex
	sources map[string]string // folder by design
	runs    int
}

func newRunner(ctx context.Context, o Options) (*runner, error) {
	if o.Tools == nil {
		o.Tools = verify.FindTools(ctx)
	}
	if o.Cases == 0 {
		o.Cases = DefaultCases
	}
	if o.Tries == 0 {
		o.Tries = DefaultTries
	}
	dir, err := os.MkdirTemp("", "lowres-random-*")
	return &runner{Options: o, dir: dir, sources: map[string]string{}}, err
}

func (r *runner) close() { os.RemoveAll(r.dir) }

// seed verifies the cases of a seed.
func (r *runner) seed(ctx context.Context, seed uint64) (all []Outcome) {
	for i := range r.Cases {
		if r.Only >= 0 && i != r.Only {
			continue
		}
		c, err := Draw(seed, i)
		if err != nil {
			return append(all, Outcome{Case: &Case{Seed: seed, Index: i}, Err: err})
		}
		for _, s := range r.simulators(i) {
			if ctx.Err() != nil {
				return all
			}
			all = append(all, r.verify(ctx, c, s))
			r.report(all[len(all)-1])
		}
	}
	return all
}

// simulators are those that run a case.
func (r *runner) simulators(index int) []verify.Simulator {
	switch {
	case r.Options.Simulators != nil:
		return r.Options.Simulators
	case index%IcarusShare == 0 || r.Only >= 0:
		return verify.Simulators()
	}
	return []verify.Simulator{verify.Verilator}
}

func (r *runner) report(x Outcome) {
	if r.Progress == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Progress(x)
}

// verify runs a case in a simulator.
func (r *runner) verify(ctx context.Context, c *Case, s verify.Simulator) Outcome {
	start := time.Now()
	x := Outcome{Case: c, Simulator: s}
	x.Cycles, x.Err = r.run(ctx, c, s)
	x.Took = time.Since(start)
	return x
}

func (r *runner) run(ctx context.Context, c *Case, s verify.Simulator) (cycles int64, err error) {
	sources, work, err := r.folders(c)
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(work)
	result, err := verify.Run(ctx, verify.Options{
		Design: c.Design, Network: c.Network, Program: c.Program, Images: c.Images, Stress: &c.Stress,
		Simulators: []verify.Simulator{s}, Tools: r.Tools, Quick: true,
		Sources: sources, WorkDir: work, CacheDir: filepath.Join(r.dir, "builds"),
	})
	if err != nil {
		return 0, err
	}
	return result.Cycles, nil
}

// folders are that of the emitted design, written once, and one for the run.
func (r *runner) folders(c *Case) (sources, work string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.runs++
	work = filepath.Join(r.dir, fmt.Sprintf("run%d", r.runs))
	key := fmt.Sprint(c.design, testbench.MemoryBeats(c.Design, c.Program.Memory))
	if sources, ok := r.sources[key]; ok {
		return sources, work, nil
	}
	sources = filepath.Join(r.dir, fmt.Sprintf("design%d", len(r.sources)))
	err = verify.EmitSources(sources, c.Design, c.Program.Memory)
	if r.plant != nil {
		err = errors.Join(err, r.plant(filepath.Join(sources, "rtl")))
	}
	r.sources[key] = sources
	return sources, work, err
}
