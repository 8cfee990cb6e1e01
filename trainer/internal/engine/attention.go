package engine

import (
	"math"

	"lowres/trainer/kernel"
)

// newAttention returns the parts of attention layer i: the normalisation, the projections to queries,
// keys and values, and the mixing of the values. Backward the projections run last to first, and all but
// the last add to the gradient of the normalised input.
func newAttention(p *plan, i int) []layer {
	in, heads := p.maps[i], p.graph.Layers[i].Heads
	dim := in.C / heads
	// The products of a head write whole halves of panels, which reach beyond its channels.
	pitch := max(widePitch(p.graph, in.H, in.W, in.C), in.C-dim+roundUp(dim, kernel.Columns/2))
	normal := p.insideBriefly(in.H, in.W, in.C, widePitch(p.graph, in.H, in.W, in.C))
	m := &mix{from: i, to: i + 1, heads: heads, dim: dim, tokens: in.H * in.W, columns: roundUp(in.H*in.W, kernel.Columns),
		pitch: pitch, scale: float32(1 / math.Sqrt(float64(dim)))}
	norm := newNorm(p, i, normal, i+1)
	parts := []layer{norm}
	for part, target := range []*int{&m.queries, &m.keys, &m.values} {
		*target = p.inside(in.H, in.W, in.C, pitch)
		l := newProjection(p, i, part, normal, *target)
		l.more = part < 2
		parts = append(parts, l)
	}
	m.shares = p.kept(heads * m.tokens * m.columns)
	m.turned, m.mixed = p.scratch(in.C*m.columns), p.scratch(in.C*m.columns)
	m.tokenwise = p.scratch(m.tokens * pitch)
	m.dShares = p.scratch(m.tokens * m.columns)
	return append(parts, normAgain{norm}, m)
}

// mix computes out = in + the mixed values: with one pixel a token, for every head, a range of dim channels,
//
//	Sᵀ = softmax(scale·K·Qᵀ) over the keys;   mixedᵀ = Vᵀ·Sᵀ
//
// Keys are rows and queries columns, so that the softmax needs no sums across a vector and the mixing fills whole panels
// of columns. What a head writes beyond its channels is overwritten by the next heads; behind the last there is room for
// it.
type mix struct {
	from, to              int
	queries, keys, values int // maps
	heads, dim, tokens    int
	columns, pitch        int
	scale                 float32
	shares                int // buffer: Sᵀ, [image][head][key][columns]
	turned, mixed         int // buffers of one image, [channel][columns]: queries or gradient of the mixed values; mixed values or dQ
	tokenwise             int // buffer of one image, [token][pitch]: mixed values or their gradient
	dShares               int // buffer: gradient of Sᵀ, later of scale·K·Qᵀ, of one head, [key][columns]
}

// matrix is an operand of a product: element (i, k) is values[i·row + k·step].
type matrix struct {
	values    []float32
	row, step int
}

// matmul computes c = a·bᵀ, with Σ_k a[i][k]·b[j][k] of count terms for rows rows and whole panels of
// columns columns. c.step and b.row are 1. Next is fetched meanwhile: what is read soon.
func (w *Worker) matmul(c, a, b matrix, rows, columns, count int, next []float32) {
	p := &w.product
	*p = kernel.Product{Next: next, A: a.values, ARow: a.row, CRow: c.row, Count: [3]int{1, 1, count},
		AStep: [3]int{0, 0, a.step}, BStep: [3]int{0, 0, b.step}}
	for first := 0; first < columns; first += kernel.Columns {
		p.B, p.C, p.Narrow = b.values[first:], c.values[first:], columns-first <= kernel.Columns/2
		w.set.RunRows(p, rows)
	}
}

// head is the part of head h in tokens by channels.
func (l *mix) head(values []float32, h int) matrix {
	return matrix{values[h*l.dim:], l.pitch, 1}
}

// transposed swaps rows and columns.
func (m matrix) transposed() matrix { return matrix{m.values, m.step, m.row} }

// turn writes the tokens by channels of one image as channels by tokens, and turnBack the reverse.
func (l *mix) turn(w *Worker, dst, src []float32) {
	w.set.Transpose(dst, l.columns, src, l.pitch, l.tokens, l.heads*l.dim)
}

func (l *mix) turnBack(w *Worker, dst, src []float32) {
	w.set.Transpose(dst, l.pitch, src, l.columns, l.heads*l.dim, l.tokens)
}

// channels is the part of head h in channels by tokens.
func (l *mix) channels(values []float32, h int) matrix {
	return matrix{values[h*l.dim*l.columns:], l.columns, 1}
}

