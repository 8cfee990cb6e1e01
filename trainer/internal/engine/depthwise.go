package engine

import (
	"lowres/network"
	"lowres/trainer/kernel"
)

// depthwise is a convolution of every channel with a window of its own. To the parameters it is a linear of
// one input channel: a panel holds the windows of 32 channels, place by place.
type depthwise struct {
	*linear
	pad int
}

func newDepthwise(p *plan, i int) *depthwise {
	l := &p.graph.Layers[i]
	return &depthwise{p.addLinear(linear{layer: i, from: p.inputs[i], to: i + 1, kh: l.Kernel, kw: l.Kernel, stride: l.Stride,
		cin: 1, cout: l.InShape.C, biased: true, relu: l.ReLU}), l.Pad}
}

// places calls f for every place of the window of output pixel y, x of an image with the place of its input
// pixel, borders included.
func (l *depthwise) places(image, y, x int, f func(tap, iy, ix int)) {
	for tap := range l.taps() {
		f(tap, y*l.stride+tap/l.kw-l.pad, x*l.stride+tap%l.kw-l.pad)
	}
}

// strips calls f for the channels of every panel with the place of their weights of one tap.
func (l *depthwise) strips(tap int, f func(first, end, at int)) {
	for panel := range panels(l.cout) {
		first := panel * kernel.Columns
		f(first, min(first+kernel.Columns, l.cout), panel*l.panelSize()+tap*kernel.Columns)
	}
}

func (l *depthwise) forward(w *Worker, images int) {
	weights, bias := w.params.forward[l.number], w.params.bias[l.number]
	for n := range images * l.out.H * l.out.W {
		i, y, x := l.out.pixelOf(n)
		out := w.maps[l.to][l.out.place(i, y, x):][:l.cout]
		copy(out, bias)
		l.places(i, y, x, func(tap, iy, ix int) {
			in := w.maps[l.from][l.in.place(i, iy, ix):][:l.cout]
			l.strips(tap, func(first, end, at int) { addProducts(out[first:end], in[first:end], weights[at:]) })
		})
		for c, v := range out {
			if l.relu && v < 0 {
				out[c] = 0
			}
		}
	}
}

func (l *depthwise) backward(w *Worker, images int, g *Gradient) {
	weights, bias := g.weights[l.number], g.bias[l.number]
	for n := range images * l.out.H * l.out.W {
		i, y, x := l.out.pixelOf(n)
		d := w.gradients[l.to][l.dOut.place(i, y, x):][:l.cout]
		for c, v := range d {
			bias[c] += v
		}
		l.places(i, y, x, func(tap, iy, ix int) {
			in := w.maps[l.from][l.in.place(i, iy, ix):][:l.cout]
			l.strips(tap, func(first, end, at int) { addProducts(weights[at:][:end-first], d[first:end], in[first:]) })
		})
	}
	if l.from > 0 {
		l.inputGradient(w, images)
	}
}

// inputGradient writes dIn, times the gradient of the relu before this layer.
func (l *depthwise) inputGradient(w *Worker, images int) {
	weights := w.params.forward[l.number]
	clearMap(w.gradients[l.from], &l.dIn, images)
	for n := range images * l.out.H * l.out.W {
		i, y, x := l.out.pixelOf(n)
		d := w.gradients[l.to][l.dOut.place(i, y, x):][:l.cout]
		l.places(i, y, x, func(tap, iy, ix int) {
			if uint(iy) >= uint(l.dIn.H) || uint(ix) >= uint(l.dIn.W) {
				return
			}
			dIn := w.gradients[l.from][l.dIn.place(i, iy, ix):][:l.cout]
			l.strips(tap, func(first, end, at int) { addProducts(dIn[first:end], d[first:end], weights[at:]) })
		})
	}
	if l.maskIn {
		(&reluBack{l.from}).backward(w, images, nil)
	}
}

// addProducts adds a·b to dst, value by value.
func addProducts(dst, a, b []float32) {
	a, b = a[:len(dst)], b[:len(dst)]
	for k := range dst {
		dst[k] += a[k] * b[k]
	}
}

// clearMap sets the values of a map to 0, not its borders.
func clearMap(values []float32, g *geometry, images int) {
	for n := range images * g.H * g.W {
		i, y, x := g.pixelOf(n)
		clear(values[g.place(i, y, x):][:g.C])
	}
}

// isWindowed reports whether a layer reads its map with a border.
func isWindowed(l *network.Layer) bool { return l.Kind == network.Conv || l.Kind == network.Depthwise }
