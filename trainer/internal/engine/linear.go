package engine

import (
	"lowres/network"
	"lowres/trainer/kernel"
)

// linear is one set of connection weights: a convolution, or a dense layer, which is a convolution whose
// window is its whole input map and whose one output pixel lets the images of the micro-batch be the rows.
// Patches are a convolution, a projection inside of a layer is one of 1×1.
//
// Packed weights: forward [out panel][ky][kx][in][32 outs], backward [in panel][tap][out][32 ins], where
// tap counts the window's places, mirrored for a convolution. Weight gradients are packed like forward.
type linear struct {
	number             int // its place in plan.linears
	layer, part        int // its parameters are number part of those of the layer
	from, to           int // maps
	in, out, dIn, dOut geometry
	kh, kw, stride     int
	cin, cout          int
	dense              bool
	biased             bool
	relu               bool    // after this layer
	maskIn             bool    // the layer before ends in a relu, whose gradient the input gradient includes
	more               bool    // the input gradient is added to what is there
	tiled              bool    // runs by Winograd's tiles
	blocks             []block // of a dense layer
}

// newWeighted returns the parts of conv or dense layer i.
func newWeighted(p *plan, i int) layer {
	l := &p.graph.Layers[i]
	window := l.WeightShape()
	to := i + 1
	if l.GELU {
		to = p.inside(1, 1, l.Out, widePitch(p.graph, 1, 1, l.Out))
		p.gradients[to].apart()
	}
	linear := p.addLinear(linear{layer: i, from: p.inputs[i], to: to, kh: window.H, kw: window.W, stride: max(l.Stride, 1),
		cin: window.C, cout: l.Out, dense: l.Kind == network.Dense, biased: true, relu: l.ReLU,
		tiled: isTiled(p.graph, i)})
	if l.GELU {
		return chain{linear, newGELU(p, to, i+1, none)}
	}
	return linear
}

// newProjection returns a product of every pixel of map from with weights number part of layer i.
func newProjection(p *plan, i, part, from, to int) *linear {
	l := p.addLinear(linear{layer: i, part: part, from: from, to: to, kh: 1, kw: 1, stride: 1,
		cin: p.maps[from].C, cout: p.maps[to].C, biased: p.graph.Layers[i].BiasCount() > 0})
	l.in, l.out, l.dIn, l.dOut = l.in.flat(), l.out.flat(), l.dIn.flat(), l.dOut.flat()
	return l
}

// addLinear numbers l and fills in its geometry.
func (p *plan) addLinear(l linear) *linear {
	l.number = len(p.linears)
	l.in, l.out, l.dIn, l.dOut = p.maps[l.from], p.maps[l.to], p.gradients[l.from], p.gradients[l.to]
	if l.dense && l.in.isRow() && (l.from == 0 || l.dIn.isRow()) {
		l.cin, l.kh, l.kw = l.taps()*l.cin, 1, 1
		l.in, l.dIn = l.in.asRow(), l.dIn.asRow()
	}
	if l.dense {
		l.blocks = l.cut()
	}
	if l.dense && l.from == 0 && len(p.copies[0]) == 0 {
		p.keeper = &l
	}
	l.maskIn = l.from == l.layer && l.layer > 0 && p.graph.Layers[l.layer-1].ReLU
	p.linears = append(p.linears, &l)
	return &l
}

// size is the number of weights of one output.
func (l *linear) size() int { return l.taps() * l.cin }

// weights and biases are the parameters of l in net; biases is nil without any.
func (l *linear) weights(net *network.Float) []float32 {
	return net.Weights[l.layer][l.part*l.cout*l.size():][:l.cout*l.size()]
}

func (l *linear) biases(net *network.Float) []float32 {
	if !l.biased {
		return nil
	}
	return net.Biases[l.layer][l.part*l.cout:][:l.cout]
}

func (l *linear) taps() int { return l.kh * l.kw }

