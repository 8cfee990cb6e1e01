package engine

import (
	"math"
	"math/rand/v2"

	"lowres/network"
)

// normal and density are the normal distribution and its density.
func normal(x float64) float64  { return math.Erfc(-x/math.Sqrt2) / 2 }
func density(x float64) float64 { return math.Exp(-x*x/2) / math.Sqrt(2*math.Pi) }

// named returns the tensor of a list with a name.
func named(list []tensor, name string) []float64 {
	for _, t := range list {
		if t.Name == name {
			return t.Values
		}
	}
	return nil
}

// standard normalises one token: mean 0 and variance 1 before gain and shift. It notes
// where a float32 would lose too much: nearly equal channels.
func (r *reference) standard(x []float64) (hat []float64, deviation float64) {
	mean, variance := 0.0, 0.0
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		variance += (v - mean) * (v - mean) / float64(len(x))
	}
	if variance < 1e-3 {
		r.gap = 0
	}
	deviation = math.Sqrt(variance + network.NormEpsilon)
	for _, v := range x {
		hat = append(hat, (v-mean)/deviation)
	}
	return hat, deviation
}

// norm normalises every token of a map, gain and shift included.
func (r *reference) norm(i int, in []float64) (out []float64) {
	p, c := r.parameters(i), r.graph.Layers[i].InShape.C
	for t := 0; t < len(in); t += c {
		hat, _ := r.standard(in[t : t+c])
		for k, v := range hat {
			out = append(out, named(p, "gain")[k]*v+named(p, "shift")[k])
		}
	}
	return out
}

// normBack returns the gradient of the input of norm.
func (r *reference) normBack(i int, in, d []float64) []float64 {
	p, g, c := r.parameters(i), r.gradient(i), r.graph.Layers[i].InShape.C
	dIn := make([]float64, len(in))
	for t := 0; t < len(in); t += c {
		hat, deviation := r.standard(in[t : t+c])
		for j := range c {
			named(g, "gain")[j] += d[t+j] * hat[j]
			named(g, "shift")[j] += d[t+j]
			for k := range c { // ∂hat[j]/∂x[k]
				slope := -(1 + hat[j]*hat[k]) / float64(c)
				if j == k {
					slope++
				}
				dIn[t+k] += d[t+j] * named(p, "gain")[j] * slope / deviation
			}
		}
	}
	return dIn
}

// project multiplies every token by a matrix of weights and adds biases, if there are any.
func project(in, weights, biases []float64, c int) []float64 {
	out := make([]float64, len(in))
	for t := 0; t < len(in); t += c {
		for o := range c {
			if biases != nil {
				out[t+o] = biases[o]
			}
			for k := range c {
				out[t+o] += weights[o*c+k] * in[t+k]
			}
		}
	}
	return out
}

// projectBack adds the gradients of weights and biases and that of the input to dIn.
func projectBack(in, d, weights, dWeights, dBiases, dIn []float64, c int) {
	for t := 0; t < len(in); t += c {
		for o := range c {
			if dBiases != nil {
				dBiases[o] += d[t+o]
			}
			for k := range c {
				dWeights[o*c+k] += d[t+o] * in[t+k]
				dIn[t+k] += d[t+o] * weights[o*c+k]
			}
		}
	}
}

// factors are those of dropout layer i.
func (r *reference) factors(i, size int) []float64 {
	f := make([]float64, size)
	rate := r.graph.Layers[i].Rate
	if r.noise == nil {
		for k := range f {
			f[k] = 1
		}
		return f
	}
	bits := rand.NewPCG(*r.noise, uint64(r.position)<<16|uint64(i)).Uint64()
	for k := range f {
		x := (uint64(k)*0x9e3779b9+bits)%(1<<32) ^ bits>>32 // see kernel.Dropout
		x = (x ^ x>>16) * 0x7feb352d % (1 << 32)
		x = (x ^ x>>15) * 0x846ca68b % (1 << 32)
		if float64(x^x>>16)/(1<<32) >= math.Floor(rate*(1<<32))/(1<<32) {
			f[k] = 1 / (1 - rate)
		}
	}
	return f
}

// transformer is the output of a layer of a transformer.
func (r *reference) transformer(i int, in []float64) []float64 {
	l, p := &r.graph.Layers[i], r.parameters(i)
	c := l.InShape.C
	out := make([]float64, len(in))
	switch l.Kind {
	case network.Dropout:
		for k, f := range r.factors(i, len(in)) {
			out[k] = f * in[k]
		}
	case network.LayerNorm:
		return r.norm(i, in)
	case network.FeedForward:
		for k, v := range project(r.norm(i, in), named(p, "weights"), nil, c) {
			out[k] = in[k] + v*normal(v)
		}
	case network.Attention:
		copy(out, in)
		a := r.attend(i, in)
		a.each(func(h, q, k, share, channel int) { out[q*c+channel] += a.shares[share] * a.v[k*c+channel] })
	}
	return out
}

