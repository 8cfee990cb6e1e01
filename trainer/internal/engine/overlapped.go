package engine

// overlapped is a max-pool with a stride or padding of its own, whose windows may overlap.
type overlapped struct {
	from, to          int
	size, stride, pad int
	relu              bool // the layer before ends in a relu, whose gradient is included
}

func newOverlapped(p *plan, i int) *overlapped {
	l := &p.graph.Layers[i]
	return &overlapped{p.inputs[i], i + 1, l.Kernel, l.Step(), l.Pad, p.behindReLU(i)}
}

// window is the rows (or columns) of a map of n that window y covers, without the padding.
func (l *overlapped) window(y, n int) (from, to int) {
	from = y*l.stride - l.pad
	return max(from, 0), min(from+l.size, n)
}

func (l *overlapped) forward(w *Worker, images int) {
	in, out := &w.plan.maps[l.from], &w.plan.maps[l.to]
	for n := range images * out.H * out.W {
		i, y, x := out.pixelOf(n)
		dst := w.maps[l.to][out.place(i, y, x):][:out.C]
		top, bottom := l.window(y, in.H)
		left, right := l.window(x, in.W)
		copy(dst, w.maps[l.from][in.place(i, top, left):])
		for iy := top; iy < bottom; iy++ {
			for ix := left; ix < right; ix++ {
				for c, v := range w.maps[l.from][in.place(i, iy, ix):][:out.C] {
					dst[c] = max(dst[c], v)
				}
			}
		}
	}
}

// backward gives the gradient of a window to the first of its greatest values.
func (l *overlapped) backward(w *Worker, images int, _ *Gradient) {
	if l.from == 0 {
		return
	}
	out, dIn, dOut := &w.plan.maps[l.to], &w.plan.gradients[l.from], &w.plan.gradients[l.to]
	clearMap(w.gradients[l.from], dIn, images)
	for n := range images * out.H * out.W {
		i, y, x := out.pixelOf(n)
		best := w.maps[l.to][out.place(i, y, x):][:out.C]
		for c, d := range w.gradients[l.to][dOut.place(i, y, x):][:out.C] {
			iy, ix := l.first(w, i, y, x, c, best[c])
			w.gradients[l.from][dIn.place(i, iy, ix)+c] += d
		}
	}
	if l.relu {
		(&reluBack{l.from}).backward(w, images, nil)
	}
}

// first is the row and column of the first value of a channel in window y, x that is
// best; those of the window's first if none is, as with values that are no numbers.
func (l *overlapped) first(w *Worker, i, y, x, c int, best float32) (row, col int) {
	in := &w.plan.maps[l.from]
	top, bottom := l.window(y, in.H)
	left, right := l.window(x, in.W)
	for iy := top; iy < bottom; iy++ {
		for ix := left; ix < right; ix++ {
			if w.maps[l.from][in.place(i, iy, ix)+c] == best {
				return iy, ix
			}
		}
	}
	return top, left
}