// panelSize is the number of elements of one forward panel, backPanelSize of one backward panel.
func (l *linear) panelSize() int     { return l.taps() * l.cin * kernel.Columns }
func (l *linear) backPanelSize() int { return l.taps() * l.cout * kernel.Columns }

// forwardSize and backwardSize are the numbers of elements of the packed weights.
func (l *linear) forwardSize() int {
	if l.tiled {
		return kernel.Frequencies * l.filterStep()
	}
	return panels(l.cout) * l.panelSize()
}

func (l *linear) backwardSize() int {
	if l.tiled {
		return kernel.Frequencies * l.backFilterStep()
	}
	return panels(l.cin) * l.backPanelSize()
}

// collapse joins the innermost reduction loops while one walks on where the other ends, which leaves the
// outer ones empty: fewer, longer loops.
func collapse(p *kernel.Product) {
	for p.Count[1] > 1 && p.AStep[1] == p.Count[2]*p.AStep[2] && p.BStep[1] == p.Count[2]*p.BStep[2] {
		p.Count = [3]int{1, p.Count[0], p.Count[1] * p.Count[2]}
		p.AStep = [3]int{0, p.AStep[0], p.AStep[2]}
		p.BStep = [3]int{0, p.BStep[0], p.BStep[2]}
	}
}

// joined reports whether l maps single pixels, and those of all images follow each other in both maps, so that one
// product takes them all.
func (l *linear) joined(a, b *geometry) bool {
	return l.taps() == 1 && l.stride == 1 && a.isLine() && b.isLine()
}

// fetchedRows is how far in front of itself a product fetches the rows that it writes: maps that are kept for the backward pass
// have left the caches since the last step.
const fetchedRows = 2 * kernel.MaxRows

// forward computes out = relu(in * weights + bias).
func (l *linear) forward(w *Worker, images int) {
	if l.tiled {
		l.forwardTiled(w, images)
		return
	}
	if l.dense {
		l.forwardDense(w, images)
		return
	}
	weights, bias := w.params.forward[l.number], w.params.bias[l.number]
	in, out := w.maps[l.from], w.maps[l.to]
	p := &w.product
	*p = kernel.Product{
		Start: kernel.FromBias, ReLU: l.relu,
		Count: [3]int{l.kh, l.kw, l.cin}, AStep: [3]int{l.in.row, l.in.pitch, 1},
		BStep: [3]int{l.kw * l.cin * kernel.Columns, l.cin * kernel.Columns, kernel.Columns},
	}
	collapse(p)
	for panel := range panels(l.cout) {
		first := panel * kernel.Columns
		p.B, p.Bias = weights[panel*l.panelSize():], bias[first:]
		p.ARow, p.CRow = l.stride*l.in.pitch, l.out.pitch
		if l.joined(&l.in, &l.out) {
			p.A, p.C = in, out[first:]
			p.Next = nil
			if lead := fetchedRows * l.out.pitch; panel == 0 && lead < images*l.out.image {
				p.Next = out[lead : images*l.out.image]
			}
			w.set.RunRows(p, images*l.out.W)
			continue
		}
		for i := range images {
			for y := range l.out.H {
				p.A = in[i*l.in.image+y*l.stride*l.in.row:]
				p.C = out[l.out.place(i, y, 0)+first:]
				w.set.RunRows(p, l.out.W)
			}
		}
	}
}

// backward adds the gradients of the weights and biases to g, but for a dense layer, and writes that of the input.
func (l *linear) backward(w *Worker, images int, g *Gradient) {
	if l.dense {
		l.keepGradients(w, images)
	} else {
		if l.biased {
			l.biasGradient(w, images, g)
		}
		l.weightGradient(w, images, g)
	}
	if l.from > 0 {
		l.inputGradient(w, images)
	}
}

// one is the constant operand of a plain sum.
var one = []float32{1}

