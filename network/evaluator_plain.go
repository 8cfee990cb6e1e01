package network

import (
	"math"

	"lowres/network/internal/kernel"
	"lowres/quant"
)

// newPlainStep plans a layer that plain Go computes, one pixel after another.
func newPlainStep(l evalLayer) evalStep {
	switch l.Kind {
	case MaxPool:
		return &evalMaxPool{l}
	case AvgPool:
		height, width := l.Window()
		return &evalAvgPool{l, averager(height * width)}
	case Add:
		return &evalAdd{l}
	case Lookup:
		return newEvalTable(l)
	case Depthwise:
		return newEvalDepthwise(l)
	}
	panic("kind " + string(l.Kind) + ": Validate proved that it has an integer form")
}

// pixels calls visit with every output pixel of some images: its image, row and
// column, and its bytes.
func (l *evalLayer) pixels(w *evalWorker, images int, visit func(i, y, x int, out []uint8)) {
	m := &w.plan.maps[l.to]
	for n := range images * m.H * m.W {
		visit(n/m.W/m.H, n/m.W%m.H, n%m.W, w.maps[l.to][m.pixel(n):][:m.C])
	}
}

// input is the pixel of map from at a row and column, which may be in the border.
func (w *evalWorker) input(from, i, y, x int) []uint8 {
	m := &w.plan.maps[from]
	return w.maps[from][m.place(i, y, x):][:m.C]
}

// evalMaxPool computes a pool that is not computed with a convolution.
type evalMaxPool struct{ evalLayer }

func (s *evalMaxPool) run(w *evalWorker, images int) {
	s.pixels(w, images, func(i, y, x int, out []uint8) {
		clear(out)
		for k := range s.Kernel * s.Kernel {
			iy, ix := y*s.Step()+k/s.Kernel-s.Pad, x*s.Step()+k%s.Kernel-s.Pad
			if iy < 0 || iy >= s.InShape.H || ix < 0 || ix >= s.InShape.W {
				continue // the border holds zeros, or is not there
			}
			for c, v := range w.input(s.from, i, iy, ix) {
				out[c] = max(out[c], v)
			}
		}
	})
}

// evalAvgPool computes averages.
type evalAvgPool struct {
	evalLayer
	mean quant.Requantiser
}

func (s *evalAvgPool) run(w *evalWorker, images int) {
	height, width := s.Window()
	s.pixels(w, images, func(i, y, x int, out []uint8) {
		sums := w.plainSums(out, nil)
		for k := range height * width {
			for c, v := range w.input(s.from, i, y*s.Step()+k/width, x*s.Step()+k%width) {
				sums[c] += int32(v) - kernel.Zero
			}
		}
		for c, v := range sums {
			out[c] = uint8(int(s.mean.Apply(v)) + kernel.Zero)
		}
	})
}

// plainSums are accumulators of a pixel, that start at bias, or at 0 without.
func (w *evalWorker) plainSums(pixel []uint8, bias []int32) []int32 {
	sums := w.plain[:len(pixel)]
	clear(sums)
	copy(sums, bias)
	return sums
}

// evalAdd computes the weighted sum of two maps.
type evalAdd struct{ evalLayer }

func (s *evalAdd) run(w *evalWorker, images int) {
	f, r := s.params.Factors, s.params.Requant[0]
	s.pixels(w, images, func(i, y, x int, out []uint8) {
		b := w.input(s.Second+1, i, y, x)
		for c, a := range w.input(s.from, i, y, x) {
			out[c] = uint8(int(r.Apply(f[0]*(int32(a)-kernel.Zero)+f[1]*(int32(b[c])-kernel.Zero))) + kernel.Zero)
		}
	})
}

// evalTable computes a function: entry a + 128 is that of activation a, plus 128.
type evalTable struct {
	evalLayer
	entries [TableSize]uint8
}

func newEvalTable(l evalLayer) *evalTable {
	s := &evalTable{evalLayer: l}
	for a := math.MinInt8; a <= math.MaxInt8; a++ {
		s.entries[a+kernel.Zero] = uint8(int(l.params.Table[uint8(int8(a))]) + kernel.Zero)
	}
	return s
}

func (s *evalTable) run(w *evalWorker, images int) {
	s.pixels(w, images, func(i, y, x int, out []uint8) {
		for c, a := range w.input(s.from, i, y, x) {
			out[c] = s.entries[a]
		}
	})
}

// evalDepthwise computes a convolution of every channel with a window of its own.
type evalDepthwise struct {
	evalLayer
	weights []int32 // [ky][kx][channel]
}

func newEvalDepthwise(l evalLayer) *evalDepthwise {
	s := &evalDepthwise{l, make([]int32, len(l.params.Weights))}
	window := l.Kernel * l.Kernel
	for j, v := range l.params.Weights {
		s.weights[j%window*l.InShape.C+j/window] = int32(v)
	}
	return s
}

func (s *evalDepthwise) run(w *evalWorker, images int) {
	channels, at := s.InShape.C, 0
	s.pixels(w, images, func(i, y, x int, out []uint8) {
		sums := w.plainSums(out, s.params.Bias)
		for k := range s.Kernel * s.Kernel {
			weights := s.weights[k*channels:][:channels]
			for c, v := range w.input(s.from, i, y*s.Stride+k/s.Kernel-s.Pad, x*s.Stride+k%s.Kernel-s.Pad) {
				sums[c] += weights[c] * (int32(v) - kernel.Zero)
			}
		}
		if s.params.Requant == nil {
			at += copy(w.logits[at:], sums)
			return
		}
		for c, v := range sums {
			out[c] = uint8(int(s.params.Requant[c].Apply(v)) + kernel.Zero)
		}
	})
}