func (l *mix) forward(w *Worker, images int) {
	size := l.tokens * l.columns
	turned, mixed := w.buffers[l.turned], w.buffers[l.mixed]
	for i := range images {
		at := i * w.plan.maps[l.queries].image
		keys, values := w.maps[l.keys][at:], w.maps[l.values][at:]
		l.turn(w, turned, w.maps[l.queries][at:])
		for h := range l.heads {
			shares := matrix{w.buffers[l.shares][(i*l.heads+h)*size:][:size], l.columns, 1}
			w.matmul(shares, l.head(keys, h), l.channels(turned, h).transposed(), l.tokens, l.tokens, l.dim,
				part(w.buffers[l.shares], size, i*l.heads+h+1))
			w.set.Softmax(shares.values, l.columns, l.tokens, l.columns, l.scale)
			w.matmul(l.channels(mixed, h), l.head(values, h).transposed(), shares.transposed(), l.dim, l.tokens, l.tokens, nil)
		}
		l.turnBack(w, w.buffers[l.tokenwise], mixed)
		l.addTo(w, i, w.buffers[l.tokenwise])
	}
}

// addTo writes image i of out = in + mixed.
func (l *mix) addTo(w *Worker, i int, mixed []float32) {
	in, out := &w.plan.maps[l.from], &w.plan.maps[l.to]
	count, values := runs(1, in, out, &w.plan.maps[l.queries])
	for n := range count {
		_, y, x := in.pixelOf(n)
		dst := w.maps[l.to][out.place(i, y, x):][:values]
		copy(dst, w.maps[l.from][in.place(i, y, x):])
		w.set.Add(dst, mixed[n*l.pitch:])
	}
}

// backward writes the gradients of queries, keys and values; that of the input goes around, with the
// normalisation. With D the gradient of the mixed values:
//
//	dV = Sᵀ·D;   dSᵀ = V·Dᵀ;   dAᵀ = scale·Sᵀ·(dSᵀ − Σ_keys Sᵀ·dSᵀ);   dQᵀ = Kᵀ·dAᵀ;   dK = dAᵀ·Q
func (l *mix) backward(w *Worker, images int, _ *Gradient) {
	size, ofHead := l.tokens*l.columns, w.plan.maps[l.queries].image/l.heads
	turned, dQueries := w.buffers[l.turned], w.buffers[l.mixed]
	dShares := matrix{w.buffers[l.dShares], l.columns, 1}
	for i := range images {
		at := i * w.plan.maps[l.queries].image
		d := l.gather(w, i)
		l.turn(w, turned, d)
		for h := range l.heads {
			shares := matrix{w.buffers[l.shares][(i*l.heads+h)*size:][:size], l.columns, 1}
			keys, queries := l.head(w.maps[l.keys][at:], h), l.head(w.maps[l.queries][at:], h)
			next := (i+1)*l.heads + h // head of the next image
			w.matmul(l.head(w.gradients[l.values][at:], h), shares, l.head(d, h).transposed(), l.tokens, l.dim, l.tokens,
				part(w.maps[l.values], ofHead, next))
			w.matmul(dShares, l.head(w.maps[l.values][at:], h), l.channels(turned, h).transposed(), l.tokens, l.tokens, l.dim,
				part(w.buffers[l.shares], size, i*l.heads+h+1))
			w.set.SoftmaxBack(dShares.values, shares.values, l.columns, l.tokens, l.columns, l.scale)
			w.matmul(l.channels(dQueries, h), keys.transposed(), dShares.transposed(), l.dim, l.tokens, l.tokens,
				part(w.maps[l.keys], ofHead, next))
			w.matmul(l.head(w.gradients[l.keys][at:], h), dShares, queries.transposed(), l.tokens, l.dim, l.tokens,
				part(w.maps[l.queries], ofHead, next))
		}
		l.turnBack(w, w.gradients[l.queries][at:], dQueries)
	}
}

// part is part n of values in parts of size, nil behind the last.
func part(values []float32, size, n int) []float32 {
	if (n+1)*size > len(values) {
		return nil
	}
	return values[n*size:][:size]
}

// gather is the output gradient of image i as tokens by channels, a copy unless it lies so.
func (l *mix) gather(w *Worker, i int) []float32 {
	out, d := &w.plan.gradients[l.to], w.buffers[l.tokenwise]
	if out.isFlat() && out.pitch == l.pitch {
		return w.gradients[l.to][out.place(i, 0, 0):]
	}
	for t := range l.tokens {
		_, y, x := out.pixelOf(t)
		copy(d[t*l.pitch:][:out.C], w.gradients[l.to][out.place(i, y, x):])
	}
	return d
}
