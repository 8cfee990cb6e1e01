package mapping

import (
	"fmt"
	"slices"

	"lowres/sim/machine"
)

// Goal is what the tiles of a layer are to be best at.
type Goal string

// The goals.
const (
	Balanced Goal = "balanced" // bytes, among all that take at most balance times the least cycles
	Latency  Goal = "latency"  // cycles
	Energy   Goal = "energy"   // energy of what happens whatever the values are
	Product  Goal = "product"  // of both
)

// balance is how many times the least cycles a balanced cut may take. Nearly as fast ones
// often load the weights half as often.
const balance = 1.004

// Goals lists all goals.
func Goals() []Goal { return []Goal{Balanced, Latency, Energy, Product} }

// ParseGoal is the goal of a name; it returns ErrUnsupported for none.
func ParseGoal(name string) (Goal, error) {
	if !slices.Contains(Goals(), Goal(name)) {
		return "", fmt.Errorf("%w: goal %q: want one of %v", ErrUnsupported, name, Goals())
	}
	return Goal(name), nil
}

// Options says what a mapping is to be best at.
type Options struct {
	Goal Goal // "" for Balanced
	// Price is the energy of actions in any unit, linear in every count. It is needed for
	// Energy and Product; actions that depend on values are 0.
	Price func(*machine.Counts) float64
	Batch int // pictures of a run, 0 for 1
}

// MaxBatch is the most pictures of a run.
const MaxBatch = 1024

// pictures is the pictures of a run.
func (o *Options) pictures() int { return max(o.Batch, 1) }

// check returns ErrUnsupported for options that contradict themselves.
func (o *Options) check() error {
	if o.Batch < 0 || o.Batch > MaxBatch {
		return fmt.Errorf("%w: batch of %d pictures: want 1 to %d", ErrUnsupported, o.Batch, MaxBatch)
	}
	if o.Goal == "" {
		return nil
	}
	if o.prices() && o.Price == nil {
		return fmt.Errorf("%w: goal %s needs the energy of actions", ErrUnsupported, o.Goal)
	}
	_, err := ParseGoal(string(o.Goal))
	return err
}

// prices reports whether the goal is one of energy.
func (o *Options) prices() bool { return o.Goal == Energy || o.Goal == Product }

// balanced reports whether bytes decide among what is nearly the fastest.
func (o *Options) balanced() bool { return o.Goal == "" || o.Goal == Balanced }

// value is what the goal makes of cycles and actions: less is better.
func (o *Options) value(cycles machine.Cycle, counts *machine.Counts) float64 {
	switch o.Goal {
	case Energy:
		return o.Price(counts)
	case Product:
		return o.Price(counts) * float64(cycles)
	}
	return float64(cycles)
}
