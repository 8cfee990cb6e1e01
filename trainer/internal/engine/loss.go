package engine

import "math"

// crossEntropy is the softmax cross-entropy of one image: it returns −ln p[label] with p = softmax(logits)
// and writes the gradient (p − target)·scale to gradient, if that is not nil. The target is 1 − smoothing for
// the label, plus smoothing/classes for every class.
func crossEntropy(logits []float32, label int, smoothing float64, scale float32, gradient []float32) float64 {
	top := float64(logits[0])
	for _, v := range logits {
		top = max(top, float64(v))
	}
	sum := 0.0
	for _, v := range logits {
		sum += math.Exp(float64(v) - top)
	}
	for k := range gradient[:min(len(gradient), len(logits))] {
		p := math.Exp(float64(logits[k])-top)/sum - smoothing/float64(len(logits))
		if k == label {
			p -= 1 - smoothing
		}
		gradient[k] = float32(p) * scale
	}
	return math.Log(sum) - (float64(logits[label]) - top)
}

// best is the class with the largest logit, the first of equals.
func best(logits []float32) int {
	k := 0
	for i, v := range logits {
		if v > logits[k] {
			k = i
		}
	}
	return k
}
