package random

import (
	"context"
	"errors"
	"slices"

	"lowres/verify"
)

// DefaultTries are the cases that Shrink runs at most.
const DefaultTries = 400

// Shrink reduces a case that fails in a simulator: it leaves out and lowers what
// was drawn (network, latency, stalls, pictures, then the design) as long as
// engines still disagree. It returns the smallest failing case that it found, with
// its outcome, and how many cases it ran; note is told of each step. A context
// that ends leaves the smallest so far.
func Shrink(ctx context.Context, o Options, failed Outcome, note func(tries int, smaller Outcome)) (Outcome, int, error) {
	r, err := newRunner(ctx, o)
	if err != nil {
		return failed, 0, err
	}
	defer r.close()
	s := &shrinker{runner: r, ctx: ctx, best: failed, note: note}
	for {
		before := s.best
		s.cut()
		s.lower(false)
		s.lower(true)
		if s.best.Case == before.Case || s.spent() {
			return s.best, s.tries, nil
		}
	}
}

// shrinker is a reduction on its way.
type shrinker struct {
	*runner
	ctx   context.Context
	best  Outcome
	tries int
	note  func(tries int, smaller Outcome)
}

func (s *shrinker) spent() bool { return s.tries >= s.Tries || s.ctx.Err() != nil }

// try keeps the case of these choices if it is simpler and fails.
func (s *shrinker) try(design, rest []int) bool {
	if s.spent() {
		return false
	}
	was := s.best.Case
	c, err := draw(replayed(design), replayed(rest), was.Seed, was.Index)
	if err != nil || !simpler(c, was) {
		return false
	}
	s.tries++
	x := s.verify(s.ctx, c, s.best.Simulator)
	if !errors.Is(x.Err, verify.ErrMismatch) {
		return false
	}
	s.best = x
	if s.note != nil {
		s.note(s.tries, x)
	}
	return true
}

// simpler reports whether a has fewer choices than b, or as many and the first that
// differs is lower; of the design first.
func simpler(a, b *Case) bool {
	if c := shortlex(a.design, b.design); c != 0 {
		return c < 0
	}
	return shortlex(a.rest, b.rest) < 0
}

func shortlex(a, b []int) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return slices.Compare(a, b)
}

// cut leaves out ever smaller runs of what is not the design's.
func (s *shrinker) cut() {
	for size := 16; size > 0; size /= 2 {
		for at := len(s.best.Case.rest) - size; at >= 0; at-- {
			at = min(at, len(s.best.Case.rest)-size)
			if at < 0 {
				break
			}
			rest := slices.Delete(slices.Clone(s.best.Case.rest), at, at+size)
			s.try(s.best.Case.design, rest)
		}
	}
}

// lower lowers each choice as far as the case still fails: to 0, or by bisection.
func (s *shrinker) lower(design bool) {
	for i := 0; i < len(s.list(design)); i++ {
		if s.list(design)[i] == 0 || s.put(design, i, 0) {
			continue
		}
		low := 0 // does not fail, or is not tried
		for i < len(s.list(design)) && s.list(design)[i]-low > 1 && !s.spent() {
			middle := (low + s.list(design)[i]) / 2
			if !s.put(design, i, middle) {
				low = middle
			}
		}
	}
}

func (s *shrinker) list(design bool) []int {
	if design {
		return s.best.Case.design
	}
	return s.best.Case.rest
}

// put tries the best case with one choice changed.
func (s *shrinker) put(design bool, i, v int) bool {
	list := slices.Clone(s.list(design))
	list[i] = v
	if design {
		return s.try(list, s.best.Case.rest)
	}
	return s.try(s.best.Case.design, list)
}
