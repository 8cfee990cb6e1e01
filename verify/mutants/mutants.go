// Package mutants tests verification itself: Yosys plants faults in the netlist of a
// design, one build holds them all, and every one must be caught: by a run that differs, or by
// a proof of its module that fails, or be proved to change nothing.
package mutants

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"lowres/sim/arch"
	"lowres/verify"
)

// Mutant is a fault: a bit of a cell's port that is inverted, held, or disturbed by
// another bit.
type Mutant struct {
	Number int    // from 1
	Mode   string // "inv", "const0", "const1", "cnot0", "cnot1" of Yosys's mutate
	Module string // in whose source it is
	Where  string // cell, port and bit, and the line of the source

	module string // of the netlist
}

// Fate is what became of a mutant.
type Fate string

// The fates.
const (
	Caught     Fate = "caught"     // by a run or by a proof
	Equivalent Fate = "equivalent" // proved to change nothing; Outcome.Reason says where not every program is meant
	Survivor   Fate = "survives"
)

// Outcome is a mutant and its fate.
type Outcome struct {
	Mutant
	Fate   Fate
	Test   string // that caught it
	Reason string // how
}

// Options say which mutants to plant and run.
type Options struct {
	Design   *arch.Design
	Count    int   // planted
	Numbers  []int // to run, from 1; nil for all
	Prove    bool  // what no run catches: that it changes nothing, or its modules' proofs
	Tests    int   // drawn networks beside those with errors of the bus and the host
	Jobs     int   // side by side, 0 for 1
	Tools    verify.Tools
	Progress func(Outcome) // may be nil
}

// Run plants faults and has each caught by the first test or proof that can.
func Run(ctx context.Context, o Options) ([]Outcome, error) {
	dir, err := os.MkdirTemp("", "lowres-mutants-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	tests, err := suite(o.Design, o.Tests)
	if err != nil {
		return nil, err
	}
	memory := 0
	for _, t := range tests {
		memory = max(memory, t.Program.Memory)
	}
	all, err := plant(ctx, o.Design, o.Count, dir, memory)
	if err != nil {
		return nil, err
	}
	r := runner{Options: o, dir: dir, planted: all}
	if err := r.prepare(ctx, tests); err != nil {
		return nil, err
	}
	if name, err := r.simulate(ctx, Mutant{}, r.benches); name != "" || err != nil {
		return nil, fmt.Errorf("the design without a fault: %s: %w", name, err)
	}
	chosen := all
	if o.Numbers != nil {
		chosen = nil
	}
	for _, n := range o.Numbers {
		if n < 1 || n > len(all) {
			return nil, fmt.Errorf("mutant %d: want 1 to %d", n, len(all))
		}
		chosen = append(chosen, all[n-1])
	}
	return r.all(ctx, chosen)
}

// runner runs tests on mutants.
type runner struct {
	Options
	dir     string
	benches []bench
	planted []Mutant
	proofs  proofs
	gates   *graph // the netlist
	mu      sync.Mutex
}

// all settles every mutant.
func (r *runner) all(ctx context.Context, mutants []Mutant) ([]Outcome, error) {
	outcomes := make([]Outcome, len(mutants))
	return outcomes, r.each(ctx, len(mutants), func(i int) (err error) {
		if outcomes[i], err = r.settle(ctx, mutants[i]); err == nil {
			r.report(outcomes[i])
		}
		return err
	})
}

// each does something to 0 … count−1 side by side and returns the first error.
func (r *runner) each(ctx context.Context, count int, do func(i int) error) error {
	errs := make([]error, count)
	next := make(chan int)
	var workers sync.WaitGroup
	for range max(r.Jobs, 1) {
		workers.Go(func() {
			for i := range next {
				errs[i] = do(i)
			}
		})
	}
	for i := range count {
		if ctx.Err() == nil {
			next <- i
		}
	}
	close(next)
	workers.Wait()
	return errors.Join(append(errs, ctx.Err())...)
}

func (r *runner) report(x Outcome) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.Progress != nil {
		r.Progress(x)
	}
}

// quickTime and longTime are the processor time in which a mutant may be shown to change nothing:
// before proofs are tried, and when all else has passed it, around it and in the whole netlist.
const (
	quickTime  = 20 * time.Second
	nearbyTime = time.Minute
	longTime   = 5 * time.Minute
)

// settle looks for what catches a mutant, and for a proof that it changes nothing: all runs first, so that what
// one of them shows is never called equivalent.
func (r *runner) settle(ctx context.Context, m Mutant) (Outcome, error) {
	caught := func(test, reason string) (Outcome, error) { return Outcome{m, Caught, test, reason}, ctx.Err() }
	if test, reason := r.simulate(ctx, m, r.benches); test != "" {
		return caught(test, reason.Error())
	}
	if !r.Prove || ctx.Err() != nil {
		return Outcome{Mutant: m, Fate: Survivor}, ctx.Err()
	}
	same, differs, err := r.steady(ctx, m, quickTime)
	if same || err != nil {
		return Outcome{Mutant: m, Fate: Equivalent}, err
	}
	test, reason, err := r.prove(ctx, m)
	switch {
	case err != nil:
		return Outcome{}, fmt.Errorf("mutant %d: %w", m.Number, err)
	case test != "":
		return caught(test, reason)
	}
	if differs == "" {
		if same, err = r.nearby(ctx, m, false, nearbyTime); same || err != nil {
			return Outcome{Mutant: m, Fate: Equivalent}, err
		}
	}
	if same, err = r.nearby(ctx, m, true, nearbyTime); same || err != nil {
		return Outcome{Mutant: m, Fate: Equivalent, Reason: "in every program that is legal"}, err
	}
	if differs == "" {
		if same, differs, err = r.steady(ctx, m, longTime); same || err != nil {
			return Outcome{Mutant: m, Fate: Equivalent}, err
		}
	}
	return Outcome{Mutant: m, Fate: Survivor, Reason: "may change " + cmp.Or(differs, "something: no answer in time")}, nil
}

// patience is the cycles after which an image of a mutant is given up: some faults
// write forever.
const patience = 200_000

// simulate runs tests until one catches the mutant; number 0 is the design itself.
func (r *runner) simulate(ctx context.Context, m Mutant, benches []bench) (test string, reason error) {
	for _, b := range benches {
		err := b.Run(ctx, fmt.Sprintf("mutant%d.log", m.Number), fmt.Sprintf("+mutant=%d", m.Number), fmt.Sprintf("+most=%d", patience))
		if ctx.Err() == nil && err != nil {
			return b.name, err
		}
	}
	return "", nil
}
