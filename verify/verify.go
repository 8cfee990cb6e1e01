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
	"slices"
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
	Images     [][]int8    // NHWC, of the program's input shape; those of a batch one behind the other
	Simulators []Simulator // nil for both
	WorkDir    string      // receives rtl/, tb/ and runs/ with the logs; "" for a temporary folder
	CacheDir   string      // finished builds; "" for the user's cache
	Jobs       int         // images side by side, 0 for 1
	Base       uint32      // address of the program's byte 0, a multiple of 4096; 0 for testbench.DefaultBase
	Stress     *Stress     // nil for the exact memory
	Tools      Tools       // nil to look for them
	Sources    string      // folder where EmitSources has put rtl/ and tb/; "" to put them into WorkDir
	Quick      bool        // Verilator: builds that take a fifth of the time and run slower
	Coverage   string      // Verilator: file that receives what was covered, in its format; only with Jobs 1
	Plusargs   []string    // more settings of the harness
	Errors     uint32      // bits of STATUS that Plusargs raise in the first image
	Spoiled    bool        // … and keep it from doing its work: of the first image only STATUS is compared
	Wave       bool        // after a mismatch, dump the cycles around it; needs Icarus and a WorkDir
}

// ErrStress is returned for a Stress out of range.
var ErrStress = errors.New("stress")

// Stress makes memory and host hesitate at random, which may change cycles but
// no value: then values, and the order of instructions, are compared.
type Stress struct {
	Seed    uint32
	Percent int  // chance that a channel hesitates in a cycle, 0 to 99
	Garbage bool // noise in unused memory and in whatever is not reset
}

// Result says what was compared, all of it without a difference.
type Result struct {
	Images       int   // runs, each of the program's batch
	Instructions int   // per run
	Beats        int   // written, per run
	Values       int   // compared with the reference, all runs
	Cycles       int64 // per run, by the simulator
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
	done, err := o.folders()
	if err != nil {
		return nil, err
	}
	defer done()
	want, err := expect(o.Design, o.Program, o.Images)
	if err != nil {
		return nil, err
	}
	want.log.Images[0].Status |= o.Errors
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
func (o *Options) fill(ctx context.Context) error {
	if o.Tools == nil {
		o.Tools = FindTools(ctx)
	}
	if o.Simulators == nil {
		o.Simulators = Simulators()
	}
	o.Jobs = min(max(o.Jobs, 1), len(o.Images))
	if s := o.Stress; s != nil && (s.Percent < 0 || s.Percent > 99) {
		return fmt.Errorf("%w: %d percent: want 0 to 99", ErrStress, s.Percent)
	}
	var errs []error
	for _, s := range o.Simulators {
		if !slices.Contains(Simulators(), s) {
			errs = append(errs, fmt.Errorf("%w: %q: want %q or %q", ErrTool, s, Verilator, Icarus))
			continue
		}
		errs = append(errs, o.Tools.Need(o.Tools.needs(s)...))
	}
	return errors.Join(errs...)
}

// folders makes the folders absolute, because tools run elsewhere. done removes
// what is temporary.
func (o *Options) folders() (done func(), err error) {
	done = func() {}
	if o.CacheDir == "" {
		if o.CacheDir, err = defaultCache(); err != nil {
			return nil, err
		}
	}
	if o.CacheDir, err = filepath.Abs(o.CacheDir); err != nil {
		return nil, err
	}
	if o.WorkDir == "" {
		o.Wave = false
		if o.WorkDir, err = os.MkdirTemp("", "lowres-verify-*"); err != nil {
			return nil, err
		}
		done = func() { os.RemoveAll(o.WorkDir) }
	}
	o.WorkDir, err = filepath.Abs(o.WorkDir)
	return done, err
}
