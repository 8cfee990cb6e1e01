// Package prove shows with Yosys that the modules of a design do what their
// headers say, for every input and not for examples: decoders, dot product,
// requantiser, accumulator, engines and the rules of both bus sides.
//
// A proof is a harness in verilog/: a Verilog-2005 module around the module under
// proof whose outputs ok_* must always be 1, as long as its output given is 1. The
// sources and parameters are the design's own, as rtlgen emits them.
// docs/proofs.md says what each proof shows, and what none of them does.
package prove

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"lowres/rtlgen"
	"lowres/sim/arch"
	"lowres/verify"
)

// ErrModule is returned for a module that no proof is about.
var ErrModule = errors.New("module without a proof")

// Result is how a proof ended.
type Result string

// The results.
const (
	Proved  Result = "proved"
	Failed  Result = "failed"  // a counterexample was found
	Unknown Result = "unknown" // the time was up
)

// Proof is one finished proof.
type Proof struct {
	Module     string        `json:"module"`     // the module proved
	Parameters string        `json:"parameters"` // of the harness, "Lanes=4 Digits=1"
	Property   string        `json:"property"`
	Method     string        `json:"method"`
	Checks     []Check       `json:"checks"` // what the property consists of
	Result     Result        `json:"result"`
	Violated   []string      `json:"violated,omitempty"`       // checks that the counterexample breaks
	Note       string        `json:"note,omitempty"`           // what a failure without a violated check means
	Trace      []Value       `json:"counterexample,omitempty"` // by cycle, then signal
	Took       time.Duration `json:"-"`                        // processor time
}

// Check is one ok_* output of a harness with its comment.
type Check struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Value is one signal of a counterexample in one cycle.
type Value struct {
	Cycle  int    `json:"cycle"` // from 1
	Signal string `json:"signal"`
	Value  string `json:"value"` // decimal, or hexadecimal beyond 16 bits
}

// Options say how to prove. The zero value proves everything.
type Options struct {
	Modules  []string      // prove only these modules' goals, as named in Proof.Module; nil for all
	Timeout  time.Duration // processor time of one proof, 0 for five minutes
	Sources  []rtlgen.File // Verilog to prove; nil for what rtlgen emits
	Lenient  bool          // what Yosys cannot read is Unknown, not an error
	Progress func(Proof)   // called after every proof; may be nil
}

// Run proves a design, data path first. Proofs that fail are results, not
// errors. It returns ErrModule for an unknown module, verify.ErrTool if Yosys is missing or cannot read a source,
// and ctx's error if it was cancelled.
func Run(ctx context.Context, d *arch.Design, o Options) ([]Proof, error) {
	if err := verify.FindTools(ctx).Need("yosys"); err != nil {
		return nil, err
	}
	if o.Timeout == 0 {
		o.Timeout = 5 * time.Minute
	}
	emitted, err := rtlgen.Generate(d)
	if err != nil {
		return nil, err
	}
	if o.Sources == nil {
		o.Sources = emitted
	}
	goals, err := goals(d, emitted)
	if err != nil {
		return nil, err
	}
	if goals, err = chosen(goals, o.Modules); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "lowres-prove-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := writeSources(dir, o.Sources); err != nil {
		return nil, err
	}
	var proofs []Proof
	for _, g := range goals {
		p, err := g.prove(ctx, dir, o.Timeout)
		if o.Lenient && errors.Is(err, verify.ErrTool) {
			p.Result, p.Note, err = Unknown, err.Error(), nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", g.module, g.property, err)
		}
		proofs = append(proofs, p)
		if o.Progress != nil {
			o.Progress(p)
		}
	}
	return proofs, nil
}

// Modules lists the modules of a design that something is proved of, by Proof.Module.
func Modules(d *arch.Design, sources []rtlgen.File) (names []string, err error) {
	all, err := goals(d, sources)
	for _, g := range all {
		names = append(names, g.module)
	}
	return unique(names), err
}

// chosen keeps the goals of the named modules.
func chosen(goals []goal, modules []string) ([]goal, error) {
	if len(modules) == 0 {
		return goals, nil
	}
	var kept []goal
	for _, m := range modules {
		n := len(kept)
		var names []string
		for _, g := range goals {
			names = append(names, g.module)
			if g.module == m {
				kept = append(kept, g)
			}
		}
		if len(kept) == n {
			return nil, fmt.Errorf("%w: %q: want one of %s", ErrModule, m, strings.Join(unique(names), ", "))
		}
	}
	return kept, nil
}

// unique drops repeated neighbours.
func unique(names []string) (kept []string) {
	for _, n := range names {
		if len(kept) == 0 || kept[len(kept)-1] != n {
			kept = append(kept, n)
		}
	}
	return kept
}

// Explain is a failure in words: the checks that break, and the counterexample.
func (p Proof) Explain() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s): %s: %s\n", p.Module, p.Parameters, p.Property, p.Result)
	if p.Note != "" {
		fmt.Fprintf(&b, "  %s\n", p.Note)
	}
	for _, c := range p.Checks {
		for _, v := range p.Violated {
			if c.Name == v {
				fmt.Fprintf(&b, "  %s is broken: %s\n", c.Name, c.Text)
			}
		}
	}
	cycle := 0
	for _, v := range p.Trace {
		if v.Cycle != cycle {
			cycle = v.Cycle
			fmt.Fprintf(&b, "  cycle %d\n", cycle)
		}
		fmt.Fprintf(&b, "    %-20s %s\n", v.Signal, v.Value)
	}
	return b.String()
}
