package kernel

// Step is one step of stochastic gradient descent with momentum and L2 weight decay:
//
//	v = Momentum·v − Rate·(g + Decay·w);   w = w + v
type Step struct{ Rate, Momentum, Decay float32 }

func descendGo(w, v, g []float32, s Step) {
	v, g = v[:len(w)], g[:len(w)]
	for i := range w {
		v[i] = s.Momentum*v[i] - s.Rate*(g[i]+s.Decay*w[i])
		w[i] += v[i]
	}
}

func addGo(dst, src []float32) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] += src[i]
	}
}

// plain is the set in plain Go, for every processor.
func plain() *Set {
	return &Set{Name: "go", Run: runGo, StepWeights: stepWeightsGo, MaxPool: maxPoolGo, MaxPoolBack: maxPoolBackGo, Add: addGo, Descend: descendGo,
		Adam: adamGo, SumSquares: sumSquaresGo, Scale: scaleGo,
		Quantise: quantiseGo, Codes: codesGo, Expand: expandGo, ExpandFours: expandFoursGo, SumAbs: sumAbsGo, Transpose: transposeGo, Panels: panelsGo, Tiles: tilesGo, Pixels: pixelsGo, PixelPanels: pixelPanelsGo,
		Softmax: softmaxGo, SoftmaxBack: softmaxBackGo, GELU: geluGo, Multiply: multiplyGo, Drop: dropGo, Norm: normGo, NormAgain: normAgainGo, NormBack: normBackGo,
		Transform: transformGo, peak: peakGo, lanes: 1}
}
