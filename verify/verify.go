// Package verify proves that the RTL of a design does what the simulator said:
// it emits the Verilog and its testbench, builds and runs them in Verilator and
// Icarus, and compares every written value, every instruction's cycles and every
// counter with the exact simulator and with the network's reference. The first
// difference in time is named.
package verify

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"lowres/network"
	"lowres/sim/arch"
	"lowres/sim/program"
	"lowres/testbench"
)

// Options say what to verify, and how.
type Options struct {
	Design     *arch.Design
	Network    *network.Integer // reference; nil compares with the simulator alone
	Program    *program.Program
	Images     [][]int8    // NHWC, of the program's input shape
	Simulators []Simulator // nil for both
	WorkDir    string      // receives the emitted folder and the logs; "" for a temporary folder
	CacheDir   string      // finished builds; "" for the user's cache
	Jobs       int         // images side by side, 0 for 1
	Stress     *Stress     // nil for the exact memory
	Tools      Tools       // nil to look for them
}

// Stress runs with a memory and a host that hesitate at random, which must
// change cycles but no value.
type Stress struct {
	Seed    uint32
	Percent int  // chance that a channel hesitates in a cycle, 0 to 99
	Garbage bool // noise in unused memory and in whatever is not reset
}

// Result says what was compared, all of it without a difference.
type Result struct {
	Images       int
	Instructions int   // per image
	Beats        int   // written, per image
	Values       int   // compared with the reference, all images
	Cycles       int64 // per image, by the simulator
	Runs         []RunResult
}

// RunResult is the part of one simulator.
type RunResult struct {
	Simulator Simulator
	Cached    bool // the build was there
	Build     time.Duration
	Run       time.Duration // wall time of all images
}

// Run verifies. It returns a *Mismatch (errors.Is ErrMismatch) for the first
// difference in time, ErrTool or ErrBuild if the RTL could not be run, and the
// errors of the simulator for a program that is not sound.
func Run(ctx context.Context, o Options) (*Result, error) {
	if len(o.Images) == 0 {
		return nil, fmt.Errorf("%w: no image: want at least one", testbench.ErrVectors)
	}
	if err := o.fill(ctx); err != nil {
		return nil, err
	}
	if o.WorkDir == "" {
		dir, err := os.MkdirTemp("", "lowres-verify-*")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(dir)
		o.WorkDir = dir
	}
	want, err := expect(o.Design, o.Program, o.Images)
	if err != nil {
		return nil, err
	}
	res := &Result{
		Images:       len(o.Images),
		Instructions: len(o.Program.Loads) + len(o.Program.Computes) + len(o.Program.Stores),
		Beats:        len(want.stores),
		Cycles:       int64(want.log.Images[0].Counters[0]),
	}
	if o.Network != nil {
		if res.Values, err = want.checkReference(o.Network, o.Images); err != nil {
			return nil, err
		}
	}
	for _, s := range o.Simulators {
		r, err := o.simulate(ctx, s, want)
		if err != nil {
			return nil, err
		}
		res.Runs = append(res.Runs, *r)
	}
	return res, nil
}

// fill puts defaults in and checks the rest.
func (o *Options) fill(ctx context.Context) (err error) {
	if o.Tools == nil {
		o.Tools = FindTools(ctx)
	}
	if o.Simulators == nil {
		o.Simulators = Simulators()
	}
	o.Jobs = min(max(o.Jobs, 1), len(o.Images))
	if o.CacheDir == "" {
		if o.CacheDir, err = defaultCache(); err != nil {
			return err
		}
	}
	if s := o.Stress; s != nil && (s.Percent < 0 || s.Percent > 99) {
		return fmt.Errorf("stress percent %d: want 0 to 99", s.Percent)
	}
	var errs []error
	for _, s := range o.Simulators {
		errs = append(errs, o.Tools.Need(s.tools()...))
	}
	return errors.Join(errs...)
}

// simulate builds and runs one simulator, and compares.
func (o *Options) simulate(ctx context.Context, s Simulator, want *expectation) (*RunResult, error) {
	if err := emitSources(o.WorkDir, o.Design, o.Program.Memory); err != nil {
		return nil, err
	}
	b := builder{o.CacheDir, o.Tools}
	start := time.Now()
	path, cached, err := b.build(ctx, s, o.WorkDir, o.Design.Name)
	if err != nil {
		return nil, err
	}
	r := &RunResult{Simulator: s, Cached: cached, Build: time.Since(start)}
	start = time.Now()
	err = o.runAll(ctx, s, path, want)
	r.Run = time.Since(start)
	return r, err
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
	dir := filepath.Join(o.WorkDir, "runs", fmt.Sprintf("%s-%d", s, index))
	vectors, err := testbench.Vectors(o.Design, o.Program, o.Images[p.first:p.first+p.count], testbench.VectorOptions{})
	if err != nil {
		return err
	}
	if err := writeFiles(dir, vectors); err != nil {
		return err
	}
	log, err := simulation{s, artefact, dir, o.Stress}.run(ctx)
	if err != nil {
		return err
	}
	c := comparison{want: want, simulator: string(s), timed: o.Stress == nil}
	if o.Network != nil {
		c.graph = o.Network.Graph
	}
	if m := c.compare(log, p.first, p.count); m != nil {
		return m
	}
	return nil
}
