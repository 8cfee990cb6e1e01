package trainer

import (
	"errors"
	"fmt"
	"math"
)

// Schedule says how the learning rate changes over a run.
type Schedule string

// The schedules.
const (
	Fixed  Schedule = "fixed"  // the same rate throughout: the paper's choice
	Cosine Schedule = "cosine" // Rate·(1 + cos(π·t))/2 for t from 0 to 1
)

// Recipe is everything that decides the weights of a run, given network, levels and data.
type Recipe struct {
	Epochs    int       `json:"epochs"`
	Batch     int       `json:"batch"` // images a step; the last of an epoch may be smaller
	Optimiser Optimiser `json:"optimiser,omitempty"`
	Rate      float64   `json:"rate"`                // learning rate
	Momentum  float64   `json:"momentum"`            // of SGD; 0 for the others
	Beta1     float64   `json:"beta1,omitempty"`     // Adam: what the mean gradient keeps in a step; 0 for SGD, as the next two
	Beta2     float64   `json:"beta2,omitempty"`     // Adam: what the mean squared gradient keeps
	Epsilon   float64   `json:"epsilon,omitempty"`   // Adam: added to the root of the mean squared gradient
	Decay     float64   `json:"decay"`               // weight decay of the connection weights, not of biases; see Optimiser
	Clip      float64   `json:"clip,omitempty"`      // largest norm of a step's gradient over all parameters; 0 = any
	Smoothing float64   `json:"smoothing,omitempty"` // part of every label that training spreads evenly over all classes
	Schedule  Schedule  `json:"schedule"`
	Warmup    float64   `json:"warmup"`             // epochs over which the rate rises from 0 first
	Patience  int       `json:"patience,omitempty"` // epochs without a better test accuracy that end the run; 0 = never
	Augment   Augment   `json:"augment"`
	Seed      uint64    `json:"seed"` // of the initial weights, the order of the pictures, their distortion and dropout
}

// DefaultRecipe is the paper's (table 1): SGD with momentum 0.92, batches of 256, a fixed rate of 0.001 and
// 200 epochs without augmentation.
func DefaultRecipe() Recipe {
	return Recipe{Epochs: 200, Batch: 256, Rate: 0.001, Momentum: 0.92, Schedule: Fixed, Seed: 1}
}

// PaperRecipe is the paper's recipe for a kind of network (table 1): networks with transformer blocks take
// ten times the rate and half as many epochs more, and augmentation takes more epochs again: 200, 300 with
// transformer blocks, and augmented 1000 and 2000.
func PaperRecipe(transformer, augmented bool) Recipe {
	r := DefaultRecipe()
	if transformer {
		r.Rate, r.Epochs = 0.01, 300
	}
	if augmented {
		r.Augment, r.Epochs = PaperAugment(), 1000
		if transformer {
			r.Epochs = 2000
		}
	}
	return r
}

// QuickRecipe gives good accuracy in tens of epochs rather than hundreds: a higher rate that falls along a
// cosine after one epoch of warm-up, weight decay, and mirrored and shifted pictures.
func QuickRecipe(epochs int) Recipe {
	r := DefaultRecipe()
	r.Epochs, r.Rate, r.Schedule, r.Warmup, r.Decay = epochs, 0.05, Cosine, 1, 5e-4
	r.Augment = Augment{Shift: 0.125, Flip: true}
	return r
}

// Validate reports every field that is out of its range.
func (r Recipe) Validate() error {
	var errs []error
	check := func(name string, v, lo, hi float64) {
		if !(v >= lo && v <= hi) {
			errs = append(errs, fmt.Errorf("%s: %v: want %v to %v", name, v, lo, hi))
		}
	}
	check("epochs", float64(r.Epochs), 1, 1e6)
	check("batch", float64(r.Batch), 1, 65536)
	check("rate", r.Rate, 0, 1e3)
	check("decay", r.Decay, 0, 1)
	check("clip", r.Clip, 0, 1e9)
	check("smoothing", r.Smoothing, 0, 1)
	check("warmup", r.Warmup, 0, 1e6)
	check("patience", float64(r.Patience), 0, 1e6)
	check("augment.shift", r.Augment.Shift, 0, 0.5)
	check("augment.zoom", r.Augment.Zoom, 0, 0.5)
	check("augment.rotate", r.Augment.RotateDegrees, 0, 180)
	if r.Schedule != Fixed && r.Schedule != Cosine {
		errs = append(errs, fmt.Errorf("schedule: %q: want %q or %q", r.Schedule, Fixed, Cosine))
	}
	return errors.Join(append(errs, r.validateOptimiser())...)
}

// rate is the learning rate after done epochs, whole and parts.
func (r Recipe) rate(done float64) float64 {
	if done < r.Warmup {
		return r.Rate * done / r.Warmup
	}
	if r.Schedule == Fixed {
		return r.Rate
	}
	t := (done - r.Warmup) / math.Max(float64(r.Epochs)-r.Warmup, 1e-9)
	return r.Rate * (1 + math.Cos(math.Pi*math.Min(t, 1))) / 2
}
