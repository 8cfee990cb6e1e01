package prove

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"lowres/internal/process"
	"lowres/verify"
)

// prove runs Yosys on a goal in the folder of its sources.
func (g goal) prove(ctx context.Context, dir string, timeout time.Duration) (Proof, error) {
	h, err := readHarness(g.top)
	if err != nil {
		return Proof{}, err
	}
	p := Proof{Module: g.module, Parameters: g.parametersText(), Property: g.property,
		Method: g.methodText(), Checks: h.checks}
	left := &budget{timeout}
	err = g.judge(ctx, dir, h, left, &p)
	p.Took = timeout - left.time
	if errors.Is(err, errTime) {
		p.Result, p.Note = Unknown, fmt.Sprintf("no answer within %s", timeout)
		return p, nil
	}
	return p, err
}

// judge fills in how the proof ended.
func (g goal) judge(ctx context.Context, dir string, h harness, left *budget, p *Proof) error {
	log, err := left.yosys(ctx, dir, g.script(g.proof(h)))
	switch {
	case g.cutProduct > 0 && errors.Is(err, verify.ErrTool) && strings.Contains(err.Error(), "Assertion failed: selection"):
		p.Result, p.Note = Failed, "the product is not that of the sum and the multiplier, at full width: two multipliers are left"
		return nil
	case err != nil:
		return err
	case strings.Contains(log, "Induction step proven: SUCCESS!"), strings.Contains(log, "SAT proof finished - no model found: SUCCESS!"):
		p.Result = Proved
		return g.judgeReach(ctx, dir, h, left, p)
	case strings.Contains(log, "model found for base case: FAIL!"), strings.Contains(log, "SAT proof finished - model found: FAIL!"):
		p.fail(log, h)
		return nil
	case strings.Contains(log, "Reached maximum number of time steps"):
		return g.judgeInduction(ctx, dir, h, log, left, p)
	}
	return noVerdict(log)
}

// judgeReach fails a proof whose assumptions exclude what the module is for: it
// would be empty.
func (g goal) judgeReach(ctx context.Context, dir string, h harness, left *budget, p *Proof) error {
	if g.reach == 0 {
		return nil
	}
	log, err := left.yosys(ctx, dir, g.script(g.possible(h)))
	switch {
	case err != nil:
		return err
	case strings.Contains(log, "SAT solving finished - model found"):
		return nil
	case strings.Contains(log, "SAT solving finished - no model found"):
		p.Result, p.Note = Failed, fmt.Sprintf("nothing is proved of real use: reach stays 0 for %d cycles", g.reach)
		return nil
	}
	return noVerdict(log)
}

// judgeInduction looks for a run from reset where the induction step failed. If
// there is none, the counterexample is the step's own.
func (g goal) judgeInduction(ctx context.Context, dir string, h harness, step string, left *budget, p *Proof) error {
	p.fail(step[max(strings.LastIndex(step, "[induction step"), 0):], h)
	p.Note = "the induction step fails; its first state may be unreachable"
	if g.stepOnly {
		return nil
	}
	log, err := left.yosys(ctx, dir, g.script(g.hunt(h)))
	if err != nil {
		return err
	}
	if strings.Contains(log, "SAT proof finished - model found: FAIL!") {
		p.Note = ""
		p.fail(log, h)
		return nil
	}
	p.Note += fmt.Sprintf(": no run of %d cycles from reset breaks a check", g.reach+2)
	return nil
}

// fail notes a counterexample.
func (p *Proof) fail(log string, h harness) {
	p.Result = Failed
	p.Trace, p.Violated = counterexample(log, h)
}

var (
	errorLine = regexp.MustCompile(`(?m)^.*ERROR: .*$`)
	imported  = regexp.MustCompile(`Imported ([1-9]\d*) cells to SAT database`)
)

// errTime is returned when a budget is spent.
var errTime = errors.New("time is up")

// budget is the processor time that a proof has left.
type budget struct{ time time.Duration }

// yosys runs a script and returns what sat said.
func (b *budget) yosys(ctx context.Context, dir, script string) (string, error) {
	if b.time <= 0 {
		return "", errTime
	}
	cmd := process.Limited(ctx, b.time, dir, "yosys", "-Q", "-T", "-s", "/dev/stdin")
	cmd.Stdin = strings.NewReader(script)
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	b.time -= process.Used(cmd)
	if b.time <= 0 {
		return "", errTime
	}
	if msg := errorLine.Find(out); msg != nil {
		return "", fmt.Errorf("%w: yosys: %s", verify.ErrTool, msg)
	}
	if err != nil {
		return "", fmt.Errorf("%w: yosys: %w", verify.ErrTool, err)
	}
	_, log, _ := strings.Cut(string(out), "\n"+mark)
	if !imported.MatchString(log) {
		return "", fmt.Errorf("%w: yosys: no cell was imported: nothing would be proved", verify.ErrTool)
	}
	return log, nil
}

func noVerdict(log string) error {
	lines := strings.Split(strings.TrimSpace(log), "\n")
	return fmt.Errorf("%w: yosys: no verdict in its log, which ends: %s", verify.ErrTool, lines[len(lines)-1])
}
