package mapping

import (
	"cmp"
	"slices"

	"lowres/sim/arch"
)

// policy says what a choice of tiles is to be best at.
type policy int

const (
	fastest policy = iota // the goal
	lean                  // of those within a tenth of the best, instructions
	fewest                // instructions
)

// leanSlack is how much worse than the best the lean policy may be.
const leanSlack = 1.1

// searcher looks for the best way to cut a layer, by branch and bound: it runs trials in
// the order of their bounds until no bound is below the best trial.
type searcher struct {
	d       *arch.Design
	options *Options
	prefer  policy
	trials  int // run so far
}

// candidate is a way to cut a layer that fits the buffers.
type candidate struct {
	layer *layer
	shape tileShape
	least bound
	lower float64 // bound of value
	trial *trial  // nil before it is run
	value float64 // by the goal, of the trial
}

// best is the candidate that the policy prefers:
//
//	fastest  the least value, then the fewest beats, then the fewest instructions; balanced,
//	         the fewest beats of those with at most balance times the least value
//	lean     of those with at most a tenth more than the least value, the fewest instructions
//	fewest   the fewest instructions, then the least value
//
// Ties go to the one that comes first. Where no program memory holds any, it is the one
// whose bound has the fewest instructions. There is at least one.
func (s *searcher) best(all []candidate) (*candidate, error) {
	if err := s.bounds(all); err != nil {
		return nil, err
	}
	value := objective{
		lower: func(c *candidate) float64 { return c.lower }, of: func(c *candidate) float64 { return c.value },
		compare: func(a, b *candidate) int {
			return cmp.Or(cmp.Compare(a.value, b.value), cmp.Compare(a.trial.beats, b.trial.beats), cmp.Compare(a.trial.instructions, b.trial.instructions))
		},
	}
	instructions := objective{
		lower: func(c *candidate) float64 { return float64(c.least.instructions) },
		of:    func(c *candidate) float64 { return float64(c.trial.instructions) },
		compare: func(a, b *candidate) int {
			return cmp.Or(cmp.Compare(a.trial.instructions, b.trial.instructions), value.compare(a, b))
		},
	}
	beats := objective{
		lower: func(c *candidate) float64 { return float64(c.least.beats) },
		of:    func(c *candidate) float64 { return float64(c.trial.beats) },
		compare: func(a, b *candidate) int {
			return cmp.Or(cmp.Compare(a.trial.beats, b.trial.beats), value.compare(a, b))
		},
	}
	var best *candidate
	var err error
	switch s.prefer {
	case fastest:
		if best, err = s.scan(all, value); best != nil && err == nil && s.options.balanced() {
			beats.limit = best.value * balance
			best, err = s.scan(all, beats)
		}
	case lean:
		if best, err = s.scan(all, value); best != nil && err == nil {
			instructions.limit = best.value * leanSlack
			best, err = s.scan(all, instructions)
		}
	case fewest:
		best, err = s.scan(all, instructions)
	}
	if best == nil {
		least := slices.MinFunc(all, func(a, b candidate) int { return cmp.Compare(a.least.instructions, b.least.instructions) })
		best = &least
	}
	return best, err
}

// objective is what a scan minimises, among the candidates of at most a value, if limit
// is not 0.
type objective struct {
	lower   func(*candidate) float64 // of a candidate without a trial
	of      func(*candidate) float64 // … with one: never less
	compare func(a, b *candidate) int
	limit   float64
}

// rounding is more than what sums of energies may err by.
const rounding = 1 + 1e-9

// scan is the best candidate that the program memories hold, nil if none is.
func (s *searcher) scan(all []candidate, o objective) (best *candidate, err error) {
	order := make([]*candidate, len(all))
	for i := range all {
		order[i] = &all[i]
	}
	slices.SortStableFunc(order, func(a, b *candidate) int { return cmp.Compare(o.lower(a), o.lower(b)) })
	at := map[*candidate]int{}
	for i := range all {
		at[&all[i]] = i
	}
	for _, c := range order {
		if best != nil && o.lower(c) > o.of(best)*rounding {
			break
		}
		if o.limit > 0 && c.lower > o.limit*rounding {
			continue
		}
		if err := s.try(c); err != nil {
			return nil, err
		}
		if !c.trial.fits || o.limit > 0 && c.value > o.limit {
			continue
		}
		if best == nil || cmp.Or(o.compare(c, best), cmp.Compare(at[c], at[best])) < 0 {
			best = c
		}
	}
	return best, nil
}

// try runs a candidate's trial, once.
func (s *searcher) try(c *candidate) error {
	if c.trial != nil {
		return nil
	}
	for e, depth := range depths(s.d) {
		if c.least.engines[e] > depth {
			c.trial = &trial{}
			return nil
		}
	}
	s.trials++
	t, err := c.layer.try(s.d, c.shape, s.prefer)
	if err != nil {
		return err
	}
	c.trial, c.value = &t, s.options.value(t.cycles, &t.counts)
	return nil
}

// bounds fills in every candidate's bound. Actions that do not depend on the tiles are
// taken from a trial of the same layer.
func (s *searcher) bounds(all []candidate) error {
	for i := range all {
		all[i].least = all[i].layer.bound(s.d, all[i].shape)
	}
	counted := map[*layer]*candidate{}
	for i := range all {
		c := &all[i]
		if _, ok := counted[c.layer]; !ok && s.options.prices() {
			var err error
			if counted[c.layer], err = s.simplest(all, c.layer); err != nil {
				return err
			}
		}
		if of := counted[c.layer]; of != nil {
			c.least.fix(s.d, of.trial)
		}
		c.lower = s.options.value(c.least.cycles, &c.least.counts)
	}
	return nil
}

// simplest is the first candidate of a layer with the largest tiles that the program
// memories hold, its trial run; nil if they hold none. Larger tiles may take more
// instructions than smaller ones: 2 × 2 of a 3 × 3 map are four tiles, 3 × 1 are three.
func (s *searcher) simplest(all []candidate, l *layer) (*candidate, error) {
	var own []*candidate
	for i := range all {
		if all[i].layer == l {
			own = append(own, &all[i])
		}
	}
	slices.SortStableFunc(own, func(a, b *candidate) int { return cmp.Compare(b.shape.rows*b.shape.cols, a.shape.rows*a.shape.cols) })
	for _, c := range own {
		if err := s.try(c); err != nil || c.trial.fits {
			return c, err
		}
	}
	return nil, nil
}
