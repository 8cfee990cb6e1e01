package kernel

import (
	"github.com/klauspost/cpuid/v2"
	"golang.org/x/sys/cpu"
)

//go:generate go run ./internal/gen

// All returns the sets that this processor can run, fastest first; the last is plain Go.
func All() []*Set {
	sets := []*Set{plain()}
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		sets = append([]*Set{avx2()}, sets...)
	}
	if cpu.X86.HasAVX512F && cpu.X86.HasFMA {
		sets = append([]*Set{avx512()}, sets...)
	}
	return sets
}

// intel reports whether Intel made the processor: what it does by itself with caches, no feature tells.
func intel() bool { return cpuid.CPU.IsVendor(cpuid.Intel) }

func avx512() *Set {
	return &Set{
		Name:        "avx512",
		Run:         run512,
		StepWeights: stepWeights512(bandRows()),
		Moves:       true,
		MaxPool:     vectorPool(maxPool512, 16),
		MaxPoolBack: vectorPoolBack(maxPoolBack512, 16),
		Add:         vectorAdd(add512, 16),
		Descend:     vectorDescend(descend512, 16),
		Adam:        vectorAdam(adam512, 16),
		SumSquares:  vectorSumSquares(sumSquares512),
		Scale:       vectorScale(scale512, 16),
		Transform:   transform512,
		Quantise:    vectorQuantise(quantise512, 64),
		Codes:       vectorCodes(codes512, 64),
		Expand:      vectorExpand(expand512, 32),
		ExpandFours: vectorExpandFours(expandFours512),
		SumAbs:      vectorSumAbs(sumAbs512),
		Transpose:   vectorTranspose(transpose512, 16),
		Panels:      vectorPanels(panels512),
		Tiles:       vectorTiles,
		Pixels:      vectorPixels(pixels512, 16),
		PixelPanels: vectorPixelPanels(pixelPanels512),
		Softmax:     vectorSoftmax(softmax512, 16),
		SoftmaxBack: vectorSoftmaxBack(softmaxBack512, 16),
		GELU:        vectorGELU(gelu512, 16),
		Multiply:    vectorMultiply(multiply512, 16),
		Drop:        vectorDrop(drop512, 16),
		Norm:        vectorNorm(norm512, 16),
		NormAgain:   vectorNormAgain(normAgain512, 16),
		NormBack:    vectorNormBack(normBack512, 16),
		FarCache:    intel(),
		peak:        peak512,
		lanes:       16,
	}
}

func avx2() *Set {
	return &Set{
		Name:        "avx2",
		Run:         run256,
		StepWeights: stepWeights256(bandRows()),
		Moves:       true,
		MaxPool:     vectorPool(maxPool256, 8),
		MaxPoolBack: vectorPoolBack(maxPoolBack256, 8),
		Add:         vectorAdd(add256, 8),
		Descend:     vectorDescend(descend256, 8),
		Adam:        vectorAdam(adam256, 8),
		SumSquares:  vectorSumSquares(sumSquares256),
		Scale:       vectorScale(scale256, 8),
		Transform:   transform256,
		Quantise:    vectorQuantise(quantise256, 32),
		Codes:       vectorCodes(codes256, 32),
		Expand:      vectorExpand(expand256, 32),
		ExpandFours: vectorExpandFours(expandFours256),
		SumAbs:      vectorSumAbs(sumAbs256),
		Transpose:   vectorTranspose(transpose256, 8),
		Panels:      vectorPanels(panels256),
		Tiles:       vectorTiles,
		Pixels:      vectorPixels(pixels256, 8),
		PixelPanels: vectorPixelPanels(pixelPanels256),
		Softmax:     vectorSoftmax(softmax256, 8),
		SoftmaxBack: vectorSoftmaxBack(softmaxBack256, 8),
		GELU:        vectorGELU(gelu256, 8),
		Multiply:    vectorMultiply(multiply256, 8),
		Drop:        vectorDrop(drop256, 8),
		Norm:        vectorNorm(norm256, 8),
		NormAgain:   vectorNormAgain(normAgain256, 8),
		NormBack:    vectorNormBack(normBack256, 8),
		FarCache:    intel(),
		peak:        peak256,
		lanes:       8,
	}
}
