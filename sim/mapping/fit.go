package mapping

import (
	"lowres/network"
	"lowres/sim/program"
)

// cuts are how the layers of a network are cut.
type cuts struct {
	all    [][]candidate // by layer
	chosen []*candidate
}

// choose cuts every layer in the way that the policy prefers.
func (s *searcher) choose(layers []layer) (*cuts, error) {
	c := &cuts{}
	for i := range layers {
		all, err := layers[i].candidates(s.d)
		if err != nil {
			return nil, err
		}
		best, err := s.best(all)
		if err != nil {
			return nil, err
		}
		c.all, c.chosen = append(c.all, all), append(c.chosen, best)
	}
	return c, nil
}

// build emits the program with the cuts that the policy prefers, on memory as laid out in
// image. Where the program memories do not hold it, the best cuts are exchanged until they
// do, or nothing is left to exchange.
func (s *searcher) build(g *network.Graph, image *mapper, layers []layer) (*program.Program, error) {
	c, err := s.choose(layers)
	if err != nil {
		return nil, err
	}
	for {
		p := s.emit(g, image, layers, c)
		over, full := s.over(p)
		if !full || s.prefer != fastest {
			return p, nil
		}
		for full {
			saved, err := s.exchange(c, over)
			if err != nil {
				return nil, err
			}
			if saved == nil {
				return p, nil // as full as it is
			}
			full = false
			for e := range over {
				over[e] -= saved[e]
				full = full || over[e] > 0
			}
		}
	}
}

// emit is the program with the layers cut so.
func (s *searcher) emit(g *network.Graph, image *mapper, layers []layer, c *cuts) *program.Program {
	m := newMapper(g, s.d, s.prefer)
	m.pictures = s.options.pictures()
	m.p.Image, m.p.Memory, m.p.Tensors = image.p.Image, image.p.Memory, image.p.Tensors
	for i := range layers {
		m.layer(&layers[i], c.chosen[i].shape)
	}
	return m.p
}

// over is how many instructions each engine has that its memory does not hold, and whether
// any has.
func (s *searcher) over(p *program.Program) (over [program.EngineCount]int, full bool) {
	for e, depth := range depths(s.d) {
		over[e] = p.Count(program.Engine(e)) - depth
		full = full || over[e] > 0
	}
	return over, full
}

// exchange cuts one layer in another way, with no more instructions of any engine: the way
// that costs the least for each instruction it saves where there are too many. It returns
// what was saved, nil if no way saves any. Ways more than a tenth worse than the one in place are left out.
func (s *searcher) exchange(c *cuts, over [program.EngineCount]int) (saved *[program.EngineCount]int, err error) {
	layer, least := -1, 0.0
	var best *candidate
	for i, now := range c.chosen {
		for k := range c.all[i] {
			other := &c.all[i][k]
			if other.lower > now.value*leanSlack || now.trial == nil {
				continue
			}
			if err := s.try(other); err != nil {
				return nil, err
			}
			n := s.saves(now, other, over)
			if n == 0 || other.value > now.value*leanSlack {
				continue
			}
			if price := (s.score(other, now) - s.score(now, now)) / float64(n); best == nil || price < least {
				layer, least, best = i, price, other
			}
		}
	}
	if best == nil {
		return nil, nil
	}
	saved = &[program.EngineCount]int{}
	for e := range saved {
		saved[e] = c.chosen[layer].trial.engines[e] - best.trial.engines[e]
	}
	c.chosen[layer] = best
	return saved, nil
}

// saves is how many of the instructions that are too many other saves, 0 if it takes more of any engine.
func (s *searcher) saves(now, other *candidate, over [program.EngineCount]int) (n int) {
	if !other.trial.fits {
		return 0
	}
	for e := range over {
		less := now.trial.engines[e] - other.trial.engines[e]
		if less < 0 {
			return 0
		}
		n += max(min(less, over[e]), 0)
	}
	return n
}

// bytesWeight is the share of a layer's cycles that a balanced cut is worth if it moves as
// many bytes less as there are.
const bytesWeight = 0.01

// score is what exchanges cost: the goal's value; balanced, of the bytes too.
func (s *searcher) score(c, now *candidate) float64 {
	if !s.options.balanced() {
		return c.value
	}
	return c.value + bytesWeight*now.value*float64(c.trial.beats)/float64(max(now.trial.beats, 1))
}