// attended holds the inside of an attention: queries, keys, values, and shares [head][query][key].
type attended struct {
	normal, q, k, v, shares []float64
	heads, tokens, c        int
}

func (r *reference) attend(i int, in []float64) *attended {
	l, p := &r.graph.Layers[i], r.parameters(i)
	a := &attended{normal: r.norm(i, in), heads: l.Heads, tokens: l.InShape.H * l.InShape.W, c: l.InShape.C}
	a.q = project(a.normal, named(p, "query weights"), named(p, "query biases"), a.c)
	a.k = project(a.normal, named(p, "key weights"), named(p, "key biases"), a.c)
	a.v = project(a.normal, named(p, "value weights"), named(p, "value biases"), a.c)
	a.shares = make([]float64, a.heads*a.tokens*a.tokens)
	a.each(func(h, q, k, share, channel int) {
		a.shares[share] += a.q[q*a.c+channel] * a.k[k*a.c+channel] / a.root()
	})
	for row := 0; row < len(a.shares); row += a.tokens {
		sum := 0.0
		for k := range a.tokens {
			a.shares[row+k] = math.Exp(a.shares[row+k])
			sum += a.shares[row+k]
		}
		for k := range a.tokens {
			a.shares[row+k] /= sum
		}
	}
	return a
}

// root is the square root of the channels of a head.
func (a *attended) root() float64 { return math.Sqrt(float64(a.c / a.heads)) }

// each calls f for every head, query, key and channel of the head, with the index of their share.
func (a *attended) each(f func(h, q, k, share, channel int)) {
	dim := a.c / a.heads
	for h := range a.heads {
		for q := range a.tokens {
			for k := range a.tokens {
				for channel := h * dim; channel < (h+1)*dim; channel++ {
					f(h, q, k, (h*a.tokens+q)*a.tokens+k, channel)
				}
			}
		}
	}
}

// transformerBack adds the gradients of the parameters and returns that of the input.
func (r *reference) transformerBack(i int, in, d []float64) []float64 {
	l := &r.graph.Layers[i]
	dIn := make([]float64, len(in))
	switch l.Kind {
	case network.Dropout:
		for k, f := range r.factors(i, len(in)) {
			dIn[k] = f * d[k]
		}
		return dIn
	case network.LayerNorm:
		return r.normBack(i, in, d)
	case network.FeedForward:
		dIn = r.normBack(i, in, r.feedForwardBack(i, in, d))
	case network.Attention:
		dIn = r.normBack(i, in, r.attentionBack(i, in, d))
	}
	for k, v := range d {
		dIn[k] += v
	}
	return dIn
}

// feedForwardBack returns the gradient of the normalised input.
func (r *reference) feedForwardBack(i int, in, d []float64) []float64 {
	p, g, c := r.parameters(i), r.gradient(i), r.graph.Layers[i].InShape.C
	hidden := r.norm(i, in)
	up := make([]float64, len(d))
	for k, v := range project(hidden, named(p, "weights"), nil, c) {
		up[k] = d[k] * (normal(v) + v*density(v))
	}
	dHidden := make([]float64, len(d))
	projectBack(hidden, up, named(p, "weights"), named(g, "weights"), nil, dHidden, c)
	return dHidden
}

// attentionBack returns the gradient of the normalised input.
func (r *reference) attentionBack(i int, in, d []float64) []float64 {
	p, g, a := r.parameters(i), r.gradient(i), r.attend(i, in)
	dShares := make([]float64, len(a.shares))
	dq, dk, dv := make([]float64, len(d)), make([]float64, len(d)), make([]float64, len(d))
	a.each(func(h, q, k, share, channel int) {
		dv[k*a.c+channel] += a.shares[share] * d[q*a.c+channel]
		dShares[share] += a.v[k*a.c+channel] * d[q*a.c+channel]
	})
	dScores := make([]float64, len(a.shares))
	for row := 0; row < len(a.shares); row += a.tokens {
		for j := range a.tokens { // ∂share[k]/∂score[j]
			for k := range a.tokens {
				slope := -a.shares[row+k] * a.shares[row+j]
				if j == k {
					slope += a.shares[row+k]
				}
				dScores[row+j] += dShares[row+k] * slope
			}
		}
	}
	a.each(func(h, q, k, share, channel int) {
		dq[q*a.c+channel] += dScores[share] * a.k[k*a.c+channel] / a.root()
		dk[k*a.c+channel] += dScores[share] * a.q[q*a.c+channel] / a.root()
	})
	dNormal := make([]float64, len(d))
	projectBack(a.normal, dq, named(p, "query weights"), named(g, "query weights"), named(g, "query biases"), dNormal, a.c)
	projectBack(a.normal, dk, named(p, "key weights"), named(g, "key weights"), named(g, "key biases"), dNormal, a.c)
	projectBack(a.normal, dv, named(p, "value weights"), named(g, "value weights"), named(g, "value biases"), dNormal, a.c)
	return dNormal
}
