package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"lowres/internal/atomicfile"
	"lowres/network"
	"lowres/verify"
	"lowres/verify/random"
)

// randomResult is the JSON of lowres verify without a network.
type randomResult struct {
	FirstSeed uint64         `json:"first_seed"`
	LastSeed  uint64         `json:"last_seed"`
	Cases     int            `json:"cases"`
	Agree     bool           `json:"agree"`
	Runs      []randomRun    `json:"runs"` // of a simulator each
	Failures  []randomFailed `json:"failures,omitempty"`
	Reduced   *randomFailed  `json:"reduced,omitempty"` // the first failure, by --shrink
}

// randomRun is what a simulator has done.
type randomRun struct {
	Simulator string `json:"simulator"`
	Cases     int    `json:"cases"`
	Failed    int    `json:"failed"`
	Cycles    int64  `json:"cycles"`
}

// randomFailed is a case that failed.
type randomFailed struct {
	Seed      uint64 `json:"seed"`
	Case      int    `json:"case"`
	Simulator string `json:"simulator"`
	About     string `json:"about"`
	Error     string `json:"error"`
}

// newRandomFailed describes an outcome.
func newRandomFailed(x random.Outcome) randomFailed {
	about := fmt.Sprintf("seed %d, case %d", x.Case.Seed, x.Case.Index)
	if x.Case.Network != nil {
		about = x.Case.String()
	}
	return randomFailed{x.Case.Seed, x.Case.Index, string(x.Simulator), about, x.Err.Error()}
}

// seedRange reads S or FIRST-LAST.
func seedRange(text string) (first, last uint64, err error) {
	from, to, isRange := strings.Cut(text, "-")
	if !isRange {
		to = from
	}
	first, err1 := strconv.ParseUint(from, 10, 64)
	last, err2 := strconv.ParseUint(to, 10, 64)
	if err1 != nil || err2 != nil || last < first || last-first >= 1<<20 {
		return 0, 0, usage("--seed: %q: want a number, or FIRST-LAST", text)
	}
	return first, last, nil
}

// verifyRandom verifies random networks on random designs.
func verifyRandom(c *cli.Context, out *console) error {
	o := random.Options{Cases: c.Int("cases"), Only: c.Int("case"), Tries: c.Int("tries"), Jobs: runtime.GOMAXPROCS(0), Tools: verify.FindTools(c.Context)}
	var err error
	if o.First, o.Last, err = seedRange(c.String("seed")); err != nil {
		return err
	}
	if c.IsSet("simulators") {
		if o.Simulators, err = simulators(c.String("simulators")); err != nil {
			return err
		}
	}
	if !c.IsSet("case") {
		o.Only = -1
	}
	if o.Cases < 1 || o.Only >= o.Cases || c.IsSet("case") && o.Only < 0 {
		return usage("--cases %d, --case %d: want at least one, and a case below --cases", o.Cases, c.Int("case"))
	}
	if o.Tries < 1 {
		return usage("--tries: %d: want at least 1", o.Tries)
	}
	seeds := int(o.Last-o.First) + 1
	progress := bar(out, seeds*o.Cases, fmt.Sprintf("seeds %d to %d", o.First, o.Last))
	o.Progress = func(x random.Outcome) {
		if x.Simulator == verify.Verilator || len(o.Simulators) == 1 {
			_ = progress.Add(1)
		}
		if x.Err != nil {
			f := newRandomFailed(x)
			out.notef("%s\n%s\n", f.About, f.Error)
		}
	}
	all, failed := random.Run(c.Context, o)
	_ = progress.Finish()
	if len(all) == 0 || c.Context.Err() != nil {
		return failed
	}
	result := newRandomResult(&o, all)
	if failed != nil && c.Bool("shrink") {
		if err := result.shrink(c, out, o, all); err != nil {
			return err
		}
	}
	if err := errors.Join(writeJUnit(c, randomSuites(all)), result.print(c, out)); err != nil {
		return err
	}
	return failed
}

// newRandomResult counts outcomes.
func newRandomResult(o *random.Options, all []random.Outcome) *randomResult {
	r := &randomResult{FirstSeed: o.First, LastSeed: o.Last, Agree: true}
	for _, s := range verify.Simulators() {
		run := randomRun{Simulator: string(s)}
		for _, x := range all {
			if x.Simulator != s && !(x.Simulator == "" && s == verify.Verilator) {
				continue
			}
			run.Cases++
			run.Cycles += x.Cycles
			if x.Err != nil {
				run.Failed++
				r.Agree = false
				r.Failures = append(r.Failures, newRandomFailed(x))
			}
		}
		r.Cases = max(r.Cases, run.Cases)
		if run.Cases > 0 {
			r.Runs = append(r.Runs, run)
		}
	}
	return r
}

// shrink reduces the first case in which engines disagree, and keeps it.
func (r *randomResult) shrink(c *cli.Context, out *console, o random.Options, all []random.Outcome) error {
	for _, x := range all {
		if !errors.Is(x.Err, verify.ErrMismatch) {
			continue
		}
		o.Progress = nil
		small, tries, err := random.Shrink(c.Context, o, x, func(tries int, x random.Outcome) {
			out.notef("%4d  %v\n", tries, x.Case)
		})
		if err != nil {
			return err
		}
		out.notef("reduced in %d runs\n", tries)
		reduced := newRandomFailed(small)
		r.Reduced = &reduced
		return keepCase(runFolder(c.String("output")), small.Case)
	}
	return nil
}

// keepCase writes what a case is made of, and its Verilog, to a folder.
func keepCase(folder runFolder, c *random.Case) error {
	if folder == "" {
		return nil
	}
	if entries, err := os.ReadDir(string(folder)); err == nil && len(entries) > 0 {
		return usage("--output: %s is not empty: name a new folder", folder)
	}
	design, err := c.Design.YAML()
	if err != nil {
		return err
	}
	if err := verify.Emit(string(folder), c.Design, c.Program, c.Images); err != nil {
		return err
	}
	return errors.Join(atomicfile.WriteBytes(folder.path("design.yaml"), design),
		network.WriteFile(folder.path("network.lrn"), &network.File{Network: c.Network}))
}

// randomSuites is a suite for each seed.
func randomSuites(all []random.Outcome) (suites []verify.Suite) {
	for i, x := range all {
		if i == 0 || x.Case.Seed != all[i-1].Case.Seed {
			suites = append(suites, verify.Suite{Name: fmt.Sprintf("seed %d", x.Case.Seed)})
		}
		t := verify.Test{Name: fmt.Sprintf("case %d", x.Case.Index), Class: string(x.Simulator), Took: x.Took}
		switch {
		case errors.Is(x.Err, verify.ErrMismatch):
			t.Failure = x.Err.Error()
		case x.Err != nil:
			t.Error = x.Err.Error()
		}
		s := &suites[len(suites)-1]
		s.Tests = append(s.Tests, t)
	}
	return suites
}

// print prints a summary.
func (r *randomResult) print(c *cli.Context, out *console) error {
	if c.Bool("json") {
		return out.json(r)
	}
	for _, run := range r.Runs {
		out.printf("%s: %d cases of seeds %d to %d, %s cycles a run in all, %d failed\n",
			run.Simulator, run.Cases, r.FirstSeed, r.LastSeed, grouped(run.Cycles), run.Failed)
	}
	if f := r.Reduced; f != nil {
		out.printf("reduced: %s\n%s\n", f.About, f.Error)
	}
	return nil
}
