package calibrate

import "math"

// Sample is a measured energy with the counts of the events that it is made of.
type Sample struct {
	Name    string
	N       int // levels of the weights, 0 where it does not matter
	HeldOut bool
	Cycles  int
	Events  []float64
	EnergyJ float64
}

// Fit finds the energies of events, none below zero, that minimise the sum of the
// squared relative errors
//
//	Σ (Σ events · energies / energy − 1)²
//
// over the samples that are not held out, by coordinate descent.
func Fit(samples []Sample, events int) []float64 {
	gram, target := make([][]float64, events), make([]float64, events)
	for i := range gram {
		gram[i] = make([]float64, events)
	}
	scale := make([]float64, events)
	for _, s := range samples {
		if s.HeldOut {
			continue
		}
		for i, v := range s.Events {
			scale[i] = math.Max(scale[i], v/s.EnergyJ)
		}
	}
	for _, s := range samples {
		if s.HeldOut {
			continue
		}
		for i := range events {
			if scale[i] == 0 {
				continue
			}
			x := s.Events[i] / s.EnergyJ / scale[i]
			target[i] += x
			for j := range events {
				if scale[j] > 0 {
					gram[i][j] += x * s.Events[j] / s.EnergyJ / scale[j]
				}
			}
		}
	}
	w := make([]float64, events)
	for range 200000 {
		moved := 0.0
		for i := range w {
			if gram[i][i] == 0 {
				continue
			}
			rest := target[i]
			for j, v := range w {
				if j != i {
					rest -= gram[i][j] * v
				}
			}
			next := math.Max(rest/gram[i][i], 0)
			moved = math.Max(moved, math.Abs(next-w[i]))
			w[i] = next
		}
		if moved < 1e-12 {
			break
		}
	}
	for i := range w {
		if scale[i] > 0 {
			w[i] /= scale[i]
		}
	}
	return w
}

// Predict is the energy of events.
func Predict(energies, events []float64) (sum float64) {
	for i, e := range energies {
		sum += e * events[i]
	}
	return sum
}

// Errors is how far predictions are off, relative.
type Errors struct {
	Count int     `json:"count"`
	Mean  float64 `json:"mean"` // of absolute values
	Worst float64 `json:"worst"`
	Bias  float64 `json:"bias"` // mean with its sign
}

// ErrorsOf judges the samples that keep says.
func ErrorsOf(samples []Sample, energies []float64, keep func(*Sample) bool) Errors {
	e := Errors{}
	for i := range samples {
		s := &samples[i]
		if !keep(s) {
			continue
		}
		off := Predict(energies, s.Events)/s.EnergyJ - 1
		e.Count++
		e.Mean += math.Abs(off)
		e.Bias += off
		e.Worst = math.Max(e.Worst, math.Abs(off))
	}
	e.Mean /= math.Max(float64(e.Count), 1)
	e.Bias /= math.Max(float64(e.Count), 1)
	return e
}
