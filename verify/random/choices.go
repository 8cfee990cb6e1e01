package random

import "math/rand/v2"

// choices are the numbers that a case is made of: drawn from a seed, or replayed.
// A replay that comes to the end goes on with the smallest number, so that a list
// with numbers left out or lowered is a case too, most likely a smaller one.
type choices struct {
	taken  []int      // above the lowest of their ranges
	replay []int      // what is still to be replayed
	fresh  *rand.Rand // nil in a replay
}

// drawn are choices that depend on the seed and the stream.
func drawn(seed, stream uint64) *choices {
	return &choices{fresh: rand.New(rand.NewPCG(seed, stream))}
}

// replayed are the given choices.
func replayed(taken []int) *choices { return &choices{replay: taken} }

// draw is a number from lo to hi. Its name tells a reader what for.
func (c *choices) draw(_ string, lo, hi int) int {
	v := 0
	switch {
	case c.fresh != nil:
		v = c.fresh.IntN(hi - lo + 1)
	case len(c.replay) > 0:
		v, c.replay = min(c.replay[0], hi-lo), c.replay[1:]
	}
	c.taken = append(c.taken, v)
	return lo + v
}

// among draws one of a list; the first is the simplest.
func among[T any](c *choices, name string, list ...T) T {
	return list[c.draw(name, 0, len(list)-1)]
}