// biasGradient adds Σ dOut over images and pixels.
func (l *linear) biasGradient(w *Worker, images int, g *Gradient) {
	d := w.gradients[l.to]
	p := &w.product
	*p = kernel.Product{A: one, Start: kernel.FromC, Count: [3]int{images, l.out.H, l.out.W},
		BStep: [3]int{l.dOut.image, l.dOut.line(), l.dOut.pixel()}}
	for panel := range panels(l.cout) {
		first := panel * kernel.Columns
		p.B, p.C = d[l.dOut.place(0, 0, 0)+first:], g.bias[l.number][first:]
		w.set.RunRows(p, 1)
	}
}

// imagesTogether is the number of images of small maps that a product adds up before it stores its sums.
const imagesTogether = 4

// weightGradient adds Σ in(place of the tap) · dOut over images and pixels. The rows of a product are the
// input channels of a tap, or of a whole row of taps where they lie side by side.
func (l *linear) weightGradient(w *Worker, images int, g *Gradient) {
	if l.tiled {
		l.weightGradientTiled(w, images, g)
		return
	}
	in, d := w.maps[l.from], w.gradients[l.to]
	taps, rows := l.kw, l.cin
	if l.in.pitch == l.cin {
		taps, rows = 1, l.kw*l.cin
	}
	together := 1
	if l.joined(&l.in, &l.dOut) {
		together = imagesTogether
	}
	p := &w.product
	*p = kernel.Product{Start: kernel.FromC, ARow: 1, CRow: kernel.Columns,
		AStep: [3]int{l.in.image, l.stride * l.in.row, l.stride * l.in.pitch},
		BStep: [3]int{l.dOut.image, l.dOut.line(), l.dOut.pixel()}}
	for panel := range panels(l.cout) {
		target := g.weights[l.number][panel*l.panelSize():]
		for i := 0; i < images; i += together {
			p.Count = [3]int{min(together, images-i), l.out.H, l.out.W}
			p.B = d[l.dOut.place(i, 0, 0)+panel*kernel.Columns:]
			for y := range l.kh {
				for x := range taps {
					p.A = in[i*l.in.image+y*l.in.row+x*l.in.pitch:]
					p.C = target[(y*l.kw+x)*l.cin*kernel.Columns:]
					w.set.RunRows(p, rows)
				}
			}
		}
	}
}

// inputGradient writes (or adds) dIn = dOut * mirrored weights, times the gradient of the relu before this layer.
func (l *linear) inputGradient(w *Worker, images int) {
	if l.tiled {
		l.inputGradientTiled(w, images)
		return
	}
	if l.dense {
		l.inputGradientDense(w, images)
		return
	}
	in, d, dIn := w.maps[l.from], w.gradients[l.to], w.gradients[l.from]
	weights := w.params.backward[l.number]
	p := &w.product
	*p = kernel.Product{}
	if l.more {
		p.Start = kernel.FromC
	}
	for panel := range panels(l.cin) {
		first := panel * kernel.Columns
		back := weights[panel*l.backPanelSize():]
		p.Count = [3]int{l.kh, l.kw, l.cout}
		p.AStep = [3]int{l.dOut.row, l.dOut.pitch, 1}
		p.BStep = [3]int{l.kw * l.cout * kernel.Columns, l.cout * kernel.Columns, kernel.Columns}
		collapse(p)
		p.B, p.ARow, p.CRow, p.MaskRow = back, l.dOut.pitch, l.dIn.pixel(), l.in.pitch
		if l.joined(&l.dOut, &l.dIn) && !l.maskIn {
			p.A, p.C = d, dIn[first:]
			w.set.RunRows(p, images*l.in.W)
			continue
		}
		for i := range images {
			for y := range l.in.H {
				p.A = d[i*l.dOut.image+y*l.dOut.row:]
				p.C = dIn[l.dIn.place(i, y, 0)+first:]
				if l.maskIn {
					p.Mask = in[l.in.place(i, y, 0)+first:]
				}
				w.set.RunRows(p, l.in.W)
			}
		}
	}
}
