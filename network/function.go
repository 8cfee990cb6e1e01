package network

import (
	"math"
	"slices"

	"lowres/quant"
)

// Function names a function of one value.
type Function string

// The functions. Φ is the normal distribution, clamp(x) is min(max(x, 0), 1).
const (
	GELU        Function = "gelu"        // x·Φ(x)
	HardSigmoid Function = "hardsigmoid" // clamp(x/6 + 1/2)
	HardSwish   Function = "hardswish"   // x·clamp(x/6 + 1/2)
	Sigmoid     Function = "sigmoid"     // 1/(1 + e^−x)
	SiLU        Function = "silu"        // x/(1 + e^−x)
	Tanh        Function = "tanh"        // (e^x − e^−x)/(e^x + e^−x)
)

// Functions lists all functions in alphabetical order.
func Functions() []Function { return []Function{GELU, HardSigmoid, HardSwish, Sigmoid, SiLU, Tanh} }

// known reports whether f is one of Functions.
func (f Function) known() bool { return slices.Contains(Functions(), f) }

// Value is f(x); f is one of Functions.
func (f Function) Value(x float64) float64 {
	clamp := min(max(x/6+0.5, 0), 1)
	switch f {
	case GELU:
		return x * (1 + math.Erf(x/math.Sqrt2)) / 2
	case HardSigmoid:
		return clamp
	case HardSwish:
		return x * clamp
	case Sigmoid:
		return 1 / (1 + math.Exp(-x))
	case SiLU:
		return x / (1 + math.Exp(-x))
	case Tanh:
		return math.Tanh(x)
	}
	panic("function " + string(f) + ": Resolve proved that it is known")
}

// Slope is the derivative of f at x; at the corners of a hard function the one on the right.
func (f Function) Slope(x float64) float64 {
	inside := 0.0
	if x >= -3 && x < 3 {
		inside = 1.0 / 6
	}
	s := 1 / (1 + math.Exp(-x))
	switch f {
	case GELU:
		return (1+math.Erf(x/math.Sqrt2))/2 + x*math.Exp(-x*x/2)/math.Sqrt(2*math.Pi)
	case HardSigmoid:
		return inside
	case HardSwish:
		return min(max(x/6+0.5, 0), 1) + x*inside
	case Sigmoid:
		return s * (1 - s)
	case SiLU:
		return s * (1 + x*(1-s))
	case Tanh:
		return 1 - math.Tanh(x)*math.Tanh(x)
	}
	panic("function " + string(f) + ": Resolve proved that it is known")
}

// Table is f in integers: entry uint8(a) stands for the activation a, and is
//
//	clamp(round(f(in·a)/out), −128, 127)      halves away from zero
//
// with the scales in and out of what it reads and gives.
func (f Function) Table(in, out float64) []int8 {
	table := make([]int8, TableSize)
	for a := quant.MinActivation; a <= quant.MaxActivation; a++ {
		y := math.Round(f.Value(in*float64(a)) / out)
		table[uint8(a)] = int8(min(max(y, quant.MinActivation), quant.MaxActivation))
	}
	return table
}

// TableSize is the entries of a function's table.
const TableSize = 256
