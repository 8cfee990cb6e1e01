// Package kernel holds the inner loops of the integer evaluator: one batch-reduce product of int8
// activations with low-bit weights, which serves convolution and dense layers alike, and one loop that
// pools and requantises its accumulators.
//
// Activations are stored as value + 128, an unsigned byte, because that is what the dot-product
// instructions multiply with a signed byte. It costs nothing: the bias takes 128·Σw off again.
//
// Both loops exist in generated Go assembly (AVX-512 VNNI, AVX-VNNI, AVX2) and in plain Go. All give the
// same bits; Best picks the fastest that the processor has.
package kernel

// Columns is the number of outputs that one product computes side by side: the width of a panel.
const Columns = 32

// Zero is the byte that stands for the activation 0.
const Zero = 128

// Set is one complete set of inner loops: take one of All, or Best.
type Set struct {
	// Name is "avx512vnni", "avxvnni", "avx2" or "go".
	Name string

	pack       func(*Weights, *Filter)
	multiply   func(*Product)
	requantise func(*Requantise)
}

// Best returns the fastest set that this processor can run.
func Best() *Set { return All()[0] }

func plain() *Set { return &Set{"go", packWords, multiplyGo, requantiseGo} }
