package engine

// reluBack multiplies the gradient of map i by that of the relu which the map has gone through: for layers
// that do not do so themselves.
type reluBack struct{ i int }

func (l *reluBack) forward(*Worker, int) {}

func (l *reluBack) backward(w *Worker, images int, _ *Gradient) {
	in, dIn := &w.plan.maps[l.i], &w.plan.gradients[l.i]
	for n := range images * in.H * in.W {
		i, y, x := in.pixelOf(n)
		values := w.maps[l.i][in.place(i, y, x):][:in.C]
		d := w.gradients[l.i][dIn.place(i, y, x):][:in.C]
		for k, v := range values {
			if !(v > 0) {
				d[k] = 0
			}
		}
	}
}

// gelu computes out = [around +] in·Φ(in).
type gelu struct {
	from, to, around int // maps; around may be none
	slope            int // buffer: the derivative, [image][pixel][channel]
}

func newGELU(p *plan, from, to, around int) *gelu {
	in := &p.maps[from]
	return &gelu{from, to, around, p.kept(in.H * in.W * in.C)}
}

func (l *gelu) forward(w *Worker, images int) {
	in, out := &w.plan.maps[l.from], &w.plan.maps[l.to]
	around := out
	if l.around != none {
		around = &w.plan.maps[l.around]
	}
	count, values := runs(images, in, out, around)
	for n := range count {
		i, y, x := in.pixelOf(n * (values / in.C))
		dst := w.maps[l.to][out.place(i, y, x):][:values]
		w.set.GELU(dst, w.buffers[l.slope][n*values:], w.maps[l.from][in.place(i, y, x):])
		if l.around != none {
			w.set.Add(dst, w.maps[l.around][around.place(i, y, x):])
		}
	}
}

func (l *gelu) backward(w *Worker, images int, _ *Gradient) {
	dIn, dOut := &w.plan.gradients[l.from], &w.plan.gradients[l.to]
	count, values := runs(images, dIn, dOut)
	for n := range count {
		i, y, x := dIn.pixelOf(n * (values / dIn.C))
		d := w.gradients[l.from][dIn.place(i, y, x):][:values]
		w.set.Multiply(d, w.gradients[l.to][dOut.place(i, y, x):], w.buffers[l.slope][n*values:])
	}
}

// newFeedForward returns the parts of feed-forward layer i.
func newFeedForward(p *plan, i int) []layer {
	in := p.maps[i]
	pitch := widePitch(p.graph, in.H, in.W, in.C)
	normal, sums := p.insideBriefly(in.H, in.W, in.C, pitch), p.insideBriefly(in.H, in.W, in.C, pitch)
	norm := newNorm(p, i, normal, i+1)
	return []layer{norm, newProjection(p, i, 0, normal, sums), normAgain{norm}, newGELU(p, sums, i+1, i)}
}
