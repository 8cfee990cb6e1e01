package kernel

import "math"

// Filter is the weights of a layer as its network has them.
type Filter struct {
	Out, H, W, C int     // outputs; height, width and channels of the window
	Pitch        int     // bytes from one pixel of the input to the next, at least C and a multiple of 4
	Weights      []int16 // [Out][H][W][C], each within ±128
	Bias         []int32 // [Out]
}

// run is the bytes of one line of the window, with what lies between the channels of two pixels.
func (f *Filter) run() int { return f.W * f.Pitch }

// Weights is a Filter as a Set multiplies with it.
type Weights struct {
	out, lines, run int     // outputs; lines of the window, and bytes of one
	bias            []int32 // [panel][Columns], less Zero·Σw

	// For the vector loops: [panel][part][line][run/4][Columns][4]. The weights are the sum of their parts.
	parts  int
	panels []int8
	fit    int // quads of products that sum up within int16, half a quad at 2·255·(largest weight) in each

	words [][2]int64 // for plain Go: [quad of outputs][line][run], see word.go
}

// Pack lays out f for the loops of s.
func (s *Set) Pack(f *Filter) *Weights {
	w := &Weights{out: f.Out, lines: f.H, run: f.run()}
	w.bias = make([]int32, w.Panels()*Columns)
	size := f.H * f.W * f.C
	for o, b := range f.Bias {
		sum := int32(0)
		for _, v := range f.Weights[o*size:][:size] {
			sum += int32(v)
		}
		w.bias[o] = b - Zero*sum // modulo 2^32, as the sums are
	}
	s.pack(w, f)
	return w
}

// Panels is the number of panels that hold the outputs.
func (w *Weights) Panels() int { return (w.out + Columns - 1) / Columns }

// Bytes is the size of the packed weights.
func (w *Weights) Bytes() int { return len(w.panels) + 16*len(w.words) }

// each calls visit with every weight: its output, its place in the output's window, and its value.
func (f *Filter) each(visit func(o, place int, v int16)) {
	i := 0
	for o := range f.Out {
		for pixel := range f.H * f.W {
			for c := range f.C {
				visit(o, pixel*f.Pitch+c, f.Weights[i])
				i++
			}
		}
	}
}

// largest is the largest magnitude of a weight, and at least 1.
func (f *Filter) largest() int {
	largest := 1
	for _, v := range f.Weights {
		largest = max(largest, int(v), -int(v))
	}
	return largest
}

// largestPart is the largest magnitude of a weight in one part: two products of it with a byte fit int16,
// so that VPMADDUBSW, which saturates there, is exact.
const largestPart = 64

// packPanels cuts weights beyond largestPart into two parts, halves, and lays out the panels.
func packPanels(w *Weights, f *Filter) {
	w.parts = 1
	largest := f.largest()
	if largest > largestPart {
		w.parts = 2
	}
	w.fit = math.MaxInt16 / (2 * math.MaxUint8 * min(largest, largestPart))
	part := f.H * f.run() * Columns
	w.panels = make([]int8, w.Panels()*w.parts*part)
	f.each(func(o, place int, v int16) {
		at := o/Columns*w.parts*part + place/4*4*Columns + o%Columns*4 + place%4
		if w.parts == 1 {
			w.panels[at] = int8(v)
			return
		}
		w.panels[at] = int8(v / 2)
		w.panels[at+part] = int8(v - v/2)
	})
}

// panel returns the bytes of one panel.
func (w *Weights) panel(i int) []int8 {
	size := w.parts * w.lines * w.run * Columns
	return w.panels[i*size:][:size]
}
