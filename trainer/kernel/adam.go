package kernel

import "math"

// Adam is one step of Adam or AdamW, number t from 1. With the gradient g, the mean m of the gradients and the
// mean v of their squares
//
//	g = g + Decay·w
//	m = Beta1·m + New1·g;   v = Beta2·v + New2·g²
//	w = Keep·w − Rate·m/(Root·√v + Epsilon)
//
// NewAdam fills in what follows from t. Source: Kingma and Ba, "Adam", 2015, in the form of their section 2;
// Loshchilov and Hutter, "Decoupled weight decay regularization", 2019.
type Adam struct {
	Beta1, Beta2 float32
	New1, New2   float32 // 1 − Beta1, 1 − Beta2
	Rate         float32 // learning rate / (1 − Beta1^t)
	Root         float32 // 1/√(1 − Beta2^t)
	Epsilon      float32
	Decay        float32 // L2 decay, a part of the gradient
	Keep         float32 // 1 − learning rate · decoupled decay; 1 without
}

// NewAdam is step t, from 1, at a learning rate, without any decay.
func NewAdam(rate, beta1, beta2, epsilon float64, t int) Adam {
	return Adam{Beta1: float32(beta1), Beta2: float32(beta2), New1: float32(1 - beta1), New2: float32(1 - beta2),
		Rate: float32(rate / (1 - math.Pow(beta1, float64(t)))), Root: float32(1 / math.Sqrt(1-math.Pow(beta2, float64(t)))),
		Epsilon: float32(epsilon), Keep: 1}
}

func adamGo(w, m, v, g []float32, s Adam) {
	m, v, g = m[:len(w)], v[:len(w)], g[:len(w)]
	for i := range w {
		d := g[i] + float32(s.Decay*w[i])
		m[i] = float32(s.Beta1*m[i]) + float32(s.New1*d)
		v[i] = float32(s.Beta2*v[i]) + float32(float32(s.New2*d)*d)
		root := float32(s.Root*float32(math.Sqrt(float64(v[i])))) + s.Epsilon
		w[i] = float32(s.Keep*w[i]) - float32(s.Rate*m[i])/root
	}
}
