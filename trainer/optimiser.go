package trainer

import (
	"errors"
	"fmt"

	"lowres/trainer/internal/engine"
	"lowres/trainer/kernel"
)

// Optimiser says how a gradient moves the parameters.
type Optimiser string

// The optimisers. See kernel.Step and kernel.Adam for their formulas.
const (
	SGD   Optimiser = ""      // stochastic gradient descent with momentum, the paper's; Decay is L2
	Adam  Optimiser = "adam"  // Decay is L2, a part of the gradient
	AdamW Optimiser = "adamw" // Decay is decoupled: weights shrink by rate·Decay beside the step
)

// String is the name of the optimiser; a recipe of SGD leaves it out.
func (o Optimiser) String() string {
	if o == SGD {
		return "sgd"
	}
	return string(o)
}

// ParseOptimiser is the optimiser of that name.
func ParseOptimiser(name string) (Optimiser, error) {
	for _, o := range []Optimiser{SGD, Adam, AdamW} {
		if o.String() == name {
			return o, nil
		}
	}
	return SGD, fmt.Errorf("optimiser %q: want sgd, adam or adamw", name)
}

// WithOptimiser is r with the optimiser o and what is usual for it. Adam: no momentum, beta1 0.9, beta2 0.999,
// epsilon 1e-8, a rate of 0.001, and decay 0, or 0.01 for AdamW.
func (r Recipe) WithOptimiser(o Optimiser) Recipe {
	if o == SGD {
		return r
	}
	r.Optimiser, r.Momentum, r.Beta1, r.Beta2, r.Epsilon, r.Rate, r.Decay = o, 0, 0.9, 0.999, 1e-8, 0.001, 0
	if o == AdamW {
		r.Decay = 0.01
	}
	return r
}

// validateOptimiser reports every field that is out of its range, or that the optimiser does not have.
func (r Recipe) validateOptimiser() error {
	var errs []error
	check := func(name string, v float64, ok bool, want string) {
		if !ok {
			errs = append(errs, fmt.Errorf("%s: %v: want %s with the optimiser %s", name, v, want, r.Optimiser))
		}
	}
	switch r.Optimiser {
	case SGD:
		check("momentum", r.Momentum, r.Momentum >= 0 && r.Momentum <= 1, "0 to 1")
		check("beta1", r.Beta1, r.Beta1 == 0, "0")
		check("beta2", r.Beta2, r.Beta2 == 0, "0")
		check("epsilon", r.Epsilon, r.Epsilon == 0, "0")
	case Adam, AdamW:
		check("momentum", r.Momentum, r.Momentum == 0, "0; it has beta1")
		check("beta1", r.Beta1, r.Beta1 >= 0 && r.Beta1 < 1, "0 to below 1")
		check("beta2", r.Beta2, r.Beta2 >= 0 && r.Beta2 < 1, "0 to below 1")
		check("epsilon", r.Epsilon, r.Epsilon >= 1e-12 && r.Epsilon <= 1, "1e-12 to 1")
	default:
		_, err := ParseOptimiser(string(r.Optimiser))
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// rule is step number step, from 1, after done epochs.
func (r Recipe) rule(done float64, step int) engine.Rule {
	rate := r.rate(done)
	rule := engine.Rule{Clip: r.Clip}
	switch r.Optimiser {
	case SGD:
		rule.SGD = kernel.Step{Rate: float32(rate), Momentum: float32(r.Momentum), Decay: float32(r.Decay)}
	case Adam:
		rule.Adam = kernel.NewAdam(rate, r.Beta1, r.Beta2, r.Epsilon, step)
		rule.Adam.Decay = float32(r.Decay)
	case AdamW:
		rule.Adam = kernel.NewAdam(rate, r.Beta1, r.Beta2, r.Epsilon, step)
		rule.Adam.Keep = float32(1 - rate*r.Decay)
	}
	return rule
}
